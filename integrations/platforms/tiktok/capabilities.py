"""What TikTok takes, as data (TikTok API for Business v1.3: /campaign/create/, /adgroup/create/, /ad/create/).

Ads run on TikTok itself, no other placement. There a still picture is shown as a carousel with music or not at all
("Create Carousel Ads"), so a draft's single picture becomes a carousel of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from integrations.capabilities import (
    AssetRule,
    Capabilities,
    Creative,
    Goal,
    Look,
    MediaRule,
    Objective,
    Placement,
    Shape,
    TextRule,
)
from integrations.contracts import AssetKind
from integrations.platforms.tiktok import currencies
from integrations.platforms.tiktok.field_uses import FIELDS
from integrations.platforms.tiktok.wording import width
from stratum.formats import money

NAME_LIMIT = 512
FILE_NAME_LIMIT = 100
TEXT_LIMIT = 100
MOST_ADS_PER_CALL = 20
MOST_IDS_PER_SWITCH = 20

#: The billing event that goes with an optimization goal: TikTok takes no other.
BILLING: Final[Mapping[str, str]] = MappingProxyType(
    {"REACH": "CPM", "CLICK": "CPC", "ENGAGED_VIEW": "CPV", "CONVERT": "OCPM"}
)
#: What the ad groups of an objective promote: (promotion_type, promotion_target_type).
PROMOTIONS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "REACH": ("WEBSITE_OR_DISPLAY", ""),
        "VIDEO_VIEWS": ("WEBSITE_OR_DISPLAY", ""),
        "TRAFFIC": ("WEBSITE", ""),
        "LEAD_GENERATION": ("LEAD_GENERATION", "EXTERNAL_WEBSITE"),
        "WEB_CONVERSIONS": ("WEBSITE", ""),
    }
)
#: Objectives whose daily budget is the same every day: a budget that varies within a week needs TikTok's permission.
FIXED_DAILY: Final = frozenset({"REACH", "VIDEO_VIEWS"})
#: Objectives that take carousels ("Create Carousel Ads", Steps 1).
CAROUSEL_OBJECTIVES: Final = frozenset({"REACH", "TRAFFIC", "LEAD_GENERATION", "WEB_CONVERSIONS"})

#: `optimization_event` of our conversion events, and the one an objective means when the draft names none.
EVENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "purchase": "SHOPPING",
        "lead": "FORM",
        "add_to_cart": "ON_WEB_CART",
        "start_checkout": "INITIATE_ORDER",
        "registration": "ON_WEB_REGISTER",
        "subscribe": "ON_WEB_SUBSCRIBE",
        "view_content": "ON_WEB_DETAIL",
        "contact": "CONSULT",
    }
)
DEFAULT_EVENTS: Final[Mapping[str, str]] = MappingProxyType({"leads": "FORM", "conversions": "SHOPPING"})

#: TikTok's age groups: name, youngest, oldest. The last has no end.
AGE_GROUPS: Final = (
    ("AGE_13_17", 13, 17),
    ("AGE_18_24", 18, 24),
    ("AGE_25_34", 25, 34),
    ("AGE_35_44", 35, 44),
    ("AGE_45_54", 45, 54),
    ("AGE_55_100", 55, 100),
)
ADULT, OLDEST = 18, 100

#: "A maximum of 1242 × 2340 pixels or 2340 × 1242 pixels" ("Create Carousel Ads", Steps 3).
PICTURE_SHORT_SIDE, PICTURE_LONG_SIDE = 1242, 2340
#: Shapes a film may have: width ÷ height, and the least width and height in pixels ("Video ads specifications").
FILM_SHAPES: Final = (
    ("9:16", Decimal("0.5625"), 540, 960),
    ("1:1", Decimal(1), 640, 640),
    ("16:9", Decimal("1.7778"), 960, 540),
)
SHAPE_TOLERANCE = Decimal("0.01")


def minimum_daily(account_extra: Mapping[str, Any], currency: str) -> Decimal | None:
    """Return the least daily budget of an ad group in major units; fit() knows the campaign's, which is higher."""
    return currencies.ad_set_floor(currency)


def least_budget(account_extra: Mapping[str, Any], currency: str) -> str:
    """Say what TikTok takes at the least, of a campaign and of an ad set; empty for a currency it does not list."""
    campaign, ad_set = currencies.campaign_floor(currency), currencies.ad_set_floor(currency)
    if campaign is None or ad_set is None:
        return ""
    return (
        f"TikTok takes no campaign budget below {money(campaign, currency)}, a day or in all, and no ad set's below "
        f"{money(ad_set, currency)} a day."
    )


