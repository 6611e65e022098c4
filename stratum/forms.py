from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm

from stratum.models import User
from stratum.roles import Role

#: What each role may do, in one line, for the person who gives it.
ROLE_LINES = {
    Role.ADMIN: "connects platforms, enables accounts, sets caps, manages the team; approves and publishes",
    Role.CREATOR: "builds campaigns and submits them for approval",
    Role.APPROVER: "approves and rejects what others submitted",
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


class PersonForm(forms.Form):
    """A person of the team: name, mail address, roles."""

    first_name = forms.CharField(max_length=150)
    last_name = forms.CharField(max_length=150, required=False)
    email = forms.EmailField(
        label="Mail address", max_length=254, help_text="Notifications go there. Good for log-in, too."
    )
    roles = forms.MultipleChoiceField(
        choices=[(role.value, f"{role.value}: {line}") for role, line in ROLE_LINES.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one role. A Viewer sees everything and changes nothing."},
    )

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
