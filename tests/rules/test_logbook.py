"""Every verb that is written anywhere has words in both languages, made only of facts that are written with it."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.utils.translation import override

from customers.logbook_words import VERBS

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("customers", "maintenance", "incidents", "opsportal")
# What `logbook.write` takes beside facts.
_NOT_FACTS = {"at", "by", "on_behalf_of", "customer", "environment", "address"}
TREES = {
    path: ast.parse(path.read_text(encoding="utf-8"))
    for source in SOURCES
    for path in sorted((ROOT / source).rglob("*.py"))
    if "migrations" not in path.parts
}


@dataclass(frozen=True)
class Written:
    """A verb as some line writes it; `facts` is None where they cannot be told from the line."""

    verb: str
    facts: frozenset[str] | None
    place: str


@dataclass(frozen=True)
class Passing:
    """A function that writes a verb which it was given."""

    path: Path
    name: str
    place: int
    word: str
    default: ast.expr | None


def _calls(tree: ast.AST, *names: str) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) in names]


def _passing(path: Path, tree: ast.Module) -> list[Passing]:
    found = []
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        given, named = function.args.args, function.args.kwonlyargs
        defaults = dict(zip([word.arg for word in named], function.args.kw_defaults, strict=True))
        words = [word.arg for word in (*given, *named)]
        for call in _calls(function, "logbook.write"):
            if isinstance(call.args[0], ast.Name) and call.args[0].id in words:
                word = call.args[0].id
                found.append(Passing(path, function.name, words.index(word), word, defaults.get(word)))
    return found


PASSING = [one for path, tree in TREES.items() for one in _passing(path, tree)]


def _texts(tree: ast.Module) -> dict[str, str]:
    """The module's own names for texts."""
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _verbs(expression: ast.expr | None, names: dict[str, str]) -> list[str]:
    if isinstance(expression, ast.IfExp):
        return _verbs(expression.body, names) + _verbs(expression.orelse, names)
    if isinstance(expression, ast.Constant):
        return [expression.value]
    return [names[expression.id]] if isinstance(expression, ast.Name) and expression.id in names else [""]


def _written(path: Path, tree: ast.Module) -> list[Written]:
    names, found = _texts(tree), []
    passed_on = {one.word for one in PASSING if one.path == path}
    for call in _calls(tree, "logbook.write"):
        if not (isinstance(call.args[0], ast.Name) and call.args[0].id in passed_on):
            words = {word.arg for word in call.keywords}
            found.append((call.args[0], None if None in words else frozenset(words - _NOT_FACTS), call.lineno))
    for one in PASSING:
        if one.path == path and one.default is not None:
            found.append((one.default, None, tree.body[0].lineno))
        own = (one.name,) if one.path == path else ()
        for call in _calls(tree, *own, f"{one.path.stem}.{one.name}"):
            by_word = [word.value for word in call.keywords if word.arg == one.word]
            by_place = call.args[one.place : one.place + 1]
            found += [(expression, None, call.lineno) for expression in by_word or by_place]
    return [
        Written(verb, facts, f"{path.relative_to(ROOT)}:{line}")
        for expression, facts, line in found
        for verb in _verbs(expression, names)
    ]


WRITTEN = [one for path, tree in TREES.items() for one in _written(path, tree)]


@pytest.mark.parametrize("one", WRITTEN, ids=lambda one: f"{one.verb} {one.place}")
def test_the_verb_has_a_sentence_made_of_its_facts(one):
    assert one.verb, f"{one.place}: give logbook.write its verb as a text"
    assert one.verb in VERBS, f"{one.place}: put words for {one.verb!r} into customers/logbook_words.py"
    for language in ("ja", "en"):
        with override(language):
            named = set(re.findall(r"%\((\w+)\)s", str(VERBS[one.verb])))
        assert one.facts is None or named <= one.facts, f"{one.place}: {named - one.facts} are not written"


def test_no_sentence_is_left_of_a_verb_that_nobody_writes():
    assert set(VERBS) - {one.verb for one in WRITTEN} == set()
