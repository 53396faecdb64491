"""The form of an agreement's terms."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from customers import addresses, terms
from customers.models import ActionClass, Agreement, Approver, Band, Duty, NightChoice, Performer, Plan, Silence


class PlanField(forms.ModelChoiceField):
    """A plan by its name in the reader's language."""

    def label_from_instance(self, plan: Plan) -> str:
        return plan.name_ja if get_language() == "ja" else plan.name_en


def _text(**attributes: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "input", **attributes})


def _number(least: int, most: int) -> forms.NumberInput:
    return forms.NumberInput(attrs={"class": "input", "inputmode": "numeric", "min": least, "max": most})


def _whole(label: Any, least: int, most: int, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, widget=_number(least, most), **options)


def _choice(label: Any, choices: Any, **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.Select(attrs={"class": "select"}), **options)


def _time(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, widget=forms.TimeInput(attrs={"class": "input", "type": "time"}, format="%H:%M")
    )


class AgreementForm(forms.Form):
    """Every term of an agreement, filled with what the draft says."""

    plan = PlanField(
        label=_("Plan"), queryset=Plan.objects.order_by("code"), empty_label=None,
        widget=forms.Select(attrs={"class": "select"}),
    )  # fmt: skip
    starts_on = forms.DateField(
        label=_("Holds from"),
        required=False,
        widget=forms.DateInput(attrs={"class": "input", "type": "date"}, format="%Y-%m-%d"),
        help_text=_("The beginning of this day. Empty: as soon as both sides have agreed."),
    )
    long_work_minutes = _whole(_("Work is long from this many minutes of downtime on"), 1, 1440)
    notice_long_days = _whole(_("Days of notice before long work"), 0, 90)
    notice_short_days = _whole(_("Days of notice before short work"), 0, 90)
    notice_aws_days = _whole(
        _("Days of notice before AWS's own work"), 0, 90, help_text=_("0 means as early as possible.")
    )
    night_from = _time(_("Night begins"))
    night_until = _time(_("Night ends"))
    retention_days = _whole(_("Days that backups are kept"), 1, 365)
    site_url = forms.URLField(
        label=_("Address of the site"),
        required=False,
        assume_scheme="https",
        max_length=200,
        validators=[addresses.site],
        widget=forms.URLInput(attrs={"class": "input", "inputmode": "url", "placeholder": "https://www.example.jp/"}),
        help_text=_("The portal visits it every minute. Empty: the site is not visited."),
    )
    site_text = forms.CharField(
        label=_("Words that the site's page must hold"), required=False, max_length=120, widget=_text()
    )
    remarks = forms.CharField(
        label=_("Remarks"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"class": "input", "rows": 3}),
        help_text=_("What else was agreed. It becomes part of the text that is signed."),
    )

    def __init__(self, data: Any, draft: Agreement) -> None:
        super().__init__(data, initial=_initial(draft))
        for duty in Duty:
            self.fields[f"performer_{duty}"] = _choice(
                f"{duty.value} {duty.label}", [("", _("As the plan says")), *Performer.choices], required=False
            )
        for name in ActionClass:
            self._add_approval(name)
        for name in terms.RECOVERIES:
            for band in Band:
                self._add_night(name, band)

    def _add_approval(self, name: ActionClass) -> None:
        self.fields[f"approval_{name}"] = _choice(_("Whose approval"), Approver.choices)
        self.fields[f"second_{name}"] = forms.BooleanField(label=_("Second factor"), required=False)
        self.fields[f"two_{name}"] = forms.BooleanField(label=_("Two people"), required=False)

    def _add_night(self, name: ActionClass, band: Band) -> None:
        self.fields[f"choice_{name}_{band}"] = _choice(_("What comes first"), NightChoice.choices)
        self.fields[f"minutes_{name}_{band}"] = _whole(_("After minutes"), 0, terms.LONGEST_WAIT_MINUTES)
        self.fields[f"silence_{name}_{band}"] = _choice(_("Nobody answers"), Silence.choices)

    def performer_fields(self) -> list[forms.BoundField]:
        """The duties' fields."""
        return [self[f"performer_{duty}"] for duty in Duty]

    def approval_rows(self) -> list[tuple[ActionClass, list[forms.BoundField]]]:
        """Each class of change with its three fields."""
        return [(name, [self[f"{part}_{name}"] for part in ("approval", "second", "two")]) for name in ActionClass]

    def night_groups(self) -> list[tuple[ActionClass, list[tuple[Band, list[forms.BoundField]]]]]:
        """Each class of recovery with its bands, each with its three fields."""
        parts = ("choice", "minutes", "silence")
        return [
            (name, [(band, [self[f"{part}_{name}_{band}"] for part in parts]) for band in Band])
            for name in terms.RECOVERIES
        ]

    def values(self) -> dict[str, Any]:
        """The terms as they are stored."""
        given = self.cleaned_data
        plain = (
            "plan", "starts_on", "long_work_minutes", "notice_long_days", "notice_short_days", "notice_aws_days",
            "night_from", "night_until", "retention_days", "site_url", "site_text", "remarks",
        )  # fmt: skip
        return {name: given[name] for name in plain} | {
            "performers": self._performers(),
            "approvals": {str(name): terms.stored_approval(self._approval(name)) for name in ActionClass},
            "night_choices": {
                str(name): {str(band): terms.stored_night(self._night(name, band)) for band in Band}
                for name in terms.RECOVERIES
            },
        }

    def _performers(self) -> dict[str, str]:
        """Only what differs from the plan is an exception."""
        found = {}
        for duty in Duty:
            by_plan = Performer.PROVIDER if duty in self.cleaned_data["plan"].provider_duties else Performer.CUSTOMER
            if (given := self.cleaned_data[f"performer_{duty}"]) and given != by_plan:
                found[str(duty)] = given
        return found

    def _approval(self, name: str) -> terms.ApprovalRule:
        given = self.cleaned_data
        return terms.ApprovalRule(Approver(given[f"approval_{name}"]), given[f"second_{name}"], given[f"two_{name}"])

    def _night(self, name: str, band: str) -> terms.NightRule:
        choice, minutes, silence = (
            self.cleaned_data[f"{part}_{name}_{band}"] for part in ("choice", "minutes", "silence")
        )
        return terms.NightRule(NightChoice(choice), minutes, Silence(silence))


