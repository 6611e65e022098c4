"""Ads: POST ad/create/, up to twenty of one ad group at once, and POST ad/update/."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.db import transaction

from stratum.sandbox.models import Object

from . import errors, goals, media, rows, seed, storing, videos
from .endpoints import ApiRequest
from .errors import TikTokError
from .parameters import Parameters

# Whether an ad that is refused leaves the others of its request made, and whether answers tell the ads' names.
DEFAULTS: dict[str, Any] = {"tiktok_partial_ads": False, "tiktok_tells_ads": True}
CREATIVE = (
    "ad_name",
    "ad_format",
    "operation_status",
    "identity_type",
    "identity_id",
    "identity_authorized_bc_id",
    "dark_post_status",
    "video_id",
    "image_ids",
    "music_id",
    "ad_text",
    "call_to_action",
    "landing_page_url",
    "tracking_pixel_id",
    "display_name",
)
FORMATS = frozenset({"SINGLE_VIDEO", "SINGLE_IMAGE", "CAROUSEL_ADS"})
LONGEST_TEXT = 100
MOST_PER_CALL, MOST_IN_AD_GROUP = 20, 50
CAROUSEL_SIDES, CAROUSEL_RATIO = (1242, 2340), 20 / 9
RATIO_TOLERANCE = 0.02


class PartlyDone(Exception):
    """Some of what was asked for was done; holds the data of the answer."""

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__("partly done")
        self.data = data


def create(request: ApiRequest) -> dict[str, Any]:
    """Makes the ads, all or none unless it is set otherwise; raises PartlyDone."""
    params = request.parameters("adgroup_id", "creatives")
    params.require("adgroup_id")
    ad_group = storing.present(request, Object.Kind.AD_SET, params.text("adgroup_id"))
    wanted = params.objects("creatives", MOST_PER_CALL)
    _require_room(ad_group, len(wanted))
    made: list[Object] = []
    refusals: list[TikTokError] = []
    refused = request.call.refused_item()
    with transaction.atomic():
        for number, fields in enumerate(wanted):
            if number == refused:
                refusals.append(errors.field(f"creatives.{number}.ad_name", "refused by order"))
                continue
            try:
                made.append(_make(request, ad_group, Parameters(fields, CREATIVE, prefix=f"creatives.{number}.")))
            except TikTokError as refusal:
                if not request.call.settings["tiktok_partial_ads"]:
                    raise
                refusals.append(refusal)
    if refusals and not made:
        raise refusals[0]
    answer: dict[str, Any] = {"ad_ids": [ad.external_id for ad in made], "need_audit": False}
    if request.call.settings["tiktok_tells_ads"]:
        answer["creatives"] = [rows.ad(ad, request.call) for ad in made]
    if refusals:
        raise PartlyDone(answer)
    return answer


def update(request: ApiRequest) -> dict[str, Any]:
    """Changes single fields of ads of one ad group."""
    params = request.parameters("adgroup_id", "creatives", "patch_update")
    params.require("adgroup_id")
    if not params.flag("patch_update"):
        raise errors.field("patch_update", "Only partial updates are played here.")
    changed = []
    for number, fields in enumerate(params.objects("creatives", MOST_PER_CALL)):
        allowed = ("ad_id", "ad_name", "ad_text", "landing_page_url", "call_to_action")
        creative = Parameters(fields, allowed, prefix=f"creatives.{number}.")
        creative.require("ad_id")
        ad = storing.present(request, Object.Kind.AD, creative.text("ad_id"))
        ad.name = creative.text("ad_name", storing.LONGEST_NAME) or ad.name
        for name in ("ad_text", "landing_page_url", "call_to_action"):
            if name in creative:
                ad.data[name] = creative.text(name)
        changed.append(storing.save(ad))
    return {"ad_ids": [ad.external_id for ad in changed]}


def _make(request: ApiRequest, ad_group: Object, creative: Parameters) -> Object:
    creative.require("ad_name", "ad_format", "identity_type", "identity_id", "call_to_action", "landing_page_url")
    objective = _objective(ad_group)
    data = {
        "campaign_id": ad_group.parent,
        "adgroup_name": ad_group.name,
        **_identity(request, creative),
        **_shown(request, creative, ad_group, objective),
        "ad_text": creative.plain_text("ad_text", LONGEST_TEXT),
        "call_to_action": creative.choice("call_to_action", goals.CALLS_TO_ACTION),
        "landing_page_url": _link(creative),
        "display_name": creative.text("display_name", 40) or None,
    }
    if "tracking_pixel_id" in creative and creative.text("tracking_pixel_id") != ad_group.data.get("pixel_id"):
        raise errors.field(creative.named("tracking_pixel_id"), "Must be the pixel of the ad group.")
    name = creative.plain_text("ad_name", storing.LONGEST_NAME)
    return storing.create(request, creative, Object.Kind.AD, name, ad_group.external_id, data)


def _objective(ad_group: Object) -> str:
    campaign = Object.objects.get(platform="tiktok", kind=Object.Kind.CAMPAIGN, external_id=ad_group.parent)
    return str(campaign.data["objective_type"])


def _require_room(ad_group: Object, more: int) -> None:
    there = Object.objects.present().filter(platform="tiktok", kind=Object.Kind.AD, parent=ad_group.external_id).count()
    if there + more > MOST_IN_AD_GROUP:
        raise TikTokError(40502, f"An ad group can have at most {MOST_IN_AD_GROUP} ads.")


def _identity(request: ApiRequest, creative: Parameters) -> dict[str, Any]:
    """The TikTok account the ad speaks as; a made-up one only where the account still may."""
    kind, external_id = creative.text("identity_type"), creative.text("identity_id")
    found = {asset.external_id: asset for asset in seed.assets("identity", request.advertiser)}.get(external_id)
    center = creative.text("identity_authorized_bc_id")
    if found is None or found.data["identity_type"] != kind:
        raise errors.field(creative.named("identity_id"), "The identity does not exist.")
    if center != found.data.get("identity_authorized_bc_id", ""):
        raise TikTokError(errors.INVALID, "Incorrect source field")
    if kind == "CUSTOMIZED_USER":
        if not request.advertiser.data["can_use_custom_identity"]:
            raise errors.field(creative.named("identity_type"), "CUSTOMIZED_USER is no longer supported on TikTok.")
        return {"identity_type": kind, "identity_id": external_id}
    if not found.data.get("can_push_video", True) or found.data.get("available_status", "AVAILABLE") != "AVAILABLE":
        raise errors.field(creative.named("identity_id"), "The identity is not available.")
    hidden = creative.choice("dark_post_status", {"ON", "OFF"}) or "ON"
    if hidden != "ON" and (found.data.get("ads_only_mode") or request.advertiser.data["ads_only_mode"]):
        raise errors.field(creative.named("dark_post_status"), "Must be ON for an identity in ads-only mode.")
    named = {"identity_type": kind, "identity_id": external_id, "dark_post_status": hidden}
    return named | ({"identity_authorized_bc_id": center} if center else {})


def _shown(request: ApiRequest, creative: Parameters, ad_group: Object, objective: str) -> dict[str, Any]:
    kind = creative.choice("ad_format", FORMATS)
    if kind == "SINGLE_IMAGE" and "PLACEMENT_TIKTOK" in ad_group.data["placements"]:
        raise errors.field(creative.named("ad_format"), "SINGLE_IMAGE is not supported on PLACEMENT_TIKTOK.")
    if kind == "CAROUSEL_ADS":
        return {"ad_format": kind, **_carousel(request, creative, objective)}
    return {"ad_format": kind, **_film(request, creative)}


def _film(request: ApiRequest, creative: Parameters) -> dict[str, Any]:
    creative.require("video_id")
    video = media.library(request, "video").filter(external_id=creative.text("video_id")).first()
    if video is None:
        raise errors.field(creative.named("video_id"), "The video does not exist.")
    if not videos.is_ready(video, request.call):
        raise TikTokError(40901, "The video is being transcoded. Please retry later.")
    pictures = _pictures(request, creative, 1)
    if not pictures:
        raise TikTokError(errors.INVALID, "You must upload an image")
    wanted, found = (stored.data["width"] / stored.data["height"] for stored in (video, pictures[0]))
    if abs(wanted - found) > RATIO_TOLERANCE:
        raise errors.field(creative.named("image_ids"), "The cover must have the aspect ratio of the video.")
    return {"video_id": video.external_id, "image_ids": [pictures[0].external_id]}


def _carousel(request: ApiRequest, creative: Parameters, objective: str) -> dict[str, Any]:
    if objective not in goals.CAROUSEL_OBJECTIVES:
        raise errors.field(creative.named("ad_format"), f"CAROUSEL_ADS does not go with the objective {objective}.")
    if "video_id" in creative:
        raise errors.field(creative.named("video_id"), "Not supported for CAROUSEL_ADS.")
    pictures = _pictures(request, creative, 35)
    if not pictures:
        raise errors.missing(creative.named("image_ids"))
    for picture in pictures:
        short, long = sorted((picture.data["width"], picture.data["height"]))
        is_large = short > CAROUSEL_SIDES[0] or long > CAROUSEL_SIDES[1]
        if (
            is_large
            or long / short > CAROUSEL_RATIO + RATIO_TOLERANCE
            or not picture.data.get("is_carousel_usable", True)
        ):
            raise errors.field(
                creative.named("image_ids"), f"The image {picture.external_id} cannot be used in a carousel."
            )
    creative.require("music_id")
    if creative.text("music_id") not in [piece.external_id for piece in seed.assets("music", request.advertiser)]:
        raise errors.field(creative.named("music_id"), "The music cannot be used in a carousel.")
    return {"image_ids": [picture.external_id for picture in pictures], "music_id": creative.text("music_id")}


def _pictures(request: ApiRequest, creative: Parameters, most: int) -> list[Object]:
    wanted = creative.many("image_ids", most)
    known = {image.external_id: image for image in media.library(request, "image").filter(external_id__in=wanted)}
    for external_id in wanted:
        if external_id not in known:
            raise errors.field(creative.named("image_ids"), f"The image {external_id} does not exist.")
    return [known[external_id] for external_id in wanted]


def _link(creative: Parameters) -> str:
    link = creative.text("landing_page_url", 1500)
    parts = urlsplit(link)
    if parts.scheme not in ("http", "https") or "." not in parts.netloc or " " in link:
        raise errors.field(creative.named("landing_page_url"), "Not a valid URL.")
    return link
