"""Forms of this app."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers import directory
from customers.models import ContactChannel, Environment, Message


class DirectoryForm(forms.Form):
    """What the list of customers is narrowed to; each field stands in the URL."""

    q = forms.CharField(
        label=_("Customer or environment"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"class": "input", "type": "search", "autocomplete": "off"}),
    )
    level = forms.TypedChoiceField(
        label=_("State"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("All")), *directory.LEVELS.items()],
        widget=forms.Select(attrs={"class": "select", "data-submits": True}),
    )
    stage = forms.ChoiceField(
        label=_("Stage"),
        required=False,
        choices=[("", _("All")), *Environment.Stage.choices],
        widget=forms.Select(attrs={"class": "select", "data-submits": True}),
    )
    plan = forms.ChoiceField(
        label=_("Plan"), required=False, widget=forms.Select(attrs={"class": "select", "data-submits": True})
    )

    sort = forms.ChoiceField(
        label=_("Sorted by"),
        required=False,
        choices=[
            ("level", _("State")),
            ("name", pgettext_lazy("column", "Customer")),
            ("needs", _("Needs")),
            ("deadline", _("Next deadline")),
            ("backup", _("Last backup")),
        ],
        widget=forms.Select(attrs={"class": "select", "data-submits": True}),
    )

    def __init__(self, data, plans: list[tuple[str, str]]) -> None:
        super().__init__(data, auto_id="filter_%s")
        self.fields["plan"].choices = [("", _("All")), *plans]

    def value(self, name: str):
        """The value of a field, or its empty value when what stands in the URL makes no sense."""
        self.is_valid()
        return self.cleaned_data.get(name, self.fields[name].empty_value if name == "level" else "")


class OutboxForm(forms.Form):
    """What the outbox is narrowed to; each field stands in the URL."""

    q = forms.CharField(
        label=_("Name, address or subject"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"class": "input", "type": "search", "autocomplete": "off"}),
    )
    channel = forms.ChoiceField(
        label=_("Channel"),
        required=False,
        choices=[("", _("All")), *ContactChannel.Kind.choices],
        widget=forms.Select(attrs={"class": "select", "data-submits": True}),
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), *Message.State.choices],
        widget=forms.Select(attrs={"class": "select", "data-submits": True}),
    )

    def __init__(self, data) -> None:
        super().__init__(data, auto_id="filter_%s")

    def value(self, name: str) -> str:
        """The value of a field, or nothing when what stands in the URL makes no sense."""
        self.is_valid()
        return self.cleaned_data.get(name, "")
