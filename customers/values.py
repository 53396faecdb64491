"""How the values of observed things read: states as words, times in the reader's zone, sizes with their unit."""

import datetime as dt
import json
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, ngettext

from customers import codes
from opsportal.web import words

NOTHING = "–"
ITEMS_SHOWN = 4
LONGEST = 80
ANYWHERE = {"0.0.0.0/0", "::/0"}

_CODES = {
    ("server", "state"): "server",
    ("server", "system_check"): "check",
    ("server", "instance_check"): "check",
    ("server", "agent_state"): "agent",
    ("database", "state"): "database",
    ("database", "engine"): "engine",
    ("volume", "state"): "volume",
    ("loadbalancer", "state"): "balancer",
    ("alarm", "state"): "alarm",
    ("alarm", "subject"): "subject",
    ("notice", "status"): "notice",
    ("notice", "code"): "maintenance",
    ("notice", "opt_in"): "opt-in",
    ("notice", "subject"): "subject",
}
_GIBIBYTES = {"size_gb", "storage_gb", "max_storage_gb"}
_WINDOWS = {"backup_window", "maintenance_window"}


def said(subject: str, field: str, value: Any, at: dt.datetime) -> str:
    """One value as a person reads it; `at` tells which summer time a window of AWS is shown in."""
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return gettext("on") if value else gettext("off")
    if isinstance(value, list | dict):
        return _joined(items(field, value))
    if (subject, field) in _CODES:
        return codes.word(_CODES[subject, field], value)
    if field in _GIBIBYTES:
        return f"{words.number(value)} GiB"
    if field == "backup_retention_days":
        return ngettext("%(days)s day", "%(days)s days", value) % {"days": value}
    if field == "actions":
        return ngettext("%(places)s place", "%(places)s places", value) % {"places": value}
    if field in _WINDOWS:
        return words.local_window(value, at)
    if field == "state_reason" and subject == "server":
        return codes.stop_reason(value)
    if isinstance(value, int | float):
        return words.number(value)
    return _moment(field, value) or _cut(str(value))


def changed(subject: str, field: str, before: Any, after: Any, at: dt.datetime) -> tuple[str, str]:
    """Both sides of a difference; of a list only what went and what came, since the rest says nothing."""
    if isinstance(before, list | dict) or isinstance(after, list | dict):
        old, new = items(field, before or []), items(field, after or [])
        gone, come = [item for item in old if item not in new], [item for item in new if item not in old]
        return _joined(gone), _joined(come)
    return said(subject, field, before, at), said(subject, field, after, at)


def items(field: str, value: list[Any] | dict[str, Any]) -> list[str]:
    """The parts of a list or a dictionary, each in words."""
    if isinstance(value, dict):
        if field == "pending_changes":
            return [_pending(name, str(each)) for name, each in sorted(value.items())]
        return [f"{name}={each}" for name, each in sorted(value.items())]
    if field == "inbound":
        return [_rule(rule) for rule in value]
    return [_target(each) if field == "targets" else _text(each) for each in value]


def _moment(field: str, value: str) -> str:
    """A moment as observations keep it; empty when the field is none."""
    if not field.endswith("_at") and field != "state_since":
        return ""
    moment = parse_datetime(value)
    return words.local_time(moment) if moment else ""


def _pending(name: str, value: str) -> str:
    unit = " GiB" if name == "AllocatedStorage" else ""
    on, off = gettext("on"), gettext("off")
    shown = {"True": on, "False": off}.get(value, f"{value}{unit}")
    return f"{codes.word('pending change', name)}: {shown}"


def _rule(rule: dict[str, Any]) -> str:
    """`TCP 443 ← 203.0.113.0/24`, what comes from anywhere said so."""
    protocol, begin, end, source = rule["protocol"], rule["from"], rule["to"], rule["source"]
    what = gettext("all traffic") if protocol == "-1" else protocol.upper()
    if begin is not None and begin != -1 and protocol != "-1":
        what += f" {begin}" if begin == end else f" {begin}–{end}"
    anywhere = gettext("from anywhere")
    return f"{what} ← {anywhere} ({source})" if source in ANYWHERE else f"{what} ← {source}"


def _target(target: dict[str, Any]) -> str:
    """`i-0abc:80 unhealthy (no answer in time)` in words."""
    where = f"{target['id']}:{target['port']}" if target.get("port") else target["id"]
    reason = f" ({codes.word('target reason', target['reason'])})" if target.get("reason") else ""
    return f"{where} {codes.word('target', target['state'])}{reason}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _joined(parts: list[str]) -> str:
    if not parts:
        return NOTHING
    separator = gettext(", ")
    shown = separator.join(_cut(part) for part in parts[:ITEMS_SHOWN])
    more = len(parts) - ITEMS_SHOWN
    return shown if more <= 0 else gettext("%(shown)s and %(more)s more") % {"shown": shown, "more": more}


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
