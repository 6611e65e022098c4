"""What Snapchat takes, as data (Ads API v1: campaigns, ad squads, creatives, media; "Targeting").

Objectives and goals are not tied to each other on delivery; the pairs here are those that Ads Manager shows as it made
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from babel.numbers import get_currency_precision

from integrations.capabilities import (
    AssetRule,
    Capabilities,
    Creative,
    Goal,
    Look,
    MediaRule,
    Objective,
    Placement,
    TextRule,
)
from integrations.contracts import AssetKind
from integrations.platforms.snapchat.field_uses import FIELDS
from stratum.formats import money

NAME_LIMIT = 375
BRAND_LIMIT = 32
#: All money is in millionths of the account's currency, whatever the currency.
MICRO_DIGITS = 6
#: Least budget of an ad squad, daily or lifetime, and least spending cap of a campaign: units of any currency.
LEAST_BUDGET, LEAST_CAP = Decimal(5), Decimal(20)
YOUNGEST, ADULT = 13, 18
#: The eldest that can be named; it means "and older".
OLDEST = 55

LANDING_PAGE_VIEW = "LANDING_PAGE_VIEW"
#: Goal of Snapchat's for a conversion event of ours. Events without one cannot be optimized for.
EVENT_GOALS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "purchase": "PIXEL_PURCHASE",
        "add_to_cart": "PIXEL_ADD_TO_CART",
        "registration": "PIXEL_SIGNUP",
        "lead": "PIXEL_SIGNUP",
        "subscribe": "PIXEL_SIGNUP",
        "view_content": "PIXEL_PAGE_VIEW",
    }
)


def minor_digits(currency: str) -> int:
    """Return how many decimals a budget may have: as many as the currency itself, though Snapchat counts millionths."""
    return min(get_currency_precision(currency), MICRO_DIGITS)


def minimum_daily(account_extra: Mapping[str, Any], currency: str) -> Decimal | None:
    """Return none: the floor holds for a whole lifetime as for a day, so the fit says it, not this rule for each day."""
    return None


def least_budget(account_extra: Mapping[str, Any], currency: str) -> str:
    """Say what Snapchat takes at the least of an ad set, whether daily or lifetime."""
    return f"Snapchat takes no ad set's budget below {money(LEAST_BUDGET, currency)}, daily or lifetime."


_OBJECTIVES = (
    Objective(
        "awareness",
        "AWARENESS_AND_ENGAGEMENT",
        (Goal("impressions", "IMPRESSIONS"), Goal("video_views", "VIDEO_VIEWS")),
    ),
    Objective(
        "traffic",
        "TRAFFIC",
        (
            Goal("link_clicks", "SWIPES"),
            Goal("landing_page_views", LANDING_PAGE_VIEW),
            Goal("impressions", "IMPRESSIONS"),
        ),
    ),
    Objective(
        "engagement",
        "AWARENESS_AND_ENGAGEMENT",
        (Goal("engagement", "SWIPES"), Goal("video_views", "VIDEO_VIEWS"), Goal("impressions", "IMPRESSIONS")),
    ),
    Objective("video_views", "AWARENESS_AND_ENGAGEMENT", (Goal("video_views", "VIDEO_VIEWS"),)),
    Objective(
        "leads",
        "LEADS",
        (
            Goal("leads", "PIXEL_SIGNUP", needs_pixel=True),
            Goal("link_clicks", "SWIPES"),
            Goal("landing_page_views", LANDING_PAGE_VIEW),
        ),
    ),
    Objective(
        "conversions",
        "SALES",
        (
            Goal("conversions", "PIXEL_PURCHASE", needs_pixel=True),
            Goal("link_clicks", "SWIPES"),
            Goal("landing_page_views", LANDING_PAGE_VIEW),
        ),
    ),
)

_UPRIGHT = Decimal("0.5625")  # 9:16
_IMAGE = MediaRule(
    content_types=frozenset({"image/jpeg", "image/png"}),
    max_bytes=5 * 1024 * 1024,
    min_width=1080,
    min_height=1920,
    ratio_min=_UPRIGHT,
    ratio_max=_UPRIGHT,
    advice="1080 × 1920 pixels (9:16, upright), JPEG or PNG, at most 5 MB. Keep 150 pixels clear at top and bottom.",
)
_VIDEO = MediaRule(
    content_types=frozenset({"video/mp4", "video/quicktime"}),
    max_bytes=1024 * 1024 * 1024,
    min_width=1080,
    min_height=1920,
    ratio_min=_UPRIGHT,
    ratio_max=_UPRIGHT,
    advice="1080 × 1920 pixels (9:16, upright), MP4 or MOV with H.264 and sound, 3 to 180 seconds.",
    duration_min=Decimal(3),
    duration_max=Decimal(180),
    codecs=frozenset({"h264"}),
    wants_sound=True,
)
CAPABILITIES: Final = Capabilities(
    objectives=_OBJECTIVES,
    # Snapchat has a closed list without "learn more"; what has no word of its own goes by the nearest.
    calls_to_action=MappingProxyType(
        {
            "learn_more": "MORE",
            "shop_now": "SHOP_NOW",
            "sign_up": "SIGN_UP",
            "subscribe": "SIGN_UP",
            "download": "DOWNLOAD",
            "book_now": "BOOK_NOW",
            "contact_us": "MORE",
            "apply_now": "APPLY_NOW",
            "get_quote": "MORE",
            "get_offer": "GET_NOW",
            "order_now": "ORDER_NOW",
            "buy_now": "SHOP_NOW",
            "buy_tickets": "BUY_TICKETS",
            "watch_more": "WATCH",
            "listen_now": "LISTEN",
            "play_game": "PLAY_GAME",
            "donate_now": "DONATE",
            "see_more": "MORE",
        }
    ),
    creatives=(Creative("image", 1, 1, {"image": _IMAGE}), Creative("video", 1, 1, {"video": _VIDEO})),
    texts=MappingProxyType({"headlines": TextRule(hard=34, required=True, least=1)}),
    name_limit=NAME_LIMIT,
    assets=(
        AssetRule(AssetKind.PROFILE, "Public profile", required=True),
        AssetRule("business_name", "Brand name", required=False, is_text=True),
        AssetRule(AssetKind.PIXEL, "Snap Pixel", required=False, when_converting=True),
    ),
    targeting=frozenset({"locations", "excluded_locations", "age_min", "age_max", "genders", "languages", "interests"}),
    age_min=YOUNGEST,
    age_max=OLDEST,
    budget_levels=frozenset({"campaign", "ad_set"}),
    budget_types=frozenset({"daily", "lifetime"}),
    minor_digits=minor_digits,
    minimum_daily=minimum_daily,
    least_budget=least_budget,
    fields=FIELDS,
    special_ad_categories=(("housing", "Housing"), ("credit", "Credit"), ("employment", "Employment")),
    restricted_categories=frozenset({"housing", "credit", "employment"}),
    # Snapchat's URL macros.
    url_macros={
        "campaign_id": "{{campaign.id}}",
        "ad_set_id": "{{adSet.id}}",
        "ad_id": "{{ad.id}}",
    },
    placements=(Placement("between_snaps", "Between Snaps", Look.SNAP),),
)
