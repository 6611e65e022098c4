"""The fields of campaigns, ad sets, ads, creatives, images and videos (Marketing API v26 references)."""

from __future__ import annotations

from typing import Any

from stratum.sandbox.models import Object

from . import media, statuses
from .view import NAMED, Getter, NodeType, View, account_time, created_time, stored_field, stored_fields, updated_time


def _account_id(stored: Object, _: View) -> str:
    return stored.account.removeprefix("act_")


def _amount(name: str, absent: str | None) -> Getter:
    return lambda stored, _: stored.data.get(name, absent)


def _remaining(stored: Object, _: View) -> str:
    """Nothing is ever spent here."""
    return stored.data.get("daily_budget") or stored.data.get("lifetime_budget") or "0"


def _campaign(stored: Object, view: View) -> Object | None:
    return view.object(Object.Kind.CAMPAIGN, stored.data["campaign_id"])


def _ad_set(stored: Object, view: View) -> Object | None:
    return view.object(Object.Kind.AD_SET, stored.parent)


def _creative(stored: Object, view: View) -> Object | None:
    return view.object(Object.Kind.CREATIVE, stored.data["creative_id"])


def _creatives(stored: Object, view: View) -> list[Object]:
    creative = _creative(stored, view)
    return [creative] if creative else []


def _ads_of_campaign(stored: Object, view: View) -> list[Object]:
    ads = Object.objects.present().filter(platform="meta", kind=Object.Kind.AD, data__campaign_id=stored.external_id)
    return list(ads.seen(view.call.stale_seconds).order_by("id"))


_SWITCHED: dict[str, Getter] = NAMED | {
    "account_id": _account_id,
    "status": lambda stored, _: stored.status,
    "configured_status": lambda stored, _: stored.status,
    "effective_status": statuses.effective,
    "issues_info": lambda _stored, _view: [],
    "created_time": created_time,
    "updated_time": updated_time,
}
_BUDGETED: dict[str, Getter] = stored_fields("bid_strategy") | {"budget_remaining": _remaining}

_CAMPAIGN = NodeType(
    "Campaign",
    _SWITCHED
    | _BUDGETED
    | stored_fields(
        "objective",
        "buying_type",
        "special_ad_categories",
        "special_ad_category_country",
        "is_adset_budget_sharing_enabled",
    )
    | {
        "daily_budget": _amount("daily_budget", None),
        "lifetime_budget": _amount("lifetime_budget", None),
        "spend_cap": _amount("spend_cap", None),
        "start_time": account_time("start_time"),
        "stop_time": account_time("stop_time"),
        "adsets": lambda stored, view: list(view.children(stored, Object.Kind.AD_SET)),
        "ads": _ads_of_campaign,
    },
)
_AD_SET = NodeType(
    "AdSet",
    _SWITCHED
    | _BUDGETED
    | stored_fields(
        "campaign_id", "optimization_goal", "billing_event", "targeting", "bid_amount", "bid_constraints",
        "promoted_object", "destination_type", "dsa_beneficiary", "dsa_payor",
    )
    | {
        "daily_budget": _amount("daily_budget", "0"),
        "lifetime_budget": _amount("lifetime_budget", "0"),
        "start_time": account_time("start_time"),
        "end_time": account_time("end_time"),
        "campaign": _campaign,
        "ads": lambda stored, view: list(view.children(stored, Object.Kind.AD)),
    },
)  # fmt: skip
_AD = NodeType(
    "Ad",
    _SWITCHED
    | stored_fields("campaign_id", "tracking_specs", "conversion_domain")
    | {
        "adset_id": lambda stored, _: stored.parent,
        "adset": _ad_set,
        "campaign": _campaign,
        "creative": _creative,
        "adcreatives": _creatives,
        "ad_review_feedback": lambda _stored, _view: None,
        "preview_shareable_link": lambda stored, _: f"https://fb.me/{stored.external_id[-12:]}",
    },
)


