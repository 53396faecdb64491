"""Forms of log-in and of one's own account."""

from collections.abc import Callable, Mapping

from django import forms
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.utils.translation import gettext_lazy as _

from customers.models import User

_CODE = {"class": "input input-code", "autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "none"}


class LoginForm(forms.Form):
    """Mail address and password."""

    username = forms.CharField(
        label=_("Mail address"),
        max_length=254,
        widget=forms.EmailInput(
            attrs={"class": "input", "autofocus": True, "autocomplete": "username webauthn", "inputmode": "email"}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"class": "input", "autocomplete": "current-password"}),
    )


class CodeForm(forms.Form):
    """Six digits of an app, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Six digits from your authenticator app, or one of your recovery codes."),
        widget=forms.TextInput(attrs={**_CODE, "autofocus": True}),
    )


class AppCodeForm(forms.Form):
    """Six digits of the app that is being set up."""

    code = forms.CharField(
        label=_("Six digits that the app shows"),
        max_length=20,
        widget=forms.TextInput(attrs={**_CODE, "inputmode": "numeric"}),
    )


class PasskeyForm(forms.Form):
    """A passkey's name and what the browser made."""

    name = forms.CharField(
        label=_("Name of this device"),
        max_length=60,
        help_text=_("So that you recognise it when you lose it, for example: my phone."),
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )
    answer = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput())


class ForgottenForm(forms.Form):
    """Whose password is forgotten."""

    email = forms.EmailField(
        label=_("Mail address"),
        max_length=254,
        widget=forms.EmailInput(
            attrs={"class": "input", "autofocus": True, "autocomplete": "username", "inputmode": "email"}
        ),
    )


class ConfirmForm(forms.Form):
    """The password once more."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"class": "input", "autocomplete": "current-password"}),
    )


class _NewPassword:
    """Two fields for a new password, dressed as the portal's."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            kind = "current-password" if name == "old_password" else "new-password"
            field.max_length = 4096
            field.widget.attrs.update({"class": "input", "autocomplete": kind})
        self.fields["new_password1"].label = _("New password")
        self.fields["new_password1"].help_text = _("12 characters or more; a sentence is easy to remember.")
        self.fields["new_password2"].label = _("New password once more")
        self.fields["new_password2"].help_text = ""


class FirstPasswordForm(_NewPassword, SetPasswordForm):
    """A password where none is known: forgotten, or never set."""


class ChangePasswordForm(_NewPassword, PasswordChangeForm):
    """A new password, the present one given; `trouble_with` counts the try and says what is wrong with it."""

    def __init__(self, user: User, data: Mapping[str, str] | None, trouble_with: Callable[[str], str]) -> None:
        super().__init__(user, data)
        self._trouble_with = trouble_with

    def clean_old_password(self) -> str:
        """The present password, or what is wrong with it."""
        given = self.cleaned_data["old_password"]
        if trouble := self._trouble_with(given):
            raise forms.ValidationError(trouble)
        return given
