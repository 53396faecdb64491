"""Forms about contacts."""

import re
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, ContactChannel, Environment

# Line breaks, other control characters, and marks that turn the direction of writing.
_ONE_LINE = RegexValidator(
    re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]"),
    _("Write it in one line, without control characters."),
    inverse_match=True,
)


def _text(**attributes: str) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "input", "autocomplete": "off", **attributes})


class ContactForm(forms.Form):
    """Who a contact is, and when they are called."""

    name = forms.CharField(label=_("Name"), max_length=80, validators=[_ONE_LINE], widget=_text())
    position = forms.CharField(
        label=_("Position"), max_length=80, required=False, validators=[_ONE_LINE], widget=_text()
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=Contact.Language.choices, widget=forms.Select(attrs={"class": "select"})
    )
    environment = forms.TypedChoiceField(
        label=_("For which environment"), required=False, coerce=int, empty_value=None,
        widget=forms.Select(attrs={"class": "select"}),
    )  # fmt: skip
    business = forms.BooleanField(label=_("Call in business hours"), required=False)
    night = forms.BooleanField(label=_("Call outside of business hours and at night"), required=False)

    def __init__(self, data, environments: list[Environment], **options: Any) -> None:
        super().__init__(data, **options)
        self.environments = {environment.pk: environment for environment in environments}
        choices = [("", _("All environments")), *((one.pk, one.name) for one in environments)]
        self.fields["environment"].choices = choices

    def values(self) -> dict[str, Any]:
        """What the domain takes."""
        names = ("name", "position", "language", "business", "night")
        return {name: self.cleaned_data[name] for name in names} | {
            "environment": self.environments.get(self.cleaned_data["environment"]),
        }


class ChannelForm(forms.Form):
    """One more way to reach a contact."""

    kind = forms.ChoiceField(
        label=_("Channel"), choices=ContactChannel.Kind.choices, widget=forms.Select(attrs={"class": "select"})
    )
    address = forms.CharField(
        label=_("Address or number"),
        max_length=500,
        widget=_text(),
        help_text=_("Mail address, phone number (090-1234-5678), or the webhook address of a chat."),
    )
    hours = forms.ChoiceField(
        label=_("When"), choices=ContactChannel.Hours.choices, widget=forms.Select(attrs={"class": "select"})
    )


class HoursForm(forms.Form):
    """When a channel is used."""

    hours = forms.ChoiceField(
        label=_("When"), choices=ContactChannel.Hours.choices, widget=forms.Select(attrs={"class": "select"})
    )


class CodeForm(forms.Form):
    """The code that came back."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=_text(inputmode="numeric", autocomplete="one-time-code"),
        help_text=_("The six digits that the contact received."),
    )
