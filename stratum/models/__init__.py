from __future__ import annotations

from stratum.models.events import Event, EventQuerySet, EventSeal
from stratum.models.heartbeats import Heartbeat
from stratum.models.messages import MailChoice, Notification, NotificationQuerySet, OutgoingMail
from stratum.models.people import Authenticator, Invitation, PeopleManager, PersonSession, User
from stratum.models.webhooks import Webhook, WebhookPost

__all__ = [
    "Authenticator",
    "Event",
    "EventQuerySet",
    "EventSeal",
    "Heartbeat",
    "Invitation",
    "MailChoice",
    "Notification",
    "NotificationQuerySet",
    "OutgoingMail",
    "PeopleManager",
    "PersonSession",
    "User",
    "Webhook",
    "WebhookPost",
]
