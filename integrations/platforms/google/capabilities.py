"""What Google Ads takes, as data (Google Ads API v26: campaign, campaign budget, ad type infos, criteria).

A draft becomes one of two kinds of campaign: Search, when an ad set names keywords, else Demand Gen.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
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
from integrations.draft import Draft
from integrations.platforms.google.field_uses import FIELDS
from stratum.formats import money


class Channel(StrEnum):
    """`advertisingChannelType` of the campaigns we make."""

    SEARCH = "SEARCH"
    DEMAND_GEN = "DEMAND_GEN"


NAME_LIMIT = 255
MICROS = 1_000_000
#: A mutate takes at most so many operations.
MOST_OPERATIONS = 10_000
#: Currencies whose smallest billable unit is a whole one. The account's own unit, read at the sync, wins over this.
WITHOUT_DECIMALS = frozenset({"CLP", "COP", "HUF", "IDR", "ISK", "JPY", "KRW", "PYG", "TWD", "UGX", "VND"})
#: Least daily budget of Demand Gen in US dollars, used when Google named none for the account's currency.
DEMAND_GEN_MINIMUM_USD = Decimal(5)

#: How many texts each kind of ad takes: (least, most).
SEARCH_HEADLINES, SEARCH_DESCRIPTIONS = (3, 15), (2, 4)
DEMAND_GEN_HEADLINES, DEMAND_GEN_DESCRIPTIONS = (1, 5), (1, 5)
#: Responsive search ads of one ad group that can be on at once.
MOST_SEARCH_ADS = 3
BUSINESS_NAME_WIDTH = 25
KEYWORD_WIDTH, KEYWORD_WORDS = 80, 10
LINK_LIMIT = 2_048

#: The field of a Demand Gen ad that takes a picture of a shape: name, width ÷ height, least width and height in pixels.
SHAPES: Final = (
    ("squareMarketingImages", Decimal(1), 300, 300),
    ("marketingImages", Decimal("1.91"), 600, 314),
    ("portraitMarketingImages", Decimal("0.8"), 480, 600),
    ("tallPortraitMarketingImages", Decimal("0.5625"), 600, 1067),
)
RATIO_TOLERANCE = Decimal("0.01")  # of the ratio itself

#: Age groups of Google: name, youngest, oldest. The last has no end.
AGE_RANGES: Final = (
    ("AGE_RANGE_18_24", 18, 24),
    ("AGE_RANGE_25_34", 25, 34),
    ("AGE_RANGE_35_44", 35, 44),
    ("AGE_RANGE_45_54", 45, 54),
    ("AGE_RANGE_55_64", 55, 64),
    ("AGE_RANGE_65_UP", 65, 150),
)
YOUNGEST, OLDEST = 18, 65

#: Bidding by the goal's word: the campaign's field, which an empty object selects.
BIDDING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "TARGET_SPEND": "targetSpend",
        "MAXIMIZE_CONVERSIONS": "maximizeConversions",
        "MAXIMIZE_CONVERSION_VALUE": "maximizeConversionValue",
    }
)


def channel_of(draft: Draft) -> Channel:
    """Return the kind of campaign a draft becomes."""
    has_keywords = any(ad_set.targeting.keywords for ad_set in draft.ad_sets)
    return Channel.SEARCH if has_keywords else Channel.DEMAND_GEN


def minor_digits(currency: str) -> int:
    """Return how many decimals a budget in the currency has at Google: none or two."""
    return 0 if currency in WITHOUT_DECIMALS else 2


def billable_unit(account_extra: Mapping[str, Any], currency: str) -> int:
    """Return the smallest amount Google bills, in micros: what it told at the sync, else the table's."""
    return int(account_extra.get("billable_unit_micros") or MICROS // 10 ** minor_digits(currency))


def demand_gen_minimum(account_extra: Mapping[str, Any], currency: str) -> Decimal | None:
    """Return the least daily budget of a Demand Gen campaign in major units; None if it is not known here."""
    told = account_extra.get("demand_gen_minimum_micros")
    if told:
        return Decimal(int(told)) / MICROS
    return DEMAND_GEN_MINIMUM_USD if currency == "USD" else None


def minimum_daily(account_extra: Mapping[str, Any], currency: str) -> Decimal | None:
    """Return None: Google has a floor for Demand Gen alone, and fit() knows which kind a draft becomes."""
    return None


def least_budget(account_extra: Mapping[str, Any], currency: str) -> str:
    """Say what Demand Gen takes at the least; empty if that is not known."""
    least = demand_gen_minimum(account_extra, currency)
    return f"Demand Gen takes no budget below {money(least, currency)} a day." if least else ""


def width(text: str) -> int:
    """Return how wide Google counts a text: characters of double width (Chinese, Japanese, Korean) count two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


_CLICKS = Goal("link_clicks", "TARGET_SPEND")
_CONVERSIONS = Goal("conversions", "MAXIMIZE_CONVERSIONS", needs_pixel=True)
# Google is told no objective: the goal says how it bids.
_OBJECTIVES = (
    Objective("awareness", "", (_CLICKS,)),
    Objective("traffic", "", (_CLICKS,)),
    Objective("leads", "", (Goal("leads", "MAXIMIZE_CONVERSIONS", needs_pixel=True), _CLICKS)),
    Objective(
        "conversions",
        "",
        (_CONVERSIONS, Goal("conversion_value", "MAXIMIZE_CONVERSION_VALUE", needs_pixel=True), _CLICKS),
    ),
)
_IMAGE = MediaRule(
    content_types=frozenset({"image/jpeg", "image/png", "image/gif"}),
    max_bytes=5 * 1024 * 1024,
    min_width=300,
    min_height=300,
    ratio_min=Decimal("0.5569"),
    ratio_max=Decimal("1.9291"),
    advice="Best 1200 × 628 (1.91:1) and 1200 × 1200 (square) pixels; also 960 × 1200 (4:5) and 1080 × 1920 (9:16).",
    shapes=tuple(Shape(ratio, width, height) for _, ratio, width, height in SHAPES),
)
_VIDEO = MediaRule(
    content_types=frozenset({"video/mp4", "video/quicktime"}),
    max_bytes=4 * 1024 * 1024 * 1024,
    min_width=240,
    min_height=240,
    advice="Best 1920 × 1080 (16:9), 1080 × 1080 (square) or 1080 × 1920 (9:16) pixels; 10 seconds or longer.",
    duration_min=Decimal(5),
)
CAPABILITIES: Final = Capabilities(
    objectives=_OBJECTIVES,
    # The button's words in a multi-asset ad. The words of CallToActionType are the same in capitals.
    calls_to_action=MappingProxyType(
        {
            "learn_more": "Learn more",
            "shop_now": "Shop now",
            "sign_up": "Sign up",
            "subscribe": "Subscribe",
            "download": "Download",
            "book_now": "Book now",
            "contact_us": "Contact us",
            "apply_now": "Apply now",
            "get_quote": "Get quote",
            "order_now": "Order now",
            "buy_now": "Buy now",
            "donate_now": "Donate now",
            "see_more": "See more",
        }
    ),
    # Search ads show no picture at all, so none is the least; fit() asks Demand Gen ads for one.
    creatives=(Creative("image", 0, 20, {"image": _IMAGE}), Creative("video", 1, 5, {"video": _VIDEO})),
    texts=MappingProxyType(
        {
            "headlines": TextRule(hard=30, required=True, least=1, most=SEARCH_HEADLINES[1]),
            "descriptions": TextRule(hard=90, required=True, least=1, most=DEMAND_GEN_DESCRIPTIONS[1]),
        }
    ),
    name_limit=NAME_LIMIT,
    assets=(
        AssetRule("business_name", "Business name", required=False, is_text=True),
        AssetRule(AssetKind.LOGO, "Logo", required=False),
        AssetRule(AssetKind.CONVERSION_ACTION, "Conversion action", required=False, when_converting=True),
    ),
    targeting=frozenset(
        {
            "locations", "excluded_locations", "age_min", "age_max", "genders", "languages", "interests", "keywords",
        }
    ),
    age_min=YOUNGEST,
    age_max=OLDEST,
    budget_levels=frozenset({"campaign"}),
    budget_types=frozenset({"daily", "lifetime"}),
    minor_digits=minor_digits,
    minimum_daily=minimum_daily,
    least_budget=least_budget,
    fields=FIELDS,
    count=width,
    counting="A Chinese, Japanese or Korean character counts two, as do most emoji.",
    overspend_per_day=Decimal(2),
    overspend_note="Google may spend up to twice a daily budget on one day, but at most 30.4 times it in a month.",
    needs_eu_political=True,
    # Google's ValueTrack parameters.
    url_macros={
        "campaign_id": "{campaignid}",
        "ad_set_id": "{adgroupid}",
        "ad_id": "{creative}",
        "placement": "{placement}",
    },
    placements=(
        Placement("search", "Search result", Look.SEARCH, with_keywords=True),
        Placement("discover", "Discover", Look.TILE, with_keywords=False),
        Placement("youtube", "YouTube", Look.POST, with_keywords=False),
    ),
)  # fmt: skip
