"""The second wall between customers: PostgreSQL itself shows a web request only the rows of whom it is for.

A web request runs as the database role `portal_web`, which sees nothing until its transaction names a user, and then
only what that user's memberships reach; the policies ask the table of members themselves (migration `walls`). Staff run
as `portal_staff`, when the table of users says that they are staff. Everything else (workers, commands, migrations)
runs as the owner of the tables.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from psycopg.pq import TransactionStatus

from opsportal import business_time

# What a connection of the web tier starts with, before any request says for whom it is.
STARTING_ROLE = "portal_web"

_ENTER = """SELECT current_setting('role'), coalesce(current_setting('portal.user', true), ''),
    set_config('portal.user', %s, true), set_config('portal.now', %s, true),
    set_config('role', portal_role(%s), true)"""
_OPEN = "SELECT current_setting('role'), set_config('role', 'none', true)"
_RETURN = "SELECT set_config('role', %s, true)"
_LEAVE = "SELECT set_config('portal.user', %s, true), set_config('role', %s, true)"


def close_by_default() -> None:
    """Let every connection of this process start with the role that sees no customer; before the first is made."""
    options = connection.settings_dict["OPTIONS"]
    options["options"] = f"{options.get('options', '')} -c role={STARTING_ROLE}".strip()


@contextmanager
def seen_by(user_id: int | None) -> Iterator[None]:
    """Inside, in one transaction, only what this user may see exists; None sees no customer at all."""
    nested = connection.in_atomic_block
    with transaction.atomic():
        now = business_time.now().isoformat()
        role, user = _ask(_ENTER, ["" if user_id is None else str(user_id), now, user_id])[:2]
        yield
        # Settings made in a transaction end with it; where another holds this one, as in tests, they are put back.
        if nested and _usable():
            _ask(_LEAVE, [user, role])


@contextmanager
def as_portal() -> Iterator[None]:
    """Inside, the portal acts for itself: log-in, an invitation or a link must be looked up before anybody is known.

    Call in a transaction, around as little as possible; tests/rules holds the list of the places that do.
    """
    role = _ask(_OPEN, [])[0]
    try:
        yield
    finally:
        if _usable():
            _ask(_RETURN, [role])


def _ask(statement: str, values: list) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()


def _usable() -> bool:
    """Whether the transaction still takes statements; one that failed is rolled back, and its settings with it."""
    return not connection.needs_rollback and connection.connection.info.transaction_status == TransactionStatus.INTRANS
