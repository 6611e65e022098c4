"""Ads: POST /act_X/ads and POST /{ad} (Marketing API v26, ad reference)."""

from __future__ import annotations

from typing import Any

from stratum.sandbox.models import Object

from . import errors, storing
from .graph import GraphRequest
from .parameters import Parameters

CREATE = frozenset({"name", "adset_id", "creative", "status", "tracking_specs", "conversion_domain"})
UPDATE = frozenset({"name", "status", "creative", "tracking_specs", "conversion_domain"})
MOST_IN_AD_SET = 50


def create(request: GraphRequest) -> dict[str, Any]:
    """Makes an ad, or with validate_only says whether it could be made."""
    params = Parameters(request.params, CREATE)
    params.require("name", "adset_id", "creative")
    ad_set = storing.parent(request, Object.Kind.AD_SET, "adset_id", params.text("adset_id"))
    _check_room(ad_set)
    _check_engagement(request, ad_set)
    data = {
        "campaign_id": ad_set.parent,
        "creative_id": _creative(request, params).external_id,
        "tracking_specs": params.json("tracking_specs", list),
        "conversion_domain": params.text("conversion_domain"),
    }
    return storing.create(request, params, Object.Kind.AD, params.name(), ad_set.external_id, data)


def update(request: GraphRequest) -> dict[str, bool]:
    """Changes an ad; another creative takes the place of the one it has."""
    ad = storing.changeable(request)
    params = Parameters(request.params, UPDATE)
    if "creative" in params:
        ad.data["creative_id"] = _creative(request, params).external_id
    return storing.change(request, params, ad)


def _creative(request: GraphRequest, params: Parameters) -> Object:
    reference = params.json("creative", dict)
    if set(reference) != {"creative_id"}:
        raise errors.invalid("Name the ad's creative by its creative_id.", "creative")
    creative = request.view.object(Object.Kind.CREATIVE, str(reference["creative_id"]))
    if creative is None or creative.deleted_at or creative.account != request.account.external_id:
        raise errors.invalid(
            f"The creative {reference['creative_id']} does not belong to this ad account.",
            "creative",
            title="Invalid creative",
        )
    return creative


def _check_room(ad_set: Object) -> None:
    there = Object.objects.present().filter(platform="meta", kind=Object.Kind.AD, parent=ad_set.external_id).count()
    if there >= MOST_IN_AD_SET:
        raise errors.invalid("An ad set can have at most 50 ads.", "adset_id", title="Too many ads")


def _check_engagement(request: GraphRequest, ad_set: Object) -> None:
    """An engagement ad set without a promoted object is only found out here."""
    campaign = request.view.object(Object.Kind.CAMPAIGN, ad_set.parent)
    if campaign and campaign.data["objective"] == "OUTCOME_ENGAGEMENT" and not ad_set.data.get("promoted_object"):
        raise errors.invalid(
            "The ad set of an engagement campaign needs a promoted object.",
            "adset_id",
            subcode=1885154,
            title="No promoted object",
        )
