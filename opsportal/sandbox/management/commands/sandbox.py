"""manage.py sandbox: lets things happen in the simulated AWS, and puts them right again."""

import re
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from opsportal.sandbox.client import SandboxClient, SandboxError

# Every option of every scenario, with what it is for; the sandbox itself says which scenario takes which.
OPTIONS = {
    "days": "how many days ahead",
    "nights": "how many nights already",
    "percent": "how full, in percent",
    "metric": "cpu or memory",
    "code": "the code of an EC2 event",
    "action": "the kind of an RDS maintenance action",
    "rate": "share of the calls, 0 to 1",
    "times": "how many calls",
    "seconds": "how late answers come",
    "operation": "one AWS operation, such as rds:DescribeDBSnapshots",
    "how": "in which way a region is down: dropped, unavailable or off",
}
# What a bare value after the scenario's name means.
BARE_VALUE = {"deny": "operation", "slow": "seconds", "throttle": "operation", "fill-disk": "percent"}
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Command(BaseCommand):
    """Apply, clear, list and show scenarios; move the clock."""

    # It talks to the sandbox alone, so it works whatever state the portal is in.
    requires_system_checks: list[str] = []
    help = "Makes things happen in the simulated AWS: --list explains each scenario, --status shows what is under way."

    def add_arguments(self, parser: CommandParser) -> None:
        """The scenario, where it happens, and its options."""
        parser.add_argument("scenario", nargs="?", default="", help="see --list; also `clock +8h` and `clear`")
        parser.add_argument("value", nargs="?", default="", help="what `deny`, `slow` and `clock` are given")
        parser.add_argument("--customer", default="", metavar="SLUG", help="the customer; the first one if left out")
        parser.add_argument("--environment", default="", metavar="SLUG", help="where a customer has more than one")
        parser.add_argument("--server", default="", metavar="NAME", help="a server or database by name or id")
        parser.add_argument("--clear", action="store_true", help="put right what the scenario did")
        parser.add_argument("--list", action="store_true", help="explain every scenario")
        parser.add_argument("--status", action="store_true", help="show what is under way")
        for name, explained in OPTIONS.items():
            parser.add_argument(f"--{name}", help=explained)

    def handle(self, *args: Any, **options: Any) -> None:
        """One request to the sandbox, its answer in words; CommandError (exit code 1) when it cannot be done."""
        self._client = SandboxClient(settings.SANDBOX_URL, get_language() or "en")
        try:
            self._do(options)
        except SandboxError as error:
            raise CommandError(str(error)) from error

    def _do(self, options: dict[str, Any]) -> None:
        scenario = options["scenario"]
        if options["list"]:
            self._list()
        elif options["status"]:
            self._status()
        elif scenario == "clock":
            self._clock(options["value"])
        elif scenario == "clear" or options["clear"]:
            self._clear("" if scenario == "clear" else scenario, options["customer"])
        elif scenario:
            self._apply(scenario, options)
        else:
            raise SandboxError(_("Name a scenario, or use --list or --status."))

    def _apply(self, scenario: str, options: dict[str, Any]) -> None:
        given = {name: options[name] for name in OPTIONS if options[name] is not None}
        if options["value"]:
            if scenario not in BARE_VALUE:
                raise SandboxError(_("%(value)s is not understood: options are written like --server web-1.") % options)
            given[BARE_VALUE[scenario]] = options["value"]
        target = {name: options[name] for name in ("customer", "environment", "server")}
        answer = self._client.post("apply", {"scenario": scenario, "options": given, **target})
        self.stdout.write(answer["message"])

    def _clear(self, scenario: str, customer: str) -> None:
        cleared = self._client.post("clear", {"scenario": scenario, "customer": customer})["cleared"]
        if not cleared:
            self.stdout.write(_("Nothing to put right."))
        for row in cleared:
            self.stdout.write(_("Put right: %(what)s") % {"what": _told(row)})

    def _clock(self, value: str) -> None:
        by = re.fullmatch(r"\+?(\d+(?:\.\d+)?)([smhd])", value)
        if not by:
            raise SandboxError(_("Say how far the clock moves forward, such as: clock +8h, clock +30m, clock +2d."))
        seconds = float(by[1]) * UNITS[by[2]]
        status = self._client.post("clock", {"forward_seconds": seconds})
        self.stdout.write(_("The clock now shows %(now)s.") % {"now": status["now"][:16].replace("T", " ") + " UTC"})

    def _status(self) -> None:
        status = self._client.get("status")
        ahead = status["offset_seconds"] / 3600
        now = status["now"][:16].replace("T", " ") + " UTC"
        self.stdout.write(_("Clock: %(now)s, %(hours).1f h ahead.") % {"now": now, "hours": ahead})
        for row in status["under_way"]:
            mark = _("(from the beginning)") if row["opening"] else ""
            self.stdout.write(f"  {_told(row)}  {row['since'][:16].replace('T', ' ')} UTC {mark}".rstrip())
        if not status["under_way"]:
            self.stdout.write(_("Nothing is under way."))

    def _list(self) -> None:
        japanese = SandboxClient(settings.SANDBOX_URL, "ja").get("scenarios")
        english = SandboxClient(settings.SANDBOX_URL, "en").get("scenarios")
        for ja, en in zip(japanese, english, strict=True):
            options = "".join(f" [--{row['name']} {row['default']}]" for row in en["options"])
            self.stdout.write(f"{self.style.SUCCESS(en['name'])}{options}")
            self.stdout.write(f"    {ja['says']}\n    {en['says']}")
        self.stdout.write(f"{self.style.SUCCESS('clock +8h')}")
        self.stdout.write("    時計を進める(戻せない)\n    moves the clock forward; it never goes back")
        self.stdout.write(f"{self.style.SUCCESS('clear')} [--customer SLUG]")
        self.stdout.write("    手で起こしたことをすべて元に戻す\n    puts right everything that was made to happen")


def _told(row: dict[str, Any]) -> str:
    parts = (row["scenario"], row["customer"], row["environment"], row["server"], row["detail"])
    return " ".join(part for part in parts if part)
