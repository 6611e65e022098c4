"""Ads: what their fields may be (Ads API v1, "Ads")."""

from __future__ import annotations

from typing import Any

from stratum.sandbox.models import Object

from . import statuses
from .creatives import AD_TYPES
from .errors import Fault, bad_parameter
from .fields import STATUSES, Fields
from .storing import Checked, Entity
from .view import SnapRequest

FIELDS = frozenset({"ad_squad_id", "creative_id", "name", "status", "type"})
TYPES = frozenset({"SNAP_AD", "REMOTE_WEBPAGE", "APP_INSTALL", "DEEP_LINK", "LEAD_GENERATION", "COLLECTION", "STORY"})


def check(request: SnapRequest, raw: dict[str, Any], stored: Object | None) -> Checked:
    fields = Fields(raw, FIELDS)
    fields.same("ad_squad_id", request.subject.external_id)
    name, status = fields.name(), fields.choice("status", STATUSES, required=True)
    kind, creative_id = fields.choice("type", TYPES, required=True), fields.text("creative_id", 64, required=True)
    creative = request.rows(Object.Kind.CREATIVE).present().filter(external_id=creative_id).first()
    if creative is None or creative.account != request.owner.external_id:
        raise bad_parameter(f"creative_id {creative_id} is not in the ad account")
    if AD_TYPES[creative.data["type"]] != kind:
        raise Fault("E1008", f"the ad type {kind} does not match the creative type {creative.data['type']}")
    assert status is not None
    return Checked(name, status, {"type": kind, "creative_id": creative_id})


def derived(request: SnapRequest, ad: Object) -> dict[str, Any]:
    return {
        "review_status": statuses.review(ad, request.call.settings),
        "review_status_reasons": [],
        "delivery_status": statuses.of_ad(ad, request.call.settings),
        "render_type": "STATIC",
    }


ENTITY = Entity(Object.Kind.AD, "ads", "ad", "ad_squad_id", check, derived)
