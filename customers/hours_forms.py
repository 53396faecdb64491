"""Forms of business hours: the week, and days that are different."""

import re
import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers import hours
from customers.models import BusinessHours, Customer, SpecialDay

SPANS_A_DAY = 2
_TIME = re.compile(r"^(\d{1,2}):?([0-5]\d)$")
LATEST = 30 * 60


class LocalTimeField(forms.CharField):
    """Minutes after midnight, written as 9:00, 2100 or, for the night after, 25:30."""

    def __init__(self, **options: Any) -> None:
        attributes = {"class": "input", "inputmode": "numeric", "autocomplete": "off", "placeholder": "--:--"}
        super().__init__(required=False, widget=forms.TextInput(attrs=attributes), **options)

    def clean(self, value: Any) -> int | None:
        text = unicodedata.normalize("NFKC", super().clean(value)).strip()
        if not text:
            return None
        found = _TIME.match(text)
        minutes = int(found[1]) * 60 + int(found[2]) if found else LATEST + 1
        if minutes > LATEST:
            raise forms.ValidationError(_("Write a time such as 9:00, or up to 30:00 for the night after."))
        return minutes


def clock(minutes: int) -> str:
    """Minutes after midnight as people write them; past midnight counts on, as 25:30."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


class HoursForm(forms.Form):
    """Two spans for each weekday, and what public holidays are."""

    holidays = forms.ChoiceField(
        label=_("Japanese public holidays"),
        choices=Customer.Holidays.choices,
        widget=forms.Select(attrs={"class": "select"}),
    )

    def __init__(self, data: Any, customer: Customer, weekly: list[hours.Weekly]) -> None:
        super().__init__(data, initial={"holidays": customer.holidays} | _initial(weekly))
        for weekday in BusinessHours.Weekday:
            for number in range(SPANS_A_DAY):
                self.fields[f"opens_{weekday}_{number}"] = LocalTimeField(label=_("Opens"))
                self.fields[f"closes_{weekday}_{number}"] = LocalTimeField(label=_("Closes"))

    def days(self) -> list[tuple[BusinessHours.Weekday, list[tuple[forms.BoundField, forms.BoundField]]]]:
        """Each weekday with the fields of its spans."""
        return [
            (
                weekday,
                [
                    (self[f"opens_{weekday}_{number}"], self[f"closes_{weekday}_{number}"])
                    for number in range(SPANS_A_DAY)
                ],
            )
            for weekday in BusinessHours.Weekday
        ]

    def clean(self) -> dict[str, Any]:
        """Read the spans; what is half written or overlaps is told at its field."""
        named: dict[hours.Weekly, str] = {}
        for weekday in BusinessHours.Weekday:
            for number in range(SPANS_A_DAY):
                name = f"{weekday}_{number}"
                if (span := self._span(weekday, name)) is None:
                    continue
                if span in named:
                    self.add_error(f"opens_{name}", _("These hours are written twice."))
                named[span] = name
        if clash := hours.overlapping(list(named)):
            one, other = clash
            told = _("These hours overlap with %(day)s %(opens)s–%(closes)s.") % {
                "day": BusinessHours.Weekday(one.weekday).label,
                "opens": clock(one.opens),
                "closes": clock(one.closes),
            }
            self.add_error(f"opens_{named[other]}", told)
        self.weekly = list(named)
        return self.cleaned_data

    def _span(self, weekday: int, name: str) -> hours.Weekly | None:
        opens, closes = self.cleaned_data.get(f"opens_{name}"), self.cleaned_data.get(f"closes_{name}")
        if f"opens_{name}" in self.errors or f"closes_{name}" in self.errors:
            return None
        if opens is None and closes is None:
            return None
        if opens is None or closes is None:
            missing = "opens" if opens is None else "closes"
            self.add_error(f"{missing}_{name}", _("The other half of these hours is missing."))
            return None
        if opens >= hours.MINUTES_A_DAY:
            self.add_error(f"opens_{name}", _("Opening after midnight belongs to the next day."))
            return None
        if closes <= opens:
            self.add_error(f"closes_{name}", _not_after(closes + hours.MINUTES_A_DAY))
            return None
        if closes > opens + hours.MINUTES_A_DAY:
            self.add_error(f"closes_{name}", _("These hours are longer than a day."))
            return None
        return hours.Weekly(int(weekday), opens, closes)


def _not_after(late: int) -> str:
    """A slip, or the night after: whoever wrote it knows, and is told how the latter is written."""
    if late > LATEST:
        return _("Not after the opening. What goes on past 6:00 of the next morning is written on that day.")
    return _("Not after the opening. Do you close past midnight? Then write %(late)s.") % {"late": clock(late)}


def _initial(weekly: list[hours.Weekly]) -> dict[str, str]:
    found: dict[str, str] = {}
    for weekday in BusinessHours.Weekday:
        for number, row in enumerate([row for row in weekly if row.weekday == weekday][:SPANS_A_DAY]):
            found[f"opens_{weekday}_{number}"] = clock(row.opens)
            found[f"closes_{weekday}_{number}"] = clock(row.closes)
    return found


class SpecialDayForm(forms.Form):
    """Closed days, or days without planned work."""

    kind = forms.ChoiceField(
        label=_("What they are"), choices=SpecialDay.Kind.choices, widget=forms.Select(attrs={"class": "select"})
    )
    first = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"class": "input", "type": "date"}))
    last = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"class": "input", "type": "date"}),
        help_text=_("Empty: the first day alone."),
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        widget=forms.TextInput(attrs={"class": "input"}),
        help_text=_("For example: year-end holidays, summer sale."),
    )
