"""How mails are written: text and HTML, with a Message-ID that stays the same when one is sent again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from stratum import formats, invitations
from stratum.models import Invitation, Notification


def notifications(leader: Notification, rows: Sequence[Notification]) -> EmailMultiAlternatives:
    """Return the mail that tells of these; each link opens the page it is about and marks the notification as read."""
    others = len(rows) - 1
    title = " ".join(rows[0].title.split())
    context = {"items": [(row, _link("notification", row.pk)) for row in rows], "user": leader.user}
    context |= {"choices": _link("notification_choices")}
    name, ident = ("digest", f"notifications-{leader.pk}") if others else ("notification", f"notification-{leader.pk}")
    return _mail(name, ident, leader.user.email, f"{title}, and {others} more" if others else title, context)


def invitation(row: Invitation) -> EmailMultiAlternatives:
    """Return the mail that invites somebody to the team; its link is good once, and until a new one is sent."""
    context = {"invitation": row, "link": f"{_link('invitation')}?token={invitations.token(row)}"}
    context |= {"until": formats.date_time(row.expires_at)}
    subject = f"{row.invited_by} invites you to Stratum"
    return _mail("invitation", f"invitation-{row.pk}-{row.number}", row.email, " ".join(subject.split()), context)


def _link(name: str, *args: Any) -> str:
    return settings.BASE_URL + reverse(name, args=args)


def _mail(name: str, ident: str, to: str, subject: str, context: dict[str, Any]) -> EmailMultiAlternatives:
    context = context | {"base_url": settings.BASE_URL, "subject": subject}
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    mail = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"stratum/mail/{name}.txt", context),
        to=[to],
        headers={"Message-ID": f"<{ident}@{host}>", "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string(f"stratum/mail/{name}.html", context), "text/html")
    return mail
