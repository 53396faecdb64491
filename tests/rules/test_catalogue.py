"""Everything that people read is there in Japanese too, and the compiled catalogue is the written one."""

import ast
import gettext
import re
from pathlib import Path

import pytest
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "locale" / "ja" / "LC_MESSAGES"
MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
SOURCES = ("customers", "maintenance", "incidents", "opsportal")


def _compiled() -> set[str]:
    with (CATALOGUE / "django.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog
    # A key is a text, or (text, number of the plural); a context stands before the text with an EOT between.
    return {(key[0] if isinstance(key, tuple) else key).split("\4")[-1] for key in catalogue}


def _marked_in_python(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in MARKS and node.args:
            text = node.args[1] if name.startswith("pgettext") and len(node.args) > 1 else node.args[0]
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                found.add(text.value)
    return found


def _marked_in_template(path: Path) -> set[str]:
    code = templatize(path.read_text(encoding="utf-8"))
    text = r"""u?('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
    calls = re.findall(rf"gettext\((?:{text}, )?{text}\)", code)
    return {ast.literal_eval(last) for _, last in calls}


def _files(pattern: str, *folders: str) -> list[Path]:
    return [path for folder in folders for path in (ROOT / folder).rglob(pattern) if "migrations" not in path.parts]


@pytest.fixture(scope="module")
def japanese() -> set[str]:
    """Every text that the compiled catalogue translates."""
    return _compiled()


def test_every_marked_text_of_the_code_is_translated(japanese):
    marked = {text for path in _files("*.py", *SOURCES) for text in _marked_in_python(path)}
    assert len(marked) > 200
    assert sorted(marked - japanese) == []


def test_every_marked_text_of_the_templates_is_translated(japanese):
    marked = {text for path in _files("*.*", "templates") for text in _marked_in_template(path)}
    assert len(marked) > 100
    assert sorted(marked - japanese) == []


def test_nothing_is_left_open_or_doubtful():
    written = (CATALOGUE / "django.po").read_text(encoding="utf-8")
    assert "#, fuzzy" not in written
    assert not re.search(r'\nmsgstr(?:\[\d\])? ""\n\n', written)
