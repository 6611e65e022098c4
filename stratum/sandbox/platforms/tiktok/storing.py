"""Writing campaigns, ad groups and ads down, repeats of a request, and finding what a request names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from stratum.sandbox import ids
from stratum.sandbox.models import Object

from . import errors
from .endpoints import ApiRequest
from .errors import TikTokError
from .parameters import Parameters

ON, OFF, DELETED = "ENABLE", "DISABLE", "DELETE"
NAMES = {Object.Kind.CAMPAIGN: "campaign", Object.Kind.AD_SET: "adgroup", Object.Kind.AD: "ad"}
LONGEST_NAME = 512
# Within so long a request with the same request_id counts as the same.
REPEAT = timedelta(seconds=10)
# What a repeat is answered with: refuse (40050) or same (the first answer's id). Which of the two TikTok does is not said.
DEFAULTS = {"tiktok_repeat": "refuse"}


def once(request: ApiRequest, params: Parameters, kind: Object.Kind, make: Callable[[str], Object]) -> Object:
    """The object of this request_id if it was made within the last seconds, else a new one; raises 40050 for a repeat."""
    number = params.text("request_id")
    if number and not (number.isdigit() and int(number) < 2**63):
        raise errors.field("request_id", "Must be a string of a 64-bit integer.")
    earlier = Object.objects.filter(
        platform="tiktok",
        kind=kind,
        account=request.advertiser.external_id,
        data__request_id=number,
        created_at__gt=timezone.now() - REPEAT,
    ).first()
    if not number or earlier is None:
        return make(number)
    if request.call.settings["tiktok_repeat"] == "same":
        return earlier
    raise TikTokError(40050, "Duplicated requests, please retry later")


def create(
    request: ApiRequest, params: Parameters, kind: Object.Kind, name: str, parent: str, data: dict[str, Any]
) -> Object:
    """Stores a new object. What is made without a status is on."""
    status = params.choice("operation_status", {ON, OFF}) or ON
    return Object.objects.create(
        platform="tiktok",
        kind=kind,
        external_id=ids.digits(16, "18"),
        account=request.advertiser.external_id,
        parent=parent,
        name=name,
        status=status,
        data={key: value for key, value in data.items() if value is not None},
        first_on_at=timezone.now() if status == ON else None,
    )


def name_of(request: ApiRequest, params: Parameters, kind: Object.Kind, field: str) -> str:
    """The name of a new campaign; without a request_id no other of the account may have it."""
    name = params.plain_text(field, LONGEST_NAME)
    others = Object.objects.present().filter(
        platform="tiktok", kind=kind, account=request.advertiser.external_id, name=name
    )
    if "request_id" not in params and others.exists():
        raise errors.field(field, f"The {NAMES[kind]} name already exists.")
    return name


def present(request: ApiRequest, kind: Object.Kind, external_id: str) -> Object:
    """The object of the advertiser that a request names; raises 40007 if there is none, or not any more."""
    found = Object.objects.present().filter(platform="tiktok", kind=kind, external_id=external_id).first()
    if found is None or found.account != request.advertiser.external_id:
        raise errors.no_such(NAMES[kind], external_id)
    return found


def save(stored: Object) -> Object:
    stored.updated_at = timezone.now()
    stored.save()
    return stored
