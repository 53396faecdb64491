"""The second wall: PostgreSQL shows a request only its customer's rows, whatever the query forgot."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, connections, transaction

from customers import walls
from customers.models import Environment, Member, Observation, Server, Standing, User

BASE = Path(__file__).resolve().parents[2]
# Tables of Django's own that the web never asks, and the tries that the portal counts for itself.
CLOSED = {
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "customers_attempt",
    "django_content_type",
    "django_migrations",
    "django_session",
}
# Nothing in them belongs to a customer: what is sold, when engines end, signs of life, seals of days.
OPEN = {
    "customers_logbookseal",
    "customers_plan",
    "maintenance_enginelifecycle",
    "maintenance_enginetarget",
    "opsportal_beat",
}
# The places that look something up before anybody is known, or beyond the wall of whoever asks, without telling it.
ACTS_AS_PORTAL: set[str] = {
    "customers/access.py",
    "customers/agreements.py",
    "customers/attempts.py",
    "customers/contacts.py",
    "customers/invitations.py",
    "customers/logbook.py",
    "customers/messages.py",
    "customers/people.py",
    "customers/session_store.py",
    "customers/sessions.py",
    "customers/staff.py",
    "customers/verification.py",
    "maintenance/approvals.py",
}


def _ask(statement: str, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def _tables() -> list[str]:
    return [
        name
        for (name,) in _ask(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') ORDER BY 1"
        )
    ]


def test_every_table_has_its_wall_or_is_closed_to_the_web(db):
    walled = dict(_ask("SELECT relname, relrowsecurity FROM pg_class WHERE relkind IN ('r', 'p')"))
    for table in _tables():
        granted = _ask(
            "SELECT has_table_privilege('portal_web', t, 'INSERT, UPDATE, DELETE')"
            " OR has_any_column_privilege('portal_web', t, 'SELECT') FROM (SELECT %s::regclass AS t) named",
            table,
        )
        if granted[0][0]:
            assert walled[table], f"{table} may be read by the web without a wall: SELECT portal_wall(…) in a migration"
            assert table not in CLOSED
        else:
            assert table in CLOSED or _is_partition(table), f"{table} is closed to the web: SELECT portal_wall(…)"


def _is_partition(table: str) -> bool:
    return _ask("SELECT relispartition FROM pg_class WHERE oid = %s::regclass", table)[0][0]


def test_open_tables_are_few_and_named(db):
    everything = {
        table
        for (table,) in _ask("SELECT tablename FROM pg_policies WHERE policyname = 'as_customer' AND qual = 'true'")
    }
    assert everything == OPEN


def _tenant_models() -> list[type]:
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label in ("customers", "maintenance", "incidents")
        and model._meta.db_table not in OPEN | CLOSED
        and model is not User
    ]


def test_without_any_filter_a_customer_finds_only_their_own(read):
    """The query has no WHERE at all: each row that comes back must belong to the customer who asked."""
    ours = {"customer": read.shop.pk, "environment": read.shop_production.pk}
    full = 0
    for model in _tenant_models():
        there = model._base_manager.count()
        with walls.seen_by(read.owner.pk):
            rows = list(model._base_manager.all())
        for row in rows:
            assert _belongs(row, ours), f"{model.__name__} {row.pk} is foreign"
        full += bool(rows)
        if model in (Server, Standing, Environment, Member, Observation):
            assert 0 < len(rows) < there
    assert full >= 12


def _belongs(row, ours: dict[str, int]) -> bool:
    if hasattr(row, "environment_id") and row.environment_id is not None:
        return row.environment_id == ours["environment"]
    if hasattr(row, "customer_id"):
        return row.customer_id == ours["customer"]
    if hasattr(row, "user_id"):
        return Member.objects.filter(user=row.user_id, customer=ours["customer"]).exists()
    return row.pk == ours["customer"]


def test_before_anybody_is_known_no_customer_exists(read):
    with walls.seen_by(None):
        for model in _tenant_models():
            assert not model._base_manager.exists(), model.__name__
        assert not User.objects.exists()


def test_staff_see_every_customer(read):
    with walls.seen_by(read.operator.pk):
        assert Environment.objects.count() == 2 and Server.objects.filter(environment=read.inn_production).exists()


def test_whoever_stopped_being_staff_sees_nothing_at_once(read):
    User.objects.filter(pk=read.operator.pk).update(is_active=False)
    with walls.seen_by(read.operator.pk):
        assert not Environment.objects.exists()


def test_who_may_see_what_is_asked_of_the_table_of_members_each_time(read):
    Member.objects.filter(user=read.owner).delete()
    with walls.seen_by(read.owner.pk):
        assert not Environment.objects.exists()


def test_nothing_can_be_put_into_or_taken_from_a_foreign_environment(read):
    foreign = Server.objects.filter(environment=read.inn_production).first()
    with walls.seen_by(read.owner.pk):
        assert Server.objects.filter(pk=foreign.pk).update(name="mine") == 0
        assert Server.objects.filter(pk=foreign.pk).delete()[0] == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Server.objects.bulk_create([_copy(foreign)])
        own = Server.objects.first()
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Server.objects.filter(pk=own.pk).update(environment=read.inn_production)


def _copy(server: Server) -> Server:
    server.pk, server.aws_id = None, "i-0stolen"
    return server


def test_people_see_staff_and_their_own_fellows_but_no_stranger(read):
    with walls.seen_by(read.owner.pk):
        seen = set(User.objects.values_list("pk", flat=True))
    assert {read.owner.pk, read.viewer.pk, read.operator.pk} <= seen and read.stranger.pk not in seen
    with walls.seen_by(read.owner.pk):
        assert User.objects.filter(pk=read.viewer.pk).update(theme="dark") == 0
        assert User.objects.filter(pk=read.operator.pk).update(theme="dark") == 0


def test_what_a_request_saw_is_forgotten_with_it(read):
    with walls.seen_by(read.owner.pk):
        pass
    assert _ask("SELECT current_setting('role'), current_setting('portal.user', true)") == [("none", "")]
    with pytest.raises(ZeroDivisionError), walls.seen_by(read.owner.pk):
        raise ZeroDivisionError
    assert _ask("SELECT current_setting('role'), current_setting('portal.user', true)") == [("none", "")]


def test_the_portal_acts_for_itself_only_inside_its_door(read):
    with walls.seen_by(None):
        with walls.as_portal():
            assert Environment.objects.count() == 2
        assert not Environment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_next_request_on_a_pooled_connection_inherits_nothing(world):
    """Two requests on one connection of a pool of one, whose connections start as the web tier's do."""
    settings = connections["default"].settings_dict
    alone = {**settings, "OPTIONS": {**settings["OPTIONS"], "options": f"-c role={walls.STARTING_ROLE}", "pool": False}}
    web = connections["default"].__class__(alone, "default")
    try:
        with web.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM customers_environment")
            assert cursor.fetchone() == (0,)
        for user, environments in ((world.operator, 2), (world.owner, 1), (None, 0)):
            with _on(web), walls.seen_by(user and user.pk):
                assert Environment.objects.count() == environments
        with web.cursor() as cursor:
            cursor.execute("SELECT current_setting('role'), count(*) FROM customers_environment GROUP BY 1")
            assert cursor.fetchall() == []
    finally:
        web.close()


class _on:
    """Let Django's default connection be another one for a while."""

    def __init__(self, other) -> None:
        self.other = other

    def __enter__(self) -> None:
        self.own = connections["default"]
        connections["default"] = self.other

    def __exit__(self, *_) -> None:
        connections["default"] = self.own


def test_the_places_that_act_for_the_portal_are_known():
    found = set()
    for path in BASE.glob("**/*.py"):
        place = str(path.relative_to(BASE))
        if place.startswith((".", "tests", "customers/walls.py")):
            continue
        names = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
        if "as_portal" in names:
            found.add(place)
    assert found <= ACTS_AS_PORTAL
