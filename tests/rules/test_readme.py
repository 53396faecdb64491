"""The README says what holds: every setting, every command, the log-ins of the demo."""

import re
from pathlib import Path

from opsportal.demo.logins import PASSWORD, logins
from opsportal.sandbox import sample
from tests.rules.test_compose import settings_read

CHECKOUT = Path(__file__).resolve().parent.parent.parent
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
OPERATION = (CHECKOUT / "docs" / "operation.md").read_text(encoding="utf-8")


def test_every_setting_stands_in_the_table():
    assert {name for name in settings_read() if f"`{name}`" not in README} == set()


def test_every_make_goal_that_is_named_exists():
    goals = set(re.findall(r"^([a-z]+):", (CHECKOUT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)", README + OPERATION)) - {"things", "the"} <= goals


def test_every_script_and_document_that_is_named_exists():
    for path in re.findall(r"\b(?:scripts|docs)/[\w./-]+\w", README + OPERATION):
        assert (CHECKOUT / path).exists(), path


def test_the_log_ins_are_those_of_the_sample_world():
    people = {person.mail for customer in sample.SAMPLE_WORLD.customers for person in customer.people}
    people |= {person.mail for person in sample.SAMPLE_WORLD.staff}
    assert {email for _role, _english, email in logins()} <= people
    assert f"`{PASSWORD}`" in README
    for _role, _english, email in logins()[:6]:
        assert email in README
