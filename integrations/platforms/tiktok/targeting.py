"""Places, languages and interests at TikTok, looked up at the account: which exist there, and by which ids.

Reference: TikTok API for Business v1.3, /tool/region/, /tool/targeting/search/, /tool/language/,
/tool/interest_category/. Which countries an account reaches depends on where it is registered and on the objective.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from integrations.contracts import Account, Order, TargetingKind, TargetingOption
from integrations.errors import PlatformError
from integrations.memory import DAY, HOUR, remembered
from integrations.platforms.tiktok import payloads
from integrations.platforms.tiktok.client import Ads, listed
from integrations.platforms.tiktok.refusals import LABEL
from integrations.reach import not_here, unreached
from stratum.formats import country

PLACEMENTS = ["PLACEMENT_TIKTOK"]
MOST_ANSWERS = 25
#: TikTok's kinds of places, and what they are to a draft.
_KINDS = {"COUNTRY": "country", "PROVINCE": "region", "DMA": "region", "CITY": "city", "DISTRICT": "city"}
#: A search must name an objective; the draft's may still change, and this one reaches as many places as any.
_SEARCH_OBJECTIVE = "TRAFFIC"


def countries(ads: Ads, advertiser: str, objective: str) -> dict[str, str]:
    """Return TikTok's id of each country that the account may show ads in, by ISO 3166-1 alpha-2 code."""

    def look_up() -> dict[str, str]:
        query = {"advertiser_id": advertiser, "placements": PLACEMENTS, "objective_type": objective}
        page = ads.get("tool/region/", {**query, "level_range": "TO_COUNTRY"})
        return {
            str(row["region_code"]).upper(): str(row["location_id"])
            for row in listed(page, "region_info")
            if row.get("level") == "COUNTRY" and row.get("region_code")
        }

    return remembered(("tiktok-countries", advertiser, objective), DAY, look_up)


def resolved(ads: Ads, fields: Mapping[str, Any], objective: str, node: str) -> dict[str, Any]:
    """Return an ad group's fields with ids in the place of `{"$country": code}`; PlatformError if there is none."""
    wanted = [place["$country"] for place in fields["location_ids"] if isinstance(place, Mapping)]
    if not wanted:
        return dict(fields)
    path = f"{node}.targeting.locations"
    known = require(ads, str(fields["advertiser_id"]), objective, dict.fromkeys(wanted, path))
    ids = [known[place["$country"]] if isinstance(place, Mapping) else place for place in fields["location_ids"]]
    return {**fields, "location_ids": ids}


def require(ads: Ads, advertiser: str, objective: str, places: Mapping[str, str]) -> dict[str, str]:
    """Return the ids of the account's countries; PlatformError of kind invalid if a wanted one is not among them.

    `places` maps each wanted code to the draft path that names it.
    """
    known = countries(ads, advertiser, objective) if places else {}
    missing = [code for code in places if code not in known]
    if missing:
        raise not_here(missing, LABEL, places[missing[0]])
    return known


def refused_places(ads: Ads, order: Order) -> dict[str, PlatformError]:
    """Return an error for each ad group, by its step's key, with countries that the account may not show ads in."""
    return unreached(order, countries(ads, order.account.external_id, payloads.objective_of(order.draft)), LABEL)


def search(ads: Ads, account: Account, kind: TargetingKind, text: str) -> list[TargetingOption]:
    """Look up places, languages or interests whose names hold the text."""
    if kind is TargetingKind.LANGUAGE:
        return _languages(ads, account, text)
    if kind is TargetingKind.INTEREST:
        return _interests(ads, account, text)
    query = {
        "advertiser_id": account.external_id,
        "objective_type": _SEARCH_OBJECTIVE,
        "placements": PLACEMENTS,
        "search_type": "FUZZY_SEARCH",
        "keywords": [text],
        "geo_types": list(_KINDS),
    }
    rows = listed(ads.get("tool/targeting/search/", query), "targeting_tag_list")
    return [option for row in rows if (option := _place(row))][:MOST_ANSWERS]


def _place(row: Mapping[str, Any]) -> TargetingOption | None:
    geo, status = row.get("geo"), row.get("status_info")
    is_off = isinstance(status, Mapping) and status.get("status") == "DISABLED"
    if not isinstance(geo, Mapping) or geo.get("geo_type") not in _KINDS or is_off:
        return None
    kind, code = _KINDS[str(geo["geo_type"])], str(geo.get("region_code") or "")
    if kind == "country":
        return TargetingOption(code, str(row.get("name") or code), kind=kind) if code else None
    detail = str(geo.get("description") or "") or country(code)
    return TargetingOption(str(geo["geo_id"]), str(row["name"]), detail, kind=kind, country=code)


def _languages(ads: Ads, account: Account, text: str) -> list[TargetingOption]:
    def look_up() -> list[dict[str, Any]]:
        return listed(ads.get("tool/language/", {"advertiser_id": account.external_id}), "languages")

    rows = remembered(("tiktok-languages", account.external_id), DAY, look_up)
    return [TargetingOption(str(row["code"]), str(row["name"])) for row in _holding(rows, "name", text)]


def _interests(ads: Ads, account: Account, text: str) -> list[TargetingOption]:
    def look_up() -> list[dict[str, Any]]:
        query = {"advertiser_id": account.external_id, "version": 2, "language": "en", "placements": PLACEMENTS}
        return listed(ads.get("tool/interest_category/", query), "interest_categories")

    rows = remembered(("tiktok-interests", account.external_id), HOUR, look_up)
    parents = {str(child): row for row in rows for child in row.get("sub_category_ids") or []}
    return [
        TargetingOption(
            str(row["interest_category_id"]), str(row["interest_category_name"]), " › ".join(_above(row, parents))
        )
        for row in _holding(rows, "interest_category_name", text)
    ]


def _above(row: Mapping[str, Any], parents: Mapping[str, Mapping[str, Any]]) -> list[str]:
    names: list[str] = []
    parent = parents.get(str(row["interest_category_id"]))
    while parent is not None and len(names) < len(parents):
        names.insert(0, str(parent["interest_category_name"]))
        parent = parents.get(str(parent["interest_category_id"]))
    return names


def _holding(rows: Iterable[Mapping[str, Any]], name: str, text: str) -> list[Mapping[str, Any]]:
    """Return the rows whose name holds the text, those that begin with it first."""
    wanted = text.casefold()
    found = [row for row in rows if wanted in str(row.get(name) or "").casefold()]
    return sorted(found, key=lambda row: not str(row[name]).casefold().startswith(wanted))[:MOST_ANSWERS]
