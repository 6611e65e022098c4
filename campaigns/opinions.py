"""Opinions of people without an account: a signed link to one content, good once, for a week, until it is revoked.

An opinion is advice. It approves nothing; whoever decides reads it. The link is a secret: it is shown when it is made, and
only the hash of it is kept.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from campaigns import permissions, workflow
from campaigns.models import CampaignDraft, GuestLink
from campaigns.said import said
from stratum import events, notifications
from stratum.models import User
from stratum.ui import NotFound, Refusal

SALT = "campaigns.guest"
LASTS = timedelta(days=7)
LONGEST_NAME = 200
ASKS = frozenset({CampaignDraft.Status.DRAFT, CampaignDraft.Status.SUBMITTED})

UNKNOWN = "This link is not good. Check that it was copied whole."
USED = "This link was used: it is good for one opinion. Ask for a new one if there is more to say."
ENDED = "This link is not good any more. Ask whoever sent it for a new one."
CHANGED = "The campaign was changed after this link was made. Ask whoever sent it for a new one."
DECIDED = "The team has decided about this campaign already."


class NotGood(Exception):
    """The link shows nothing; the text says why and what to do."""


# The team -----------------------------------------------------------------------------------------------------------


def make(draft_id: int, *, by: User, guest: str) -> tuple[GuestLink, str]:
    """Make a link for somebody and return it with its address, which nobody can see again.

    Raises PermissionDenied, and Refusal when the draft is decided on or nobody is named.
    """
    guest = _named(guest, "guest", "Say for whom the link is.")
    secret = secrets.token_urlsafe(24)
    with workflow.locked(draft_id) as draft:
        permissions.require(by, draft, "ask_guest")
        link = GuestLink.objects.create(
            draft=draft,
            secret_hash=_hash(secret),
            content_hash=draft.content_hash,
            guest=guest,
            made_by=by,
            expires_at=timezone.now() + LASTS,
        )
        facts = {"guest": guest, "link": link.pk, "expires_at": link.expires_at, "content_hash": link.content_hash}
        events.record(by, "draft.guest_link_made", draft.event_subject, **facts)
    token = signing.Signer(salt=SALT).sign(secret)
    return link, f"{settings.BASE_URL}{reverse('campaigns:opinion')}?{urlencode({'token': token})}"


def revoke(draft_id: int, link_id: int, *, by: User) -> None:
    """End a link at once; an answered one stays as it is. NotFound if the draft has no such link."""
    with workflow.locked(draft_id) as draft:
        if not permissions.is_owner(by, draft):
            permissions.require(by, draft, "ask_guest")
        link = draft.guest_links.select_for_update().filter(pk=link_id).first()
        if link is None:
            raise NotFound("NOT_FOUND", "There is no such link.")
        if link.revoked_at is None and link.answered_at is None:
            link.revoked_at = timezone.now()
            link.save(update_fields=["revoked_at"])
            events.record(by, "draft.guest_link_revoked", draft.event_subject, guest=link.guest, link=link.pk)


def state(link: GuestLink, draft: CampaignDraft) -> str:
    """Return the word for a link: agrees, objects, revoked, expired, changed or waiting."""
    if link.answered_at is not None:
        return link.opinion
    if link.revoked_at is not None:
        return "revoked"
    if link.expires_at <= timezone.now():
        return "expired"
    return "waiting" if link.content_hash == draft.content_hash else "changed"


# The guest ----------------------------------------------------------------------------------------------------------


def read(token: str) -> GuestLink:
    """Return the link of a token with its draft, as long as it shows something; NotGood says why not."""
    link = GuestLink.objects.select_related("draft__account", "made_by").filter(secret_hash=_secret_hash(token)).first()
    if link is None:
        raise NotGood(UNKNOWN)
    _require_good(link, link.draft)
    return link


def open_first(link: GuestLink) -> None:
    """Note when a link was opened first; robots that look at links in messages count too."""
    if link.opened_at is None:
        with transaction.atomic():
            if GuestLink.objects.filter(pk=link.pk, opened_at=None).update(opened_at=timezone.now()):
                events.record(None, "draft.guest_opened", link.draft.event_subject, guest=link.guest, link=link.pk)


def give(token: str, *, opinion: str, name: str, comment: str) -> GuestLink:
    """Store what the guest thinks, once, and tell the creator and whoever decides.

    Raises NotGood, and Refusal VALIDATION_FAILED at `opinion`, `name` or `comment`.
    """
    if opinion not in GuestLink.Opinion.values:
        raise _wrong("opinion", "Say whether you agree or object.")
    name, comment = _named(name, "name", "Write your name."), said(comment, "comment")
    if opinion == GuestLink.Opinion.OBJECTS and not comment:
        raise _wrong("comment", "Say what should change.")
    found = read(token)
    with workflow.locked(found.draft_id) as draft:
        link = draft.guest_links.select_for_update().get(pk=found.pk)
        _require_good(link, draft)
        link.opinion, link.name, link.comment, link.answered_at = opinion, name, comment, timezone.now()
        link.save()
        _record(link, draft)
        return link


def _record(link: GuestLink, draft: CampaignDraft) -> None:
    facts = {"guest": link.guest, "name": link.name, "comment": link.comment, "link": link.pk}
    code = "draft.guest_agreed" if link.opinion == GuestLink.Opinion.AGREES else "draft.guest_objected"
    event = events.record(None, code, draft.event_subject, content_hash=link.content_hash, **facts)
    people = [draft.created_by, link.made_by]
    if draft.status == CampaignDraft.Status.SUBMITTED:
        people += permissions.deciders(draft)
    verb = "agrees with" if link.opinion == GuestLink.Opinion.AGREES else "objects to"
    title = f"{link.name} (guest) {verb} “{draft.title}”"
    notifications.notify(people, event=event, title=title, body=link.comment, url=draft.get_absolute_url())


def _require_good(link: GuestLink, draft: CampaignDraft) -> None:
    if link.answered_at is not None:
        raise NotGood(USED)
    if link.revoked_at is not None or link.expires_at <= timezone.now():
        raise NotGood(ENDED)
    if draft.status not in ASKS:
        raise NotGood(DECIDED)
    if link.content_hash != draft.content_hash:
        raise NotGood(CHANGED)


def _secret_hash(token: str) -> str:
    try:
        return _hash(signing.Signer(salt=SALT).unsign(token))
    except signing.BadSignature as error:
        raise NotGood(UNKNOWN) from error


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _named(text: str, field: str, message: str) -> str:
    found = said(text, field)
    if not found:
        raise _wrong(field, message)
    if len(found) > LONGEST_NAME:
        raise _wrong(field, f"Write at most {LONGEST_NAME} characters.")
    return found


def _wrong(path: str, message: str) -> Refusal:
    return Refusal("VALIDATION_FAILED", message, [{"path": path, "message": message}])
