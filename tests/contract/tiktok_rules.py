"""TikTok's API for Business v1.3 as tables: endpoints, their fields, values and what goes with what.

Written from the reference of each endpoint, not from what is sent: nothing here is taken from the product.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Check = Callable[[Any], bool]
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\ufe0f]")
_WIDE = re.compile("[\u1100-\u115f\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]")


def text(most: int) -> Check:
    """A text without emoji of at most so many characters, of which the wide ones of East Asia count two."""
    return lambda value: (
        isinstance(value, str)
        and 1 <= sum(2 if _WIDE.match(character) else 1 for character in value) <= most
        and not _EMOJI.search(value)
    )


def number_text(value: Any) -> bool:
    """An id: digits in a string."""
    return isinstance(value, str) and value.isdigit()


def any_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def signed_64(value: Any) -> bool:
    """A 64-bit integer in a string."""
    return number_text(value) and int(value) < 2**63


def time(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d", value) is not None


def money(value: Any) -> bool:
    """An amount in major units with two decimals at most; no text, no cents, no micros."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0 and round(value, 2) == value


def flag(value: Any) -> bool:
    return isinstance(value, bool)


def whole(low: int, high: int) -> Check:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def link(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"https?://[^\s.]+\.[^\s]+", value) is not None


def one_of(*options: str) -> Check:
    return lambda value: value in options


def many(check: Check, least: int, most: int) -> Check:
    return lambda value: isinstance(value, list) and least <= len(value) <= most and all(check(item) for item in value)


def some_of(*options: str) -> Check:
    return lambda value: many(one_of(*options), 1, len(options))(value) and len(set(value)) == len(value)


def fields(allowed: Mapping[str, Check]) -> Check:
    """An object with none but these fields."""
    return lambda value: (
        isinstance(value, dict) and all(name in allowed and allowed[name](value[name]) for name in value)
    )


@dataclass(frozen=True)
class Endpoint:
    """One endpoint: its method, fields that must be there, fields that may, and whether a token goes with it."""

    method: str
    required: Mapping[str, Check]
    optional: Mapping[str, Check] = field(default_factory=dict)
    has_token: bool = True
    is_form: bool = False


STATUS = one_of("ENABLE", "DISABLE")
ADVERTISER = {"advertiser_id": number_text}
APP = {"app_id": number_text, "secret": any_text}
PAGES = {"page": whole(1, 10_000), "page_size": whole(1, 1000)}
IDS = many(number_text, 1, 100)
PLACEMENTS = some_of("PLACEMENT_TIKTOK", "PLACEMENT_PANGLE", "PLACEMENT_GLOBAL_APP_BUNDLE")
OBJECTIVE = one_of("REACH", "TRAFFIC", "VIDEO_VIEWS", "ENGAGEMENT", "LEAD_GENERATION", "APP_PROMOTION", "WEB_CONVERSIONS",
                   "PRODUCT_SALES", "BRAND_CONSIDERATION")  # fmt: skip
PRIMARY = one_of("STATUS_ALL", "STATUS_NOT_DELETE", "STATUS_DELETE")
TIMES = {"creation_filter_start_time": time, "creation_filter_end_time": time, "primary_status": PRIMARY}

CREATIVE: Mapping[str, Check] = {
    "ad_name": text(512),
    "ad_format": one_of("SINGLE_VIDEO", "CAROUSEL_ADS"),
    "operation_status": STATUS,
    "identity_type": one_of("TT_USER", "BC_AUTH_TT", "CUSTOMIZED_USER"),
    "identity_id": any_text,
    "identity_authorized_bc_id": number_text,
    "dark_post_status": one_of("ON", "OFF"),
    "video_id": any_text,
    "image_ids": many(any_text, 1, 35),
    "music_id": number_text,
    "ad_text": text(100),
    "call_to_action": one_of(
        "APPLY_NOW", "BOOK_NOW", "CALL_NOW", "CONTACT_US", "DOWNLOAD_NOW", "EXPERIENCE_NOW", "GET_QUOTE", "GET_SHOWTIMES",
        "GET_TICKETS_NOW", "INSTALL_NOW", "INTERESTED", "LEARN_MORE", "LISTEN_NOW", "ORDER_NOW", "PLAY_GAME",
        "PREORDER_NOW", "READ_MORE", "SEND_MESSAGE", "SHOP_NOW", "SIGN_UP", "SUBSCRIBE", "VIEW_NOW", "VISIT_STORE",
        "WATCH_NOW",
    ),
    "landing_page_url": link,
}  # fmt: skip
CREATIVE_REQUIRED = ("ad_name", "ad_format", "identity_type", "identity_id", "ad_text", "call_to_action",
                     "landing_page_url", "image_ids", "operation_status")  # fmt: skip

