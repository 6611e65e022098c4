"""Tells people what happened: a row for the page first, mail and webhooks after it.

The rows are the outbox: they are one transaction with what the caller changed. See stratum/mailing.py and posting.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from stratum.kinds import NEEDS, Kind, kind_of
from stratum.models import Event, MailChoice, Notification, User, Webhook, WebhookPost

When = MailChoice.When


def notify(users: Iterable[User], *, event: Event, title: str, body: str = "", url: str) -> list[Notification]:
    """Tell these people about the event, once each, but not the one who caused it; and the team's webhooks."""
    people = {user.pk: user for user in users if user.pk != event.actor_id}
    kind = kind_of(event.code)
    with transaction.atomic():
        _post(event, kind, title, body, url)
        wanted = _choices(people, kind)
        rows = [
            Notification(user=user, event=event, kind=kind, title=title[:250], body=body, url=url)
            for user in people.values()
        ]
        for row in rows:
            _put_off(row, wanted.get(row.user_id, When.AT_ONCE))
        Notification.objects.bulk_create(rows, ignore_conflicts=True)
    return rows


def _choices(people: Iterable[int], kind: Kind) -> Mapping[int, str]:
    return dict(MailChoice.objects.filter(user__in=list(people), kind=kind).values_list("user_id", "when"))


def _put_off(row: Notification, when: str) -> None:
    """Say when the row's mail is due, or that there is none."""
    if when == When.NEVER or not (row.user.email and row.user.is_active):
        row.mail_state = Notification.Mail.NONE
    else:
        row.mail_due_at = due_at(when)


def due_at(when: str) -> datetime:
    """Return when a mail of now goes out, for people who want it at once or once a day."""
    if when == When.DAILY:
        return next_daily(timezone.now())
    return timezone.now() + timedelta(seconds=settings.MAIL_WINDOW_SECONDS)


def next_daily(now: datetime) -> datetime:
    """Return the next moment at which the mails go out that people asked for once a day."""
    today = timezone.localtime(now).replace(hour=settings.MAIL_DAILY_HOUR, minute=0, second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)


def _post(event: Event, kind: Kind, title: str, body: str, url: str) -> None:
    # Without what is encrypted: a lost key must not keep anybody from approving a campaign.
    enabled = Webhook.objects.filter(disabled_at=None).defer("url", "secret")
    hooks = [hook for hook in enabled if kind in hook.kinds]
    posts = [WebhookPost(webhook=hook, event=event, kind=kind, title=title[:250], body=body, url=url) for hook in hooks]
    WebhookPost.objects.bulk_create(posts, ignore_conflicts=True)


# What a person chose ------------------------------------------------------------------------------------------------


def kinds_for(user: User) -> list[Kind]:
    """Return the kinds of notifications that this person may get."""
    return [kind for kind in Kind if kind not in NEEDS or any(map(user.has_perm, NEEDS[kind]))]


def choices_of(user: User) -> dict[Kind, When]:
    """Return when the person wants the mail of each kind."""
    stored = dict(user.mail_choices.values_list("kind", "when"))
    return {kind: When(stored.get(kind, When.AT_ONCE)) for kind in kinds_for(user)}


def choose(user: User, chosen: Mapping[Kind, When]) -> None:
    """Store when the person wants the mail of these kinds; it holds for mails that wait as well."""
    with transaction.atomic():
        MailChoice.objects.bulk_create(
            [MailChoice(user=user, kind=kind, when=when) for kind, when in chosen.items()],
            update_conflicts=True,
            unique_fields=["user", "kind"],
            update_fields=["when"],
        )
        for kind, when in chosen.items():
            _move_waiting(user, kind, when)


def _move_waiting(user: User, kind: Kind, when: When) -> None:
    untried = Notification.objects.filter(user=user, kind=kind, mail_state=Notification.Mail.WAITING, mail_group=None)
    if when == When.NEVER:
        untried.update(mail_state=Notification.Mail.NONE)
    else:
        untried.update(mail_due_at=due_at(when))
