"""Forms about changes: what to do to what and when, and another time for what was asked."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from customers.models import ActionClass, Environment
from maintenance import change_words, changes, notices, slots
from maintenance.actions.shape import Action, Parameter
from maintenance.models import Change, Notice
from opsportal.web import words

AT_ONCE, OTHER = "now", "other"
FARTHEST = dt.timedelta(days=365)
# What is done about AWS's announcements.
_ANSWERING = {
    ActionClass.SERVER_RESTART, ActionClass.DATABASE_RESTART, ActionClass.SCHEDULE, ActionClass.UPGRADE,
}  # fmt: skip


def _select() -> forms.Select:
    return forms.Select(attrs={"class": "select"})


class MomentForm(forms.Form):
    """A moment: one of some that are offered, or a date and a time in the reader's zone."""

    when = forms.CharField(label=pgettext_lazy("change", "When"), widget=forms.RadioSelect())
    day = forms.DateField(
        label=gettext_lazy("Date"),
        required=False,
        widget=forms.DateInput(attrs={"class": "input", "type": "date"}, format="%Y-%m-%d"),
    )
    clock = forms.TimeField(
        label=gettext_lazy("Time"),
        required=False,
        widget=forms.TimeInput(attrs={"class": "input", "type": "time"}, format="%H:%M"),
    )

    def offer(self, moments: list[dt.datetime], *, at_once: str = "", chosen: dt.datetime | None = None) -> None:
        """Put the choices onto the form; each is a moment, so that a choice stays what it was when time goes on."""
        offered = [(AT_ONCE, at_once)] if at_once else []
        offered += [(moment.isoformat(), words.local_time(moment)) for moment in moments]
        offered.append((OTHER, _("Another time")))
        self.fields["when"].widget.choices = offered
        self.fields["when"].initial = chosen.isoformat() if chosen else offered[0][0]

    def moment(self, at: dt.datetime, least: dt.datetime, most: dt.datetime) -> dt.datetime | None:
        """What was chosen; None, with the reason at its field, when it lies outside."""
        chosen = self.cleaned_data.get("when", "")
        found = at if chosen == AT_ONCE else self._other() if chosen == OTHER else _read(chosen)
        if found is None:
            if not self.errors:
                self.add_error("day" if chosen == OTHER else "when", _("Choose a date and a time."))
            return None
        if found < least and chosen != AT_ONCE:
            self.add_error(
                self._place(chosen), _("Choose a time after %(least)s.") % {"least": words.local_time(least)}
            )
            return None
        if found > most:
            self.add_error(self._place(chosen), _("Choose a time before %(most)s.") % {"most": words.local_time(most)})
            return None
        return found

    def _place(self, chosen: str) -> str:
        return "day" if chosen == OTHER else "when"

    def _other(self) -> dt.datetime | None:
        day, clock = self.cleaned_data.get("day"), self.cleaned_data.get("clock")
        if day is None or clock is None or not 1970 < day.year < 2200:
            return None
        return dt.datetime.combine(day, clock, timezone.get_current_timezone()).astimezone(dt.UTC)


def _read(text: str) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


