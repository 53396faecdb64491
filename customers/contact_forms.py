"""Forms about contacts."""

import re
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, ContactChannel, Environment, User

# Line breaks, other control characters, and marks that turn the direction of writing.
_ONE_LINE = RegexValidator(
    re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]"),
    _("Write it in one line, without control characters."),
    inverse_match=True,
)


def _text(**attributes: str) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "input", "autocomplete": "off", **attributes})


class AskedForm(forms.Form):
    """For staff: which of the customer's people asked for it, so that both stand in the logbook."""

    on_behalf_of = forms.TypedChoiceField(
        label=_("At whose request"), required=False, coerce=int, empty_value=None,
        widget=forms.Select(attrs={"class": "select"}),
        help_text=_("The logbook then names both of you."),
    )  # fmt: skip

    def __init__(self, data, people: list[User], **options: Any) -> None:
        super().__init__(data, **options)
        self.people = {person.pk: person for person in people}
        choices = [("", _("Nobody asked")), *((person.pk, person.name) for person in people)]
        self.fields["on_behalf_of"].choices = choices
        if not people:
            del self.fields["on_behalf_of"]

    @property
    def asked_by(self) -> User | None:
        """The customer's person who asked for it."""
        return self.people.get(self.cleaned_data.get("on_behalf_of"))


class ContactForm(AskedForm):
    """Who a contact is, and when they are called."""

    name = forms.CharField(label=_("Name"), max_length=80, validators=[_ONE_LINE], widget=_text(maxlength="80"))
    position = forms.CharField(
        label=_("Position"), max_length=80, required=False, validators=[_ONE_LINE], widget=_text(maxlength="80")
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

    field_order = ["name", "position", "language", "environment", "business", "night", "on_behalf_of"]

    def __init__(self, data, people: list[User], environments: list[Environment], **options: Any) -> None:
        super().__init__(data, people, **options)
        self.environments = {environment.pk: environment for environment in environments}
        choices = [("", _("All environments")), *((one.pk, one.name) for one in environments)]
        self.fields["environment"].choices = choices

    def values(self) -> dict[str, Any]:
        """What the domain takes."""
        names = ("name", "position", "language", "business", "night")
        return {name: self.cleaned_data[name] for name in names} | {
            "environment": self.environments.get(self.cleaned_data["environment"]),
            "on_behalf_of": self.asked_by,
        }


class ChannelForm(AskedForm):
    """One more way to reach a contact."""

    kind = forms.ChoiceField(
        label=_("Channel"), choices=ContactChannel.Kind.choices, widget=forms.Select(attrs={"class": "select"})
    )
    address = forms.CharField(
        label=_("Address or number"),
        max_length=500,
        widget=_text(maxlength="500"),
        help_text=_("Mail address, phone number (090-1234-5678), or the webhook address of a chat."),
    )
    hours = forms.ChoiceField(
        label=_("When"), choices=ContactChannel.Hours.choices, widget=forms.Select(attrs={"class": "select"})
    )

    field_order = ["kind", "address", "hours", "on_behalf_of"]


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
        widget=_text(inputmode="numeric", maxlength="20", autocomplete="one-time-code"),
        help_text=_("The six digits that the contact received."),
    )
