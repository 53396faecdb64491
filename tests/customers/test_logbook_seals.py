"""Finished days of the logbook are sealed, and a change made past the triggers is named by its day."""

import datetime as dt
import hashlib
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from customers import logbook, logbook_seals, walls
from customers.models import LogbookEntry, LogbookSeal
from opsportal import business_time, housekeeping

DAY = dt.timedelta(days=1)


@pytest.fixture
def days(world, clock) -> list[dt.date]:
    """Three finished days with an entry each beside what the cast did, the last one's clock running on."""
    first = business_time.now().date()
    for _ in range(3):
        at = business_time.now()
        logbook.write("contact-added", at=at, by=world.admin, customer=world.shop, name=f"day {at.date()}")
        clock.forward(days=1)
    clock.forward(hours=2)
    housekeeping.tidy()
    return [first + number * DAY for number in range(3)]


def _past_the_triggers(statement: str, *values) -> None:
    """Do what only somebody with the owner's log-in can."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for switch in ("DISABLE TRIGGER", "ENABLE ALWAYS TRIGGER"):
            cursor.execute(f"ALTER TABLE customers_logbookentry {switch} logbook_keeps_entries")
            cursor.execute(f"ALTER TABLE customers_logbookseal {switch} logbook_keeps_seals")
            if switch.startswith("DISABLE"):
                cursor.execute(statement, values)


def _entry_of(day: dt.date) -> LogbookEntry:
    return LogbookEntry.objects.get(verb="contact-added", facts__name=f"day {day}")


def test_each_finished_day_is_sealed_once_and_the_page_says_up_to_when(world, days, client, capsys):
    housekeeping.tidy()
    assert list(LogbookSeal.objects.order_by("day").values_list("day", flat=True))[:3] == days
    call_command("verify_logbook")
    newest = LogbookSeal.objects.order_by("day").last()
    assert f"up to {newest.day}: {newest.digest}" in capsys.readouterr().out
    for person in (world.admin, world.owner):
        client.force_login(person)
        page = client.get(reverse("logbook")).text
        assert str(newest.day) in page and newest.digest[:16] in page


def test_a_day_is_sealed_only_when_nothing_can_be_added_to_it(world, clock):
    moment = business_time.now()
    logbook_seals.seal_finished_days(dt.datetime.combine(moment.date() + DAY, dt.time(0, 59), dt.UTC))
    assert not LogbookSeal.objects.exists()
    logbook_seals.seal_finished_days(dt.datetime.combine(moment.date() + DAY, dt.time(1), dt.UTC))
    assert LogbookSeal.objects.get().day == moment.date()


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE customers_logbookentry SET facts = '{}' WHERE id = %s", "was changed"),
        ("UPDATE customers_logbookentry SET actor_id = NULL WHERE id = %s", "was changed"),
        ("UPDATE customers_logbookentry SET actor_name = '別人' WHERE id = %s", "was changed"),
        ("UPDATE customers_logbookentry SET on_behalf_of_email = 'x' WHERE id = %s", "was changed"),
        ("DELETE FROM customers_logbookentry WHERE id = %s", "entries were sealed"),
        (
            "INSERT INTO customers_logbookentry (at, verb, facts) "
            "SELECT at, 'x', '{}' FROM customers_logbookentry WHERE id = %s",
            "entries were sealed",
        ),
    ],
)
def test_a_change_past_the_triggers_is_named_by_its_day(days, statement, why):
    _past_the_triggers(statement, _entry_of(days[1]).pk)
    with pytest.raises(CommandError, match=f"{days[1]}.*{why}"):
        call_command("verify_logbook")


def test_a_day_that_was_sealed_before_entries_had_names_goes_on_fitting(world, days):
    """The release before knew ten columns; its seals are what was noted down elsewhere."""
    previous = ""
    _past_the_triggers("DELETE FROM customers_logbookseal")
    for day in days[:2]:
        lines, begin = [f"{previous}\n{day}\n"], dt.datetime.combine(day, dt.time(), dt.UTC)
        for entry in LogbookEntry.objects.filter(at__gte=begin, at__lt=begin + DAY).order_by("id"):
            row = [entry.pk, entry.at.astimezone(dt.UTC).isoformat(), entry.actor_id, entry.on_behalf_of_id,
                   entry.address, entry.customer_id, entry.environment_id, entry.agreement_id, entry.verb,
                   entry.facts]  # fmt: skip
            lines.append(f"{json.dumps(row, sort_keys=True)}\n")
        previous = hashlib.sha256("".join(lines).encode()).hexdigest()
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO customers_logbookseal (day, entries, digest, sealed_at) VALUES (%s, %s, %s, now())",
                [day, len(lines) - 1, previous],
            )
    housekeeping.tidy()
    call_command("verify_logbook", "--noted", f"{days[1]}={previous}")
    assert list(LogbookSeal.objects.order_by("day").values_list("version", flat=True))[:3] == [1, 1, 2]
    _past_the_triggers("UPDATE customers_logbookentry SET facts = '{}' WHERE id = %s", _entry_of(days[0]).pk)
    with pytest.raises(CommandError, match=f"{days[0]}.*was changed"):
        call_command("verify_logbook")


def test_a_seal_is_not_taken_for_one_that_covers_less(days):
    _past_the_triggers("UPDATE customers_logbookseal SET version = 1 WHERE day = %s", days[1])
    with pytest.raises(CommandError, match=f"{days[1]}.*was changed"):
        call_command("verify_logbook")


def test_an_entry_dated_before_the_first_seal_is_named(world, days):
    at = business_time.now() - 30 * DAY
    logbook.write("contact-added", at=at, by=None, customer=world.shop, name="x")
    with pytest.raises(CommandError, match=f"{at.date()}.*no seal"):
        call_command("verify_logbook")


def test_a_chain_made_anew_is_found_by_a_seal_noted_down_elsewhere(days):
    noted = LogbookSeal.objects.get(day=days[2])
    _past_the_triggers("UPDATE customers_logbookentry SET facts = '{}' WHERE id = %s", _entry_of(days[1]).pk)
    _past_the_triggers("DELETE FROM customers_logbookseal WHERE day >= %s", days[1])
    with pytest.raises(CommandError, match=f"{noted.day}.*is missing"):
        call_command("verify_logbook", "--noted", f"{noted.day}={noted.digest}")
    housekeeping.tidy()
    call_command("verify_logbook")
    with pytest.raises(CommandError, match=f"{noted.day}.*not the one"):
        call_command("verify_logbook", "--noted", f"{noted.day}={noted.digest}")


def test_a_seal_is_neither_changed_nor_made_in_the_web(world, days):
    for change in ({"digest": "0" * 64}, {"entries": 0}):
        with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
            LogbookSeal.objects.update(**change)
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        LogbookSeal.objects.all().delete()
    for person in (world.admin, world.owner):
        with walls.seen_by(person.pk), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            LogbookSeal.objects.create(day=dt.date.max, entries=0, digest="", sealed_at=business_time.now())
    with walls.seen_by(world.owner.pk), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        LogbookSeal.objects.values_list("entries").first()
