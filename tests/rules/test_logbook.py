"""Every verb that is written anywhere has words in both languages, made only of facts that are written with it."""

import ast
import re
from collections.abc import Iterator
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
    """A function that writes a verb which it was given, itself or through another such function."""

    path: Path
    name: str
    place: int
    word: str
    default: ast.expr | None


def _calls(tree: ast.AST, *names: str) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) in names]


def _verb_of(call: ast.Call, place: int, word: str) -> list[ast.expr]:
    """What a call gives as the verb."""
    return [one.value for one in call.keywords if one.arg == word] or call.args[place : place + 1]


def _givings(path: Path, tree: ast.AST, known: list[Passing]) -> Iterator[tuple[ast.Call, ast.expr]]:
    """Each call that writes a verb, here or further down, with the verb it gives."""
    for call in _calls(tree, "logbook.write"):
        yield call, call.args[0]
    for one in known:
        names = (one.name,) if one.path == path else ()
        for call in _calls(tree, *names, f"{one.path.stem}.{one.name}"):
            for expression in _verb_of(call, one.place, one.word):
                yield call, expression


def _named(expression: ast.expr, tree: ast.AST) -> set[str]:
    """The names that a verb may come from, also by way of one that is set in the same function."""
    ways = expression.values if isinstance(expression, ast.BoolOp) else [expression]
    found = {one.id for one in ways if isinstance(one, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and found & {ast.unparse(target) for target in node.targets}:
            ways = node.value.values if isinstance(node.value, ast.BoolOp) else [node.value]
            found |= {one.id for one in ways if isinstance(one, ast.Name)}
    return found


def _passing(path: Path, tree: ast.Module, known: list[Passing]) -> list[Passing]:
    found = []
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        given, named = function.args.args, function.args.kwonlyargs
        defaults = dict(zip([word.arg for word in named], function.args.kw_defaults, strict=True))
        words = [word.arg for word in (*given, *named)]
        for _call, expression in _givings(path, function, known):
            for word in _named(expression, function) & set(words):
                found.append(Passing(path, function.name, words.index(word), word, defaults.get(word)))
    return found


def _all_passing() -> list[Passing]:
    known: dict[tuple[Path, str, str], Passing] = {}
    while True:
        found = [one for path, tree in TREES.items() for one in _passing(path, tree, list(known.values()))]
        fresh = {(one.path, one.name, one.word): one for one in found}
        if fresh.keys() == known.keys():
            return list(known.values())
        known = fresh


PASSING = _all_passing()


def _texts(tree: ast.Module) -> dict[str, list[str]]:
    """The module's own names for texts, and for tables of them."""
    found = {}
    for node in tree.body:
        if not isinstance(node, ast.Assign):
            continue
        values = node.value.values if isinstance(node.value, ast.Dict) else [node.value]
        texts = [one.value for one in values if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if texts and len(texts) == len(values):
            found |= {target.id: texts for target in node.targets if isinstance(target, ast.Name)}
    return found


def _verbs(expression: ast.expr | None, names: dict[str, list[str]]) -> list[str]:
    if isinstance(expression, ast.IfExp):
        return _verbs(expression.body, names) + _verbs(expression.orelse, names)
    if isinstance(expression, ast.BoolOp):
        return [verb for one in expression.values for verb in _verbs(one, names)]
    if isinstance(expression, ast.Subscript):
        return _verbs(expression.value, names)
    if isinstance(expression, ast.Constant):
        return [expression.value]
    return names.get(expression.id, [""]) if isinstance(expression, ast.Name) else [""]


def _written(path: Path, tree: ast.Module) -> list[Written]:
    names, found = _texts(tree), []
    passed_on = {one.word for one in PASSING if one.path == path}
    for call, expression in _givings(path, tree, PASSING):
        if isinstance(expression, ast.BoolOp):
            # What was given from above is looked at where it is given.
            expression.values = [one for one in expression.values if ast.unparse(one) not in passed_on]
        if ast.unparse(expression) in passed_on:
            continue
        words = {word.arg for word in call.keywords}
        plain = ast.unparse(call.func) == "logbook.write" and None not in words
        found.append((expression, frozenset(words - _NOT_FACTS) if plain else None, call.lineno))
    for one in PASSING:
        if one.path == path and one.default is not None and getattr(one.default, "value", None) != "":
            found.append((one.default, None, tree.body[0].lineno))
    for function in ast.walk(tree):
        # A verb that is chosen under the name by which it is passed on.
        if isinstance(function, ast.Assign) and {ast.unparse(target) for target in function.targets} & passed_on:
            chosen = function.value.values if isinstance(function.value, ast.BoolOp) else [function.value]
            found += [(one, None, function.lineno) for one in chosen if ast.unparse(one) not in passed_on]
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