_OBJECTIVES = (
    Objective("awareness", "REACH", (Goal("reach", "REACH"),)),
    Objective("traffic", "TRAFFIC", (Goal("link_clicks", "CLICK"),)),
    Objective("video_views", "VIDEO_VIEWS", (Goal("video_views", "ENGAGED_VIEW"),)),
    Objective(
        "leads",
        "LEAD_GENERATION",
        (Goal("leads", "CONVERT", needs_pixel=True), Goal("link_clicks", "CLICK")),
    ),
    Objective("conversions", "WEB_CONVERSIONS", (Goal("conversions", "CONVERT", needs_pixel=True),)),
)
_PICTURE = MediaRule(
    content_types=frozenset({"image/jpeg", "image/png"}),
    max_bytes=50 * 1024 * 1024,
    min_width=1,
    min_height=1,
    ratio_min=Decimal("0.45"),
    ratio_max=Decimal("2.2222"),
    advice="Best 1080 × 1920 (9:16) or 1080 × 1080 (square) pixels; at most 1242 × 2340 or 2340 × 1242.",
    max_short_side=PICTURE_SHORT_SIDE,
    max_long_side=PICTURE_LONG_SIDE,
)
_FILM = MediaRule(
    content_types=frozenset({"video/mp4", "video/quicktime", "video/mpeg", "video/x-msvideo", "video/3gpp"}),
    max_bytes=500 * 1024 * 1024,
    min_width=540,
    min_height=540,
    ratio_min=Decimal("0.5625"),
    ratio_max=Decimal("1.7778"),
    advice="Best 1080 × 1920 pixels (9:16) with sound, 9 to 15 seconds; 1:1 and 16:9 are taken too.",
    duration_min=Decimal(5),
    duration_max=Decimal(60),
    shapes=tuple(Shape(ratio, width, height) for _, ratio, width, height in FILM_SHAPES),
    wants_sound=True,
)
CAPABILITIES: Final = Capabilities(
    objectives=_OBJECTIVES,
    calls_to_action=MappingProxyType(
        {
            "learn_more": "LEARN_MORE",
            "shop_now": "SHOP_NOW",
            "sign_up": "SIGN_UP",
            "subscribe": "SUBSCRIBE",
            "download": "DOWNLOAD_NOW",
            "book_now": "BOOK_NOW",
            "contact_us": "CONTACT_US",
            "apply_now": "APPLY_NOW",
            "get_quote": "GET_QUOTE",
            "order_now": "ORDER_NOW",
            "buy_tickets": "GET_TICKETS_NOW",
            "watch_more": "WATCH_NOW",
            "listen_now": "LISTEN_NOW",
            "play_game": "PLAY_GAME",
            "see_more": "VIEW_NOW",
        }
    ),
    creatives=(
        Creative("video", 1, 1, {"video": _FILM}),
        Creative("carousel", 2, 35, {"image": _PICTURE}),
        Creative("image", 1, 1, {"image": _PICTURE}),
    ),
    texts=MappingProxyType({"primary_text": TextRule(hard=TEXT_LIMIT, required=True, emoji=False, least=1)}),
    name_limit=NAME_LIMIT,
    emoji_in_names=False,
    assets=(
        AssetRule(AssetKind.IDENTITY, "TikTok account", required=True),
        AssetRule(AssetKind.MUSIC, "Music", required=False),
        AssetRule(AssetKind.PIXEL, "Pixel", required=False, when_converting=True),
    ),
    targeting=frozenset({"locations", "age_min", "age_max", "genders", "languages", "interests"}),
    age_min=13,
    age_max=OLDEST,
    budget_levels=frozenset({"campaign", "ad_set"}),
    budget_types=frozenset({"daily", "lifetime"}),
    minor_digits=currencies.minor_digits,
    minimum_daily=minimum_daily,
    least_budget=least_budget,
    fields=FIELDS,
    count=width,
    counting="A Chinese, Japanese or Korean character counts two.",
    overspend_per_day=Decimal("1.25"),
    overspend_note="TikTok may spend up to 125 % of a daily budget on one day, but at most seven times it in a week.",
    special_ad_categories=(
        ("housing", "Housing"),
        ("employment", "Employment"),
        ("credit", "Credit"),
    ),
    restricted_categories=frozenset({"housing", "employment", "credit"}),
    # TikTok's macros for landing page addresses.
    url_macros={
        "campaign_id": "__CAMPAIGN_ID__",
        "ad_set_id": "__AID__",
        "ad_id": "__CID__",
        "placement": "__PLACEMENT__",
    },
    placements=(Placement("for_you", "For You feed", Look.CLIP),),
)