CAMPAIGN_FIELDS = some_of(
    "campaign_id", "campaign_name", "advertiser_id", "operation_status", "secondary_status", "objective_type",
    "budget_mode", "budget", "budget_optimize_on", "special_industries", "create_time", "modify_time",
)  # fmt: skip
AD_GROUP_FIELDS = some_of(
    "adgroup_id", "campaign_id", "adgroup_name", "operation_status", "secondary_status", "create_time", "modify_time",
    "budget_mode", "budget", "schedule_type", "schedule_start_time", "schedule_end_time", "optimization_goal", "pixel_id",
    "optimization_event", "placements", "location_ids", "age_groups", "gender", "languages", "interest_category_ids",
    "smart_audience_enabled", "smart_interest_behavior_enabled", "billing_event", "bid_type",
)  # fmt: skip
AD_FIELDS = some_of(
    "ad_id", "adgroup_id", "campaign_id", "ad_name", "operation_status", "secondary_status", "ad_format", "identity_type",
    "identity_id", "video_id", "image_ids", "music_id", "ad_text", "call_to_action", "landing_page_url", "create_time",
)  # fmt: skip

ENDPOINTS: Mapping[str, Endpoint] = {
    "oauth2/access_token": Endpoint(
        "POST", {**APP, "auth_code": any_text}, {"return_advertiser_ids": flag}, has_token=False
    ),
    "oauth2/revoke_token": Endpoint("POST", {**APP, "access_token": any_text}, has_token=False),
    "oauth2/advertiser/get": Endpoint("GET", APP),
    "user/info": Endpoint("GET", {}),
    "advertiser/info": Endpoint(
        "GET",
        {"advertiser_ids": IDS},
        {
            "fields": some_of(
                "advertiser_id", "name", "currency", "timezone", "display_timezone", "country", "status", "role",
                "balance", "company", "owner_bc_id", "advertiser_account_type", "create_time", "can_use_custom_identity",
                "ads_only_mode",
            )
        },
    ),
    "identity/get": Endpoint("GET", ADVERTISER, {"page": whole(1, 10_000), "page_size": whole(1, 100)}),
    "pixel/list": Endpoint("GET", ADVERTISER, {"page": whole(1, 10_000), "page_size": whole(1, 20)}),
    "file/music/get": Endpoint(
        "GET",
        {
            **ADVERTISER, "music_scene": one_of("CAROUSEL_ADS"),
            "search_type": one_of("SEARCH_BY_KEYWORD", "SEARCH_BY_RECOMMEND", "SEARCH_BY_LIKED", "SEARCH_BY_HISTORY",
                                  "SEARCH_BY_SOURCE"),
        },
        {
            "filtering": fields(
                {"keyword": any_text, "image_urls": many(link, 2, 35), "sources": some_of("SYSTEM", "USER")}
            )
        },
    ),
    "tool/region": Endpoint(
        "GET", {**ADVERTISER, "placements": PLACEMENTS, "objective_type": OBJECTIVE},
        {"level_range": one_of("ALL", "TO_COUNTRY", "TO_PROVINCE", "TO_CITY", "TO_DISTRICT")},
    ),
    "tool/targeting/search": Endpoint(
        "GET",
        {
            **ADVERTISER, "placements": PLACEMENTS, "objective_type": OBJECTIVE, "search_type": one_of("FUZZY_SEARCH"),
            "keywords": many(any_text, 1, 1),
        },
        {"geo_types": some_of("COUNTRY", "PROVINCE", "CITY", "DISTRICT", "DMA", "ZIP_CODE")},
    ),
    "tool/language": Endpoint("GET", ADVERTISER),
    "tool/interest_category": Endpoint(
        "GET", ADVERTISER, {"version": whole(1, 2), "language": any_text, "placements": PLACEMENTS}
    ),
    "campaign/create": Endpoint(
        "POST",
        {
            **ADVERTISER, "campaign_name": text(512), "objective_type": OBJECTIVE, "operation_status": STATUS,
            "budget_mode": one_of("BUDGET_MODE_INFINITE", "BUDGET_MODE_TOTAL", "BUDGET_MODE_DAY",
                                  "BUDGET_MODE_DYNAMIC_DAILY_BUDGET"),
        },
        {
            "budget": money, "budget_optimize_on": flag, "request_id": signed_64,
            "special_industries": some_of("HOUSING", "EMPLOYMENT", "CREDIT"),
        },
    ),
    "adgroup/create": Endpoint(
        "POST",
        {
            **ADVERTISER, "campaign_id": number_text, "adgroup_name": text(512), "operation_status": STATUS,
            "budget_mode": one_of("BUDGET_MODE_TOTAL", "BUDGET_MODE_DAY", "BUDGET_MODE_DYNAMIC_DAILY_BUDGET"),
            "budget": money, "schedule_type": one_of("SCHEDULE_FROM_NOW", "SCHEDULE_START_END"),
            "schedule_start_time": time, "optimization_goal": any_text, "billing_event": any_text,
            "pacing": one_of("PACING_MODE_SMOOTH", "PACING_MODE_FAST"), "location_ids": many(number_text, 1, 3_000),
        },
        {
            "request_id": signed_64, "promotion_type": any_text, "promotion_target_type": one_of("EXTERNAL_WEBSITE"),
            "placement_type": one_of("PLACEMENT_TYPE_NORMAL", "PLACEMENT_TYPE_AUTOMATIC"), "placements": PLACEMENTS,
            "schedule_end_time": time, "pixel_id": number_text,
            "optimization_event": one_of("SHOPPING", "INITIATE_ORDER", "ON_WEB_CART", "ON_WEB_DETAIL", "ON_WEB_REGISTER",
                                         "ON_WEB_SUBSCRIBE", "ON_WEB_SEARCH", "ON_WEB_ADD_TO_WISHLIST", "ADD_BILLING",
                                         "FORM", "CONSULT", "DOWNLOAD_START"),
            "bid_type": one_of("BID_TYPE_NO_BID", "BID_TYPE_CUSTOM"), "bid_display_mode": one_of("CPV", "CPMV"),
            "age_groups": some_of("AGE_13_17", "AGE_18_24", "AGE_25_34", "AGE_35_44", "AGE_45_54", "AGE_55_100"),
            "gender": one_of("GENDER_MALE", "GENDER_FEMALE", "GENDER_UNLIMITED"),
            "languages": many(any_text, 1, 50), "interest_category_ids": many(number_text, 1, 100),
        },
    ),
    "ad/create": Endpoint(
        "POST", {**ADVERTISER, "adgroup_id": number_text, "creatives": many(fields(CREATIVE), 1, 20)}
    ),
    "campaign/get": Endpoint(
        "GET", ADVERTISER,
        {**PAGES, "fields": CAMPAIGN_FIELDS,
         "filtering": fields({"campaign_ids": IDS, "campaign_name": any_text, **TIMES})},
    ),
    "adgroup/get": Endpoint(
        "GET", ADVERTISER,
        {**PAGES, "fields": AD_GROUP_FIELDS,
         "filtering": fields({"campaign_ids": IDS, "adgroup_ids": IDS, "adgroup_name": any_text, **TIMES})},
    ),
    "ad/get": Endpoint(
        "GET", ADVERTISER,
        {**PAGES, "fields": AD_FIELDS,
         "filtering": fields({"campaign_ids": IDS, "adgroup_ids": IDS, "ad_ids": IDS, **TIMES})},
    ),
    **{
        f"{level}/status/update": Endpoint(
            "POST",
            {**ADVERTISER, f"{level}_ids": many(number_text, 1, 20),
             "operation_status": one_of("ENABLE", "DISABLE", "DELETE")},
            {"allow_partial_success": flag} if level == "adgroup" else {},
        )
        for level in ("campaign", "adgroup", "ad")
    },
    "file/image/ad/upload": Endpoint(
        "POST",
        {**ADVERTISER, "upload_type": one_of("UPLOAD_BY_FILE", "UPLOAD_BY_URL"), "file_name": text(100)},
        {"image_signature": lambda value: re.fullmatch("[0-9a-f]{32}", value) is not None, "image_file": any_text,
         "image_url": link},
        is_form=True,
    ),
    "file/video/ad/upload": Endpoint(
        "POST",
        {**ADVERTISER, "upload_type": one_of("UPLOAD_BY_FILE"), "file_name": text(100),
         "video_signature": lambda value: re.fullmatch("[0-9a-f]{32}", value) is not None, "video_file": any_text},
        is_form=True,
    ),
    "file/image/ad/info": Endpoint("GET", {**ADVERTISER, "image_ids": many(any_text, 1, 100)}),
    "file/video/ad/info": Endpoint("GET", {**ADVERTISER, "video_ids": many(any_text, 1, 60)}),
    "file/video/suggestcover": Endpoint(
        "GET", {**ADVERTISER, "video_id": any_text}, {"poster_number": whole(1, 10)}
    ),
    "file/image/ad/search": Endpoint(
        "GET", ADVERTISER,
        {"page": whole(1, 10_000), "page_size": whole(1, 100),
         "filtering": fields({"image_ids": many(any_text, 1, 100), "width": whole(1, 10_000), "height": whole(1, 10_000)})},
    ),
    "file/video/ad/search": Endpoint(
        "GET", ADVERTISER,
        {"page": whole(1, 10_000), "page_size": whole(1, 100),
         "filtering": fields({"video_ids": many(any_text, 1, 100), "video_name": any_text})},
    ),
}  # fmt: skip

