"""What the team says to each other about a draft, node by node: threads that are answered, resolved and opened again.

Comments stay when the draft is revised, and when the node they are about is deleted. They change nothing about its state.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from campaigns import editing, links, permissions
from campaigns.models import CampaignDraft, Comment, new_short_id
from campaigns.said import said
from stratum import events, notifications
from stratum.formats import NOTHING
from stratum.models import Event, User
from stratum.ui import NotFound, Refusal

CAMPAIGN = editing.CAMPAIGN
NOBODY = "Only whoever builds, approves or publishes campaigns may comment."


@dataclass(frozen=True)
class Thread:
    """A comment and its answers. `where` names its node as it is called now."""

    first: Comment
    answers: tuple[Comment, ...]
    where: str
    is_gone: bool

    @property
    def is_open(self) -> bool:
        return self.first.resolved_at is None

    @property
    def number(self) -> str:
        """The thread's id as text, for the names of fields."""
        return str(self.first.pk)

    @property
    def comments(self) -> tuple[Comment, ...]:
        return (self.first, *self.answers)


def may_comment(user: User) -> bool:
    wanted = (permissions.CREATE, permissions.PUBLISH)
    return permissions.approves_campaigns(user) or any(map(user.has_perm, wanted))


def threads(draft: CampaignDraft) -> list[Thread]:
    """Return all threads, the open ones first, each group in the order in which they began; in one query."""
    rows = list(draft.comments.select_related("by", "resolved_by"))
    names, answers = names_of(draft), [row for row in rows if row.thread_id]
    found = [
        Thread(
            row,
            tuple(answer for answer in answers if answer.thread_id == row.pk),
            names.get(row.node, row.node_name or NOTHING),
            row.node not in names,
        )
        for row in rows
        if row.thread_id is None
    ]
    return sorted(found, key=lambda thread: not thread.is_open)


def open_by_node(found: Iterable[Thread]) -> Counter[str]:
    """Return how many open threads each node has, by its key."""
    return Counter(thread.first.node for thread in found if thread.is_open)


def names_of(draft: CampaignDraft) -> dict[str, str]:
    """Return what the draft's nodes are called, by their keys, in the order of the tree."""
    named = {CAMPAIGN: "Campaign"}
    for ad_set in draft.content.ad_sets:
        named[ad_set.key] = ad_set.name or "Untitled ad set"
        named |= {ad.key: ad.name or "Untitled ad" for ad in ad_set.ads}
    return named


def write(draft: CampaignDraft, *, by: User, node: str, text: str, once: str = "") -> Comment:
    """Begin a thread about a node; pressed twice with the same `once`, it is one.

    Raises PermissionDenied, and Refusal VALIDATION_FAILED for an empty or too long text or an unknown node.
    """
    _require_may(by)
    names = names_of(draft)
    if node not in names:
        raise _wrong("node", "This part of the campaign is not there any more.")
    comment = Comment(draft=draft, node=node, node_name=names[node], text=_text(text), by=by)
    people = [draft.created_by, draft.submitted_by_user]
    return _store(comment, once, "draft.commented", people, f"{by} commented on “{draft.title}”")


def answer(draft: CampaignDraft, thread_id: int, *, by: User, text: str, once: str = "") -> Comment:
    """Answer in a thread of the draft; NotFound if it has no such thread."""
    _require_may(by)
    first = _thread(draft.comments.all(), thread_id)
    comment = Comment(draft=draft, thread=first, node=first.node, node_name=first.node_name, text=_text(text), by=by)
    people = [draft.created_by, draft.submitted_by_user, *_people_in(first)]
    return _store(comment, once, "draft.comment_answered", people, f"{by} answered about “{draft.title}”")


def resolve(draft: CampaignDraft, thread_id: int, *, by: User) -> None:
    """Say that a thread is settled; its people are told. Resolving it again changes nothing."""
    with _locked(draft, thread_id, by) as first:
        if first.resolved_at is None:
            first.resolved_at, first.resolved_by = timezone.now(), by
            _settle(first, by, "draft.comment_resolved", f"{by} resolved a comment on “{draft.title}”")


def reopen(draft: CampaignDraft, thread_id: int, *, by: User) -> None:
    """Say that a thread is not settled after all; opening an open one changes nothing."""
    with _locked(draft, thread_id, by) as first:
        if first.resolved_at is not None:
            first.resolved_at = first.resolved_by = None
            _settle(first, by, "draft.comment_reopened", f"{by} opened a comment on “{draft.title}” again")


@contextmanager
def _locked(draft: CampaignDraft, thread_id: int, by: User) -> Iterator[Comment]:
    _require_may(by)
    with transaction.atomic():
        yield _thread(draft.comments.select_for_update(of=("self",)), thread_id)


def _settle(first: Comment, by: User, code: str, title: str) -> None:
    first.save(update_fields=["resolved_at", "resolved_by"])
    event = events.record(by, code, first.draft, comment=first.text, thread=first.pk)
    _tell(first, event, _people_in(first), title)


def _store(comment: Comment, once: str, code: str, people: Iterable[User | None], title: str) -> Comment:
    with transaction.atomic():
        comment.once = once if once.isascii() and once.isalnum() and len(once) <= 12 else new_short_id()
        before = Comment.objects.filter(once=comment.once, by=comment.by).first()
        if before is not None and before.text == comment.text:
            return before
        comment.once = new_short_id() if before is not None else comment.once
        comment.save()
        facts = {"comment": comment.text, "node": comment.node, "thread": comment.thread_id or comment.pk}
        event = events.record(comment.by, code, comment.draft, **facts)
        _tell(comment, event, people, title)
        return comment


def _tell(comment: Comment, event: Event, people: Iterable[User | None], title: str) -> None:
    told = [person for person in people if person is not None]
    url = links.node_url(comment.draft_id, comment.node) + "#comments"
    notifications.notify(told, event=event, title=title, body=comment.text, url=url)


def _people_in(first: Comment) -> list[User]:
    rows = Comment.objects.filter(pk=first.pk) | Comment.objects.filter(thread=first)
    return [row.by for row in rows.select_related("by")]


def _thread(rows: QuerySet[Comment], thread_id: int) -> Comment:
    found = rows.filter(thread=None, pk=thread_id).first()
    if found is None:
        raise NotFound("NOT_FOUND", "There is no such comment.")
    return found


def _text(text: str) -> str:
    found = said(text, "text")
    if not found:
        raise _wrong("text", "Write something first.")
    return found


def _wrong(path: str, message: str) -> Refusal:
    return Refusal("VALIDATION_FAILED", message, [{"path": path, "message": message}])


def _require_may(by: User) -> None:
    if not may_comment(by):
        raise PermissionDenied(NOBODY)
