"""The Ads API v1 as its documentation has it, in tables: addresses, parameters, fields, values, and which go together.

Written from the documentation, not from what we send: "Campaigns", "Ad squads", "Creatives", "Ads", "Media", "Targeting",
"API patterns". `problems` says what a body has that it may not have, or lacks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

ID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
ADS, BUSINESS = "https://adsapi.snapchat.com", "https://businessapi.snapchat.com"
LISTED = frozenset({"limit", "cursor", "sort", "read_deleted_entities"})
WITH_PLACEMENT = LISTED | {"return_placement_v2"}
#: Method and address → query parameters it may have.
ADDRESSES: dict[tuple[str, str], frozenset[str]] = {
    ("GET", f"{ADS}/v1/me"): frozenset(),
    ("GET", f"{ADS}/v1/me/organizations"): LISTED | {"with_ad_accounts"},
    ("GET", f"{ADS}/v1/organizations/{ID}/adaccounts"): LISTED,
    ("GET", f"{ADS}/v1/adaccounts/{ID}/pixels"): LISTED,
    ("GET", f"{BUSINESS}/v1/organizations/{ID}/public_profiles"): LISTED,
    ("GET", f"{ADS}/v1/adaccounts/{ID}/(campaigns|creatives|media)"): LISTED,
    ("GET", f"{ADS}/v1/campaigns/{ID}/adsquads"): WITH_PLACEMENT,
    ("GET", f"{ADS}/v1/adsquads/{ID}/ads"): LISTED,
    ("GET", f"{ADS}/v1/(campaigns|ads|creatives|media)/{ID}"): frozenset(),
    ("GET", f"{ADS}/v1/adsquads/{ID}"): frozenset({"return_placement_v2"}),
    ("POST", f"{ADS}/v1/adaccounts/{ID}/(campaigns|creatives|media)"): frozenset(),
    ("POST", f"{ADS}/v1/campaigns/{ID}/adsquads"): frozenset(),
    ("POST", f"{ADS}/v1/adsquads/{ID}/ads"): frozenset(),
    ("PUT", f"{ADS}/v1/adaccounts/{ID}/campaigns"): frozenset(),
    ("PUT", f"{ADS}/v1/campaigns/{ID}/adsquads"): frozenset(),
    ("PUT", f"{ADS}/v1/adsquads/{ID}/ads"): frozenset(),
    ("POST", f"{ADS}/v1/media/{ID}/upload"): frozenset(),
    ("POST", f"{ADS}/v1/media/{ID}/multipart-upload-v2"): frozenset({"action"}),
    ("DELETE", f"{ADS}/v1/(campaigns|adsquads|ads)/{ID}"): frozenset(),
    ("GET", f"{ADS}/v1/targeting/geo/country"): frozenset(),
    ("GET", f"{ADS}/v1/targeting/geo/[a-z]{{2}}/region"): frozenset(),
    ("GET", f"{ADS}/v1/targeting/demographics/languages"): frozenset(),
    ("GET", f"{ADS}/v1/targeting(/v1)?/interests/scls"): frozenset({"country_code"}),
}
#: Where a list of objects stands in an address.
PLURALS = ("campaigns", "adsquads", "ads", "creatives", "media")

Check = Callable[[Any], bool]


def matches(pattern: str) -> Check:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def text(longest: int) -> Check:
    return lambda value: isinstance(value, str) and 0 < len(value) <= longest


def one_of(values: str) -> Check:
    return lambda value: value in values.split()


def micro(least: int) -> Check:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= least


def is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def is_time(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def is_https(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 2_048 and urlsplit(value).scheme == "https"


def shape(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"required": required, "optional": optional or {}}


IDENTITY, NAME, SWITCH = matches(ID), text(375), one_of("ACTIVE PAUSED")
GOALS = (
    "IMPRESSIONS SWIPES LANDING_PAGE_VIEW VIDEO_VIEWS VIDEO_VIEWS_15_SEC STORY_OPENS USES PIXEL_PAGE_VIEW PIXEL_ADD_TO_CART "
    "PIXEL_PURCHASE PIXEL_SIGNUP LEAD_FORM_SUBMISSIONS APP_INSTALLS APP_SIGNUP APP_ADD_TO_CART APP_PURCHASE "
    "APP_REENGAGE_OPEN APP_REENGAGE_PURCHASE"
)
BUTTONS = (
    "APPLY_NOW BOOK_NOW BUY_TICKETS DONATE DOWNLOAD GET_NOW LISTEN MORE ORDER_NOW PLAY PLAY_GAME PRE_REGISTER READ RESPOND "
    "SHOP_NOW SHOW SHOWTIMES SIGN_UP TRY VIEW VIEW_MENU VOTE WATCH"
)
OPERATION = one_of("INCLUDE EXCLUDE")
#: An entry in a list is one shape in a list; a list of ids is a list of one check.
TARGETING = shape(
    {"geos": [shape({"country_code": matches("[a-z]{2}")}, {"region_id": [text(10)], "operation": OPERATION})]},
    {
        "demographics": [
            shape(
                {},
                {
                    "min_age": matches("1[3-9]|[2-4][0-9]|5[0-5]"),
                    "max_age": matches("1[3-9]|[2-4][0-9]|5[0-4]"),
                    "gender": one_of("MALE FEMALE"),
                    "languages": [matches("[a-z]{2}")],
                },
            )
        ],
        "interests": [shape({"category_id": [matches(r"SLC_\d+")]}, {"operation": OPERATION})],
        "regulated_content": is_bool,
        "enable_targeting_expansion": is_bool,
    },
)
SHAPES: dict[str, dict[str, Any]] = {
    "campaigns": shape(
        {
            "ad_account_id": IDENTITY,
            "name": NAME,
            "status": SWITCH,
            "start_time": is_time,
            "objective_v2_properties": shape(
                {"objective_v2_type": one_of("AWARENESS_AND_ENGAGEMENT TRAFFIC LEADS APP_PROMOTION SALES")},
                {"promotion_type": one_of("APP_INSTALL APP_REENGAGEMENT PROMOTE_PLACES PROMOTE_SHOWS")},
            ),
        },
        {
            "buy_model": one_of("AUCTION RESERVED"),
            "daily_budget_micro": micro(20_000_000),
            "lifetime_spend_cap_micro": micro(20_000_000),
            "end_time": is_time,
            "regulations": shape({"restricted_delivery_signals": is_bool}),
            "creation_state": one_of("PUBLISHED"),
        },
    ),
    "adsquads": shape(
        {
            "campaign_id": IDENTITY,
            "name": NAME,
            "type": one_of("SNAP_ADS"),
            "status": SWITCH,
            "targeting": TARGETING,
            "placement_v2": shape({"config": one_of("AUTOMATIC CUSTOM")}),
            "billing_event": one_of("IMPRESSION"),
            "bid_strategy": one_of("AUTO_BID LOWEST_COST_WITH_MAX_BID TARGET_COST"),
            "delivery_constraint": one_of("DAILY_BUDGET LIFETIME_BUDGET"),
            "optimization_goal": one_of(GOALS),
        },
        {
            "bid_micro": micro(10_000),
            "daily_budget_micro": micro(5_000_000),
            "lifetime_budget_micro": micro(5_000_000),
            "pixel_id": IDENTITY,
            "conversion_window": one_of("SWIPE_28DAY_VIEW_1DAY SWIPE_7DAY"),
            "start_time": is_time,
            "end_time": is_time,
            "pacing_type": one_of("STANDARD ACCELERATED"),
        },
    ),
    "creatives": shape(
        {
            "ad_account_id": IDENTITY,
            "name": NAME,
            "type": one_of("WEB_VIEW"),
            "headline": text(34),
            "top_snap_media_id": IDENTITY,
            "profile_properties": shape({"profile_id": IDENTITY}),
            "web_view_properties": shape({"url": is_https}, {"block_preload": is_bool}),
        },
        {
            "brand_name": text(32),
            "call_to_action": one_of(BUTTONS),
            "shareable": is_bool,
            "top_snap_crop_position": one_of("OPTIMIZED MIDDLE TOP BOTTOM"),
        },
    ),
    "ads": shape(
        {
            "ad_squad_id": IDENTITY,
            "creative_id": IDENTITY,
            "name": NAME,
            "status": SWITCH,
            "type": one_of("REMOTE_WEBPAGE"),  # the type that goes with WEB_VIEW
        }
    ),
    "media": shape({"name": NAME, "type": one_of("IMAGE VIDEO"), "ad_account_id": IDENTITY}),
}


def address_problems(method: str, address: str) -> list[str]:
    """What is wrong with where a request goes."""
    parts = urlsplit(address)
    plain, names = (
        f"{parts.scheme}://{parts.netloc}{parts.path}",
        {pair.split("=")[0] for pair in parts.query.split("&")},
    )
    for (known, pattern), allowed in ADDRESSES.items():
        if known == method and re.fullmatch(pattern.replace(".", r"\.", 2), plain):
            return [f"{method} {plain} takes no {name}" for name in names - allowed - {""}]
    return [f"{method} {plain} is not documented"]


def problems(plural: str, row: dict[str, Any], *, is_new: bool) -> list[str]:
    """What one object has that it may not have, or lacks. An object that is replaced names its id, a new one does not."""
    own = dict(row)
    found = [] if is_new else list(_of_value("id", own.pop("id", None), IDENTITY))
    return [*found, *_of_value(plural, own, SHAPES[plural]), *_together(plural, own)]


def _of_value(path: str, value: Any, wanted: Any) -> Iterator[str]:
    if callable(wanted):
        if not wanted(value):
            yield f"{path} cannot be {value!r}"
    elif isinstance(wanted, list):
        if not isinstance(value, list) or not value:
            yield f"{path} must be a list with something in it"
            return
        for item in value:
            yield from _of_value(path, item, wanted[0])
    else:
        yield from _of_shape(path, value, wanted)


def _of_shape(path: str, value: Any, wanted: dict[str, Any]) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path} must be an object"
        return
    known = wanted["required"] | wanted["optional"]
    yield from (f"{path}.{name} is missing" for name in wanted["required"] if name not in value)
    for name, inner in value.items():
        if name not in known:
            yield f"{path}.{name} is unknown"
        else:
            yield from _of_value(f"{path}.{name}", inner, known[name])


def _together(plural: str, row: dict[str, Any]) -> Iterator[str]:
    """Rules that more than one field has part in."""
    if is_time(row.get("start_time")) and is_time(row.get("end_time")):
        begins, ends = (datetime.fromisoformat(row[name]) for name in ("start_time", "end_time"))
        if ends <= begins:
            yield f"{plural}.end_time is not after start_time"
    if plural == "adsquads":
        yield from _of_ad_squad(row)


def _of_ad_squad(row: dict[str, Any]) -> Iterator[str]:
    daily, lifetime = "daily_budget_micro" in row, "lifetime_budget_micro" in row
    if daily == lifetime:
        yield "one of daily_budget_micro and lifetime_budget_micro"
    if lifetime and "end_time" not in row:
        yield "lifetime_budget_micro needs end_time"
    if row.get("delivery_constraint") != ("DAILY_BUDGET" if daily else "LIFETIME_BUDGET"):
        yield "delivery_constraint does not fit the budget"
    if ("bid_micro" in row) == (row.get("bid_strategy") == "AUTO_BID"):
        yield "bid_micro goes with every strategy but AUTO_BID"
    counted = str(row.get("optimization_goal")).startswith("PIXEL_")
    if counted and "pixel_id" not in row:
        yield "a PIXEL_ goal needs pixel_id"
    if "conversion_window" in row and not counted:
        yield "conversion_window goes with PIXEL_ goals alone"
    spec = row.get("targeting") or {}
    included = {geo["country_code"] for geo in spec.get("geos", []) if geo.get("operation") != "EXCLUDE"}
    people = spec.get("demographics", [])
    if not included:
        yield "nothing is targeted"
    if len(included) > 1 and not (len(people) == 1 and people[0].get("languages")):
        yield "several countries need one demographics entry with languages"
