"""What a web request may do with the rows it sees: only what the portal lets a person do, whatever a view forgot."""

import datetime as dt
from contextlib import contextmanager

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from customers import invitations, people, second_factors, walls
from customers.models import (
    Agreement,
    AuthenticatorApp,
    Contact,
    ContactChannel,
    Customer,
    Environment,
    Invitation,
    LogbookEntry,
    LogbookSeal,
    Member,
    Passkey,
    RecoveryCode,
    Session,
    User,
)
from customers.session_store import SessionStore
from opsportal import business_time
from tests.customers.agreeing import drafted, proposed
from tests.world import give_app


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
    at, own = business_time.now(), {"actor": read.owner}
    with walls.seen_by(read.owner.pk):
        for forged in ({"actor": read.operator}, {"actor": read.viewer}, {**own, "on_behalf_of": read.viewer}, {}):
            with _refused("row-level security"):
                LogbookEntry.objects.create(customer=read.shop, verb="x", at=at, **forged)
        LogbookEntry.objects.create(customer=read.shop, verb="x", at=at, **own)


def test_nobody_writes_the_logbook_for_another_time(read):
    at = business_time.now()
    with walls.seen_by(read.viewer.pk):
        for forged in (
            at - dt.timedelta(days=400),
            dt.datetime.now(dt.UTC) - dt.timedelta(hours=1),
            at + dt.timedelta(1),
        ):
            with _refused("row-level security"):
                LogbookEntry.objects.create(customer=read.shop, verb="x", at=forged, actor=read.viewer)
    LogbookSeal.objects.create(day=at.date(), entries=0, digest="x", sealed_at=at)
    with walls.seen_by(read.viewer.pk), _refused("row-level security"):
        LogbookEntry.objects.create(customer=read.shop, verb="x", at=at, actor=read.viewer)


def test_staff_write_the_logbook_as_themselves_for_one_of_the_customers_people_and_now(read):
    """Every other name, time or asker of an entry would be a lie that nobody finds, since entries never change."""
    at, own = business_time.now(), {"customer": read.shop, "verb": "x", "actor": read.operator}
    forgeries = [
        {"actor": read.admin}, {"actor": read.owner}, {"actor": None},
        {"on_behalf_of": read.stranger}, {"on_behalf_of": read.admin}, {"customer": None, "on_behalf_of": read.owner},
        {"at": at - dt.timedelta(days=400)}, {"at": dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)},
        {"at": at + dt.timedelta(days=1)},
    ]  # fmt: skip
    with walls.seen_by(read.operator.pk):
        for forged in forgeries:
            with _refused("row-level security"):
                LogbookEntry.objects.create(**{"at": at, **own, **forged})
        for said in ({}, {"on_behalf_of": read.owner}, {"customer": None}):
            LogbookEntry.objects.create(**{"at": at, **own, **said})
    LogbookSeal.objects.create(day=at.date(), entries=0, digest="x", sealed_at=at)
    with walls.seen_by(read.operator.pk), _refused("row-level security"):
        LogbookEntry.objects.create(at=at, **own)


def test_nobody_makes_themself_or_others_a_member(read):
    """A person who was drawn in would be seen with all that belongs to them; a role decides who signs."""
    for person in (read.viewer, read.owner):
        with walls.seen_by(person.pk):
            with _refused():
                Member.objects.create(customer=read.shop, user_id=read.stranger.pk, role="viewer")
            with _refused():
                Member.objects.filter(user=person).update(role="owner")
            with _refused():
                Member.objects.filter(user=read.owner)._raw_delete("default")
            with _refused():
                Invitation.objects.create(
                    customer=read.shop, email="x@example.com", name="x", role="owner", token_digest="x",
                    invited_at=read.shop.created_at, expires_at=read.shop.created_at, invited_by=person,
                )  # fmt: skip
            assert read.stranger.pk not in set(User.objects.values_list("pk", flat=True))


def test_only_who_answers_for_a_customer_says_who_logs_in(read):
    """Since the portal writes members itself, its functions ask again who wants it, whatever a view forgot."""
    held = Member.objects.get(customer=read.shop, user=read.viewer)
    known = {"at": business_time.now(), "by": read.viewer, "address": "192.0.2.1"}
    with walls.seen_by(read.viewer.pk):
        with pytest.raises(PermissionDenied):
            people.change_role(customer=read.shop, member_id=held.pk, role="owner", **known)
        with pytest.raises(PermissionDenied):
            people.remove(customer=read.shop, member_id=held.pk, **known)
        with pytest.raises(PermissionDenied):
            invitations.invite(customer=read.shop, email="x@example.com", name="x", role="owner", **known)
    with walls.seen_by(read.owner.pk), pytest.raises(PermissionDenied):
        invitations.invite(email="x@example.com", name="x", staff_role="admin", **{**known, "by": read.owner})


def test_nobody_says_by_themself_that_an_address_is_proven_or_an_agreement_begun(read):
    at = business_time.now()
    contact = Contact.objects.create(customer=read.shop, name="x", created_at=at)
    open_way = {"customer": read.shop, "contact": contact, "kind": "mail", "place": 1, "created_at": at}
    way = ContactChannel.objects.create(address="a@example.com", **open_way)
    proven = ContactChannel.objects.create(address="b@example.com", verified_at=at, **open_way)
    for person in (read.owner, read.admin):
        with walls.seen_by(person.pk):
            with _refused("by the portal alone"):
                ContactChannel.objects.filter(pk=way.pk).update(verified_at=at)
            with _refused("by the portal alone"):
                ContactChannel.objects.create(address="c@example.com", verified_at=at, **open_way)
            with _refused("stays the one"):
                ContactChannel.objects.filter(pk=proven.pk).update(address="c@example.com")
            with _refused("by the portal alone"):
                Agreement.objects.filter(environment=read.shop_production).update(begun_at=at - dt.timedelta(days=9))
            assert ContactChannel.objects.filter(pk=way.pk).update(hours="night") == 1


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


