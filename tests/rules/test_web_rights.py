"""What a web request may do with the rows it sees: only what the portal lets a person do, whatever a view forgot."""

from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction

from customers import walls
from customers.models import (
    Agreement,
    Contact,
    ContactChannel,
    Customer,
    Environment,
    LogbookEntry,
    Session,
    User,
)
from customers.session_store import SessionStore


def _ask(statement: str, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


@contextmanager
def _refused(match: str = "permission denied"):
    """The database refuses what happens inside; what follows still finds a transaction that works."""
    with pytest.raises(DatabaseError, match=match), transaction.atomic():
        yield


@pytest.mark.parametrize("given", [{"staff_role": "admin"}, {"is_active": True}, {"email": "x@example.com"}])
def test_nobody_gives_themself_rights_or_another_address(read, given):
    with walls.seen_by(read.owner.pk), _refused():
        User.objects.filter(pk=read.owner.pk).update(**given)


def test_people_still_choose_their_language_and_password(read):
    with walls.seen_by(read.owner.pk):
        assert User.objects.filter(pk=read.owner.pk).update(language="en", theme="dark", password="!") == 1


def _session(user: User) -> SessionStore:
    store = SessionStore()
    store["_auth_user_id"] = str(user.pk)
    store.create()
    return store


def test_sessions_of_others_do_not_exist(read):
    mine, other = _session(read.owner), _session(read.viewer)
    with walls.seen_by(read.owner.pk):
        assert [row.pk for row in Session.objects.all()] == [mine.row_key]
        assert Session.objects.filter(pk=other.row_key).delete()[0] == 0
        with _refused():
            Session.objects.filter(pk=mine.row_key).update(user=read.operator)
    with walls.seen_by(None):
        assert not Session.objects.exists()


def test_a_session_is_found_and_kept_by_its_cookie_before_anybody_is_known(read):
    key = _session(read.owner).session_key
    with walls.seen_by(None):
        store = SessionStore(key)
        assert store["_auth_user_id"] == str(read.owner.pk)
        store["factor"] = "app"
        store.save()
        assert SessionStore(key)["factor"] == "app" and not SessionStore("another").load()
        store.delete()
        assert not SessionStore(key).load() and not store.exists(key)
    assert not Session.objects.exists()


@pytest.mark.parametrize("table", ["customers_attempt", "django_session"])
def test_counted_tries_are_closed_to_every_request(read, table):
    for user in (read.owner, read.operator):
        with walls.seen_by(user.pk), _refused():
            _ask(f"SELECT * FROM {table}")


def test_functions_with_the_owners_rights_never_look_into_temporary_tables_first(db):
    functions = dict(
        _ask(
            "SELECT p.oid::regprocedure::text, array_to_string(proconfig, ';') FROM pg_proc p"
            " WHERE prosecdef AND pronamespace = current_schema()::regnamespace"
        )
    )
    assert len(functions) >= 4
    for name, settings in functions.items():
        assert settings and settings.endswith(", pg_temp") and "search_path=" in settings, name
    assert _ask("SELECT has_database_privilege('portal_web', current_database(), 'TEMPORARY')") == [(False,)]


def test_a_contact_or_an_entry_is_never_of_one_customer_and_anothers_environment(read):
    at, theirs = read.shop.created_at, read.inn_production
    with _refused("contact_environment_is_of_its_customer"):
        Contact.objects.create(customer=read.shop, environment=theirs, name="x", created_at=at)
        _check_now()
    with _refused("logbook_environment_is_of_its_customer"):
        LogbookEntry.objects.create(customer=read.shop, environment=theirs, verb="x", at=at)
        _check_now()
    foreign = Contact.objects.create(customer=read.inn, name="x", created_at=at)
    with _refused("contact_channel_is_of_its_customer"):
        ContactChannel.objects.create(
            customer=read.shop, contact=foreign, kind="mail", address="x@example.com", place=1, created_at=at
        )
        _check_now()


def _check_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_nobody_writes_the_logbook_in_the_name_of_another(read):
    at = read.shop.created_at
    with walls.seen_by(read.owner.pk):
        for forged in ({"actor": read.operator}, {"actor": read.viewer}, {"on_behalf_of": read.viewer}):
            with _refused("row-level security"):
                LogbookEntry.objects.create(customer=read.shop, verb="x", at=at, **forged)
        for actor in (read.owner, None):
            LogbookEntry.objects.create(customer=read.shop, verb="x", at=at, actor=actor)


def test_a_customer_neither_deletes_nor_invents_agreements(read):
    held = Agreement.objects.filter(environment=read.shop_production).exclude(state="draft")
    with walls.seen_by(read.owner.pk):
        assert held.exists() and held._raw_delete("default") == 0
        forged = held.first()
        forged.pk, forged.number = None, 99
        with _refused("row-level security"):
            forged.save(force_insert=True)
    with _refused("never a draft again"):
        held.update(state="draft", valid_from=None)


def test_a_customer_is_neither_closed_nor_moved_by_its_people(read):
    with walls.seen_by(read.owner.pk):
        for rows, given in (
            (Customer.objects, {"closed_at": read.shop.created_at}),
            (Customer.objects, {"name": "x"}),
            (Environment.objects, {"state": "closed"}),
            (Environment.objects, {"read_role_arn": "x"}),
        ):
            with _refused():
                rows.update(**given)
        with _refused():
            Environment.objects.filter(pk=read.shop_production.pk)._raw_delete("default")
