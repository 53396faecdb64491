"""Forms that bring people in: invitations, roles, emergency access, a first password."""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, Invitation, Member, User
from customers.person_names import mail_address, person_name

# What is longer is refused in words of our own, the length named, so the field itself must let it through.
_MOST = 20_000


class _PersonForm(forms.Form):
    """Name and mail address, checked as the domain checks them."""

    def clean_name(self) -> str:
        """The name with single blanks."""
        return _field(person_name, self.cleaned_data["name"])

    def clean_email(self) -> str:
        """The address in small letters."""
        return _field(mail_address, self.cleaned_data["email"])


def _field(check, text: str) -> str:
    try:
        return check(text)
    except ValidationError as error:
        raise ValidationError(error.messages) from error


def _name_field(**attributes: str) -> forms.CharField:
    return forms.CharField(
        label=_("Name"), max_length=_MOST, widget=forms.TextInput(attrs={"class": "input", **attributes})
    )


class LanguageField(forms.TypedChoiceField):
    """In which language the mail is; whoever invites reads another one perhaps. The usual one where none is said."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Language of the mail"),
            choices=Contact.Language.choices,
            required=False,
            initial=Contact.Language.JA,
            empty_value=Contact.Language.JA,
            widget=forms.Select(attrs={"class": "select"}),
        )


class InviteForm(_PersonForm):
    """Whom to invite, and as what."""

    name = _name_field(autocomplete="off")
    email = forms.CharField(
        label=_("Mail address"),
        max_length=_MOST,
        widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "off", "inputmode": "email"}),
    )
    role = forms.ChoiceField(label=_("Role"), widget=forms.Select(attrs={"class": "select"}))
    language = LanguageField()

    def __init__(self, data, *, staff: bool, initial: dict[str, str]) -> None:
        super().__init__(data, auto_id="invite_%s", initial=initial)
        roles = [choice for choice in User.StaffRole.choices if choice[0]] if staff else Member.Role.choices
        self.fields["role"].choices = roles

    def invited(self) -> dict[str, str]:
        """Whom, and in which language."""
        return {name: self.cleaned_data[name] for name in ("email", "name", "language")}


class AskedForm(forms.Form):
    """For staff: which of the customer's people asked for it, so that both stand in the logbook."""

    on_behalf_of = forms.TypedChoiceField(
        label=_("At whose request"),
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.Select(attrs={"class": "select"}),
        help_text=_("Until you stop, what you change for this customer names both of you in the logbook."),
    )

    def __init__(self, data, members: list[Member]) -> None:
        super().__init__(data, auto_id="asked_%s")
        self.people = {member.user_id: member.user for member in members}
        named = ((member.user_id, f"{member.user.name} · {member.get_role_display()}") for member in members)
        self.fields["on_behalf_of"].choices = [("", _("Nobody asked")), *named]

    @property
    def asked_by(self) -> User | None:
        """The customer's person who asked for it."""
        return self.people.get(self.cleaned_data.get("on_behalf_of"))


class AcceptForm(forms.Form):
    """How the invited person is called and logs in: by a passkey, or by a password."""

    name = _name_field(autocomplete="name")
    username = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        max_length=4096,
        help_text=_("12 characters or more; a sentence is easy to remember."),
        widget=forms.PasswordInput(attrs={"class": "input", "autocomplete": "new-password"}),
    )
    answer = forms.CharField(required=False, max_length=_MOST, widget=forms.HiddenInput())

    def __init__(self, data, invitation: Invitation) -> None:
        super().__init__(data, initial={"name": invitation.name, "username": invitation.email})
        self.invitation = invitation

    clean_name = _PersonForm.clean_name

    def clean(self) -> dict:
        """A passkey, or a password that is good enough."""
        data = super().clean()
        if not data.get("answer"):
            try:
                validate_password(
                    data.get("password", ""), User(email=self.invitation.email, name=data.get("name", ""))
                )
            except ValidationError as error:
                self.add_error("password", error)
        return data


class EmergencyForm(forms.Form):
    """Who lost every second factor, and how one knows that it is really that person who asks."""

    email = forms.CharField(
        label=_("Mail address of the person"),
        max_length=254,
        widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("How do you know that it is this person?"),
        max_length=500,
        help_text=_("For example: called back on the number in our staff list."),
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )

    def clean_reason(self) -> str:
        """In one line, with single blanks."""
        return " ".join(self.cleaned_data["reason"].split())
