"""The logbook only grows, says who, for whom, from where and by which agreement, and is read by those who answer."""

import csv
import datetime as dt
import io
from importlib import import_module

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from customers import contacts, logbook, logbook_pages, people, walls
from customers.models import LogbookEntry
from opsportal import business_time

CANARY = "カナリア"


def write(world, verb: str = "contact-added", **options) -> LogbookEntry:
    options = {"by": world.admin, "customer": world.shop} | options
    return logbook.write(verb, at=options.pop("at", business_time.now()), **options)


def refused(statement: str, *values) -> None:
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_the_database_refuses_to_change_or_delete_an_entry(world):
    entry = write(world)
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        LogbookEntry.objects.filter(pk=entry.pk).update(verb="x")
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        entry.delete()
    refused("UPDATE customers_logbookentry SET facts = '{}'")
    refused("DELETE FROM customers_logbookentry")


def test_not_even_a_session_that_silences_triggers_changes_it(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = 'customers_logbookentry'::regclass"
            " AND NOT tgisinternal ORDER BY tgname"
        )
        # A: always, whatever session_replication_role says. The first sleeps so that tests can clean up; the last one
        # refuses nothing, and a restore brings the names along.
        assert cursor.fetchall() == [
            ("logbook_is_not_emptied", "D"), ("logbook_keeps_entries", "A"), ("logbook_names_people", "O"),
        ]  # fmt: skip


def test_the_database_refuses_to_empty_it(world):
    write(world)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        # The tests put this one to sleep, to clean up after themselves.
        cursor.execute("ALTER TABLE customers_logbookentry ENABLE ALWAYS TRIGGER logbook_is_not_emptied")
    refused("TRUNCATE customers_logbookentry CASCADE")


def test_staff_and_customers_may_only_add(world):
    for person in (world.admin, world.owner):
        with walls.seen_by(person.pk):
            for statement in ("UPDATE customers_logbookentry SET verb = 'x'", "DELETE FROM customers_logbookentry"):
                with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                    connection.cursor().execute(statement)


def test_an_entry_knows_the_address_the_agreement_and_the_person_who_asked(world, client):
    client.force_login(world.owner)
    filled = {"name": "大塚 修", "language": "ja", "business": "on"}
    client.post(reverse("contact-add", args=[world.shop.pk]), filled, REMOTE_ADDR="203.0.113.9")
    entry = LogbookEntry.objects.get(verb="contact-added")
    assert (entry.address, entry.actor, entry.on_behalf_of) == ("203.0.113.9", world.owner, None)
    about = write(world, "site-moved", environment=world.shop_production, customer=None, before="a", after="b")
    assert about.customer == world.shop and about.agreement.environment == world.shop_production
    early = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    assert write(world, environment=world.shop_production, at=early).agreement is None


