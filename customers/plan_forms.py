"""Forms of plans and of what is known of a customer."""

import zoneinfo
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Duty, Plan


def _text(**attributes: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "input", **attributes})


class PlanForm(forms.Form):
    """What a plan is called and which duties the provider performs in it; its code stays once it has one."""

    code = forms.SlugField(
        label=_("Code"),
        max_length=40,
        widget=_text(autocomplete="off"),
        help_text=_("Letters, digits, _ and -. It cannot be changed later."),
    )
    name_ja = forms.CharField(label=_("Name in Japanese"), max_length=80, widget=_text())
    name_en = forms.CharField(label=_("Name in English"), max_length=80, widget=_text())
    provider_duties = forms.MultipleChoiceField(
        label=_("Duties that the provider performs"),
        required=False,
        choices=[(duty.value, f"{duty.value} {duty.label}") for duty in Duty],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any, plan: Plan | None) -> None:
        names = ("code", "name_ja", "name_en", "provider_duties")
        super().__init__(data, initial={name: getattr(plan, name) for name in names} if plan else None)
        self.fields["provider_duties"].choices = [(duty.value, f"{duty.value} {duty.label}") for duty in Duty]
        if plan:
            self.fields["code"].disabled = True


class CustomerForm(forms.Form):
    """What is known of a customer."""

    name = forms.CharField(label=_("Name"), max_length=120, widget=_text(autocomplete="off"))
    kana = forms.CharField(
        label=_("Kana"),
        max_length=120,
        required=False,
        widget=_text(autocomplete="off"),
        help_text=_("Lists are sorted by it."),
    )
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=40,
        widget=_text(autocomplete="off", list="time-zones"),
        help_text=_("Business hours, nights and days of agreements are in this zone."),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"class": "input", "rows": 4}),
        help_text=_("Only staff read it."),
    )

    def __init__(self, data: Any, customer: Customer) -> None:
        super().__init__(data, initial={name: getattr(customer, name) for name in self.base_fields})

    def clean_time_zone(self) -> str:
        """A zone that exists."""
        given = self.cleaned_data["time_zone"]
        if given not in zoneinfo.available_timezones():
            raise forms.ValidationError(_("This time zone is not known. Choose one such as Asia/Tokyo."))
        return given


class CloseForm(forms.Form):
    """The customer's name, written once more so that nobody is closed by a slip of the hand."""

    name = forms.CharField(
        label=_("Write the customer's name to confirm"), max_length=120, widget=_text(autocomplete="off")
    )

    def __init__(self, data: Any, customer: Customer) -> None:
        super().__init__(data)
        self.customer = customer

    def clean_name(self) -> str:
        """Exactly the name."""
        given = self.cleaned_data["name"].strip()
        if given != self.customer.name:
            raise forms.ValidationError(_("This is not the customer's name. Nothing was closed."))
        return given
