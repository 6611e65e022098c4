"""What a first `make run` needs and production never has: a .env with fresh keys, and a team to try things with."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from stratum.env import VARIABLES
from stratum.models import User
from stratum.roles import Role, assign
from stratum.sandbox.credentials import APPS

SANDBOX_URL = "http://127.0.0.1:8100"

#: platform → the variables that hold its app's id and secret
APP_VARIABLES = {
    "meta": ("META_APP_ID", "META_APP_SECRET"),
    "google": ("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"),
    "tiktok": ("TIKTOK_APP_ID", "TIKTOK_APP_SECRET"),
    "snapchat": ("SNAPCHAT_CLIENT_ID", "SNAPCHAT_CLIENT_SECRET"),
}

#: user name → (first name, last name, role)
TEAM = {
    "ada": ("Ada", "Lindqvist", Role.ADMIN),
    "carl": ("Carl", "Moreau", Role.CREATOR),
    "anne": ("Anne", "Okafor", Role.APPROVER),
    "fiona": ("Fiona", "Marsh", Role.FINANCE),
    "paul": ("Paul", "Tanaka", Role.PUBLISHER),
    "vera": ("Vera", "Costa", Role.VIEWER),
}


def new_environment() -> dict[str, str]:
    """Return the variables of a development installation, with keys made just now."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "TOKEN_KEYS": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        "DEBUG": "True",
        "ALLOW_INSECURE_LOOPBACK": "True",
        "SANDBOX_URL": SANDBOX_URL,
        **sandbox_credentials(),
    }


def sandbox_credentials() -> dict[str, str]:
    """Return the app ids and secrets that the sandbox accepts."""
    found = {}
    for platform, app in APPS.items():
        for variable, value in zip(APP_VARIABLES[platform], (app.client_id, app.client_secret), strict=True):
            found[variable] = value
    return found


def write_environment(path: Path) -> list[str]:
    """Write a .env, or add to one that uses the sandbox what this version's sandbox needs; return the names written.

    Nothing that stands in the file is changed.
    """
    present = _read(path)
    if not path.exists():
        missing = new_environment()
    elif present.get("SANDBOX_URL"):
        missing = {name: value for name, value in sandbox_credentials().items() if name not in present}
    else:
        missing = {}
    if missing:
        _append(path, missing)
    return list(missing)


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = (line.strip().removeprefix("export ") for line in path.read_text().splitlines())
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def _append(path: Path, values: Mapping[str, str]) -> None:
    help_texts = {variable.name: variable.help for variable in VARIABLES}
    is_cut_off = path.exists() and path.read_text()[-1:] not in {"\n", ""}
    with open(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as file:
        if is_cut_off:
            file.write("\n")
        for name, value in values.items():
            file.write(f"# {help_texts[name]}\n{name}={value}\n")


def make_team(path: Path) -> dict[str, str]:
    """Make whoever is missing of the demo team and return everybody's password, kept in the file from then on.

    A person who is there keeps their password, unless the file does not know it.
    """
    passwords = _read(path)
    people = {user.username: user for user in User.objects.filter(username__in=TEAM)}
    for name in TEAM:
        if name not in people or name not in passwords:
            passwords[name] = passwords.get(name) or new_password()
            _set_up(people.get(name) or User(username=name), passwords[name])
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_TRUNC | os.O_CREAT, 0o600), "w") as file:
        file.writelines(f"{name}={passwords[name]}\n" for name in TEAM)
    return {name: passwords[name] for name in TEAM}


def _set_up(user: User, password: str) -> None:
    first_name, last_name, role = TEAM[user.username]
    is_new = user.pk is None
    if is_new:
        user.first_name, user.last_name, user.email = first_name, last_name, f"{user.username}@example.com"
    user.set_password(password)
    user.save()
    if is_new:
        assign(user, role)


def new_password() -> str:
    """Return a password of 60 random bits that is easy to type."""
    letters = "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(12))
    return "-".join(letters[start : start + 4] for start in (0, 4, 8))