def _initial(draft: Agreement) -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(draft, name) for name in AgreementForm.base_fields if name != "plan"}
    found["plan"] = draft.plan_id
    found |= {f"performer_{duty}": draft.performers.get(duty, "") for duty in Duty}
    for name in ActionClass:
        rule = terms.approval(draft.approvals, name)
        found |= {f"approval_{name}": rule.role, f"second_{name}": rule.second_factor, f"two_{name}": rule.two_persons}
    for name in terms.RECOVERIES:
        for band in Band:
            rule = terms.night(draft.night_choices, name, band)
            values = (rule.choice, rule.minutes, rule.silence)
            found |= dict(
                zip((f"{part}_{name}_{band}" for part in ("choice", "minutes", "silence")), values, strict=True)
            )
    return found


class MomentForm(forms.Form):
    """A moment in the viewer's zone."""

    at = forms.DateTimeField(
        label=_("As of"),
        required=False,
        widget=forms.DateTimeInput(attrs={"class": "input", "type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_at(self) -> dt.datetime | None:
        """A moment that calendars can show in every zone."""
        given = self.cleaned_data["at"]
        if given and not 1970 < given.year < 2200:
            raise forms.ValidationError(_("Choose a year between 1971 and 2199."))
        return given


class DeclineForm(forms.Form):
    """Why not."""

    reason = forms.CharField(
        label=_("Why not? The other side reads this."),
        max_length=500,
        widget=forms.Textarea(attrs={"class": "input", "rows": 3}),
        error_messages={"required": _("Write in a few words what should be otherwise.")},
    )
