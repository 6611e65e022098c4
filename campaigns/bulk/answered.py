"""What became of an action on many campaigns."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.urls import reverse

from campaigns import levels, pressed
from campaigns.bulk.actions import Action, Press
from campaigns.models import CampaignDraft
from campaigns.submitting import NotSaidYet
from stratum.ui import NotFound, Refusal

#: Campaigns in one press, and how many seconds of work; what is left over then is answered as not tried.
MOST = 200
SECONDS = 20.0

Status = CampaignDraft.Status


class Outcome(StrEnum):
    DONE = "done"
    BEFORE = "before"
    REFUSED = "refused"
    LATER = "later"


@dataclass(frozen=True)
class Answer:
    """What became of one campaign. `content_hash` is what was on the screen, to go on with those left over.

    `url` leads to the campaign's own page where something must be said first; empty if nothing must.
    """

    draft: CampaignDraft
    outcome: Outcome
    sentence: str
    content_hash: str
    code: str = ""
    details: Any = field(default=None, compare=False)
    url: str = ""

    @property
    def was_done(self) -> bool:
        return self.outcome in {Outcome.DONE, Outcome.BEFORE}


def run(action: Action, hashes: Mapping[int, str], press: Press) -> list[Answer]:
    """Act on each campaign whose content is the one on the screen; one refusal does not stop the others."""
    ends = time.monotonic() + SECONDS
    drafts = CampaignDraft.objects.select_related("account").defer("draft_json").in_bulk(list(hashes))
    return [
        _answer(action, drafts[pk], content_hash, press)
        if time.monotonic() < ends
        else Answer(drafts[pk], Outcome.LATER, "Not tried yet.", content_hash)
        for pk, content_hash in hashes.items()
        if pk in drafts
    ]


def _answer(action: Action, draft: CampaignDraft, content_hash: str, press: Press) -> Answer:
    try:
        result = action.act(draft.pk, content_hash, press)
    except NotSaidYet as refusal:
        return _not_said(draft, refusal, content_hash)
    except Refusal as refusal:
        if refusal.code == "INVALID_STATUS_TRANSITION" and pressed.was_just_done(draft, action.events, by=press.by):
            return Answer(draft, Outcome.BEFORE, f"Was {action.done} already.", content_hash)
        return Answer(draft, Outcome.REFUSED, refusal.message, content_hash, refusal.code, refusal.details)
    except PermissionDenied as error:
        return Answer(draft, Outcome.REFUSED, str(error), content_hash, "FORBIDDEN")
    except NotFound as error:
        return Answer(draft, Outcome.REFUSED, str(error), content_hash, error.code)
    except OperationalError:
        return Answer(draft, Outcome.LATER, "The database was busy.", content_hash)
    return Answer(draft, Outcome.DONE, _done(action, result), content_hash)


def _not_said(draft: CampaignDraft, refusal: NotSaidYet, content_hash: str) -> Answer:
    """Lead to the campaign's own page: what must be said about one campaign cannot be said for many."""
    url, sentence = reverse("campaigns:checks", args=[draft.pk]), f"{refusal.message} {refusal.on_its_page}"
    return Answer(draft, Outcome.REFUSED, sentence, content_hash, refusal.code, refusal.details, url)


def _done(action: Action, result: Any) -> str:
    if action.name == "approve" and result.status == Status.SUBMITTED:
        return f"Is approved by you. Waiting for {levels.of(result).waits_for}."
    return f"Is {action.done}."
