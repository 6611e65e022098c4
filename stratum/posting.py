"""Posts to the team's webhooks. The rows are the outbox and the log; see stratum/webhooks.py for what an Admin does.

Every post goes out at least once, under one id by which a receiver knows a repetition. One that is not answered with 2xx is
tried again after BACK_OFF; an address that fails FAILURES times in a row is disabled, and the Admins are told.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from stratum import events, notifications, outbound, payloads
from stratum.fields import Undecryptable
from stratum.models import User, Webhook, WebhookPost
from stratum.outbound import Reply
from stratum.redaction import redact_text

logger = logging.getLogger(__name__)

State = WebhookPost.State

DISABLED = "webhook.disabled"

#: How long after each failure a post is tried again. After the last it has failed.
BACK_OFF = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480)]
#: How long a claim holds: above the longest that one attempt takes.
CLAIM = timedelta(minutes=2)
SECONDS = 10.0
#: A receiver may ask us to wait; longer than this we do not.
LONGEST_WAIT = timedelta(hours=1)
#: After so many failed attempts in a row an address is disabled.
FAILURES = 20
#: HTTP 410: the receiver says that there will never be anything there again.
GONE = 410
ANSWER_KEPT = 1000
KEEP_DAYS = 30


def is_due() -> bool:
    """Say whether any post should go out now."""
    return _due().exists()


def send_due_posts(limit: int = 20) -> int:
    """Make up to so many posts that are due, and return how many were taken."""
    taken = 0
    for pk in list(_due().order_by("due_at", "pk").values_list("pk", flat=True)[:limit]):
        taken += send(pk)
    return taken


def _due() -> Any:
    return WebhookPost.objects.filter(state=State.WAITING, due_at__lte=timezone.now())


def send(pk: int) -> bool:
    """Make one post, unless somebody else does or it is not due; what came of it stands in its row."""
    post = _claim(pk)
    if post is None:
        return False
    try:
        reply = _post(post)
    except (outbound.NotAllowed, outbound.Unreachable, Undecryptable) as error:
        _note_failure(post, str(error), None)
        return True
    if reply.is_ok:
        _note_success(post, reply)
    else:
        _note_failure(post, _meaning(reply), reply)
    return True


def _claim(pk: int) -> WebhookPost | None:
    now, row = timezone.now(), _due().filter(pk=pk)
    if Webhook.objects.filter(posts=pk, disabled_at__isnull=False).exists():
        row.update(state=State.FAILED, error="The webhook was disabled.")
        return None
    # By the row's own columns alone: PostgreSQL judges them again after it has waited for another sender, but not a join.
    if row.filter(attempts__lte=len(BACK_OFF)).update(due_at=now + CLAIM, attempts=F("attempts") + 1, tried_at=now):
        return WebhookPost.objects.select_related("event__actor").get(pk=pk)
    row.filter(attempts__gt=len(BACK_OFF)).update(state=State.FAILED, error="The process that sent it ended too often.")
    return None


def _post(post: WebhookPost) -> Reply:
    # Read on its own: a secret that no key opens must not keep the row from being claimed.
    webhook = Webhook.objects.get(pk=post.webhook_id)
    body = payloads.body(post, webhook)
    headers = payloads.headers(post, webhook, body, at=timezone.now())
    return outbound.request("POST", webhook.url, body=body, headers=headers, seconds=SECONDS)


def _meaning(reply: Reply) -> str:
    if 300 <= reply.status < 400:
        return (
            f"It answered {reply.status} and sends us elsewhere. Redirects are not followed: enter the final address."
        )
    return f"It answered {reply.status}."


# What came of it ----------------------------------------------------------------------------------------------------


def _mine(post: WebhookPost) -> Any:
    return WebhookPost.objects.filter(pk=post.pk, state=State.WAITING, attempts=post.attempts)


def _facts(reply: Reply | None) -> dict[str, Any]:
    if reply is None:
        return {"status": None, "answer": "", "took_ms": None}
    return {"status": reply.status, "answer": redact_text(reply.text)[:ANSWER_KEPT], "took_ms": reply.took_ms}


def _note_success(post: WebhookPost, reply: Reply) -> None:
    _mine(post).update(state=State.SENT, error="", **_facts(reply))
    Webhook.objects.filter(pk=post.webhook_id, failures__gt=0).update(failures=0)


def _note_failure(post: WebhookPost, reason: str, reply: Reply | None) -> None:
    reason = redact_text(reason)[:300]
    logger.warning("Webhook post %s failed at attempt %s: %s", post.pk, post.attempts, reason)
    change: dict[str, Any] = {"error": reason, **_facts(reply)}
    if post.attempts > len(BACK_OFF):
        change["state"] = State.FAILED
    else:
        change["due_at"] = _next_try(post, reply)
    with transaction.atomic():
        if _mine(post).update(**change):
            _count_failure(post.webhook_id, reason, is_gone=reply is not None and reply.status == GONE)


def _next_try(post: WebhookPost, reply: Reply | None) -> datetime:
    asked = reply.headers.get("retry-after", "") if reply else ""
    wait = timedelta(seconds=int(asked)) if asked.isdecimal() and len(asked) < 6 else timedelta(0)
    return timezone.now() + max(BACK_OFF[post.attempts - 1], min(wait, LONGEST_WAIT))


def _count_failure(pk: int, reason: str, *, is_gone: bool) -> None:
    webhook = Webhook.objects.select_for_update().defer("url", "secret").get(pk=pk)
    webhook.failures += 1
    webhook.save(update_fields=["failures"])
    if webhook.disabled_at is None and (is_gone or webhook.failures >= FAILURES):
        why = "It answered 410: gone for good." if is_gone else f"It failed {webhook.failures} times in a row. {reason}"
        _disable(webhook, why[:300])


def _disable(webhook: Webhook, why: str) -> None:
    webhook.disabled_at, webhook.disabled_why = timezone.now(), why
    webhook.save(update_fields=["disabled_at", "disabled_why"])
    event = events.record(None, DISABLED, webhook.event_subject, name=webhook.name, reason=why)
    notifications.notify(
        User.objects.with_permission("stratum.change_webhook"),
        event=event,
        title=f"The webhook “{webhook.name}” was disabled",
        body=f"{why} Nothing is posted there until an Admin enables it again.",
        url=webhook.get_absolute_url(),
    )


def clear_old() -> int:
    """Delete posts that are done for KEEP_DAYS; the events they told of stay."""
    old = timezone.now() - timedelta(days=KEEP_DAYS)
    return WebhookPost.objects.exclude(state=State.WAITING).filter(created_at__lt=old).delete()[0]
