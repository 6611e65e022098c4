"""Makes rows for tests: what is not said is the ordinary case, Acme Corp's "Summer Sale" on Meta.

Rows come as the product would have left them: an approved draft has its approval and its commitment, a rejected one its
reason. Nothing here goes through campaigns/workflow.py, so that tests of one action do not depend on another.
"""

from __future__ import annotations

import copy
import hashlib
import io
import struct
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

import av
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from adaccounts import caps
from adaccounts.models import AccountAsset, AdAccount
from campaigns import media
from campaigns.models import Approval, CampaignDraft, CampaignTemplate, MediaAsset, SavedAudience
from integrations import draft as drafts
from integrations.contracts import Delivery
from integrations.models import Connection
from stratum.models import User
from tests.people import person

Status = CampaignDraft.Status

PAGE = "102938475610001"
INSTAGRAM = "17841400000000001"
PIXEL = "880011223344551"
#: Kind, external id, name of what Acme's ads use on Meta.
META_ASSETS = [
    ("page", PAGE, "Acme Corp"),
    ("instagram", INSTAGRAM, "acmecorp"),
    ("pixel", PIXEL, "Acme Shop Pixel"),
]
INTERESTS = [{"id": "6003456388203", "name": "Fashion"}, {"id": "6003346592981", "name": "Shopping"}]


def next_summer() -> tuple[date, date]:
    """Return June 1 and August 31 of next year: always ahead."""
    year = timezone.now().year + 1
    return date(year, 6, 1), date(year, 8, 31)


def make_connection(platform: str = "meta", **fields: Any) -> Connection:
    """Return the platform's connection, made by Ada and good for sixty days."""
    values: dict[str, Any] = {
        "status": Connection.Status.CONNECTED,
        "access_token": f"{platform}-access-token",
        "expires_at": timezone.now() + timedelta(days=60),
        "scopes": ["ads_management", "ads_read", "business_management"],
        "external_user_id": "10158012345678901",
        "external_user_name": "Dana Whitfield",
        "connected_by": fields.pop("connected_by", None) or person("ada"),
    }
    connection, _ = Connection.objects.update_or_create(platform=platform, defaults=values | fields)
    return connection


def make_account(
    external_id: str = "act_123456789",
    *,
    platform: str = "meta",
    assets: list[tuple[str, str, str]] | None = None,
    **fields: Any,
) -> AdAccount:
    """Return an enabled account in US dollars, New York time, with a page, an Instagram user and a pixel."""
    values: dict[str, Any] = {
        "name": "Acme Corp Main",
        "currency": "USD",
        "time_zone": "America/New_York",
        "is_enabled": True,
        "extra": {"min_daily_budget": 100},
        "defaults": {"page": PAGE, "pixel": PIXEL},
        "synced_at": timezone.now(),
    }
    account, _ = AdAccount.objects.update_or_create(
        platform=platform, external_id=external_id, defaults=values | fields
    )
    for kind, asset_id, name in META_ASSETS if assets is None else assets:
        AccountAsset.objects.get_or_create(account=account, kind=kind, external_id=asset_id, defaults={"name": name})
    return account


def image_bytes(width: int = 1200, height: int = 1200, colour: str = "#d9603b", kind: str = "JPEG") -> bytes:
    """Return a picture as a file's bytes; the same arguments give the same bytes."""
    target = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(target, kind)
    return target.getvalue()


def make_media(
    width: int = 1200,
    height: int = 1200,
    *,
    colour: str = "#d9603b",
    kind: str = "JPEG",
    filename: str = "summer-sale.jpg",
    uploaded_by: User | None = None,
) -> MediaAsset:
    """Return a real picture in the media library; the same arguments give the same row."""
    data = image_bytes(width, height, colour, kind)
    sha256 = hashlib.sha256(data).hexdigest()
    found = MediaAsset.objects.filter(sha256=sha256).first()
    if found is not None:
        return found
    suffix = {"JPEG": "jpg", "PNG": "png", "GIF": "gif"}[kind]
    return MediaAsset.objects.create(
        sha256=sha256,
        kind=MediaAsset.Kind.IMAGE,
        file=_stored(f"media/{sha256[:2]}/{sha256}.{suffix}", data),
        thumbnail=_stored(f"thumbnails/{sha256[:2]}/{sha256}.jpg", image_bytes(200, 200, colour)),
        filename=filename,
        content_type=f"image/{kind.lower()}",
        size=len(data),
        width=width,
        height=height,
        uploaded_by=uploaded_by or person("carl"),
    )


