"""What the queue calls. A task is a doorbell: the rows say what is to be done."""

from __future__ import annotations

from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from stratum import mailing, posting, sealing, sessions

QUEUE = "default"


def ring() -> int:
    """Ring the queue for mails and webhooks that are due, and return how often; not while the queue has other work waiting.

    `serve` calls this every second; the schedule is the fallback.
    """
    due = [name for name, is_due in [("send_mail", mailing.is_due), ("send_webhooks", posting.is_due)] if is_due()]
    if not due or OrmQ.objects.filter(key=QUEUE, lock__lte=timezone.now()).exists():
        return 0
    for name in due:
        async_task(f"stratum.tasks.{name}", cluster=QUEUE)
    return len(due)


def send_mail() -> int:
    """Send the mails that are due."""
    return mailing.send_due_mail()


def send_webhooks() -> int:
    """Post to the team's webhooks what is due."""
    return posting.send_due_posts()


def seal_events() -> int:
    """Seal the events that were written since."""
    return sealing.seal_events()


def verify_events() -> int:
    """Look whether the audit trail is as it was written, and tell the Admins if it is not; return how many problems."""
    return sealing.verify_and_tell()


def clear_out() -> int:
    """Delete what nobody needs any more: sessions that ended, and old posts to webhooks."""
    return sessions.clear_expired() + posting.clear_old()
