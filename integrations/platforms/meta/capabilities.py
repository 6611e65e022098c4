"""What Meta takes, as data (Marketing API v26.0: campaign, ad set and creative references, "Ads guide" for media).

Objectives, goals and their pairs: ad set reference, "Optimization goals". Text lengths are display advice, not limits.
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
    TextRule,
)
from integrations.contracts import AssetKind
from integrations.platforms.meta.field_uses import FIELDS
from stratum.formats import money

NAME_LIMIT = 400
#: "Name of this ad creative": shorter than the names of the other objects.
CREATIVE_NAME_LIMIT = 100

#: Currencies whose budgets have no minor units (Marketing API, "Currencies"). Every other has 100, whatever ISO 4217
#: says: also BHD, JOD and KWD.
WITHOUT_MINOR_UNITS = frozenset({"CLP", "COP", "CRC", "HUF", "ISK", "IDR", "JPY", "KRW", "PYG", "TWD", "VND"})


def minor_digits(currency: str) -> int:
    """Return how many decimals a budget in the currency has at Meta: none or two."""
    return 0 if currency in WITHOUT_MINOR_UNITS else 2


def minimum_daily(account_extra: Mapping[str, Any], currency: str) -> Decimal | None:
    """Return the account's least daily budget in major units, as Meta gave it; None if it gave none."""
    minor = account_extra.get("min_daily_budget")
    return Decimal(minor).scaleb(-minor_digits(currency)) if minor else None


def least_budget(account_extra: Mapping[str, Any], currency: str) -> str:
    """Say what the account's least daily budget is; empty if Meta has not said it."""
    least = minimum_daily(account_extra, currency)
    return f"Meta takes no budget below {money(least, currency)} a day on this account." if least else ""


def has_dsa_default(account_extra: Mapping[str, Any]) -> bool:
    """Say whether the account itself names the beneficiary and the payor of ads in the EU."""
    return bool(account_extra.get("default_dsa_beneficiary") and account_extra.get("default_dsa_payor"))


#: `destination_type` of an ad set by its objective and goal; left out where Meta wants none.
DESTINATIONS: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("OUTCOME_TRAFFIC", "LINK_CLICKS"): "WEBSITE",
        ("OUTCOME_TRAFFIC", "LANDING_PAGE_VIEWS"): "WEBSITE",
        ("OUTCOME_ENGAGEMENT", "POST_ENGAGEMENT"): "ON_POST",
        ("OUTCOME_ENGAGEMENT", "THRUPLAY"): "ON_VIDEO",
        ("OUTCOME_ENGAGEMENT", "LINK_CLICKS"): "WEBSITE",
        ("OUTCOME_LEADS", "OFFSITE_CONVERSIONS"): "WEBSITE",
        ("OUTCOME_LEADS", "LINK_CLICKS"): "WEBSITE",
        ("OUTCOME_LEADS", "LANDING_PAGE_VIEWS"): "WEBSITE",
        ("OUTCOME_SALES", "OFFSITE_CONVERSIONS"): "WEBSITE",
        ("OUTCOME_SALES", "VALUE"): "WEBSITE",
        ("OUTCOME_SALES", "LINK_CLICKS"): "WEBSITE",
    }
)
#: Objectives whose ad sets promote the Page itself.
PROMOTES_PAGE = frozenset({"OUTCOME_AWARENESS", "OUTCOME_ENGAGEMENT"})

#: `custom_event_type` of our conversion events, and the one an objective means when the draft names none.
EVENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "purchase": "PURCHASE",
        "lead": "LEAD",
        "add_to_cart": "ADD_TO_CART",
        "start_checkout": "INITIATED_CHECKOUT",
        "registration": "COMPLETE_REGISTRATION",
        "subscribe": "SUBSCRIBE",
        "view_content": "CONTENT_VIEW",
        "contact": "CONTACT",
    }
)
DEFAULT_EVENTS: Final[Mapping[str, str]] = MappingProxyType({"leads": "LEAD", "conversions": "PURCHASE"})

_OBJECTIVES = (
    Objective(
        "awareness",
        "OUTCOME_AWARENESS",
        (Goal("reach", "REACH"), Goal("impressions", "IMPRESSIONS"), Goal("video_views", "THRUPLAY")),
    ),
    Objective(
        "traffic",
        "OUTCOME_TRAFFIC",
        (
            Goal("link_clicks", "LINK_CLICKS"),
            Goal("landing_page_views", "LANDING_PAGE_VIEWS"),
            Goal("reach", "REACH"),
            Goal("impressions", "IMPRESSIONS"),
        ),
    ),
    Objective(
        "engagement",
        "OUTCOME_ENGAGEMENT",
        (Goal("engagement", "POST_ENGAGEMENT"), Goal("video_views", "THRUPLAY"), Goal("link_clicks", "LINK_CLICKS")),
    ),
    Objective("video_views", "OUTCOME_ENGAGEMENT", (Goal("video_views", "THRUPLAY"),)),
    Objective(
        "leads",
        "OUTCOME_LEADS",
        (
            Goal("leads", "OFFSITE_CONVERSIONS", needs_pixel=True),
            Goal("link_clicks", "LINK_CLICKS"),
            Goal("landing_page_views", "LANDING_PAGE_VIEWS"),
        ),
    ),
    Objective(
        "conversions",
        "OUTCOME_SALES",
        (
            Goal("conversions", "OFFSITE_CONVERSIONS", needs_pixel=True),
            Goal("conversion_value", "VALUE", needs_pixel=True),
            Goal("link_clicks", "LINK_CLICKS"),
        ),
    ),
)

