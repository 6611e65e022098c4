"""Compares what was approved with what Meta shows. Both sides are brought into the same words first. Pure.

`facts()` is written once for what we send and for what Meta answers, so a field cannot be forgotten on one side only.
What Meta fills in by itself (kinds of location, temporary picture addresses) is no fact here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from integrations.contracts import Account, Action, Difference, Level, Node, Step
from integrations.platforms.meta.calls import filled
from integrations.platforms.meta.capabilities import minor_digits
from integrations.platforms.meta.payloads import ADULT, OLDEST
from stratum.formats import money

NONE = "none"
#: What Meta fills in by itself where nothing was said: only a wrong value counts, not one where there was none.
_FILLED_IN = {"start", "promoted page", "pixel", "conversion event", "Instagram account"}
_PARENT_FIELDS = {Level.AD_SET: "campaign_id", Level.AD: "adset_id"}
#: How far apart creation and start may be when an ad set began at once.
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
        return _ad_set_facts(fields, account)
    if level is Level.CREATIVE:
        return _creative_facts(fields)
    creative = fields.get("creative")
    return {"creative": _creative_id(creative) if isinstance(creative, Mapping) else NONE}


def _of_step(step: Step, ids: Mapping[str, str], node: Node | None, account: Account) -> Iterator[Difference]:
    if node is None:
        yield Difference(step.key, step.node, "existence", "there", "not there")
        return
    planned = filled(step.payload["fields"], ids, {})
    if step.level in _PARENT_FIELDS:
        yield from _if_other(step, "parent", str(planned[_PARENT_FIELDS[step.level]]), node.parent_id)
    yield from _if_other(step, "name", step.name.strip(), node.name.strip())
    for what, approved in facts(step.level, planned, account).items():
        if approved == NONE and (what in _FILLED_IN or step.level is Level.CREATIVE):
            continue
        found = str(node.fields.get(what, NONE))
        if what == "start" and _began_at_once(approved, found, str(node.fields.get("created", NONE))):
            continue
        yield from _if_other(step, what, approved, found)
    for stranger in node.fields.get("strangers", []):
        yield Difference(step.key, step.node, "an object that nobody approved", NONE, str(stranger))


def _if_other(step: Step, what: str, approved: str, found: str) -> Iterator[Difference]:
    if approved != found:
        yield Difference(step.key, step.node, what, approved, found)


def _began_at_once(approved: str, found: str, created: str) -> bool:
    """Say whether the start had passed when the ad set was made, so that it began with its creation."""
    if NONE in (found, created):
        return False
    made = datetime.strptime(created, _INSTANT).replace(tzinfo=UTC)
    began = datetime.strptime(found, _INSTANT).replace(tzinfo=UTC)
    planned = datetime.strptime(approved, _INSTANT).replace(tzinfo=UTC)
    return planned <= made and abs(began - made) <= AT_ONCE


def _campaign_facts(fields: Mapping[str, Any], account: Account) -> _Facts:
    categories = [value for value in fields.get("special_ad_categories") or [] if value != "NONE"]
    return {
        "objective": str(fields.get("objective")),
        **_budgets(fields, account),
        "special ad categories": _listed(categories),
    }


def _ad_set_facts(fields: Mapping[str, Any], account: Account) -> _Facts:
    targeting = fields.get("targeting") or {}
    promoted = fields.get("promoted_object") or {}
    return {
        **_budgets(fields, account),
        "start": instant(fields.get("start_time")),
        "end": instant(fields.get("end_time")),
        "optimization": str(fields.get("optimization_goal")),
        "promoted page": str(promoted.get("page_id") or NONE),
        "pixel": str(promoted.get("pixel_id") or NONE),
        "conversion event": str(promoted.get("custom_event_type") or NONE),
        **_targeting_facts(targeting),
    }


def _targeting_facts(targeting: Mapping[str, Any]) -> _Facts:
    automation = targeting.get("targeting_automation") or {}
    return {
        "locations": _places(targeting.get("geo_locations")),
        "excluded locations": _places(targeting.get("excluded_geo_locations")),
        "lowest age": str(targeting.get("age_min", ADULT)),
        "highest age": str(targeting.get("age_max", OLDEST)),
        "genders": _listed(targeting.get("genders") or []),
        "languages": _listed(targeting.get("locales") or []),
        "interests": _interests(targeting),
        # An answer without the switch says nothing, and 0 is what was sent.
        "wider audience": str(automation.get("advantage_audience", 0)),
    }


def _creative_facts(fields: Mapping[str, Any]) -> _Facts:
    spec = fields.get("object_story_spec") or {}
    data = spec.get("link_data") or spec.get("video_data") or {}
    cards = data.get("child_attachments") or []
    return {
        "page": str(spec.get("page_id") or NONE),
        "Instagram account": str(spec.get("instagram_user_id") or NONE),
        "URL tags": str(fields.get("url_tags") or NONE),
        "primary text": str(data.get("message") or NONE),
        **_shown(data, ""),
        **{
            what: text
            for number, card in enumerate(cards, 1)
            for what, text in _shown(card, f"card {number}: ").items()
        },
        "number of cards": str(len(cards)),
    }


def _shown(data: Mapping[str, Any], prefix: str) -> _Facts:
    button = data.get("call_to_action") or {}
    value = button.get("value") or {}
    return {
        f"{prefix}link": _link(data.get("link") or value.get("link")),
        f"{prefix}button": str(button.get("type") or NONE),
        f"{prefix}button's link": _link(value.get("link")),
        f"{prefix}headline": str(data.get("name") or data.get("title") or NONE),
        f"{prefix}description": str(data.get("description") or data.get("link_description") or NONE),
        f"{prefix}file": str(data.get("video_id") or data.get("image_hash") or NONE),
    }


def _budgets(fields: Mapping[str, Any], account: Account) -> _Facts:
    """Return both kinds of budget: one that nobody approved is as wrong as one of another amount."""
    return {f"{kind} budget": _amount(fields.get(f"{kind}_budget"), account) for kind in ("daily", "lifetime")}


def _amount(minor: Any, account: Account) -> str:
    text = str(minor or 0)
    if not text.isdigit():
        return text
    return money(Decimal(text).scaleb(-minor_digits(account.currency)), account.currency) if int(text) else NONE


def instant(value: Any) -> str:
    """Return a time of Meta's in UTC, to the second; "none" for none."""
    text = str(value or "")
    if not text or text == "0":
        return NONE
    return datetime.fromisoformat(text).astimezone(UTC).strftime(_INSTANT)


def _places(geo: Any) -> str:
    groups = geo if isinstance(geo, Mapping) else {}
    named = [
        f"{kind} {place['key'] if isinstance(place, Mapping) else place}"
        for kind in sorted(groups)
        if kind != "location_types" and isinstance(groups[kind], list)
        for place in groups[kind]
    ]
    return _listed(named)


def _interests(targeting: Mapping[str, Any]) -> str:
    """Return interests by id. Those of one group widen each other, several groups narrow: so groups are kept apart."""
    groups = [*(targeting.get("flexible_spec") or []), {"interests": targeting.get("interests") or []}]
    written = [_listed([item["id"] for item in group.get("interests") or []]) for group in groups]
    return " and ".join(sorted(text for text in written if text != NONE)) or NONE


def _listed(values: Sequence[Any]) -> str:
    return ", ".join(sorted(str(value) for value in values)) or NONE


def _link(link: Any) -> str:
    """Return a link; one to the top of a site with the slash that Meta adds."""
    text = str(link or "")
    parts = urlsplit(text)
    return (text if parts.path or parts.query or parts.fragment else f"{text}/") if text else NONE


def _creative_id(creative: Mapping[str, Any]) -> str:
    return str(creative.get("creative_id") or creative.get("id") or NONE)
