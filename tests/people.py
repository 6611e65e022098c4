"""The people of the tests: one each, with one clear role."""

from __future__ import annotations

from stratum.models import User
from stratum.roles import Role, assign

PASSWORD = "correct horse battery"

#: name → (first name, last name, role)
PEOPLE = {
    "ada": ("Ada", "Admin", Role.ADMIN),
    "carl": ("Carl", "Creator", Role.CREATOR),
    "cora": ("Cora", "Creator", Role.CREATOR),
    "anne": ("Anne", "Approver", Role.APPROVER),
    "paul": ("Paul", "Publisher", Role.PUBLISHER),
    "vera": ("Vera", "Viewer", Role.VIEWER),
}
#: People that a test may call in; the tables of who may do what leave them out.
MORE = {
    "fiona": ("Fiona", "Finance", Role.FINANCE),
    "abel": ("Abel", "Approver", Role.APPROVER),
}


def person(name: str) -> User:
    """Return the named person, made on first use."""
    first, last, role = (PEOPLE | MORE)[name]
    user = User.objects.filter(username=name).first()
    if user is None:
        user = User.objects.create_user(name, f"{name}@example.com", PASSWORD, first_name=first, last_name=last)
        assign(user, role)
        user = User.objects.get(pk=user.pk)
    return user