# Ratios a hair wider than 9:16 and 1.91:1, so that a picture of 1200 × 628 pixels passes.
_TALLEST, _WIDEST = Decimal("0.56"), Decimal("1.92")
_IMAGE = MediaRule(
    content_types=frozenset({"image/jpeg", "image/png"}),
    max_bytes=30 * 1024 * 1024,
    min_width=600,
    min_height=314,
    ratio_min=_TALLEST,
    ratio_max=_WIDEST,
    advice="Best 1080 × 1080 (square) or 1080 × 1350 (4:5) pixels; 1200 × 628 for link ads.",
)
_CARD = MediaRule(
    content_types=frozenset({"image/jpeg", "image/png"}),
    max_bytes=30 * 1024 * 1024,
    min_width=600,
    min_height=314,
    ratio_min=_TALLEST,
    ratio_max=_WIDEST,
    advice="Best 1080 × 1080 pixels; Meta crops the cards of a carousel to one shape.",
)
_VIDEO = MediaRule(
    content_types=frozenset({"video/mp4", "video/quicktime"}),
    max_bytes=4 * 1024 * 1024 * 1024,
    min_width=120,
    min_height=120,
    ratio_min=_TALLEST,
    ratio_max=_WIDEST,
    advice="Best 1080 × 1350 pixels (4:5), or 1080 × 1920 (9:16) for stories and reels; under 15 seconds.",
    duration_min=Decimal(1),
    duration_max=Decimal(241 * 60),
)
_CUTS: Final = MappingProxyType({"primary_text": 125, "headlines": 40, "descriptions": 30})
CAPABILITIES: Final = Capabilities(
    objectives=_OBJECTIVES,
    calls_to_action=MappingProxyType(
        {
            "learn_more": "LEARN_MORE",
            "shop_now": "SHOP_NOW",
            "sign_up": "SIGN_UP",
            "subscribe": "SUBSCRIBE",
            "download": "DOWNLOAD",
            "book_now": "BOOK_NOW",
            "contact_us": "CONTACT_US",
            "apply_now": "APPLY_NOW",
            "get_quote": "GET_QUOTE",
            "get_offer": "GET_OFFER",
            "order_now": "ORDER_NOW",
            "buy_now": "BUY_NOW",
            "buy_tickets": "BUY_TICKETS",
            "watch_more": "WATCH_MORE",
            "listen_now": "LISTEN_NOW",
            "play_game": "PLAY_GAME",
            "donate_now": "DONATE_NOW",
            "see_more": "SEE_MORE",
        }
    ),
    creatives=(
        Creative("image", 1, 1, {"image": _IMAGE}),
        Creative("video", 1, 1, {"video": _VIDEO}),
        Creative("carousel", 2, 10, {"image": _CARD}),
    ),
    texts=MappingProxyType(
        {
            "primary_text": TextRule(soft=125),
            "headlines": TextRule(soft=40, required=True, least=1),
            "descriptions": TextRule(soft=30),
        }
    ),
    name_limit=NAME_LIMIT,
    assets=(
        AssetRule(AssetKind.PAGE, "Facebook Page", required=True),
        AssetRule(AssetKind.INSTAGRAM, "Instagram account", required=False),
        AssetRule(AssetKind.PIXEL, "Pixel", required=False, when_converting=True),
    ),
    targeting=frozenset({"locations", "excluded_locations", "age_min", "age_max", "genders", "languages", "interests"}),
    age_min=13,
    age_max=65,
    budget_levels=frozenset({"campaign", "ad_set"}),
    budget_types=frozenset({"daily", "lifetime"}),
    minor_digits=minor_digits,
    minimum_daily=minimum_daily,
    least_budget=least_budget,
    fields=FIELDS,
    overspend_per_day=Decimal("1.75"),
    overspend_note="Meta may spend up to 175 % of a daily budget on one day, but at most seven times it in a week.",
    special_ad_categories=(
        ("housing", "Housing"),
        ("employment", "Employment"),
        ("financial_products_services", "Financial products and services"),
        ("issues_elections_politics", "Social issues, elections or politics"),
        ("online_gambling_and_gaming", "Online gambling and gaming"),
    ),
    restricted_categories=frozenset({"housing", "employment", "financial_products_services"}),
    needs_dsa=True,
    has_dsa_default=has_dsa_default,
    min_schedule_hours=24,
    # Meta's dynamic URL parameters.
    url_macros={
        "campaign_id": "{{campaign.id}}",
        "ad_set_id": "{{adset.id}}",
        "ad_id": "{{ad.id}}",
        "placement": "{{placement}}",
    },
    placements=(
        # "Ads guide": what fits before "See more"; a story cuts its text as a feed does.
        Placement("facebook_feed", "Facebook", Look.FEED, _CUTS),
        Placement("instagram_feed", "Instagram", Look.POST, {"primary_text": 125}),
        Placement("stories", "Stories", Look.STORY, {"primary_text": 125}),
    ),
)
