"""Sessions that know whose they are: a person sees where they are logged in, and access ends by deleting rows.

Django's own session store (`SESSION_ENGINE`), with a table of ours. What it needs to know of the request is noted in the
session at log-in, so a session that changes its key, as at a change of password, keeps its story.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from stratum import ui
from stratum.models import PersonSession, User

#: Where the session keeps its own story.
STORY = "story"
#: How exact "last seen" is: writing it at every request would double the writes.
SEEN_EVERY = timedelta(minutes=5)


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[PersonSession]:
        return PersonSession

    def create_model_instance(self, data: dict[str, Any]) -> PersonSession:
        row = cast("PersonSession", super().create_model_instance(data))
        story = data.get(STORY, {})
        row.user_id = int(data[SESSION_KEY]) if data.get(SESSION_KEY) else None
        row.started_at = _moment(story.get("started"))
        row.seen_at = _moment(story.get("seen"))
        row.address, row.browser = story.get("address", ""), story.get("browser", "")
        return row


def _moment(text: str | None) -> datetime:
    return datetime.fromisoformat(text) if text else timezone.now()


@receiver(user_logged_in, dispatch_uid="stratum.sessions")
def note_log_in(request: HttpRequest | None, **kwargs: Any) -> None:
    """Write down where and when the session began."""
    if request is None:
        return
    now = timezone.now().isoformat()
    browser = request.headers.get("User-Agent", "")[:300]
    request.session[STORY] = {
        "started": now, "seen": now, "address": ui.client_ip(request)[:60], "browser": browser,
    }  # fmt: skip


class KeepIndex:
    """Middleware: keeps "last seen" of a session exact to SEEN_EVERY."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        story = request.session.get(STORY)
        if story and timezone.now() - _moment(story["seen"]) > SEEN_EVERY:
            request.session[STORY] = story | {"seen": timezone.now().isoformat(), "address": ui.client_ip(request)[:60]}
        return self.get_response(request)


def of(user: User) -> list[PersonSession]:
    """Return where the person is logged in, the one seen last first."""
    return list(user.sessions.filter(expire_date__gt=timezone.now()))


def end_all(user: User) -> int:
    """Log the person out everywhere, at once, and return how many sessions that were."""
    return PersonSession.objects.filter(user=user).delete()[0]


def end_others(user: User, *, but: str) -> int:
    """Log the person out everywhere but in the session with this key."""
    return PersonSession.objects.filter(user=user).exclude(session_key=but).delete()[0]


def end_one(user: User, public_id: str) -> PersonSession | None:
    """End one of the person's sessions and return what it was; None if it is none of theirs, or was over."""
    row = next((row for row in of(user) if row.public_id == public_id), None)
    if row is None or not PersonSession.objects.filter(user=user, session_key=row.session_key).delete()[0]:
        return None
    return row


def clear_expired() -> int:
    """Delete sessions that ended by themselves."""
    return PersonSession.objects.filter(expire_date__lte=timezone.now()).delete()[0]