class ProposalForm(MomentForm):
    """What an action is done to, with what, when and why."""

    target = forms.ChoiceField(widget=forms.HiddenInput())
    reason = forms.CharField(
        label=gettext_lazy("Why? Whoever is asked reads this."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"class": "input", "rows": 2}),
    )
    reference = forms.UUIDField(widget=forms.HiddenInput(), required=False)
    # The digest of the plan that was seen.
    shown = forms.CharField(widget=forms.HiddenInput(), required=False, max_length=64)

    def __init__(
        self, environment: Environment, action: Action, data: Any, given: dict[str, str], at: dt.datetime
    ) -> None:
        self.targets = {target.aws_id: target for target in changes.targets(environment, action)}
        self.chosen = self.targets.get((data or given).get("target", "")) or next(iter(self.targets.values()), None)
        chosen = self.chosen.aws_id if self.chosen else ""
        super().__init__(data, initial={"target": chosen, "reference": uuid.uuid4()})
        self.environment, self.action, self.at = environment, action, at
        self.fields["target"].choices = [(key, _named(target)) for key, target in self.targets.items()]
        for parameter in action.parameters if self.chosen else ():
            self.fields[field_name(parameter.name)] = parameter_field(parameter, self.chosen)
        soon, announced = slots.to_propose(environment, at)
        self.offer(
            [*soon, *announced], at_once=_("As soon as it is approved"), chosen=next(iter(soon or announced), None)
        )

    def parameter_fields(self) -> list[forms.BoundField]:
        """What this action asks for besides its target."""
        return [self[field_name(parameter.name)] for parameter in self.action.parameters]

    def named_targets(self) -> list[tuple[str, str]]:
        """What it could be done to, for choosing."""
        return self.fields["target"].choices

    def refuse(self, word: str, facts: dict[str, Any]) -> None:
        """Say why it cannot be planned, at its field where it is about one."""
        name = field_name(facts.get("name", "")) if word == "parameter" else None
        self.add_error(name if name in self.fields else None, change_words.refusal_said(word, facts))

    def clean(self) -> dict[str, Any]:
        """Read the moment; it may not lie in the past."""
        self.starts_at = self.moment(self.at, self.at, self.at + FARTHEST)
        return self.cleaned_data

    def wanted(self) -> dict[str, Any]:
        """What `changes.planned` takes of it."""
        given = self.cleaned_data
        return {
            "environment": self.environment,
            "action": self.action,
            "notice": self._answered_notice(given["target"]),
            "target": self.targets[given["target"]],
            "parameters": {parameter.name: given[field_name(parameter.name)] for parameter in self.action.parameters},
            "starts_at": self.starts_at,
            "reason": " ".join(given["reason"].split()),
            "reference": given["reference"] or uuid.uuid4(),
        }

    def _answered_notice(self, aws_id: str) -> Notice | None:
        """AWS's own announcement that this change is made for."""
        if self.action.action_class not in _ANSWERING:
            return None
        return next((one for one in notices.open_notices(self.environment) if one.aws_id == aws_id), None)


def _named(target: Any) -> str:
    kind = getattr(target, "instance_type", "") or getattr(target, "instance_class", "")
    known = f"{target.name} ({target.aws_id})" if target.name and target.name != target.aws_id else target.aws_id
    return f"{known} · {kind}" if kind else known


def field_name(name: str) -> str:
    """What the field of an action's parameter is called."""
    return f"parameter_{name}"


def parameter_field(parameter: Parameter, target: Any) -> forms.Field:
    """The field of one parameter, for this target; whether its value makes sense the plan itself checks."""
    said = {"label": parameter.label, "help_text": parameter.help, "initial": parameter.start(target)}
    if parameter.kind == "choice":
        offered = [(str(value), label) for value, label in parameter.choices(target)]
        empty = [] if offered else [("", _("Nothing to choose here"))]
        return forms.ChoiceField(choices=[*empty, *offered], widget=_select(), **said)
    least, most = parameter.bounds(target)
    if parameter.kind == "number":
        attributes = {"class": "input", "inputmode": "numeric"}
        widget = forms.NumberInput(attrs=attributes)
        return forms.IntegerField(min_value=least, max_value=most, widget=widget, **said)
    if parameter.kind == "moment":
        widget = forms.DateTimeInput(attrs={"class": "input", "type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        return forms.DateTimeField(widget=widget, **said)
    return forms.CharField(max_length=parameter.longest, widget=forms.TextInput(attrs={"class": "input"}), **said)


class LaterForm(MomentForm):
    """Another time for a change that was asked about."""

    def __init__(self, change: Change, data: Any, at: dt.datetime) -> None:
        super().__init__(data, auto_id="later_%s")
        self.change, self.at = change, at
        most = _last_moment(change, at)
        later = slots.later_than(change.environment, change.starts_at, at)
        self.offer([moment for moment in later if moment <= most])

    def clean(self) -> dict[str, Any]:
        """Read the moment: not at once, and before AWS does it by itself."""
        self.later_at = self.moment(self.at, self.at + slots.AHEAD, _last_moment(self.change, self.at))
        return self.cleaned_data


def _last_moment(change: Change, at: dt.datetime) -> dt.datetime:
    """Before AWS's own date where there is one ahead."""
    notice = change.notice
    ends = (notice.deadline_at or notice.starts_at) if notice else None
    return ends if ends and ends > at + slots.AHEAD else at + FARTHEST


class FreezeForm(forms.Form):
    """Why nothing may begin."""

    reason = forms.CharField(
        label=gettext_lazy("Why? Staff and the customer read this."),
        max_length=300,
        widget=forms.TextInput(attrs={"class": "input"}),
        error_messages={"required": gettext_lazy("Write in a few words why.")},
    )
