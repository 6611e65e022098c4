"""Creatives: what their fields may be (Ads API v1, "Creatives")."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from stratum.sandbox.models import Object

from . import media, statuses
from .errors import Fault, bad_parameter
from .fields import Fields, refuse_value
from .storing import Checked, Entity
from .view import SnapRequest

FIELDS = frozenset(
    {
        "ad_account_id", "name", "type", "headline", "brand_name", "call_to_action", "top_snap_media_id",
        "top_snap_crop_position", "shareable", "profile_properties", "web_view_properties",
    }
)  # fmt: skip
#: Creative type → the ad type that goes with it. Further types of Snapchat's are not played.
AD_TYPES = {"WEB_VIEW": "REMOTE_WEBPAGE", "SNAP_AD": "SNAP_AD"}
_BUTTONS = (
    "APPLY_NOW BOOK_NOW BUY_TICKETS DONATE DOWNLOAD GET_NOW LISTEN MORE ORDER_NOW PLAY PLAY_GAME PRE_REGISTER READ RESPOND "
    "SHOP_NOW SHOW SHOWTIMES SIGN_UP TRY VIEW VIEW_MENU VOTE WATCH"
)
BUTTONS = frozenset(_BUTTONS.split())
LONGEST_HEADLINE, LONGEST_BRAND, LONGEST_URL = 34, 32, 2_048


def check(request: SnapRequest, raw: dict[str, Any], stored: Object | None) -> Checked:
    fields = Fields(raw, FIELDS)
    fields.same("ad_account_id", request.owner.external_id)
    name, kind = fields.name(), fields.choice("type", AD_TYPES, required=True)
    data = {
        "type": kind,
        "headline": fields.text("headline", LONGEST_HEADLINE, required=True),
        "brand_name": fields.text("brand_name", LONGEST_BRAND),
        "shareable": fields.boolean("shareable"),
        "top_snap_crop_position": fields.choice("top_snap_crop_position", {"OPTIMIZED", "MIDDLE", "TOP", "BOTTOM"}),
        **_page(fields, kind),
        **_profile(fields, request),
        **_media(fields, request),
    }
    return Checked(name, "", {key: value for key, value in data.items() if value is not None})


def derived(request: SnapRequest, creative: Object) -> dict[str, Any]:
    return {"review_status": statuses.review(creative, request.call.settings), "packaging_status": "SUCCESS"}


def _page(fields: Fields, kind: str | None) -> dict[str, Any]:
    """Where it leads, and the button that leads there: both of them, or neither."""
    if kind == "SNAP_AD":
        if "call_to_action" in fields or "web_view_properties" in fields:
            raise refuse_value("call_to_action", "must be null for SNAP_AD")
        return {}
    page = fields.inner("web_view_properties", {"url", "block_preload"}, required=True)
    assert page is not None
    url = page.text("url", LONGEST_URL, required=True)
    parts = urlsplit(url or "")
    if parts.scheme != "https" or not parts.hostname:
        raise bad_parameter("web_view_properties.url must be an https URL")
    page.boolean("block_preload")
    return {
        "web_view_properties": {"block_preload": False, **page.raw},
        "call_to_action": fields.choice("call_to_action", BUTTONS) or "MORE",
    }


def _profile(fields: Fields, request: SnapRequest) -> dict[str, Any]:
    properties = fields.inner("profile_properties", {"profile_id"})
    profile_id = properties.text("profile_id", 64) if properties else None
    if properties is None or profile_id is None:
        raise Fault("E2652", "A Public Profile is required for the creative")
    if not request.rows(Object.Kind.PROFILE).present().filter(external_id=profile_id).exists():
        raise bad_parameter(f"profile_properties.profile_id {profile_id} is not a profile of the organization")
    return {"profile_properties": {"profile_id": profile_id}}


def _media(fields: Fields, request: SnapRequest) -> dict[str, Any]:
    media_id = fields.text("top_snap_media_id", 64, required=True)
    found = request.rows(Object.Kind.MEDIA).present().filter(external_id=media_id).first()
    if found is None or found.account != request.owner.external_id:
        raise bad_parameter(f"top_snap_media_id {media_id} is not in the ad account")
    if media.status(found, request.call.settings) != "READY":
        raise bad_parameter(f"media {media_id} hasn't been uploaded yet")
    if problem := media.problem(found):
        raise Fault("E2601", problem)
    return {"top_snap_media_id": media_id}


ENTITY = Entity(Object.Kind.CREATIVE, "creatives", "creative", "ad_account_id", check, derived)
