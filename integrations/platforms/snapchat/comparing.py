"""Compares what was approved with what Snapchat shows. Both sides are brought into the same words first. Pure.

`facts()` is written once for what we send and for what Snapchat answers, so a field cannot be forgotten on one side only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from integrations.contracts import Account, Action, Difference, Level, Node, Step
from integrations.platforms.snapchat.capabilities import MICRO_DIGITS
from integrations.platforms.snapchat.payloads import filled
from stratum.formats import money

NONE = "none"
#: Field that names what an object hangs on.
PARENT_FIELDS = {Level.AD_SET: "campaign_id", Level.AD: "ad_squad_id"}
#: What Snapchat fills in by itself where nothing was said: only a wrong value counts, not one where there was none.
_FILLED_IN = {"start", "brand name", "button", "pixel", "conversion window"}
#: How far apart creation and start may be when something began at once.
AT_ONCE = timedelta(minutes=5)
_INSTANT = "%Y-%m-%d %H:%M:%S UTC"
_Facts = dict[str, str]


def differences(
    steps: Sequence[Step], ids: Mapping[str, str], nodes: Mapping[str, Node], account: Account
) -> list[Difference]:
    """Return everything that differs. A missing object and one under our campaign that nobody approved count too."""
    found: list[Difference] = []
    for step in steps:
        if step.action is Action.CREATE and step.level is not Level.MEDIA:
            found += _of_step(step, ids, nodes.get(step.key), account)
    return found


def facts(level: Level, fields: Mapping[str, Any], account: Account) -> _Facts:
    """Return what matters about an object, as texts by what they are called in a sentence."""
    if level is Level.CAMPAIGN:
        return _campaign_facts(fields, account)
    if level is Level.AD_SET:
        return _ad_squad_facts(fields, account)
    if level is Level.CREATIVE:
        return _creative_facts(fields)
    return {"creative": str(fields.get("creative_id") or NONE), "kind of ad": str(fields.get("type") or NONE)}


def instant(value: Any) -> str:
    """Return a time of Snapchat's in UTC, to the second; "none" for none."""
    return datetime.fromisoformat(str(value)).astimezone(UTC).strftime(_INSTANT) if value else NONE


def _of_step(step: Step, ids: Mapping[str, str], node: Node | None, account: Account) -> Iterator[Difference]:
    if node is None:
        yield Difference(step.key, step.node, "existence", "there", "not there")
        return
    planned = filled(step.payload["fields"], ids)
    if step.level in PARENT_FIELDS:
        yield from _if_other(step, "parent", str(planned[PARENT_FIELDS[step.level]]), node.parent_id)
    yield from _if_other(step, "name", step.name.strip(), node.name.strip())
    for what, approved in facts(step.level, planned, account).items():
        found = str(node.fields.get(what, NONE))
        if approved == NONE and what in _FILLED_IN and what != "start":
            continue
        if what == "start" and _began_at_once(approved, found, str(node.fields.get("created", NONE))):
            continue
        yield from _if_other(step, what, approved, found)
    for stranger in node.fields.get("strangers", []):
        yield Difference(step.key, step.node, "an object that nobody approved", NONE, str(stranger))


def _if_other(step: Step, what: str, approved: str, found: str) -> Iterator[Difference]:
    if approved != found:
        yield Difference(step.key, step.node, what, approved, found)


def _began_at_once(approved: str, found: str, created: str) -> bool:
    """Say whether it began with its making, as was meant: no start was approved, or that had passed by then."""
    if NONE in (found, created):
        return approved == NONE
    made, began = _parsed(created), _parsed(found)
    is_meant = approved == NONE or _parsed(approved) <= made + AT_ONCE
    return is_meant and abs(began - made) <= AT_ONCE


def _parsed(text: str) -> datetime:
    return datetime.strptime(text, _INSTANT).replace(tzinfo=UTC)


