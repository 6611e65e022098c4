"""Keeps what somebody typed into the builder after their log-in had ended, until they are back.

It waits in the session, which Django carries over the log-in of a person without one. Only what fits and is not older
than an hour waits: anybody can send forms here.
"""

from __future__ import annotations

import time
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import QueryDict

SLOT = "typed"
MAX_CHARACTERS = 100_000
SECONDS = 3_600


def keep(session: SessionBase, draft_id: int, node: str, sent: QueryDict) -> bool:
    """Keep a form that was sent without a log-in; answers whether it fits."""
    text = sent.copy()
    text.pop("csrfmiddlewaretoken", None)
    encoded = text.urlencode()
    if len(encoded) > MAX_CHARACTERS:
        return False
    session[SLOT] = {"draft": draft_id, "node": node, "sent": encoded, "at": int(time.time())}
    session.set_expiry(SECONDS)
    return True


def take(session: SessionBase, draft_id: int, node: str) -> QueryDict | None:
    """Return the form that waits for this node, once; None if there is none."""
    kept: Any = session.get(SLOT)
    if not isinstance(kept, dict) or (kept.get("draft"), kept.get("node")) != (draft_id, node):
        return None
    del session[SLOT]
    session.set_expiry(None)
    if time.time() - kept["at"] > SECONDS:
        return None
    return QueryDict(kept["sent"])
