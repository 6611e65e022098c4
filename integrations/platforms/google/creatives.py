"""From an ad to what Google shows: responsive search ads, Demand Gen ads of pictures or films, and their files. Pure.

Reference: Google Ads API v26, ad_group_ad, ad_type_infos, asset, AssetAutomationType.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from integrations.contracts import Media, Order
from integrations.draft import Ad, AdSet, Creative, CreativeType
from integrations.platforms.google.capabilities import CAPABILITIES, RATIO_TOLERANCE, SHAPES, Channel, channel_of
from integrations.platforms.google.operations import entry, reference
from integrations.platforms.google.payloads import has_own_suffixes
from integrations.tagging import tags_for

#: What Google would make of the approved pictures, films and pages by itself: switched off on each ad.
_IMAGE_AUTOMATIONS = (
    "GENERATE_DESIGN_VERSIONS_FOR_IMAGES",
    "GENERATE_VIDEOS_FROM_OTHER_ASSETS",
    "GENERATE_ANIMATED_IMAGES_FROM_OTHER_ASSETS",
)
_VIDEO_AUTOMATIONS = (
    "GENERATE_VERTICAL_YOUTUBE_VIDEOS",
    "GENERATE_SHORTER_YOUTUBE_VIDEOS",
    "GENERATE_LANDING_PAGE_TEXT",
)


def ad_operations(order: Order, ad_set: AdSet, ad: Ad, media_keys: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the ad; `media_keys` names the step of each file's asset by its SHA-256."""
    creative, key = ad.creative, f"{order.prefix}-{ad_set.key}"
    fields: dict[str, Any] = {"finalUrls": [creative.link_url]}
    if has_own_suffixes(order.draft) and (tags := tags_for(creative.link_url, order.draft.campaign.url_tags)):
        fields["finalUrlSuffix"] = tags
    link: dict[str, Any] = {"adGroup": reference(key, "adGroups"), "status": "PAUSED"}
    if channel_of(order.draft) is Channel.SEARCH:
        fields["responsiveSearchAd"] = {
            "headlines": texts(creative.headlines),
            "descriptions": texts(creative.descriptions),
        }
    elif creative.type is CreativeType.VIDEO:
        fields |= {"name": ad.name, "demandGenVideoResponsiveAd": _video_ad(order, creative, media_keys)}
        link["adGroupAdAssetAutomationSettings"] = _opted_out(_VIDEO_AUTOMATIONS)
    else:
        fields |= {"name": ad.name, "demandGenMultiAssetAd": _image_ad(order, creative, media_keys)}
        link["adGroupAdAssetAutomationSettings"] = _opted_out(_IMAGE_AUTOMATIONS)
    return [entry("adGroupAdOperation", link | {"ad": fields}, ad_set.ad_path(ad))]


def texts(variants: Sequence[str]) -> list[dict[str, str]]:
    """Return an ad's texts as Google wants them: each once, empty ones left out."""
    return [{"text": text} for text in dict.fromkeys(variants) if text]


def _image_ad(order: Order, creative: Creative, media_keys: Mapping[str, str]) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "headlines": texts(creative.headlines),
        "descriptions": texts(creative.descriptions),
        "businessName": order.draft.campaign.assets.business_name,
        "logoImages": [{"asset": _logo(order)}],
        "callToActionText": _call_to_action(creative),
    }
    for sha256 in dict.fromkeys(creative.media):
        field = shape(order.media[sha256]) if sha256 in order.media else None
        if field is not None:
            fields.setdefault(field, []).append({"asset": reference(media_keys[sha256], "assets")})
    return {name: value for name, value in fields.items() if value}


def _video_ad(order: Order, creative: Creative, media_keys: Mapping[str, str]) -> dict[str, Any]:
    """Return a video ad. Its long headline, which a draft does not have, is the first headline."""
    videos = [{"asset": reference(media_keys[sha256], "assets")} for sha256 in dict.fromkeys(creative.media)]
    return {
        "headlines": texts(creative.headlines),
        "longHeadlines": texts(creative.headlines[:1]),
        "descriptions": texts(creative.descriptions),
        "businessName": {"text": order.draft.campaign.assets.business_name},
        "logoImages": [{"asset": _logo(order)}],
        "videos": videos,
    }


def shape(media: Media) -> str | None:
    """Return the field of a Demand Gen ad that takes the picture; None if its shape or size fits none."""
    ratio = Decimal(media.width) / Decimal(max(media.height, 1))
    for field, wanted, least_width, least_height in SHAPES:
        fits = abs(ratio / wanted - 1) <= RATIO_TOLERANCE
        if fits and media.width >= least_width and media.height >= least_height:
            return field
    return None


def asset_operations(media: Media, name: str, key: str, node: str) -> list[dict[str, Any]]:
    """Return an image of the account's library. It is named by its bytes: the same ones are one asset for all ads."""
    fields = {"resourceName": reference(key, "assets"), "name": name, "imageAsset": {"data": {"$file": media.sha256}}}
    return [entry("assetOperation", fields, node)]


def film_operations(name: str, key: str, upload_key: str, node: str) -> list[dict[str, Any]]:
    """Return the library's entry for a film that was uploaded to YouTube."""
    film = {"youtubeVideoId": {"$film": upload_key}}
    fields = {"resourceName": reference(key, "assets"), "name": name, "youtubeVideoAsset": film}
    return [entry("assetOperation", fields, node)]


def _logo(order: Order) -> str:
    return f"customers/{order.account.external_id}/assets/{order.draft.campaign.assets.logo}"


def _call_to_action(creative: Creative) -> str:
    return CAPABILITIES.calls_to_action.get(creative.call_to_action or "", "")


def _opted_out(automations: Sequence[str]) -> list[dict[str, str]]:
    return [{"assetAutomationType": name, "assetAutomationStatus": "OPTED_OUT"} for name in automations]