def _campaign_facts(fields: Mapping[str, Any], account: Account) -> _Facts:
    objective, regulations = fields.get("objective_v2_properties") or {}, fields.get("regulations") or {}
    return {
        "objective": str(objective.get("objective_v2_type") or NONE),
        "daily spending cap": _amount(fields.get("daily_budget_micro"), account),
        "lifetime spending cap": _amount(fields.get("lifetime_spend_cap_micro"), account),
        "housing, credit or employment": str(bool(regulations.get("restricted_delivery_signals"))),
        "start": instant(fields.get("start_time")),
        "end": instant(fields.get("end_time")),
    }


def _ad_squad_facts(fields: Mapping[str, Any], account: Account) -> _Facts:
    placement = fields.get("placement_v2") or {}
    return {
        "daily budget": _amount(fields.get("daily_budget_micro"), account),
        "lifetime budget": _amount(fields.get("lifetime_budget_micro"), account),
        "start": instant(fields.get("start_time")),
        "end": instant(fields.get("end_time")),
        "optimization": str(fields.get("optimization_goal") or NONE),
        "pixel": str(fields.get("pixel_id") or NONE),
        "conversion window": str(fields.get("conversion_window") or NONE),
        "bidding": str(fields.get("bid_strategy") or NONE),
        "placements": str(placement.get("config") or NONE),
        **_targeting_facts(fields.get("targeting") or {}),
    }


def _targeting_facts(targeting: Mapping[str, Any]) -> _Facts:
    geos = targeting.get("geos") or []
    people = [_person(entry) for entry in targeting.get("demographics") or []]
    interests = [_listed(entry.get("category_id") or []) for entry in targeting.get("interests") or []]
    return {
        "locations": _listed([_place(geo) for geo in geos if not _is_excluded(geo)]),
        "excluded locations": _listed([_place(geo) for geo in geos if _is_excluded(geo)]),
        "ages, gender and languages": " or ".join(sorted(people)) or NONE,
        "interests": " or ".join(sorted(interests)) or NONE,
        "regulated content": str(bool(targeting.get("regulated_content"))),
    }


def _is_excluded(geo: Mapping[str, Any]) -> bool:
    return str(geo.get("operation") or "INCLUDE").upper() == "EXCLUDE"


def _place(geo: Mapping[str, Any]) -> str:
    """Return a country, or what narrows it down, whatever Snapchat can narrow by."""
    narrower = [
        f"{name} {value}"
        for name, values in sorted(geo.items())
        if name not in ("country_code", "operation", "id") and values
        for value in (values if isinstance(values, list) else [values])
    ]
    return " ".join([str(geo.get("country_code") or "").lower(), *narrower])


def _person(entry: Mapping[str, Any]) -> str:
    """Return one entry's ages, gender and languages. Snapchat answers ages as texts, and takes numbers too."""
    low, high = entry.get("min_age"), entry.get("max_age")
    ages = f"{low or 'any'} to {high}" if high else f"{low or 'any'} and older"
    groups = _listed(entry.get("age_groups") or [])
    parts = [ages if groups == NONE else groups, str(entry.get("gender") or "all genders")]
    languages = entry.get("languages")
    return ", ".join([*parts, *([f"languages {_listed(languages)}"] if languages else [])])


def _creative_facts(fields: Mapping[str, Any]) -> _Facts:
    profile, page = fields.get("profile_properties") or {}, fields.get("web_view_properties") or {}
    return {
        "kind of creative": str(fields.get("type") or NONE),
        "headline": str(fields.get("headline") or NONE),
        "brand name": str(fields.get("brand_name") or NONE),
        "button": str(fields.get("call_to_action") or NONE),
        "public profile": str(profile.get("profile_id") or NONE),
        "link": _link(page.get("url")),
        "file": str(fields.get("top_snap_media_id") or NONE),
    }


def _amount(micro: Any, account: Account) -> str:
    if not micro:
        return NONE
    text = str(micro)
    return money(Decimal(text).scaleb(-MICRO_DIGITS), account.currency) if text.isdigit() else text


def _listed(values: Sequence[Any]) -> str:
    return ", ".join(sorted(str(value) for value in values)) or NONE


def _link(link: Any) -> str:
    """Return a link; one to the top of a site with the slash that a server adds."""
    text = str(link or "")
    parts = urlsplit(text)
    return (text if parts.path or parts.query or parts.fragment else f"{text}/") if text else NONE
