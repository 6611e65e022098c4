"""The kinds of notifications among which people choose, and which event is of which kind."""

from __future__ import annotations

from django.db.models import TextChoices

from stratum.roles import LEVEL_PERMISSION


class Kind(TextChoices):
    ASKED = "asked", "A campaign waits for approval"
    DECIDED = "decided", "A campaign was approved or rejected"
    COMMENTED = "commented", "Somebody commented on a campaign"
    PUBLISHED = "published", "A campaign was published"
    FAILED = "failed", "Publishing, pausing or ending failed"
    SWITCHED = "switched", "A campaign was paused, resumed or ended"
    CONNECTION = "connection", "A platform must be reconnected"
    ACCOUNT = "account", "An ad account changed at its platform"
    SECURITY = "security", "Access, webhooks or the audit trail need a look"
    OTHER = "other", "Anything else"


#: Event code → kind. What is not listed is of the kind OTHER.
KIND_OF = {
    "draft.submitted": Kind.ASKED,
    "draft.reminded": Kind.ASKED,
    "draft.approved": Kind.DECIDED,
    "draft.level_approved": Kind.DECIDED,
    "draft.rejected": Kind.DECIDED,
    "draft.commented": Kind.COMMENTED,
    "draft.guest_agreed": Kind.COMMENTED,
    "draft.guest_objected": Kind.COMMENTED,
    "draft.comment_answered": Kind.COMMENTED,
    "draft.comment_resolved": Kind.COMMENTED,
    "draft.comment_reopened": Kind.COMMENTED,
    "draft.published": Kind.PUBLISHED,
    "draft.publish_failed": Kind.FAILED,
    "draft.pause_failed": Kind.FAILED,
    "draft.resume_failed": Kind.FAILED,
    "draft.end_failed": Kind.FAILED,
    "draft.pause_done": Kind.SWITCHED,
    "draft.resume_done": Kind.SWITCHED,
    "draft.end_done": Kind.SWITCHED,
    "connection.ends_soon": Kind.CONNECTION,
    "connection.needs_reconnect": Kind.CONNECTION,
    "account.currency_changed": Kind.ACCOUNT,
    "webhook.disabled": Kind.SECURITY,
    "audit.broken": Kind.SECURITY,
    "person.two_factor_removed": Kind.SECURITY,
}

#: Kinds that only come to people who hold one of these permissions; the others may come to everybody.
NEEDS = {
    Kind.ASKED: frozenset(LEVEL_PERMISSION.values()),
    Kind.CONNECTION: frozenset({"integrations.change_connection"}),
    Kind.ACCOUNT: frozenset({"adaccounts.change_adaccount"}),
}


def kind_of(code: str) -> Kind:
    """Return the kind of the notifications about an event with this code."""
    return KIND_OF.get(code, Kind.OTHER)
