"""Ads: responsive search ads, and Demand Gen ads of images or films (v26, ad_type_infos, AdError; editorial policy)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from fractions import Fraction
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone

from stratum.sandbox import ids
from stratum.sandbox.models import Object

from . import ad_groups, campaigns, catalogue, errors
from .errors import Fault
from .mutation import Faults, Mutation, resource_name
from .schema import snake

_KINDS = {
    "responsiveSearchAd": ("SEARCH", "RESPONSIVE_SEARCH_AD"),
    "demandGenMultiAssetAd": ("DEMAND_GEN", "DEMAND_GEN_MULTI_ASSET_AD"),
    "demandGenVideoResponsiveAd": ("DEMAND_GEN", "DEMAND_GEN_VIDEO_RESPONSIVE_AD"),
}
#: Texts of each kind of ad: field, least and most number, widest.
_TEXTS = {
    "responsiveSearchAd": (("headlines", 3, 15, 30), ("descriptions", 2, 4, 90)),
    "demandGenMultiAssetAd": (("headlines", 1, 5, 30), ("descriptions", 1, 5, 90)),
    "demandGenVideoResponsiveAd": (("headlines", 1, 5, 30), ("longHeadlines", 1, 5, 90), ("descriptions", 1, 5, 90)),
}
#: Image fields: width ÷ height, least width and height.
_SHAPES = {
    "marketingImages": (Fraction(191, 100), 600, 314),
    "squareMarketingImages": (Fraction(1), 300, 300),
    "portraitMarketingImages": (Fraction(4, 5), 480, 600),
    "tallPortraitMarketingImages": (Fraction(9, 16), 600, 1067),
    "logoImages": (Fraction(1), 128, 128),
}
_MOST_IMAGES, _MOST_LOGOS, _MOST_SEARCH_ADS = 20, 5, 3
_WIDEST_BUSINESS_NAME = 25


def create(mutation: Mutation, fields: dict[str, Any]) -> Object:
    ad_group = mutation.live(fields.get("adGroup"), "adGroups", "ad_group")
    ad = fields.get("ad")
    if not ad:
        raise Faults([errors.required("ad")])
    status = fields.get("status", "ENABLED")
    faults = [fault.below(("ad", None)) for fault in _faults(mutation, ad_group, ad)]
    faults += _room(mutation, ad_group, status)
    if faults:
        raise Faults(faults)
    kind = next(name for name in _KINDS if name in ad)
    return Object.objects.create(
        platform="google",
        kind=Object.Kind.AD,
        external_id=f"{ad_group.external_id}~{ids.digits(12, '7')}",
        account=mutation.account.external_id,
        parent=ad_group.external_id,
        name=ad.get("name", ""),
        status=status,
        data={
            "type": _KINDS[kind][1],
            "ad": _with_real_names(mutation, ad),
            "automation": fields.get("adGroupAdAssetAutomationSettings", []),
        },
        first_on_at=timezone.now() if status == "ENABLED" else None,
    )


def update(mutation: Mutation, stored: Object, fields: dict[str, Any], mask: list[str]) -> None:
    unknown = [name for name in mask if name != "status"]
    if unknown:
        message = "The field cannot be changed here."
        raise Faults([Fault("fieldError", "IMMUTABLE_FIELD", message, [(unknown[0], None)])])
    if fields.get("status") not in ("ENABLED", "PAUSED"):
        raise Faults([Fault("enumError", "ENUM_VALUE_NOT_PERMITTED", "The status cannot be set.", [("status", None)])])
    if stored.status != "ENABLED":
        ad_group = Object.objects.get(platform="google", kind=Object.Kind.AD_SET, external_id=stored.parent)
        if faults := list(_room(mutation, ad_group, fields["status"])):
            raise Faults(faults)
    stored.status = fields["status"]


def remove(mutation: Mutation, stored: Object) -> None:
    stored.status, stored.deleted_at = "REMOVED", timezone.now()


def _with_real_names(mutation: Mutation, value: Any) -> Any:
    """The ad as it is kept: with the names that its assets have from now on."""
    if isinstance(value, dict):
        return {name: _with_real_names(mutation, item) for name, item in value.items()}
    if isinstance(value, list):
        return [_with_real_names(mutation, item) for item in value]
    asset = mutation.temporary.get(value) if isinstance(value, str) else None
    return resource_name(asset) if asset is not None else value


def _faults(mutation: Mutation, ad_group: Object, ad: dict[str, Any]) -> Iterator[Fault]:
    yield from _urls(ad)
    kind = next((name for name in _KINDS if name in ad), None)
    if kind is None:
        yield Fault("adError", "INVALID_AD_TYPE", "The ad type is missing.", [("ad_data", None)])
        return
    channel = campaigns.channel(ad_groups.campaign_of(ad_group))
    if _KINDS[kind][0] != channel:
        message = "Ads of this type do not go with the campaign."
        code = "OPERATION_NOT_PERMITTED_FOR_CAMPAIGN_TYPE"
        yield Fault("operationAccessDeniedError", code, message, [(snake(kind), None)])
        return
    if kind == "responsiveSearchAd" and ad.get("name"):
        yield Fault("adError", "CANNOT_SET_FIELD", "The field cannot be set for this type of ad.", [("name", None)])
    within = ad[kind]
    found = [*_texts(kind, within), *_paths(within)]
    if kind == "demandGenMultiAssetAd":
        found += [*_images(mutation, within), *_brand(within.get("businessName")), *_button(within)]
    if kind == "demandGenVideoResponsiveAd":
        found += [*_films(mutation, within), *_brand(within.get("businessName", {}).get("text"))]
    yield from (fault.below((snake(kind), None)) for fault in found)


def _urls(ad: dict[str, Any]) -> Iterator[Fault]:
    links = ad.get("finalUrls") or []
    if not links:
        yield errors.required("final_urls")
    for index, link in enumerate(links):
        try:
            parts = urlsplit(link)
        except ValueError:
            parts = urlsplit("")
        where = [("final_urls", index)]
        if parts.scheme not in ("http", "https"):
            message = "The protocol is missing or not allowed in the final URL."
            yield Fault("urlFieldError", "INVALID_PROTOCOL_IN_FINAL_URL", message, where, trigger=link)
        elif "." not in (parts.hostname or "") or re.search(r"\s", link):
            yield Fault("urlFieldError", "MALFORMED_FINAL_URL", "The final URL is malformed.", where, trigger=link)
        elif len(link) > 2048:
            yield errors.too_long("final_urls", 2048, link, index)


def _texts(kind: str, within: dict[str, Any]) -> Iterator[Fault]:
    for name, least, most, widest in _TEXTS[kind]:
        listed, where = within.get(name) or [], snake(name)
        if len(listed) < least:
            message = f"Too few: at least {least}."
            yield Fault("collectionSizeError", "TOO_FEW", message, [(where, None)])
        if len(listed) > most:
            yield Fault("collectionSizeError", "TOO_MANY", f"Too many: at most {most}.", [(where, None)])
        for index, item in enumerate(listed):
            yield from _text(item.get("text", ""), where, index, widest)
        texts = [item.get("text", "") for item in listed]
        if len(set(texts)) < len(texts):
            twice = next(text for text in texts if texts.count(text) > 1)
            message = "The same asset stands in the ad twice."
            yield Fault("assetError", "DUPLICATE_ASSET", message, [(where, None)], trigger=twice)


def _text(text: str, where: str, index: int, widest: int) -> Iterator[Fault]:
    if not text.strip():
        yield Fault("stringLengthError", "EMPTY", "The specified string is empty.", [(where, index), ("text", None)])
    elif width(text) > widest:
        yield errors.too_long(where, widest, text, index)
    if re.search(r"[!?]{2,}|\.{4,}", text):
        details = {
            "policyFindingDetails": {"policyTopicEntries": [{"topic": "PUNCTUATION_AND_SYMBOLS", "type": "PROHIBITED"}]}
        }
        message = (
            "The resource has been disapproved since the policy summary includes policy topics of type PROHIBITED."
        )
        yield Fault("policyFindingError", "POLICY_FINDING", message, [(where, index)], trigger=text, details=details)


def _paths(within: dict[str, Any]) -> Iterator[Fault]:
    if within.get("path2") and not within.get("path1"):
        yield Fault("adError", "CANNOT_SET_PATH2_WITHOUT_PATH1", "Path 2 needs path 1.", [("path2", None)])
    for name in ("path1", "path2"):
        if width(within.get(name, "")) > 15:
            yield errors.too_long(name, 15, within[name])


def _images(mutation: Mutation, within: dict[str, Any]) -> Iterator[Fault]:
    shown = [name for name in _SHAPES if name != "logoImages"]
    if not within.get("marketingImages") and not within.get("squareMarketingImages"):
        message = "A marketing image or a square marketing image is required."
        yield Fault("adError", "MISSING_REQUIRED_IMAGE_ASPECT_RATIO", message, [("marketing_images", None)])
    if sum(len(within.get(name) or []) for name in shown) > _MOST_IMAGES:
        message = f"Too many: at most {_MOST_IMAGES}."
        yield Fault("collectionSizeError", "TOO_MANY", message, [("marketing_images", None)])
    yield from _logos(mutation, within)
    for name in shown:
        for index, link in enumerate(within.get(name) or []):
            yield from _image(mutation, link.get("asset"), name, index)


def _logos(mutation: Mutation, within: dict[str, Any]) -> Iterator[Fault]:
    logos = within.get("logoImages") or []
    if not logos:
        yield Fault("collectionSizeError", "TOO_FEW", "Too few: at least 1.", [("logo_images", None)])
    if len(logos) > _MOST_LOGOS:
        yield Fault("collectionSizeError", "TOO_MANY", f"Too many: at most {_MOST_LOGOS}.", [("logo_images", None)])
    for index, link in enumerate(logos):
        yield from _image(mutation, link.get("asset"), "logoImages", index)


def _image(mutation: Mutation, asset: str | None, name: str, index: int) -> Iterator[Fault]:
    where = [(snake(name), index), ("asset", None)]
    try:
        stored = mutation.find(asset, "assets", "asset")
    except Fault as fault:
        yield fault.below((snake(name), index))
        return
    if stored.data["asset_type"] != "IMAGE":
        message = "The field type does not take this type of asset."
        yield Fault("assetLinkError", "FIELD_TYPE_INCOMPATIBLE_WITH_ASSET_TYPE", message, where)
        return
    ratio, least_width, least_height = _SHAPES[name]
    found = Fraction(stored.data["width"], stored.data["height"])
    if abs(found / ratio - 1) > Fraction(1, 100):
        yield Fault("imageError", "ASPECT_RATIO_NOT_ALLOWED", "The aspect ratio is not allowed.", where)
    elif stored.data["width"] < least_width or stored.data["height"] < least_height:
        yield Fault("imageError", "IMAGE_TOO_SMALL", "The image is too small.", where)


def _films(mutation: Mutation, within: dict[str, Any]) -> Iterator[Fault]:
    if not within.get("videos"):
        yield Fault("collectionSizeError", "TOO_FEW", "Too few: at least 1.", [("videos", None)])
    for index, link in enumerate(within.get("videos") or []):
        try:
            stored = mutation.find(link.get("asset"), "assets", "asset")
        except Fault as fault:
            yield fault.below(("videos", index))
            continue
        if stored.data["asset_type"] != "YOUTUBE_VIDEO":
            message = "The field type does not take this type of asset."
            yield Fault("assetLinkError", "FIELD_TYPE_INCOMPATIBLE_WITH_ASSET_TYPE", message, [("videos", index)])
    yield from _logos(mutation, within)


def _brand(name: str | None) -> Iterator[Fault]:
    if not name:
        yield errors.required("business_name")
    elif width(name) > _WIDEST_BUSINESS_NAME:
        yield errors.too_long("business_name", _WIDEST_BUSINESS_NAME, name)


def _button(within: dict[str, Any]) -> Iterator[Fault]:
    text = within.get("callToActionText")
    if text and text not in catalogue.BUTTONS:
        message = "The call to action text is not valid."
        yield Fault("adError", "INVALID_CALL_TO_ACTION_TEXT", message, [("call_to_action_text", None)], trigger=text)


def _room(mutation: Mutation, ad_group: Object, status: str) -> Iterator[Fault]:
    """At most three responsive search ads of an ad group can be on."""
    if status != "ENABLED" or campaigns.channel(ad_groups.campaign_of(ad_group)) != "SEARCH":
        return
    on = [ad for ad in mutation.children(ad_group, Object.Kind.AD) if ad.status == "ENABLED"]
    if len(on) >= _MOST_SEARCH_ADS:
        message = "The ad group has as many enabled responsive search ads as it can have."
        details = {"resourceCountDetails": {"enclosingResource": ad_group.external_id, "limit": _MOST_SEARCH_ADS}}
        yield Fault(
            "resourceCountLimitExceededError", "AD_GROUP_AD_LIMIT", message, [("status", None)], details=details
        )


def width(text: str) -> int:
    """How wide a text counts: characters of double width count two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