# What goes with what ----------------------------------------------------------------------------------------------------

BILLED: Mapping[str, str] = {
    "CLICK": "CPC", "PAGE_VISIT": "CPC", "CONVERT": "OCPM", "VALUE": "OCPM", "REACH": "CPM", "SHOW": "CPM",
    "ENGAGED_VIEW": "CPV", "ENGAGED_VIEW_FIFTEEN": "CPV",
}  # fmt: skip
GOALS: Mapping[str, Sequence[str]] = {
    "REACH": ("REACH", "SHOW"), "TRAFFIC": ("CLICK",), "VIDEO_VIEWS": ("ENGAGED_VIEW", "ENGAGED_VIEW_FIFTEEN"),
    "LEAD_GENERATION": ("CONVERT", "CLICK"), "WEB_CONVERSIONS": ("CONVERT", "VALUE"),
}  # fmt: skip
PROMOTIONS: Mapping[str, str] = {
    "REACH": "WEBSITE_OR_DISPLAY", "VIDEO_VIEWS": "WEBSITE_OR_DISPLAY", "TRAFFIC": "WEBSITE",
    "LEAD_GENERATION": "LEAD_GENERATION", "WEB_CONVERSIONS": "WEBSITE",
}  # fmt: skip
FIXED_DAILY = ("REACH", "VIDEO_VIEWS", "ENGAGEMENT")


