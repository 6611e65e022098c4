"""Logging in by user name or mail address, and passwords that an Admin made: good for one thing, choosing another."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from typing import Any

from django.contrib.auth import login as log_in
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from stratum import events, ui
from stratum.models import User

PASSWORD_CHANGED = "person.password_changed"  # noqa: S105  (the name of an event)
LOGGED_IN = "person.logged_in"
FAILED = "person.log_in_failed"
LOGGED_OUT = "person.logged_out_here"

#: What people do every day: the trail holds it, a person's own history leaves it out.
COMING_AND_GOING = (LOGGED_IN, FAILED, LOGGED_OUT)

BACKEND = "stratum.login.NameOrEmail"

#: In the session, between the right password and the right code: who it is, and until when.
_HELD = "log_in_held"
HELD_SECONDS = 600

#: No letters and figures that look alike, because these passwords are read out.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"

#: Pages that stay open to somebody who must choose a password first.
_OPEN = frozenset({"password_change", "logout"})


def new_password() -> str:
    """Return a password of 79 random bits in four groups of four, to be given to one person."""
    groups = ["".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4)]
    return "-".join(groups)


class NameOrEmail(ModelBackend):
    """Takes the mail address where the user name is asked for, too; a user name wins over a mail address."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        if username and "@" in username and not User.objects.filter(username=username).exists():
            found = User.objects.filter(email__iexact=username).first()
            username = found.username if found else username
        user = super().authenticate(request, username=username, password=password, **kwargs)
        if user is None:
            _note_failure(request, username)
        return user


def _note_failure(request: HttpRequest | None, username: str | None) -> None:
    """Record a wrong password, or a right one of somebody who was deactivated.

    Only for people of the team: what was typed as an unknown name may be a password. The lock after too many failures
    stands before this backend, so nobody fills the trail.
    """
    user = User.objects.filter(username=username).first() if username else None
    if user is not None:
        events.record(None, FAILED, user, address=_address(request), deactivated=not user.is_active)


def _address(request: HttpRequest | None) -> str:
    return ui.client_ip(request)[:60] if request is not None else ""


def let_in(request: HttpRequest, user: User, *, shown: str) -> None:
    """Log the person in and record it with the address; `shown` says in words what they have shown."""
    log_in(request, user, backend=getattr(user, "backend", BACKEND))
    events.record(user, LOGGED_IN, user, address=_address(request), shown=shown)


@receiver(user_logged_out, dispatch_uid="stratum.login")
def note_log_out(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Record that somebody logged out here."""
    if isinstance(user, User):
        events.record(user, LOGGED_OUT, user, address=_address(request))


# Between the password and the code ----------------------------------------------------------------------------------


def hold(request: HttpRequest, user: User, *, to: str) -> None:
    """Remember, in a fresh session in which nobody is logged in, whose password was right, and where they want to go."""
    request.session.flush()
    request.session[_HELD] = {
        "user": user.pk, "mark": user.get_session_auth_hash(), "backend": user.backend,
        "until": time.time() + HELD_SECONDS, "to": to,
    }  # fmt: skip


def held(request: HttpRequest) -> tuple[User, str] | None:
    """Return whose log-in waits for a code and where it leads; None if nobody's does, or the password changed since."""
    row = request.session.get(_HELD)
    if not row or row["until"] < time.time():
        return None
    user = User.objects.filter(pk=row["user"], is_active=True).first()
    if user is None or not hmac.compare_digest(row["mark"], user.get_session_auth_hash()):
        return None
    user.backend = row["backend"]
    return user, row["to"]


def release(request: HttpRequest) -> None:
    """Forget who waited for a code."""
    request.session.pop(_HELD, None)


class TemporaryPasswords:
    """Middleware: leads a person whose password an Admin made to the page that changes it, and nowhere else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        needs_log_in = getattr(view, "login_required", True)
        if not needs_log_in or not getattr(request.user, "password_is_temporary", False):
            return None
        if request.resolver_match and request.resolver_match.view_name in _OPEN:
            return None
        if ui.wants_json(request):
            return ui.failure("FORBIDDEN", "Choose a password of your own first, on the page of the site.", 403)
        return redirect("password_change")