def film_bytes(word: str = "summer", width: int = 1080, height: int = 1920) -> bytes:
    """Return the beginning of an MP4 file with a track header: as much of a film as anything looks at."""
    track = b"tkhd\x00" + bytes(79) + struct.pack(">II", width << 16, height << 16)
    return b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + track + word.encode() * 200


def make_film(word: str = "summer", width: int = 1080, height: int = 1920, seconds: float = 12.0) -> MediaAsset:
    """Return a film of its own for each word in the media library; the same arguments give the same row."""
    data = film_bytes(word, width, height)
    sha256 = hashlib.sha256(data).hexdigest()
    found = MediaAsset.objects.filter(sha256=sha256).first()
    if found is not None:
        return found
    return MediaAsset.objects.create(
        sha256=sha256,
        kind=MediaAsset.Kind.VIDEO,
        file=_stored(f"media/{sha256[:2]}/{sha256}.mp4", data),
        filename=f"{word}.mp4",
        content_type="video/mp4",
        size=len(data),
        width=width,
        height=height,
        duration=seconds,
        uploaded_by=person("carl"),
    )


@lru_cache
def video_bytes(
    width: int = 1080,
    height: int = 1920,
    seconds: int = 5,
    *,
    kind: str = "mp4",
    codec: str = "libx264",
    turn: int = 0,
    pace: int = 1,
) -> bytes:
    """Return a silent video of a frame every `pace` seconds, each of another colour."""
    target = io.BytesIO()
    with av.open(target, "w", format=kind) as container:
        stream = container.add_stream(
            codec, rate=Fraction(1, pace), options={"preset": "ultrafast"} if codec == "libx264" else {}
        )
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        if turn:
            stream.set_display_rotation(turn)
        for second in range(0, seconds, pace):
            picture = Image.new("RGB", (width, height), (40 * second % 256, 120, 180))
            container.mux(stream.encode(av.VideoFrame.from_image(picture)))
        container.mux(stream.encode())
    return target.getvalue()


def make_video(width: int = 1080, height: int = 1920, seconds: int = 5, *, filename: str = "film.mp4") -> MediaAsset:
    """Return a real video in the media library, uploaded as a person would; the same arguments give the same row."""
    data = video_bytes(width, height, seconds)
    return media.store(SimpleUploadedFile(filename, data), by=person("carl"))


def _stored(name: str, data: bytes) -> str:
    return name if default_storage.exists(name) else default_storage.save(name, ContentFile(data))


def make_draft_json(*, media: str | None = None, **campaign: Any) -> dict[str, Any]:
    """Return the complete content of user-flows.md flow 3; keywords replace parts of the campaign.

    `media` is the SHA-256 of the ad's picture, by default the one of make_media(). Change the rest in what you get.
    """
    start, end = next_summer()
    sha256 = media if media is not None else make_media().sha256
    parts: dict[str, Any] = {
        "name": "Summer Sale 2024",
        "objective": "conversions",
        "budget": {"amount": "1000.00", "type": "daily"},
        "schedule": {"start": f"{start}T00:00", "end": f"{end}T23:59"},
        "launch": "live",
        "assets": {"page": PAGE, "pixel": PIXEL, "conversion_event": "purchase"},
        "declarations": {},
        "url_tags": "utm_source=meta&utm_campaign=summer-sale",
    }
    content = {"version": 1, "campaign": parts | campaign, "ad_sets": [_ad_set(sha256)]}
    return drafts.read(content).json


def _ad_set(sha256: str) -> dict[str, Any]:
    return {
        "key": "s1",
        "name": "US - 25-54",
        "budget": "500.00",
        "targeting": {"locations": ["US"], "age_min": 25, "age_max": 54, "interests": copy.deepcopy(INTERESTS)},
        "optimization": "conversions",
        "ads": [_ad(sha256)],
    }


def _ad(sha256: str) -> dict[str, Any]:
    return {
        "key": "a1",
        "name": "Summer Sale - Image Ad",
        "creative": {
            "type": "image",
            "media": [sha256],
            "headlines": ["Summer Sale - Up to 50% Off!"],
            "descriptions": ["Shop now for the best deals"],
            "primary_text": "Everything for the summer, at half the price.",
            "call_to_action": "shop_now",
            "link_url": "https://shop.example.com/summer",
        },
    }


def make_template(name: str = "Seasonal sale", **fields: Any) -> CampaignTemplate:
    """Return Carl's template of the complete content, written for Acme's account."""
    content = make_draft_json()
    content["campaign"]["schedule"] = {"start": None, "end": None}
    account = fields.pop("account", None) or AdAccount.objects.filter(external_id="act_123456789").first()
    values = {"account": account or make_account(), "content": content, "created_by": person("carl")} | fields
    template, _ = CampaignTemplate.objects.get_or_create(name=name, defaults=values)
    return template


