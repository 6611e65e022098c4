"""A platform that exists in tests only: small numbers, every rule in use, so that a table can show each boundary."""

from __future__ import annotations

from decimal import Decimal

from integrations.capabilities import AssetRule, Capabilities, Creative, Goal, MediaRule, Objective, TextRule, kept
from integrations.contracts import Account, Media, Platform

IMAGE = MediaRule(
    content_types=frozenset({"image/jpeg", "image/png"}),
    max_bytes=1_000_000,
    min_width=600,
    min_height=600,
    ratio_min=Decimal("0.8"),
    ratio_max=Decimal("1.91"),
    advice="Best 1080 × 1080 pixels.",
)
VIDEO = MediaRule(
    content_types=frozenset({"video/mp4"}),
    max_bytes=5_000_000,
    min_width=100,
    min_height=100,
    duration_min=Decimal(1),
    duration_max=Decimal(60),
)
CAPABILITIES = Capabilities(
    objectives=(
        Objective("traffic", "T", (Goal("link_clicks", "LC"), Goal("reach", "R"))),
        Objective("conversions", "C", (Goal("conversions", "CV", needs_pixel=True), Goal("link_clicks", "LC"))),
    ),
    calls_to_action={"shop_now": "SHOP", "learn_more": "LEARN"},
    creatives=(
        Creative("image", 1, 1, {"image": IMAGE}),
        Creative("video", 1, 1, {"video": VIDEO}),
        Creative("carousel", 2, 3, {"image": IMAGE}),
    ),
    texts={
        "headlines": TextRule(soft=25, hard=40, required=True),
        "descriptions": TextRule(soft=30, most=2, emoji=False),
        "primary_text": TextRule(hard=100),
    },
    name_limit=100,
    assets=(
        AssetRule("page", "Page", required=True),
        AssetRule("instagram", "Instagram user", required=False),
        AssetRule("pixel", "Pixel", required=False, when_converting=True),
    ),
    targeting=frozenset({"locations", "excluded_locations", "age_min", "age_max", "genders"}),
    age_min=13,
    age_max=65,
    budget_levels=frozenset({"campaign", "ad_set"}),
    budget_types=frozenset({"daily", "lifetime"}),
    minor_digits=lambda currency: 0 if currency == "JPY" else 2,
    minimum_daily=lambda extra, currency: Decimal(extra["floor"]) if "floor" in extra else None,
    special_ad_categories=(("housing", "Housing"), ("gambling", "Gambling")),
    restricted_categories=frozenset({"housing"}),
    needs_dsa=True,
    has_dsa_default=lambda extra: bool(extra.get("payer")),
    needs_eu_political=True,
    min_schedule_hours=24,
    fields={"ad_sets.ads.creative.cover": kept("The picture before a video plays.")},
)


class SamplePlatform(Platform):
    slug = "sample"
    label = "Sample"
    capabilities = CAPABILITIES


ACCOUNT = Account("acc-1", "Acme", "USD", "Europe/Berlin", extra={"floor": "5"})


def picture(sha256: str, **fields: object) -> Media:
    values: dict[str, object] = {
        "kind": "image",
        "content_type": "image/jpeg",
        "filename": f"{sha256}.jpg",
        "size": 500_000,
        "width": 1080,
        "height": 1080,
    }
    return Media(sha256, **(values | fields))  # type: ignore[arg-type]


MEDIA = {
    media.sha256: media
    for media in (
        picture("square"),
        picture("second"),
        picture("third"),
        picture("fourth"),
        picture("heavy", size=1_000_001),
        picture("small", width=599, height=599),
        picture("tall", width=700, height=1000),
        picture("broad", width=2000, height=1000),
        picture("edge", width=1200, height=628),
        picture("tiff", content_type="image/tiff"),
        picture("film", kind="video", content_type="video/mp4", duration=30.0),
        picture("blink", kind="video", content_type="video/mp4", duration=0.5),
        picture("epic", kind="video", content_type="video/mp4", duration=60.5),
    )
}