def problems(name: str, values: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the fields of a request to an endpoint."""
    endpoint = ENDPOINTS[name]
    allowed = {**endpoint.required, **endpoint.optional}
    yield from (f"{key} is missing" for key in endpoint.required if key not in values)
    yield from (f"{key} is unknown" for key in values if key not in allowed)
    for key, value in values.items():
        if key in allowed and not allowed[key](value):
            yield f"{key} cannot be {value!r}"
    if name == "ad/create":
        for creative in values.get("creatives", []):
            yield from _creative_problems(creative)


def campaign_problems(campaign: Mapping[str, Any]) -> Iterator[str]:
    """Yield what does not go together within a campaign."""
    mode, is_shared = campaign["budget_mode"], campaign.get("budget_optimize_on", False)
    if (mode == "BUDGET_MODE_INFINITE") is ("budget" in campaign):
        yield "a budget goes with every mode but INFINITE"
    if is_shared and mode == "BUDGET_MODE_INFINITE":
        yield "a shared budget is none without a limit"
    if not is_shared and mode == "BUDGET_MODE_DYNAMIC_DAILY_BUDGET":
        yield "a dynamic budget of a campaign is a shared one"
    if mode == "BUDGET_MODE_DYNAMIC_DAILY_BUDGET" and campaign["objective_type"] in FIXED_DAILY:
        yield "a dynamic budget needs permission for this objective"


def group_problems(campaign: Mapping[str, Any], group: Mapping[str, Any]) -> Iterator[str]:
    """Yield what does not go together within an ad group, or with its campaign."""
    objective, goal = campaign["objective_type"], group["optimization_goal"]
    if goal not in GOALS.get(objective, ()):
        yield f"{goal} does not go with {objective}"
    if group["billing_event"] != BILLED.get(goal):
        yield f"{goal} is billed by {BILLED.get(goal)}"
    if group.get("promotion_type") != PROMOTIONS.get(objective):
        yield f"{objective} promotes {PROMOTIONS.get(objective)}"
    if (objective == "LEAD_GENERATION") is not ("promotion_target_type" in group):
        yield "leads alone say what they promote"
    if (objective == "VIDEO_VIEWS") is not (group.get("bid_display_mode") == "CPV"):
        yield "views are shown by CPV"
    is_measured = {"pixel_id", "optimization_event"} <= set(group)
    if is_measured is not (goal in ("CONVERT", "VALUE")):
        yield "conversions alone have a pixel and an event"
    yield from _budget_problems(campaign, group)
    if group.get("placement_type") != "PLACEMENT_TYPE_AUTOMATIC" and not group.get("placements"):
        yield "placements are missing"


def _budget_problems(campaign: Mapping[str, Any], group: Mapping[str, Any]) -> Iterator[str]:
    mode = group["budget_mode"]
    has_end = group["schedule_type"] == "SCHEDULE_START_END"
    if has_end is not ("schedule_end_time" in group):
        yield "an end goes with START_END"
    if group.get("schedule_end_time", "9") <= group["schedule_start_time"]:
        yield "the end is before the start"
    if mode == "BUDGET_MODE_TOTAL" and not has_end:
        yield "a total budget needs an end"
    if mode == "BUDGET_MODE_DYNAMIC_DAILY_BUDGET" and campaign["objective_type"] in FIXED_DAILY:
        yield "a dynamic budget needs permission for this objective"
    if campaign["budget_mode"] == "BUDGET_MODE_DAY" and mode == "BUDGET_MODE_TOTAL":
        yield "a total budget does not go below a daily one"
    if campaign.get("budget_optimize_on") and "bid_type" not in group:
        yield "under a shared budget the kind of bid is named"


def _creative_problems(creative: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{key} is missing" for key in CREATIVE_REQUIRED if key not in creative)
    if (creative.get("identity_type") == "BC_AUTH_TT") is not ("identity_authorized_bc_id" in creative):
        yield "a shared account names its Business Center, and no other does"
    if creative.get("ad_format") == "SINGLE_VIDEO":
        if len(creative.get("image_ids", [])) != 1 or "video_id" not in creative or "music_id" in creative:
            yield "a film has one cover and no music"
    elif "music_id" not in creative or "video_id" in creative:
        yield "a carousel has music and no film"
