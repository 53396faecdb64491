"""Killing a process, as it were: at a statement to the database, with nothing caught and nothing cleaned up."""

import re
from collections.abc import Callable

from django.db import connection

# Savepoints are numbered: two statements that differ by the number alone are of one kind.
_SERIAL = re.compile(r"s\d+_x\d+")


class Killed(BaseException):
    """Stands for kill -9: nothing in the portal catches it."""


class KillAt:
    """Ends the process, as it were, at the n-th statement to the database; remembers those that came before."""

    def __init__(self, number: int | None = None) -> None:
        self.number = number
        self.statements: list[str] = []

    def __call__(self, execute, sql, params, many, context):
        self.statements.append(sql)
        # Once only: the rollbacks that follow are what PostgreSQL does for a session that is gone.
        if len(self.statements) - 1 == self.number:
            raise Killed
        return execute(sql, params, many, context)


def deaths_of(run: Callable[[], object], *, each_kind_once: bool = False) -> list[int]:
    """Before which statements a death differs: where the last one only read, dying before that came to the same.

    With `each_kind_once` what comes again and again, as looks do, is taken the first time alone.
    """
    watch = KillAt()
    with connection.execute_wrapper(watch):
        run()
    told = watch.statements
    found = [number for number in range(len(told)) if number == 0 or not told[number - 1].startswith("SELECT")]
    if not each_kind_once:
        return found
    like = [_SERIAL.sub("_", statement) for statement in told]
    kinds = {(like[number - 1] if number else "", like[number]): number for number in reversed(found)}
    return sorted(kinds.values())