def make_audience(name: str = "Young shoppers", **fields: Any) -> SavedAudience:
    """Return an audience that Carl saved on Meta: the complete content's."""
    targeting = drafts.read({"ad_sets": [_ad_set("")]}).json["ad_sets"][0]["targeting"]
    values = {"platform": "meta", "targeting": targeting, "created_by": person("carl")} | fields
    audience, _ = SavedAudience.objects.get_or_create(name=name, defaults=values)
    return audience


def make_large_draft_json(ad_sets: int = 50, ads: int = 10) -> dict[str, Any]:
    """Return complete content with that many ad sets of that many ads each, all named apart."""
    content = make_draft_json()
    model = content["ad_sets"][0]
    content["ad_sets"] = [
        {
            **copy.deepcopy(model),
            "key": f"s{i}",
            "name": f"US - segment {i}",
            "budget": "20.00",
            "ads": [{**copy.deepcopy(model["ads"][0]), "key": f"a{i}x{j}", "name": f"Ad {i}.{j}"} for j in range(ads)],
        }
        for i in range(ad_sets)
    ]
    return drafts.read(content).json


def make_draft(
    status: str = Status.DRAFT,
    *,
    account: AdAccount | None = None,
    created_by: User | None = None,
    draft_json: Mapping[str, Any] | None = None,
    **fields: Any,
) -> CampaignDraft:
    """Return Carl's draft in any state, with the approval, commitment and times that such a draft has.

    A connection and the account are made if the test has not made them. Runs are the publisher's: a draft that is
    publishing, published or failed comes without one.
    """
    account = account or AdAccount.objects.filter(external_id="act_123456789").first() or make_account()
    if not Connection.objects.filter(platform=account.platform).exists():
        make_connection(account.platform)
    creator = created_by or person("carl")
    content = drafts.read(draft_json if draft_json is not None else make_draft_json()).json
    draft: CampaignDraft = CampaignDraft(account=account, created_by=creator, draft_json=content, status=status)
    for name, value in (_listed(draft) | _decided(status, creator) | fields).items():
        setattr(draft, name, value)
    draft.save()
    draft.edited_by.add(creator)
    if status not in {Status.DRAFT, Status.SUBMITTED}:
        _decide(draft, Approval.Decision.REJECTED if status == Status.REJECTED else Approval.Decision.APPROVED)
    return draft


def _listed(draft: CampaignDraft) -> dict[str, Any]:
    campaign = draft.content.campaign
    return {
        "name": campaign.name,
        "budget_amount": campaign.budget.amount,
        "budget_type": campaign.budget.type or "",
        "starts_on": campaign.schedule.start.date() if campaign.schedule.start else None,
        "ends_on": campaign.schedule.end.date() if campaign.schedule.end else None,
    }


def _decided(status: str, creator: User) -> dict[str, Any]:
    """Return the fields that a draft gathers on its way to the status."""
    now = timezone.now()
    if status == Status.DRAFT:
        return {}
    fields: dict[str, Any] = {"submitted_at": now, "submitted_by_user": creator}
    if status == Status.REJECTED:
        reason = "Budget too high for test campaign"
        return fields | {"rejected_at": now, "rejected_by_user": person("anne"), "rejection_reason": reason}
    if status != Status.SUBMITTED:
        fields |= {"approved_at": now, "approved_by_user": person("anne")}
    if status == Status.PUBLISHED:
        fields |= {
            "published_at": now,
            "platform_campaign_id": "23842927000000001",
            "delivery": Delivery.SCHEDULED,
            "may_be_live": CampaignDraft.MayBeLive.YES,
        }
    if status == Status.FAILED:
        fields |= {"error_code": "INVALID_TARGETING", "error_message": "Age range invalid"}
    return fields


def _decide(draft: CampaignDraft, decision: str) -> Approval:
    approval = Approval.objects.create(
        draft=draft,
        number=1,
        decision=decision,
        by=person("anne"),
        reason=draft.rejection_reason,
        content_hash=draft.content_hash,
        snapshot={"draft_json": draft.draft_json, "account": {"currency": draft.account.currency}},
    )
    if decision == Approval.Decision.APPROVED and draft.budget_amount and draft.starts_on:
        caps.reserve(draft.account, _span(draft), draft_id=draft.pk, approval_number=1)
    return approval


def _span(draft: CampaignDraft) -> caps.Span:
    amount, first = draft.budget_amount or Decimal(0), draft.starts_on or timezone.now().date()
    if draft.budget_type == drafts.BudgetType.LIFETIME and draft.ends_on:
        return caps.lifetime_span(amount, first, draft.ends_on, digits=2)
    return caps.daily_span(amount, first, draft.ends_on)
