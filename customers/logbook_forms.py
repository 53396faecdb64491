"""What the logbook is narrowed to."""

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from customers import logbook_pages
from customers.models import Environment

# The calendar ends soon after: the day after the last one, in another time zone, must be a day too.
_DAYS = [MinValueValidator(dt.date(1900, 1, 1)), MaxValueValidator(dt.date(9998, 12, 31))]


class LogbookForm(forms.Form):
    """Each field stands in the URL; `from` and `to` are the viewer's dates, both included."""

    who = forms.CharField(
        label=_("Who did it or asked for it"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"class": "input", "type": "search"}),
    )
    what = forms.ChoiceField(
        label=_("What"), required=False, widget=forms.Select(attrs={"class": "select", "data-submits": True})
    )
    where = forms.CharField(
        label=_("Customer or environment"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"class": "input", "type": "search"}),
    )
    environment = forms.TypedChoiceField(
        label=_("Environment"),
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.Select(attrs={"class": "select", "data-submits": True}),
    )

    def __init__(self, data, environments: list[Environment], *, everywhere: bool) -> None:
        super().__init__(data, auto_id="filter_%s")
        date = {
            "required": False,
            "validators": _DAYS,
            "widget": forms.DateInput(attrs={"class": "input", "type": "date"}),
        }
        self.fields["from"] = forms.DateField(label=_("From day"), **date)
        self.fields["to"] = forms.DateField(label=_("To day"), **date)
        self.fields["what"].choices = [("", _("All")), *logbook_pages.verbs()]
        self.environments = {environment.pk: environment for environment in environments}
        self.fields["environment"].choices = [("", _("All")), *((one.pk, one.name) for one in environments)]
        # Whoever sees every customer types a part of a name; others choose among the few of their own.
        del self.fields["environment" if everywhere else "where"]

    def value(self, name: str) -> Any:
        """The value of a field, or None when what stands in the URL makes no sense."""
        self.is_valid()
        return self.cleaned_data.get(name) or None

    def filters(self, customer) -> logbook_pages.Filters:
        """What the URL asks for."""
        return logbook_pages.Filters(
            who=self.value("who") or "",
            verb=self.value("what") or "",
            where=self.value("where") or "",
            customer=customer,
            environment=self.environments.get(self.value("environment")),
            first=self.value("from"),
            last=self.value("to"),
        )
