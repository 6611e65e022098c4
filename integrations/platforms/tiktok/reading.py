"""Finds and reads objects at TikTok: by our mark, by parent and name, by id, and a whole tree at once.

Reference: TikTok API for Business v1.3, /campaign/get/, /adgroup/get/, /ad/get/, /file/image/ad/search/,
/file/video/ad/search/. Lists leave deleted objects out unless they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from integrations.contracts import Account, Level, Node, Step
from integrations.marks import mark
from integrations.platforms.tiktok import targeting
from integrations.platforms.tiktok.client import Ads
from integrations.platforms.tiktok.comparing import facts

_Row = dict[str, Any]
_FIELDS: dict[Level, list[str]] = {
    Level.CAMPAIGN: [
        "campaign_id", "campaign_name", "operation_status", "secondary_status", "objective_type", "budget_mode", "budget",
        "budget_optimize_on", "special_industries",
    ],
    Level.AD_SET: [
        "adgroup_id", "campaign_id", "adgroup_name", "operation_status", "secondary_status", "create_time", "budget_mode",
        "budget", "schedule_type", "schedule_start_time", "schedule_end_time", "optimization_goal", "pixel_id",
        "optimization_event", "placements", "location_ids", "age_groups", "gender", "languages", "interest_category_ids",
        "smart_audience_enabled", "smart_interest_behavior_enabled",
    ],
    Level.AD: [
        "ad_id", "adgroup_id", "ad_name", "operation_status", "secondary_status", "ad_format", "identity_type",
        "identity_id", "video_id", "image_ids", "music_id", "ad_text", "call_to_action", "landing_page_url",
    ],
}  # fmt: skip
#: Level → (list, its objects' id, the name of objects, the filter by id, the parent's id).
_PLACES: dict[Level, tuple[str, str, str, str, str]] = {
    Level.CAMPAIGN: ("campaign/get/", "campaign_id", "campaign_name", "campaign_ids", ""),
    Level.AD_SET: ("adgroup/get/", "adgroup_id", "adgroup_name", "adgroup_ids", "campaign_id"),
    Level.AD: ("ad/get/", "ad_id", "ad_name", "ad_ids", "adgroup_id"),
}
_FILES = {"image": ("file/image/ad/search/", "image_id"), "video": ("file/video/ad/search/", "video_id")}
_FILES_PER_PAGE = 100


# Finding ----------------------------------------------------------------------------------------------------------------


def find(ads: Ads, steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> dict[str, list[str]]:
    """Look up what the steps made, oldest first. No entry: not there, or under a parent that is not known.

    Covers and music are never looked up: they are only read, and what is asked again changes nothing.
    """
    advertiser = account.external_id
    found = {
        **_campaigns(ads, [step for step in steps if step.level is Level.CAMPAIGN], advertiser),
        **_children(ads, [step for step in steps if step.level is Level.AD_SET], ids, advertiser),
        **_children(ads, [step for step in steps if step.level is Level.AD], ids, advertiser),
        **_files(ads, [step for step in steps if step.level is Level.MEDIA], advertiser),
    }
    return {key: external_ids for key, external_ids in found.items() if external_ids}


def _campaigns(ads: Ads, steps: Sequence[Step], advertiser: str) -> dict[str, list[str]]:
    """Find campaigns by name. TikTok's own comparison is vague, so the mark decides."""
    found = {}
    for step in steps:
        query = {
            "advertiser_id": advertiser,
            "filtering": {"campaign_name": step.name},
            "fields": ["campaign_id", "campaign_name", "create_time"],
        }
        rows = (
            row for row in ads.pages("campaign/get/", query) if _name(row, "campaign_name").endswith(mark(step.key))
        )
        found[step.key] = _oldest_first(rows, "campaign_id")
    return found


def _children(ads: Ads, steps: Sequence[Step], ids: Mapping[str, str], advertiser: str) -> dict[str, list[str]]:
    """Find ad groups or ads by parent and name; the parent is the first thing such a step needs."""
    placed = [(step, ids[step.needs[0]]) for step in steps if step.needs and step.needs[0] in ids]
    if not placed:
        return {}
    path, own_id, own_name, _, parent_id = _PLACES[placed[0][0].level]
    parents = list(dict.fromkeys(parent for _, parent in placed))
    fields = [own_id, own_name, parent_id, "create_time"]
    rows = list(ads.filtered(path, advertiser, f"{parent_id}s", parents, fields=fields))
    return {
        step.key: _oldest_first(
            (row for row in rows if str(row.get(parent_id)) == parent and _name(row, own_name) == step.name.strip()),
            own_id,
        )
        for step, parent in placed
    }


