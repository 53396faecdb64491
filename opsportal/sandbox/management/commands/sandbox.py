"""manage.py sandbox: lets things happen in the simulated AWS, and puts them right again."""

import os
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _

from opsportal.sandbox.client import SandboxClient, SandboxError
from opsportal.sandbox.stacks import apply_template

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
LANGUAGES = ("ja", "en")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Command(BaseCommand):
    """Apply, clear, list and show scenarios; move the clock."""

    # It talks to the sandbox alone, so it works whatever state the portal is in.
    requires_system_checks: list[str] = []
    help = "Makes things happen in the simulated AWS: --list explains each scenario, --status shows what is under way."

    def add_arguments(self, parser: CommandParser) -> None:
        """The scenario, where it happens, and its options."""
        parser.add_argument(
            "scenario",
            nargs="?",
            default="",
            help="see --list; also `clock +8h`, `new-account`, `apply-template FILE` and `clear`",
        )
        parser.add_argument("value", nargs="?", default="", help="what `deny`, `slow` and `clock` are given")
        parser.add_argument("--customer", default="", metavar="SLUG", help="the customer; the first one if left out")
        parser.add_argument("--environment", default="", metavar="SLUG", help="where a customer has more than one")
        parser.add_argument("--server", default="", metavar="NAME", help="a server or database by name or id")
        parser.add_argument(
            "--account", default="", help="where apply-template makes the roles; the newest account if left out"
        )
        parser.add_argument(
            "--without", action="append", default=[], help="a permission that apply-template leaves out"
        )
        parser.add_argument("--open", action="store_true", help="apply-template makes roles that let in anybody")
        parser.add_argument("--clear", action="store_true", help="put right what the scenario did")
        parser.add_argument("--list", action="store_true", help="explain every scenario")
        parser.add_argument("--status", action="store_true", help="show what is under way")
        parser.add_argument("--lang", choices=LANGUAGES, help="the language of the answer; else that of LANG, else ja")
        for name, explained in OPTIONS.items():
            parser.add_argument(f"--{name}", help=explained)

    def handle(self, *args: Any, **options: Any) -> None:
        """One request to the sandbox, its answer in words; CommandError (exit code 1) when it cannot be done."""
        language = options["lang"] or _language_of_terminal()
        self._client = SandboxClient(settings.SANDBOX_URL, language)
        try:
            with translation.override(language):
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
        elif scenario == "new-account":
            self._new_account()
        elif scenario == "apply-template":
            self._apply_template(options)
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

    def _new_account(self) -> None:
        made = self._client.post("new-account", {})
        self.stdout.write(_("A new account, which no portal knows yet:"))
        rows = (
            (_("Customer"), f"{made['name']} ({made['kana']})"),
            (_("AWS account"), made["account"]),
            (_("Region"), made["region"]),
            (_("Site"), f"{made['site_url']}  {made['site_text']}"),
            (_("Servers"), ", ".join((*made["servers"], *made["databases"]))),
        )
        for label, value in rows:
            self.stdout.write(f"  {label}: {value}")
        self.stdout.write(
            _(
                "Take it on in the browser as an admin (Customers, Take on a customer), download the template there, "
                "and play the customer: manage.py sandbox apply-template FILE --account %(account)s"
            )
            % made
        )

    def _apply_template(self, options: dict[str, Any]) -> None:
        try:
            text = Path(options["value"]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SandboxError(_("Name the downloaded template: apply-template FILE (%s)") % error) from error
        accounts = [row["account"] for row in self._client.get("world")]
        account = options["account"] or accounts[-1]
        if account not in accounts:
            raise SandboxError(_("The simulated AWS has no account %s.") % account)
        made = apply_template(self._client, account, text, without=options["without"], lets_in_anybody=options["open"])
        for arn in made:
            self.stdout.write(_("Made the role %s") % arn)

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
        for row in self._client.get("scenarios"):
            self._explain(" ".join([row["name"], *map(_written, row["options"])]), row["says"])
        self._explain("clock +8h", _("moves the clock forward; it never goes back"))
        self._explain("clear [--customer SLUG]", _("puts right everything that was made to happen by hand"))

    def _explain(self, usage: str, says: str) -> None:
        name, space, options = usage.partition(" ")
        self.stdout.write(f"{self.style.SUCCESS(name)}{space}{options}\n    {says}")


def _language_of_terminal() -> str:
    """The language that the user's terminal asks for, as far as the portal speaks it; the portal's own otherwise."""
    wanted = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return wanted[:2] if wanted[:2] in LANGUAGES else settings.LANGUAGE_CODE


def _written(option: dict[str, Any]) -> str:
    """An option as it is typed: with its default, or with its name in capitals where it has none."""
    value = option["name"].upper() if option["default"] == "" else option["default"]
    return f"--{option['name']} {value}" if option["required"] else f"[--{option['name']} {value}]"


def _told(row: dict[str, Any]) -> str:
    parts = (row["scenario"], row["customer"], row["environment"], row["server"], row["detail"])
    return " ".join(part for part in parts if part)
