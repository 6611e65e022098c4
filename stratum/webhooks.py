"""What an Admin does with the team's webhooks. Each function checks, changes and records, in one transaction."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from stratum import events, payloads, posting
from stratum.kinds import Kind
from stratum.models import User, Webhook, WebhookPost
from stratum.models.webhooks import TESTED
from stratum.ui import Refusal

ADDED = "webhook.added"
CHANGED = "webhook.changed"
ENABLED = "webhook.enabled"
STOPPED = "webhook.stopped"
DELETED = "webhook.deleted"
NEW_SECRET = "webhook.secret_made"  # noqa: S105  (the name of an event)
SECRET_SHOWN = "webhook.secret_shown"  # noqa: S105

STOPPED_WHY = "An Admin disabled it."


def add(*, by: User, name: str, format: str, url: str, kinds: Collection[Kind]) -> Webhook:  # noqa: A002  (the field)
    """Add an address to which these kinds of notifications are posted from now on."""
    _check(by)
    with transaction.atomic():
        secret = payloads.new_secret() if format == Webhook.Format.SIGNED else ""
        webhook = Webhook.objects.create(
            name=name, format=format, url=url, secret=secret, kinds=sorted(kinds), created_by=by
        )
        events.record(by, ADDED, webhook, **webhook.facts())
    return webhook


def change(webhook: Webhook, *, by: User, name: str, url: str, kinds: Collection[Kind]) -> None:
    """Change name, address and kinds; an empty address keeps the one there is."""
    _check(by)
    with transaction.atomic():
        webhook = Webhook.objects.select_for_update().defer("url", "secret").get(pk=webhook.pk)
        before = webhook.facts()
        webhook.name, webhook.kinds = name, sorted(kinds)
        if url:
            webhook.url = url
        webhook.save(update_fields=["name", "kinds", *(["url"] if url else [])])
        if url or before != webhook.facts():
            events.record(by, CHANGED, webhook, before=before, after=webhook.facts(), new_address=bool(url))


def make_secret(webhook: Webhook, *, by: User) -> None:
    """Replace the signing secret; what is posted from now on is signed with the new one."""
    _check(by)
    if webhook.format != Webhook.Format.SIGNED:
        raise Refusal("INVALID_STATUS_TRANSITION", "Only a webhook with signed JSON has a secret.")
    with transaction.atomic():
        Webhook.objects.filter(pk=webhook.pk).update(secret=payloads.new_secret())
        events.record(by, NEW_SECRET, webhook, name=webhook.name)


def read_secret(webhook: Webhook, *, by: User) -> str:
    """Return the signing secret; that it was looked at is recorded."""
    _check(by)
    if webhook.format != Webhook.Format.SIGNED:
        raise Refusal("INVALID_STATUS_TRANSITION", "Only a webhook with signed JSON has a secret.")
    events.record(by, SECRET_SHOWN, webhook, name=webhook.name)
    return webhook.secret


def stop(webhook: Webhook, *, by: User) -> None:
    """Post nothing there any more; what waits is given up."""
    _check(by)
    with transaction.atomic():
        change = {"disabled_at": timezone.now(), "disabled_why": STOPPED_WHY}
        if Webhook.objects.filter(pk=webhook.pk, disabled_at=None).update(**change):
            events.record(by, STOPPED, webhook, name=webhook.name)


def enable(webhook: Webhook, *, by: User) -> None:
    """Post there again what happens from now on."""
    _check(by)
    with transaction.atomic():
        if Webhook.objects.filter(pk=webhook.pk, disabled_at__isnull=False).update(
            disabled_at=None, disabled_why="", failures=0
        ):
            _give_up(webhook)
            events.record(by, ENABLED, webhook, name=webhook.name)


def _give_up(webhook: Webhook) -> None:
    """What waited while it was disabled is old news."""
    waiting = WebhookPost.objects.filter(webhook=webhook, state=WebhookPost.State.WAITING)
    waiting.update(state=WebhookPost.State.FAILED, error="The webhook was disabled.")


def delete(webhook: Webhook, *, by: User) -> None:
    """Forget the address and its log; that it was there stays in the audit trail."""
    _check(by)
    with transaction.atomic():
        events.record(by, DELETED, webhook, **webhook.facts())
        webhook.delete()


def test(webhook: Webhook, *, by: User) -> WebhookPost:
    """Post a test message now, and return what came of it; it is not tried again."""
    _check(by)
    if not webhook.is_enabled:
        raise Refusal("INVALID_STATUS_TRANSITION", "This webhook is disabled. Enable it, then test it.")
    with transaction.atomic():
        event = events.record(by, TESTED, webhook, name=webhook.name)
        post = WebhookPost.objects.create(
            webhook=webhook, event=event, kind=Kind.OTHER, title="A test from Stratum", url=webhook.get_absolute_url(),
            body=f"{by} tests the webhook “{webhook.name}”. It works.", attempts=len(posting.BACK_OFF),
        )  # fmt: skip
    posting.send(post.pk)
    return WebhookPost.objects.get(pk=post.pk)


def send_again(post: WebhookPost, *, by: User) -> None:
    """Put a post that failed into the queue again."""
    _check(by)
    again = {"state": WebhookPost.State.WAITING, "due_at": timezone.now(), "attempts": 0, "error": ""}
    if not WebhookPost.objects.filter(pk=post.pk, state=WebhookPost.State.FAILED).update(**again):
        raise Refusal("INVALID_STATUS_TRANSITION", "Only a post that failed can be sent again.")


def _check(by: User) -> None:
    if not by.has_perm("stratum.change_webhook"):
        raise PermissionDenied("Only an Admin may manage webhooks.")
