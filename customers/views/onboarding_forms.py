"""Forms of the onboarding; each says at the field what is wrong, and loses nothing of what was typed."""

from collections.abc import Callable

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers import addresses, directory, places
from customers.models import Environment, Plan
from customers.models.names import plain_name
from customers.people_forms import LanguageField

REGION_NAMES = {"ap-northeast-1": _("Tokyo"), "ap-northeast-3": _("Osaka")}


class StepForm(forms.Form):
    """A form whose domain function may still find something wrong, by field.

    `check` is what the domain says of those fields that are well formed, so that all mistakes are told at once.
    """

    def __init__(self, *args, check: Callable[..., None] | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self._check = check
        for field in self.fields.values():
            if isinstance(field.widget, forms.TextInput | forms.NumberInput | forms.Textarea):
                field.widget.attrs.setdefault("class", "input")
            elif isinstance(field.widget, forms.Select):
                field.widget.attrs.setdefault("class", "select")

    def clean(self) -> None:
        """Ask the domain about what the fields themselves let pass."""
        try:
            if self._check:
                self._check(**self.cleaned_data)
        except ValidationError as error:
            self.take(error)

    def take(self, error: ValidationError) -> None:
        """Show what a domain function refused: at its field when the form has it, else above the form."""
        errors = error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
        for name, messages in errors.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)


class CustomerForm(StepForm):
    """Who pays."""

    name = forms.CharField(
        label=_("Customer's name"),
        max_length=120,
        validators=[plain_name],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    kana = forms.CharField(
        label=_("Reading in katakana"),
        max_length=120,
        required=False,
        validators=[plain_name],
        help_text=_("Lists are sorted by it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    slug = forms.SlugField(
        label=_("Short name"),
        max_length=40,
        help_text=_("Small Latin letters, digits and hyphens, for example aoba. It stands in addresses."),
        error_messages={"invalid": _("Only Latin letters, digits, hyphens and underscores, for example aoba.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=40,
        initial="Asia/Tokyo",
        help_text=_("Business hours and nights are counted in it."),
    )


class PlaceForm(StepForm):
    """Which environment it is and where in AWS."""

    name = forms.CharField(
        label=_("Name of the environment"),
        max_length=80,
        validators=[plain_name],
        help_text=_("As the customer calls it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    stage = forms.ChoiceField(label=_("Stage"), choices=Environment.Stage.choices)
    account_id = forms.CharField(
        label=_("AWS account number"),
        help_text=_("12 digits; hyphens and blanks do not matter."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    region = forms.ChoiceField(label=_("Region"))
    plan = forms.ChoiceField(label=_("Plan"), help_text=_("It decides which permissions the customer has to grant."))
    site_url = forms.URLField(
        label=_("Address of the site"),
        required=False,
        assume_scheme="https",
        validators=[addresses.site],
        help_text=_("The portal visits it as a visitor would. Leave it empty when there is no site."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "autocapitalize": "none"}),
    )
    site_text = forms.CharField(
        label=_("Words that the page must hold"),
        max_length=120,
        required=False,
        help_text=_("A page without them counts as down, for example the name of the shop."),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = [
            (region, f"{REGION_NAMES[region]} ({region})" if region in REGION_NAMES else region)
            for region in places.REGIONS
        ]
        self.plans = {plan.code: plan for plan in directory.plans()}
        self.fields["plan"].choices = plan_choices(self.plans)

    def clean_plan(self) -> Plan:
        """The plan itself."""
        return self.plans[self.cleaned_data["plan"]]


class RolesForm(StepForm):
    """The roles that the customer has made."""

    read_role_arn = forms.CharField(label=_("ARN of the read role"), max_length=200)
    act_role_arn = forms.CharField(label=_("ARN of the act role"), max_length=200)


class ScopeForm(StepForm):
    """What of the account belongs to the environment."""

    scope = forms.ChoiceField(
        label=_("What belongs to this environment"), choices=Environment.Scope.choices, widget=forms.RadioSelect
    )
    tag = forms.ChoiceField(label=_("Tag"), required=False)
    picks = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, tags: list[tuple[str, str]], things: list[tuple[str, str]], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tag"].choices = [("", _("Choose a tag")), *tags]
        self.fields["picks"].choices = things

    def clean(self) -> None:
        """A choice by tag names the tag."""
        if self.cleaned_data.get("scope") == Environment.Scope.TAG and not self.cleaned_data.get("tag"):
            self.add_error("tag", _("Choose the tag that tells what belongs to this environment."))


class AgreementForm(StepForm):
    """The first agreement."""

    plan = forms.ChoiceField(label=_("Plan"))
    retention_days = forms.IntegerField(
        label=_("Retention days"),
        min_value=1,
        max_value=365,
        initial=7,
        help_text=_("How many days a backup is kept, from 1 to 365."),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.plans = {plan.code: plan for plan in directory.plans()}
        self.fields["plan"].choices = plan_choices(self.plans)

    def clean_plan(self) -> Plan:
        """The plan itself."""
        return self.plans[self.cleaned_data["plan"]]


class OwnerForm(StepForm):
    """Who owns the site."""

    name = forms.CharField(label=_("Name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.CharField(
        label=_("Mail address"),
        max_length=254,
        help_text=_("The invitation goes there; it works once and for a week."),
        widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "off"}),
    )
    language = LanguageField()


def plan_choices(plans: dict[str, Plan]) -> list[tuple[str, str]]:
    """Codes and names for a list to choose from."""
    return [(code, directory.plan_name(plan)) for code, plan in plans.items()]