def _story(stored: Object) -> dict[str, Any]:
    """The link or video part of the creative's story."""
    spec = stored.data["object_story_spec"]
    story: dict[str, Any] = spec.get("link_data") or spec.get("video_data") or {}
    return story


def _link(stored: Object, _: View) -> str | None:
    story = _story(stored)
    link: str | None = story.get("link") or story.get("call_to_action", {}).get("value", {}).get("link")
    return link


def creative_image(stored: Object, view: View) -> Object | None:
    """The image that a creative shows first: its own, its first card's, or its video's picture."""
    story = _story(stored)
    cards = story.get("child_attachments") or [{}]
    image_hash = story.get("image_hash") or cards[0].get("image_hash")
    if image_hash:
        return view.object(Object.Kind.MEDIA, f"{stored.account.removeprefix('act_')}:{image_hash}")
    return None


def _thumbnail_url(stored: Object, view: View) -> str | None:
    image = creative_image(stored, view)
    return media.url(image, view.call.base_url) if image else None


def _from_story(*names: str) -> Getter:
    def read(stored: Object, _: View) -> Any:
        story = _story(stored)
        return next((story[name] for name in names if name in story), None)

    return read


_CREATIVE = NodeType(
    "AdCreative",
    NAMED
    | stored_fields("object_story_spec", "url_tags", "degrees_of_freedom_spec")
    | {
        "account_id": _account_id,
        "status": lambda stored, _: "DELETED" if stored.deleted_at else "ACTIVE",
        "title": _from_story("name", "title"),
        "body": _from_story("message"),
        "link_url": _link,
        "image_hash": _from_story("image_hash"),
        "video_id": _from_story("video_id"),
        "call_to_action_type": lambda stored, _: _story(stored).get("call_to_action", {}).get("type"),
        "thumbnail_url": _thumbnail_url,
        "image_url": _thumbnail_url,
        "object_type": lambda stored, _: "VIDEO" if "video_data" in stored.data["object_story_spec"] else "SHARE",
        "effective_object_story_id": lambda stored, _: (
            f"{stored.data['object_story_spec']['page_id']}_{stored.external_id[-15:]}"
        ),
    },
)
_IMAGE_FIELDS: dict[str, Getter] = {
    "hash": lambda stored, _: stored.external_id.rpartition(":")[2],
    "url": lambda stored, view: media.url(stored, view.call.base_url),
    "permalink_url": lambda stored, view: media.url(stored, view.call.base_url),
    "original_width": stored_field("width"),
    "original_height": stored_field("height"),
    "width": stored_field("width"),
    "height": stored_field("height"),
}
_VIDEO_FIELDS: dict[str, Getter] = {
    "title": lambda stored, _: stored.name,
    "picture": lambda stored, view: media.picture(stored, view.call.base_url),
    "length": lambda _stored, _view: 15.0,
}


def _media_status(stored: Object, view: View) -> Any:
    if stored.data["media"] == "video":
        return media.status(stored, view.call)
    return "DELETED" if stored.deleted_at else "ACTIVE"


def _only(what: str, getter: Getter) -> Getter:
    """Images and videos are one kind of object here; the fields of the one are empty for the other."""
    return lambda stored, view: getter(stored, view) if stored.data["media"] == what else None


_MEDIA = NodeType(
    "AdImage or Video",
    NAMED
    | {"status": _media_status, "account_id": _account_id, "created_time": created_time, "updated_time": updated_time}
    | {name: _only("image", getter) for name, getter in _IMAGE_FIELDS.items()}
    | {name: _only("video", getter) for name, getter in _VIDEO_FIELDS.items()},
)

TYPES: dict[str, NodeType] = {
    Object.Kind.CAMPAIGN: _CAMPAIGN,
    Object.Kind.AD_SET: _AD_SET,
    Object.Kind.AD: _AD,
    Object.Kind.CREATIVE: _CREATIVE,
    Object.Kind.MEDIA: _MEDIA,
}
