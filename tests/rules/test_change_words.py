"""Every short word that an action or the engine of changes writes means something to a person, in both languages."""

import ast
from pathlib import Path

import pytest

from customers import words
from maintenance import change_words
from maintenance.actions import words as action_words
from opsportal.aws import errors

ROOT = Path(__file__).resolve().parents[2] / "maintenance"
ACTIONS = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "actions").glob("*.py"))]
ENGINE = [ast.parse((ROOT / f"{name}.py").read_text(encoding="utf-8")) for name in ("changes", "execution")]


def _texts(node: ast.AST) -> set[str]:
    """The texts that an expression may come to; what it compares or looks up is none of them."""
    if isinstance(node, ast.IfExp):
        return _texts(node.body) | _texts(node.orelse)
    if isinstance(node, ast.Tuple | ast.List):
        return {text for one in node.elts for text in _texts(one)}
    if isinstance(node, ast.Starred):
        return _texts(node.value)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def _calls(trees: list[ast.Module], name: str) -> list[ast.Call]:
    return [
        node for tree in trees for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == name
    ]  # fmt: skip


def _given(trees: list[ast.Module], name: str, word: str, place: int | None = None) -> set[str]:
    found = set()
    for call in _calls(trees, name):
        found |= {text for one in call.keywords if one.arg == word for text in _texts(one.value)}
        if place is not None and len(call.args) > place:
            found |= _texts(call.args[place])
    return found


def _failures() -> set[str]:
    """What stands under "word" in a dictionary of the engine, and what is handed to asking anew."""
    found = set()
    for tree in ENGINE:
        for node in ast.walk(tree):
            if isinstance(node, ast.Dict):
                pairs = zip(node.keys, node.values, strict=True)
                found |= {
                    text for key, value in pairs if key is not None and "word" in _texts(key) for text in _texts(value)
                }
    return found | {text for call in _calls(ENGINE, "_ask_anew") for text in _texts(call.args[2])}


WRITTEN = {
    "STEPS": _given(ACTIONS, "Call", "name", 0),
    "LOST": _given(ACTIONS, "Plan", "lost"),
    "UNDO": _given(ACTIONS, "Plan", "undo_word"),
    "COSTS": _given(ACTIONS, "Plan", "cost_word"),
    "REFUSALS": _given([*ACTIONS, *ENGINE], "Refusal", "word", 0) - {"parameter"},
    "PARAMETERS": _given(ACTIONS, "Refusal", "why"),
}


@pytest.mark.parametrize("table", WRITTEN)
def test_every_word_of_the_actions_means_something(table):
    assert WRITTEN[table]
    assert WRITTEN[table] - set(getattr(action_words, table)) == set()


def test_every_failure_of_a_change_means_something():
    raised = {error.word for error in vars(errors).values() if isinstance(error, type) and hasattr(error, "word")}
    known = set(change_words.FAILURES) | set(words.FAILURES) | set(action_words.REFUSALS)
    assert _failures() and (_failures() | raised) - known == set()