def test_nobody_forges_a_yes_to_an_agreement(read):
    """Each of these is what a forgotten check would do: sign for others, bind alone, change what binds."""
    waiting = Agreement.objects.filter(pk=proposed(read, read.admin, retention_days=9).pk)
    at = business_time.now()
    yes = {"state": "signed", "signed_at": at, "valid_from": at, "signed_language": "ja"}
    forged = [
        (read.owner, {**yes, "signed_by": read.viewer}),
        (read.owner, {**yes, "signed_by": read.approver}),
        (read.owner, {**yes, "signed_by": read.owner, "valid_from": at - dt.timedelta(days=30)}),
        (read.owner, {**yes, "signed_by": read.owner, "confirmed_by": read.operator}),
        (read.owner, {"state": "provisional", "valid_from": at}),
        (read.owner, {"side": "customer"}),
        (read.viewer, {**yes, "signed_by": read.viewer}),
        (read.viewer, {**yes, "signed_by": read.owner}),
        (read.viewer, {"state": "declined"}),
        (read.operator, {**yes, "signed_by": read.owner}),
        (read.operator, {"state": "withdrawn"}),
        (read.admin, {**yes, "signed_by": read.owner}),
        (read.admin, {**yes, "signed_by": read.admin}),
        (read.admin, {"proposed_by": read.operator}),
    ]
    for person, values in forged:
        with walls.seen_by(person.pk), _refused("agree"):
            waiting.update(**values)
    for signer in (read.viewer, read.stranger, read.admin):
        with _refused("signed once, by an owner"):
            waiting.update(**yes, signed_by=signer)
    with walls.seen_by(read.owner.pk):
        assert waiting.update(**yes, signed_by=read.owner) == 1
    with walls.seen_by(read.admin.pk), _refused("never changed"):
        waiting.update(valid_from=at + dt.timedelta(days=1))


def test_no_agreement_binds_by_a_customers_own_yes(read):
    draft = Agreement.objects.filter(pk=drafted(read, read.owner, retention_days=9).pk)
    at = business_time.now()
    yes = {"signed_at": at, "signed_by": read.owner, "number": 9, "digest": "x"}
    with walls.seen_by(read.owner.pk):
        for values in (
            {"state": "provisional", "valid_from": at, "number": 9},
            {"state": "signed", "valid_from": at, **yes},
            {"state": "proposed", "confirmed_at": at, "confirmed_by": read.admin, **yes},
        ):
            with _refused("agreement"):
                draft.update(**values)
    held = Agreement.objects.filter(environment=read.shop_production, state="provisional")
    for person in (read.owner, read.admin):
        with walls.seen_by(person.pk), _refused("provisional agreement is never changed"):
            held.update(valid_from=at)
    with walls.seen_by(read.admin.pk), _refused("begins as a draft"):
        forged = held.first()
        forged.pk, forged.number, forged.state, forged.signed_by = None, 9, "signed", read.owner
        forged.confirmed_by, forged.signed_at, forged.confirmed_at = read.admin, at, at
        forged.save(force_insert=True)


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


@pytest.fixture
def proofs(read) -> set[str]:
    """What some of the cast prove themselves with, as it is stored."""
    at, people = business_time.now(), (read.owner, read.viewer, read.operator, read.admin)
    for number, user in enumerate(people):
        Passkey.objects.create(
            user=user, name="x", credential_id=b"id-%d" % number, credential=b"key-%d" % number, added_at=at
        )
        second_factors.make_codes(user=user, at=at, address="192.0.2.1")
        _session(user)
        if not second_factors.factors_of(user).app:
            give_app(user, at)
    return set(User.objects.values_list("password", flat=True))


@pytest.mark.parametrize("who", ["viewer", "owner", "operator", "admin"])
def test_nobody_reads_what_another_proves_themself_with(read, proofs, who):
    person = getattr(read, who)
    with walls.seen_by(person.pk):
        seen = {user.pk: user.password for user in User.objects.all()}
        joined = [member.user.password for member in Member.objects.select_related("user").exclude(user=person)]
        for model in (AuthenticatorApp, Passkey, RecoveryCode, Session):
            assert {row.user_id for row in model._base_manager.all()} == {person.pk}, model
        for question in ("SELECT password FROM customers_user", "SELECT u::text FROM customers_user u"):
            with _refused():
                _ask(question)
        with _refused():
            User.objects.filter(password__startswith="argon2").exists()
        assert _ask("SELECT portal_password(%s)", read.approver.pk) == [(None,)]
    assert seen.pop(person.pk) in proofs
    assert set(seen.values()) == {None} and set(joined) <= {None}


def test_a_hidden_password_is_never_written_back(read):
    with walls.seen_by(read.admin.pk):
        colleague = User.objects.get(pk=read.operator.pk)
        with _refused("null value"):
            colleague.save()


def test_every_other_column_of_people_is_open_to_requests(db):
    for role in ("portal_web", "portal_staff"):
        closed = _ask(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'customers_user'::regclass AND attnum > 0"
            " AND NOT attisdropped AND NOT has_column_privilege(%s, attrelid, attnum, 'SELECT')",
            role,
        )
        assert closed == [("password",)], f"a new column needs: GRANT SELECT (…) ON customers_user TO {role}"
