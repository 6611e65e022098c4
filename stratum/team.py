"""What an Admin does with the people of the team. Each function checks, changes and records, in one transaction."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from stratum import events, login, notifications, sessions, twofactor
from stratum.models import Authenticator, Event, User
from stratum.roles import Role, assign
from stratum.ui import Refusal

ADDED = "person.added"
CHANGED = "person.changed"
DEACTIVATED = "person.deactivated"
REACTIVATED = "person.reactivated"
PASSWORD_GIVEN = "person.password_given"  # noqa: S105  (the name of an event)

LOGGED_OUT = "person.logged_out"

NO_OWN_ADMIN_ROLE = "You cannot take the Admin role from yourself. Ask another Admin to do it."
LAST_ADMIN = "This is the team's last active Admin. Make somebody else an Admin first."


def add(*, by: User, email: str, first_name: str, last_name: str, roles: Collection[Role]) -> tuple[User, str]:
    """Add a person and return them with their one-time password, which is stored nowhere in plain."""
    require_admin(by)
    password = login.new_password()
    with transaction.atomic():
        user = User(username=free_name(email), email=email, first_name=first_name, last_name=last_name)
        user.password_is_temporary = True
        user.set_password(password)
        user.save()
        assign(user, *roles)
        events.record(by, ADDED, user, name=str(user), email=email, roles=sorted(roles))
    return user, password


def change(user: User, *, by: User, email: str, first_name: str, last_name: str, roles: Collection[Role]) -> User:
    """Change a person's name, mail address and roles; Refusal if the team would lose its last Admin, or you your role."""
    require_admin(by)
    with _people_locked():
        user = User.objects.get(pk=user.pk)
        before = _facts(user)
        if Role.ADMIN in user.roles and Role.ADMIN not in roles:
            if user.pk == by.pk:
                raise Refusal("INVALID_STATUS_TRANSITION", NO_OWN_ADMIN_ROLE)
            _check_another_admin(user)
        user.email, user.first_name, user.last_name = email, first_name, last_name
        user.save(update_fields=["email", "first_name", "last_name"])
        assign(user, *roles)
        user = User.objects.get(pk=user.pk)  # forgets the roles it had
        if before != _facts(user):
            events.record(by, CHANGED, user, before=before, after=_facts(user))
    return user


def deactivate(user: User, *, by: User) -> None:
    """End a person's access at once: what they did stays; Refusal for yourself and for the last Admin."""
    require_admin(by)
    if user.pk == by.pk:
        raise Refusal("INVALID_STATUS_TRANSITION", "You cannot deactivate yourself. Ask another Admin to do it.")
    with _people_locked():
        _check_another_admin(user)
        if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
            events.record(by, DEACTIVATED, user, sessions=sessions.end_all(user))


def reactivate(user: User, *, by: User) -> None:
    """Give a deactivated person their access back, with the roles and the password they had."""
    require_admin(by)
    with transaction.atomic():
        if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
            events.record(by, REACTIVATED, user)


def give_password(user: User, *, by: User) -> str:
    """Return a new one-time password for somebody who forgot theirs; it ends all their sessions."""
    require_admin(by)
    if user.pk == by.pk:
        raise Refusal("INVALID_STATUS_TRANSITION", "Change your own password under your name at the left.")
    password = login.new_password()
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        user.password_is_temporary = True
        user.set_password(password)
        user.save(update_fields=["password", "password_is_temporary"])
        events.record(by, PASSWORD_GIVEN, user, sessions=sessions.end_all(user))
    return password


def log_out(user: User, *, by: User) -> int:
    """End all sessions of a person, and return how many there were."""
    require_admin(by)
    with transaction.atomic():
        count = sessions.end_all(user)
        events.record(by, LOGGED_OUT, user, sessions=count)
    return count


def remove_two_factor(user: User, *, by: User) -> None:
    """Take the second factor from somebody who lost phone and backup codes; it ends all their sessions."""
    require_admin(by)
    if user.pk == by.pk:
        raise Refusal("INVALID_STATUS_TRANSITION", "Turn your own second factor off under your name at the left.")
    with transaction.atomic():
        if Authenticator.objects.filter(user=user).delete()[0]:
            count = sessions.end_all(user)
            _tell_removed(user, events.record(by, twofactor.REMOVED, user, sessions=count))


def _tell_removed(user: User, event: Event) -> None:
    notifications.notify(
        [user],
        event=event,
        title="Your second factor was removed",
        body=f"{event.actor} removed it, and you were logged out everywhere. If you did not ask for this, tell your Admins.",
        url=reverse("security"),
    )


def require_admin(by: User) -> None:
    """Raise PermissionDenied for whoever may not manage the team."""
    if not by.has_perm("stratum.change_user"):
        raise PermissionDenied("Only an Admin may manage the team.")


@contextmanager
def _people_locked() -> Iterator[None]:
    """Open a transaction in which nobody else changes who is an Admin: two cannot remove each other at once."""
    with transaction.atomic():
        Group.objects.select_for_update().get(name=Role.ADMIN)
        yield


def _check_another_admin(user: User) -> None:
    others = User.objects.filter(is_active=True, groups__name=Role.ADMIN).exclude(pk=user.pk)
    if Role.ADMIN in user.roles and not others.exists():
        raise Refusal("INVALID_STATUS_TRANSITION", LAST_ADMIN)


def _facts(user: User) -> dict[str, Any]:
    return {"name": str(user), "email": user.email, "roles": sorted(user.roles)}


def free_name(email: str) -> str:
    """Return a user name made from the mail address that nobody has."""
    base = re.sub(r"[^\w.+-]", "", email.split("@")[0])[:120] or "person"
    taken = set(User.objects.filter(username__istartswith=base).values_list("username", flat=True))
    taken = {name.lower() for name in taken}
    numbered = (f"{base}{number}" for number in range(2, len(taken) + 3))
    return base if base.lower() not in taken else next(name for name in numbered if name.lower() not in taken)