def _files(ads: Ads, steps: Sequence[Step], advertiser: str) -> dict[str, list[str]]:
    """Find uploads by the mark in their names. Pictures are asked for by their size, films by their name."""
    found = {}
    for step in steps:
        path, own_id = _FILES.get(step.payload.get("kind", ""), ("", ""))
        if path == _FILES["image"][0]:
            filtering = {"width": step.payload["width"], "height": step.payload["height"]}
        elif path:
            filtering = {"video_name": mark(step.key).strip()}
        else:
            continue
        query = {"advertiser_id": advertiser, "filtering": filtering}
        rows = ads.pages(path, query, size=_FILES_PER_PAGE)
        found[step.key] = _oldest_first((row for row in rows if mark(step.key) in _name(row, "file_name")), own_id)
    return found


def _name(row: Mapping[str, Any], field: str) -> str:
    return str(row.get(field) or "").strip()


def _oldest_first(rows: Iterable[_Row], own_id: str) -> list[str]:
    """TikTok lists the newest first and tells times to the second: within a second the order of the list decides."""
    upwards = list(rows)[::-1]
    return [str(row[own_id]) for row in sorted(upwards, key=lambda row: str(row.get("create_time") or ""))]


# Reading ----------------------------------------------------------------------------------------------------------------


def read(ads: Ads, ids: Mapping[str, str], steps: Sequence[Step], account: Account) -> dict[str, Node]:
    """Read the steps' objects back. Deleted ones do not exist; files are not read, ads show them."""
    wanted = {step.key: step for step in steps if step.key in ids and step.level in _PLACES}
    rows = _tree(ads, wanted, ids, account)
    missing = {key: step for key, step in wanted.items() if (step.level, ids[key]) not in rows}
    for level in _PLACES:
        own = [ids[key] for key, step in missing.items() if step.level is level]
        rows |= _by_id(ads, level, own, account.external_id)
    names = _country_names(ads, wanted.values(), account)
    return {
        key: _node(step.level, rows[step.level, ids[key]], account, names)
        for key, step in wanted.items()
        if (step.level, ids[key]) in rows
    }


def present(ads: Ads, advertiser: str, level: Level, ids: Sequence[str]) -> set[str]:
    """Return those of the ids whose objects are there and not deleted."""
    return {external_id for _, external_id in _by_id(ads, level, ids, advertiser)}


def _tree(
    ads: Ads, wanted: Mapping[str, Step], ids: Mapping[str, str], account: Account
) -> dict[tuple[Level, str], _Row]:
    """Read a campaign and all that is below it, three lists in all; nothing when no campaign is asked for."""
    campaign = next((ids[key] for key, step in wanted.items() if step.level is Level.CAMPAIGN), None)
    rows = _by_id(ads, Level.CAMPAIGN, [campaign] if campaign else [], account.external_id)
    top = rows.get((Level.CAMPAIGN, campaign or ""))
    if campaign is None or top is None:
        return {}
    for level in (Level.AD_SET, Level.AD):
        rows |= _rows(ads, level, "campaign_ids", [campaign], account.external_id)
    top["strangers"] = sorted({external_id for _, external_id in rows} - set(ids.values()))
    return rows


def _by_id(ads: Ads, level: Level, ids: Sequence[str], advertiser: str) -> dict[tuple[Level, str], _Row]:
    return _rows(ads, level, _PLACES[level][3], ids, advertiser) if ids else {}


def _rows(ads: Ads, level: Level, name: str, ids: Sequence[str], advertiser: str) -> dict[tuple[Level, str], _Row]:
    path, own_id, _, _, _ = _PLACES[level]
    listed = ads.filtered(path, advertiser, name, ids, fields=_FIELDS[level])
    return {(level, str(row[own_id])): row for row in listed if not is_deleted(row)}


def is_deleted(row: Mapping[str, Any]) -> bool:
    return str(row.get("secondary_status") or "").endswith("_DELETE") or row.get("operation_status") == "DELETE"


def _country_names(ads: Ads, steps: Iterable[Step], account: Account) -> dict[str, str]:
    """Return the code of each country by TikTok's id for it, so that both sides name places in the same words."""
    objectives = {str(step.payload["objective"]) for step in steps if step.payload.get("objective")}
    named: dict[str, str] = {}
    for objective in sorted(objectives):
        found = targeting.countries(ads, account.external_id, objective)
        named |= {location_id: code for code, location_id in found.items()}
    return named


def _node(level: Level, row: _Row, account: Account, countries: Mapping[str, str]) -> Node:
    _, own_id, own_name, _, parent_id = _PLACES[level]
    if level is Level.AD_SET:
        places = [countries.get(str(place), str(place)) for place in row.get("location_ids") or []]
        row = {**row, "location_ids": places}
    fields: dict[str, Any] = dict(facts(level, row, account))
    if level is Level.AD_SET:
        fields["created"] = str(row.get("create_time") or "none")
    if row.get("strangers"):
        fields["strangers"] = row["strangers"]
    parent = str(row.get(parent_id) or "") if parent_id else account.external_id
    is_on = row.get("operation_status") == "ENABLE"
    return Node(str(row[own_id]), level, parent, _name(row, own_name), is_on, fields)
