from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm

from stratum.models import User
from stratum.roles import Role
from stratum.twofactor import TooSoon

#: What each role may do, in one line, for the person who gives it.
ROLE_LINES = {
    Role.ADMIN: "connects platforms, enables accounts, sets caps, manages the team; approves and publishes",
    Role.CREATOR: "builds campaigns and submits them for approval",
    Role.APPROVER: "approves and rejects what others submitted",
    Role.FINANCE: "approves as well where an ad account's approval levels ask for it",
    Role.PUBLISHER: "publishes, pauses and ends approved campaigns",
    Role.VIEWER: "sees everything, changes nothing",
}


class LogInForm(AuthenticationForm):
    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": "User name and password do not match. Capital and small letters matter in the password."
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "User name or mail address"


class OwnPasswordForm(PasswordChangeForm):
    """Changes one's own password to another one, and so ends a one-time password."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("new_password1") and cleaned["new_password1"] == cleaned.get("old_password"):
            self.add_error("new_password1", "This is the password you have. Choose another one.")
        return cleaned

    def save(self, commit: bool = True) -> User:
        self.user.password_is_temporary = False
        user: User = super().save(commit)
        return user


class CodeForm(forms.Form):
    """A code of the second factor, which `check` judges and uses up; TooSoon becomes an error of the field."""

    code = forms.CharField(
        max_length=20,
        strip=True,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )

    def __init__(self, *args: Any, check: Callable[[str], Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._check = check
        self.result: Any = None

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        try:
            self.result = self._check(code)
        except TooSoon as error:
            raise forms.ValidationError(str(error)) from error
        if not self.result:
            raise forms.ValidationError(
                "This code is not right, or was used already. Wait for the next one in your app."
            )
        return code


def _roles_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        choices=[(role.value, f"{role.value}: {line}") for role, line in ROLE_LINES.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one role. A Viewer sees everything and changes nothing."},
    )


class InvitationForm(forms.Form):
    """Whom to invite, and with which roles."""

    email = forms.EmailField(label="Mail address", max_length=254)
    roles = _roles_field()

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if taken := User.objects.filter(email__iexact=email).first():
            raise forms.ValidationError(f"{taken} has this mail address and is on the team already.")
        return email

    def clean_roles(self) -> list[Role]:
        return [Role(name) for name in self.cleaned_data["roles"]]


class JoinForm(SetPasswordForm):  # type: ignore[type-arg]
    """Name and password of somebody who was invited."""

    first_name = forms.CharField(max_length=150)
    last_name = forms.CharField(max_length=150, required=False)
    field_order = ["first_name", "last_name", "new_password1", "new_password2"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = "Password"
        self.fields["new_password2"].label = "Password again"


class PersonForm(forms.Form):
    """A person of the team: name, mail address, roles."""

    first_name = forms.CharField(max_length=150)
    last_name = forms.CharField(max_length=150, required=False)
    email = forms.EmailField(
        label="Mail address", max_length=254, help_text="Notifications go there. Good for log-in, too."
    )
    roles = _roles_field()

    def __init__(self, *args: Any, person: User | None = None, **kwargs: Any) -> None:
        self.person = person
        if person:
            kwargs["initial"] = {
                "first_name": person.first_name or person.username,
                "last_name": person.last_name,
                "email": person.email,
                "roles": person.roles,
            }
        super().__init__(*args, **kwargs)

    @property
    def name(self) -> str:
        return f"{self.cleaned_data['first_name']} {self.cleaned_data['last_name']}".strip()

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        taken = User.objects.filter(email__iexact=email).first()
        if taken and taken != self.person:
            state = "" if taken.is_active else ", who is deactivated"
            raise forms.ValidationError(f"This mail address belongs to {taken}{state}.")
        return email

    def clean_roles(self) -> list[Role]:
        return [Role(name) for name in self.cleaned_data["roles"]]
