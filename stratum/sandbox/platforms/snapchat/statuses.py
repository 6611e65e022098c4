"""delivery_status: what an object's own switch comes to; and the review of ads, which begins when they are made."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from stratum.sandbox.models import Object

from .fields import parsed

DEFAULTS: dict[str, Any] = {"snapchat_review_seconds": 2}


def of_campaign(campaign: Object) -> list[str]:
    return _delivering(campaign, Object.Kind.AD_SET)


def of_ad_squad(ad_squad: Object) -> list[str]:
    parent = Object.objects.filter(
        platform="snapchat", kind=Object.Kind.CAMPAIGN, external_id=ad_squad.parent, status="ACTIVE"
    )
    above = [] if parent.exists() else ["INVALID_NOT_EFFECTIVE_ACTIVE"]
    return _found(_own(ad_squad) + above) or _delivering(ad_squad, Object.Kind.AD)


def of_ad(ad: Object, settings: dict[str, Any]) -> list[str]:
    reviewed = [] if review(ad, settings) == "APPROVED" else ["INVALID_NOT_APPROVED_REVIEW_STATUS"]
    return _found(_own(ad) + reviewed) or ["VALID"]


def review(stored: Object, settings: dict[str, Any]) -> str:
    done_at = stored.created_at + timedelta(seconds=settings["snapchat_review_seconds"])
    return "APPROVED" if timezone.now() >= done_at else "PENDING"


def _delivering(stored: Object, below: Object.Kind) -> list[str]:
    """What stands in the way of the object itself, or that nothing below it is on."""
    found = _own(stored)
    on = Object.objects.present().filter(platform="snapchat", kind=below, parent=stored.external_id, status="ACTIVE")
    return found or ([] if on.exists() else ["INVALID_NO_EFFECTIVE_ACTIVE_CHILD"]) or ["VALID"]


def _own(stored: Object) -> list[str]:
    now = timezone.now()
    start, end = parsed(stored.data.get("start_time")), parsed(stored.data.get("end_time"))
    return [
        *(["INVALID_NOT_ACTIVE"] if stored.status != "ACTIVE" else []),
        *(["INVALID_START_TIME"] if start is not None and start > now else []),
        *(["INVALID_END_TIME"] if end is not None and end <= now else []),
    ]


def _found(words: list[str]) -> list[str]:
    return list(dict.fromkeys(words))