def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_saw(world, client, settings):
    settings.PROXIES = 1
    client.force_login(world.owner)
    filled = {"name": "大塚 修", "language": "ja"}
    told = {"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}
    client.post(reverse("contact-add", args=[world.shop.pk]), filled, headers=told)
    assert LogbookEntry.objects.get(verb="contact-added").address == "203.0.113.7"


def test_what_belongs_to_no_customer_can_be_written_by_a_customers_person(world):
    with walls.seen_by(world.owner.pk):
        logbook.write("password-changed", at=business_time.now(), by=world.owner)
        assert not LogbookEntry.objects.filter(verb="password-changed").exists()
    assert LogbookEntry.objects.filter(verb="password-changed", actor=world.owner).exists()


def shown(client: Client, query: str = "") -> list[str]:
    return [entry.said for entry in client.get(f"{reverse('logbook')}?{query}").context["page"].rows]


@pytest.fixture
def entries(world):
    """Entries of both customers and of none, on several days, by several people."""
    at = dt.datetime(2026, 3, 10, 15, 30, tzinfo=dt.UTC)
    write(world, at=at, name="朝の人")
    write(world, at=at - dt.timedelta(hours=1), name="前の日の人", by=world.owner)
    write(world, at=at, name=f"{CANARY}の人", customer=world.inn, by=world.stranger)
    write(world, "site-moved", at=at, environment=world.shop_production, before="a", after="b", by=None)
    write(world, "contact-removed", at=at, name="頼まれた人", on_behalf_of=world.approver)
    return world


def test_staff_read_everything_and_owners_their_own_customer(entries, client):
    client.force_login(entries.operator)
    assert any(CANARY in said for said in shown(client))
    client.force_login(entries.owner)
    own = shown(client, "from=2026-03-10&to=2026-03-11")
    assert len(own) == 4 and not any(CANARY in said for said in own)
    assert f"{CANARY}の人" in " ".join(shown_as(client, entries.stranger))
    for person in (entries.approver, entries.developer, entries.viewer):
        client.force_login(person)
        assert client.get(reverse("logbook")).status_code == 404
        assert client.post(reverse("logbook-export")).status_code == 404


def shown_as(client: Client, person) -> list[str]:
    client.force_login(person)
    return shown(client)


def test_the_filters_stand_in_the_url_and_work_together(entries, client):
    client.force_login(entries.operator)
    march = "from=2026-03-01&to=2026-03-31"

    def names(query: str) -> set[str]:
        return {entry.facts.get("name", entry.verb) for entry in
                client.get(f"{reverse('logbook')}?{march}&{query}").context["page"].rows}  # fmt: skip

    assert names("who=青木") == {"前の日の人"}
    assert names("who=owner@shop.example") == {"前の日の人"}
    assert names("who=大塚") == {"頼まれた人"}
    assert names("who=ポータル") == {"site-moved"}
    assert names("what=contact-removed") == {"頼まれた人"}
    assert names("where=シケンリョカン") == names("where=しけんりょかん") == {f"{CANARY}の人"}
    assert names(f"customer={entries.inn.pk}") == {f"{CANARY}の人"}
    assert names(f"customer={entries.shop.pk}&environment={entries.shop_production.pk}") == {"site-moved"}
    assert names(f"customer={entries.shop.pk}&environment={entries.inn_production.pk}") > {"site-moved", "朝の人"}
    assert names("what=contact-added&who=高橋") == {"朝の人"}
    assert names("what=nonsense&who=nobody") == set()


def test_a_day_is_the_viewers_day_both_ends_included(entries, client):
    client.force_login(entries.operator)
    # 15:30 UTC on the tenth is half past midnight on the eleventh in Tokyo.
    assert len(shown(client, "from=2026-03-11&to=2026-03-11")) == 4
    assert len(shown(client, "from=2026-03-10&to=2026-03-10")) == 1
    page = client.get(f"{reverse('logbook')}?from=yesterday")
    assert page.context["form"].errors["from"]


def test_a_foreign_customer_in_the_url_looks_like_none(entries, client):
    client.force_login(entries.owner)
    foreign = client.get(f"{reverse('logbook')}?customer={entries.inn.pk}")
    missing = client.get(f"{reverse('logbook')}?customer=999999")
    assert foreign.status_code == missing.status_code == 404


def test_pages_follow_each_other_without_gap_or_double(world, client):
    at = business_time.now()
    for number in range(120):
        write(world, at=at - dt.timedelta(seconds=number // 3), name=f"{number:03}")
    client.force_login(world.owner)
    seen, after = [], ""
    for _ in range(5):
        page = client.get(f"{reverse('logbook')}?what=contact-added&after={after}").context["page"]
        seen += [entry.facts["name"] for entry in page.rows]
        after = page.next
        if not after:
            break
    assert len(seen) == len(set(seen)) == 120


def exported(client: Client, query: str = "") -> list[list[str]]:
    response = client.post(f"{reverse('logbook-export')}?{query}")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_the_csv_holds_what_the_page_shows_and_no_formula(entries, client):
    for name in ("=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\t=1", "＝1+1", " =1"):
        write(entries, "plan-added", customer=entries.shop, name=name)
    client.force_login(entries.owner)
    head, *rows = exported(client, "what=contact-added&from=2026-03-10&to=2026-03-11")
    assert [row[8] for row in rows] == ["連絡先「朝の人」を追加しました", "連絡先「前の日の人」を追加しました"]
    assert len(head) == len(rows[0])
    assert not any(CANARY in cell for row in exported(client) for cell in row)
    cells = [cell for row in exported(client) for cell in row]
    assert not any(cell.lstrip(" ").startswith(("=", "+", "@", "\t", "＝")) for cell in cells)


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "\0=1", "＝1", "＋1", "－1", "＠x", " =1"]
)
def test_a_cell_that_a_spreadsheet_would_run_is_put_into_quotes(text):
    assert logbook_pages.harmless(text) == f"'{text}"
    assert logbook_pages.harmless("普通の文") == "普通の文"


def test_the_export_itself_is_an_entry(entries, client):
    client.force_login(entries.admin)
    rows = exported(client, "what=contact-added")
    entry = LogbookEntry.objects.get(verb="logbook-exported")
    assert entry.actor == entries.admin and entry.facts["rows"] == len(rows) - 1


def test_an_entry_is_told_in_the_readers_language(world, client):
    contacts.add(customer=world.shop, name="大塚 修", at=business_time.now(), by=world.owner)
    client.force_login(world.owner)
    assert "連絡先「大塚 修」を追加しました" in shown(client)
    type(world.owner).objects.filter(pk=world.owner.pk).update(language="en")
    assert "Added the contact 大塚 修" in shown(client)


def test_a_verb_of_a_newer_release_is_shown_as_it_is(world, client):
    write(world, "teleported-server")
    client.force_login(world.operator)
    assert "teleported-server" in shown(client)


@pytest.fixture
def left(world, clock):
    """Somebody acted, somebody was acted for; both left the customer since and bear other names by now."""
    write(world, by=world.viewer, name="辞めた人の記録")
    write(world, by=world.admin, name="頼まれた記録", on_behalf_of=world.approver)
    for person in (world.viewer, world.approver):
        called = (person.name, person.email)
        member = person.memberships.get()
        people.remove(
            customer=world.shop, member_id=member.pk, at=business_time.now(), by=world.owner, address="192.0.2.1"
        )
        type(person).objects.filter(pk=person.pk).update(name="新しい名", email=f"new{person.pk}@x.example")
        person.name, person.email = called
    return world


def test_whoever_left_is_called_by_the_name_of_then_on_the_page_and_in_the_csv(left, client):
    for reader in (left.owner, left.operator):
        client.force_login(reader)
        page = client.get(f"{reverse('logbook')}?what=contact-added").text
        assert left.viewer.name in page and f"依頼者: {left.approver.name} さん" in page
        assert "新しい名" not in page
        rows = exported(client, "what=contact-added")
        assert {tuple(row[2:5]) for row in rows[1:]} == {
            (left.viewer.name, "", left.viewer.email),
            (left.admin.name, left.approver.name, left.admin.email),
        }


def test_whoever_left_is_found_by_the_name_or_the_address_of_then(left, client):
    for reader in (left.owner, left.operator):
        client.force_login(reader)
        for words in (left.viewer.name, left.viewer.email.upper(), left.viewer.name.split()[0]):
            (entry,) = (
                client.get(reverse("logbook", query={"what": "contact-added", "who": words})).context["page"].rows
            )
            assert entry.facts["name"] == "辞めた人の記録"
        (entry,) = client.get(reverse("logbook", query={"who": left.approver.name})).context["page"].rows
        assert entry.facts["name"] == "頼まれた記録"
        assert not client.get(reverse("logbook", query={"who": "新しい名"})).context["page"].rows


def test_nobody_writes_an_entry_under_another_name(world):
    with walls.seen_by(world.owner.pk):
        forged = LogbookEntry.objects.create(
            customer=world.shop, verb="x", at=business_time.now(), actor=world.owner,
            actor_name="別人", actor_email="x@example.com",
            on_behalf_of_name="別人", on_behalf_of_email="x@example.com",
        )  # fmt: skip
    forged.refresh_from_db()
    assert (forged.actor_name, forged.actor_email) == (world.owner.name, world.owner.email)
    assert (forged.on_behalf_of_name, forged.on_behalf_of_email) == ("", "")


def test_entries_of_before_are_filled_with_the_names_of_their_people(world):
    mine, asked = write(world, by=world.viewer), write(world, on_behalf_of=world.approver)
    names = "actor_name = '', actor_email = '', on_behalf_of_name = '', on_behalf_of_email = ''"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE customers_logbookentry DISABLE TRIGGER logbook_keeps_entries")
        cursor.execute(f"UPDATE customers_logbookentry SET {names}")
        cursor.execute(import_module("customers.migrations.0026_tell_who_it_was").FILL)
    for entry in (mine, asked):
        entry.refresh_from_db()
    assert (mine.actor_name, mine.actor_email, mine.on_behalf_of_name) == (world.viewer.name, world.viewer.email, "")
    assert (asked.actor_name, asked.on_behalf_of_email) == (world.admin.name, world.approver.email)
    refused("UPDATE customers_logbookentry SET actor_name = 'x'")


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "9998-12-31", "9999-12-31"])
def test_days_at_the_ends_of_the_calendar_narrow_nothing_and_break_nothing(world, client, day):
    entry = write(world)
    client.force_login(world.owner)
    for query in ({"to": day}, {"from": day}, {"from": day, "to": day}):
        page = client.get(reverse("logbook", query=query))
        assert page.status_code == 200
        assert client.post(reverse("logbook-export", query=query)).status_code == 200
    assert entry in client.get(reverse("logbook", query={"to": day})).context["page"].rows
