"""Asks a platform what it would refuse, before a draft is handed to the approvers.

Our rules know what a platform documents; only the platform knows its policies and what the account may do. It is asked
without anything being created, and only where it can be: a platform that does not answer in time stops nobody, because
what it refuses it will refuse at the publication as well.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from django.core.files.storage import default_storage
from django.utils import timezone

from campaigns.models import CampaignDraft, MediaAsset
from campaigns.rules import Problem
from integrations import connections, platforms
from integrations.contracts import Order, Platform
from integrations.errors import ErrorKind, PlatformError
from stratum.ui import Refusal

logger = logging.getLogger(__name__)

#: How long a person waits for the platform's word, in seconds.
PATIENCE = 20.0
_REFUSING = frozenset({ErrorKind.INVALID, ErrorKind.PERMISSION, ErrorKind.GONE})


@dataclass(frozen=True)
class Answer:
    """What the platform says beforehand. `asked` is False where it was not or could not be asked; `why` says it then."""

    asked: bool
    problems: tuple[Problem, ...] = ()
    why: str = ""


def can_ask(draft: CampaignDraft) -> bool:
    """Say whether the draft's platform checks campaigns without creating them."""
    return draft.platform in platforms.available() and platforms.platform_class(draft.platform).checks_beforehand


def ask(draft: CampaignDraft) -> Answer:
    """Ask the platform about a draft that our own rules find nothing wrong with. Never inside a transaction."""
    label = platforms.label(draft.platform)
    if not can_ask(draft):
        return Answer(asked=False, why=f"{label} offers no check beforehand. What it refuses shows when publishing.")
    try:
        found = connections.ask(draft.platform, connections.record_exchange(draft.platform), _question(draft))
    except PlatformError as error:
        if error.kind in _REFUSING:
            return Answer(asked=True, problems=(_problem(error),))
        logger.warning("Draft %s was not checked beforehand: %s", draft.pk, error)
        return Answer(asked=False, why=f"{label} could not be asked now: {error.message}")
    refused = [_problem(error) for error in found.values() if error.kind in _REFUSING]
    return Answer(asked=True, problems=tuple(dict.fromkeys(refused)))  # a Page that all ads speak for is one problem


def require_accepted(draft: CampaignDraft) -> None:
    """Raise Refusal VALIDATION_FAILED with all that the draft's platform would refuse of it.

    Only for a draft that is ready by our own rules. A platform that cannot be asked stops nobody.
    """
    problems = ask(draft).problems if can_ask(draft) else ()
    if problems:
        label = platforms.label(draft.platform)
        message = f"{label} would refuse this campaign: {problems[0].message}"
        raise Refusal("VALIDATION_FAILED", message, [problem.as_data for problem in problems])


def _question(draft: CampaignDraft) -> Callable[[Platform], dict[str, PlatformError]]:
    files = {asset.sha256: asset for asset in MediaAsset.objects.filter(sha256__in=draft.content.files())}
    media = {sha256: asset.contract for sha256, asset in files.items()}
    order = Order(draft.content, draft.account.contract, media, f"{draft.short_id}-0", timezone.now())

    def open_media(sha256: str) -> IO[bytes]:
        return default_storage.open(str(files[sha256].file.name), "rb")

    def ask(platform: Platform) -> dict[str, PlatformError]:
        platform.http.end_by(time.monotonic() + PATIENCE)
        return platform.preflight(order, open_media)

    return ask


def _problem(error: PlatformError) -> Problem:
    return Problem("PLATFORM_REFUSES", error.path, error.message, "Change it.")
