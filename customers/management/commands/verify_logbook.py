"""manage.py verify_logbook."""

import datetime as dt
from argparse import ArgumentParser, ArgumentTypeError

from django.core.management.base import BaseCommand, CommandError

from customers import logbook_seals


def _noted(text: str) -> tuple[dt.date, str]:
    day, _, digest = text.partition("=")
    try:
        return dt.date.fromisoformat(day), digest.lower()
    except ValueError:
        raise ArgumentTypeError("write DAY=DIGEST, such as 2026-11-24=3f5a…") from None


class Command(BaseCommand):
    """Compares the logbook with its seals, and these with what was noted down elsewhere."""

    help = "Names the first UTC day whose logbook entries do not fit their seal."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--noted", action="append", type=_noted, default=[], metavar="DAY=DIGEST",
            help="a seal as the clock's log or a note has it; may be given several times",
        )  # fmt: skip

    def handle(self, *args, **options) -> None:
        found = logbook_seals.misfit(dict(options["noted"]))
        if found:
            raise CommandError(f"{found.day}: {found.why}. Compare with a backup of that day.")
        newest = logbook_seals.newest()
        if newest is None:
            self.stdout.write("Nothing is sealed yet; the clock seals each day after its end.")
        else:
            self.stdout.write(f"Every day fits its seal up to {newest['day']}: {newest['digest']}")
