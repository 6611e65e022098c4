"""Compares what was approved with what TikTok shows. Both sides are brought into the same words first. Pure.

`facts()` is written once for what we send and for what TikTok answers, so a field cannot be forgotten on one side only.
What TikTok fills in by itself (an ad group's budget under a campaign's, an end ten years ahead) is no fact here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from integrations.contracts import Account, Action, Difference, Level, Node, Step
from integrations.platforms.tiktok.audiences import EVERYBODY
from integrations.platforms.tiktok.calls import filled
from stratum.formats import money

NONE = "none"
_PARENT_FIELDS = {Level.AD_SET: "campaign_id", Level.AD: "adgroup_id"}
#: How far apart creation and start may be when an ad group began at once.
AT_ONCE = timedelta(minutes=5)
_TIME = "%Y-%m-%d %H:%M:%S"
_WITHOUT_BUDGET = {None, "", "BUDGET_MODE_INFINITE"}
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
    return _ad_set_facts(fields, account) if level is Level.AD_SET else _ad_facts(fields)


def _of_step(step: Step, ids: Mapping[str, str], node: Node | None, account: Account) -> Iterator[Difference]:
    if node is None:
        yield Difference(step.key, step.node, "existence", "there", "not there")
        return
    if step.needs and step.level in _PARENT_FIELDS:
        yield from _if_other(step, "parent", ids.get(step.needs[0], NONE), node.parent_id)
    yield from _if_other(step, "name", step.name.strip(), node.name.strip())
    planned = _planned(step, ids)
    for what, approved in facts(step.level, planned, account).items():
        found = str(node.fields.get(what, NONE))
        if what == "start" and _began_at_once(approved, found, str(node.fields.get("created", NONE))):
            continue
        yield from _if_other(step, what, approved, found)
    for stranger in node.fields.get("strangers", []):
        yield Difference(step.key, step.node, "an object that nobody approved", NONE, str(stranger))


def _planned(step: Step, ids: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields as they were sent, with a country's code in the place of TikTok's id for it."""
    fields: dict[str, Any] = filled(step.payload["fields"], ids)
    if "location_ids" in fields:
        places = [place["$country"] if isinstance(place, Mapping) else place for place in fields["location_ids"]]
        fields = {**fields, "location_ids": places}
    if step.payload.get("after"):
        # The campaign's budget is shared out, and what stood in the ad group's place was ignored.
        fields = {**fields, "budget_mode": "BUDGET_MODE_INFINITE"}
    return fields


def _if_other(step: Step, what: str, approved: str, found: str) -> Iterator[Difference]:
    if approved != found:
        yield Difference(step.key, step.node, what, approved, found)


def _began_at_once(approved: str, found: str, created: str) -> bool:
    """Say whether the start had passed when the ad group was made, so that it began with its creation."""
    planned, began, made = (_parsed(text) for text in (approved, found, created))
    if planned is None or began is None or made is None:
        return False
    return planned <= made and abs(began - made) <= AT_ONCE


def _campaign_facts(fields: Mapping[str, Any], account: Account) -> _Facts:
    return {
        "objective": str(fields.get("objective_type")),
        "budget": _budget(fields, account),
        "budget shared out by TikTok": _yes_no(fields.get("budget_optimize_on")),
        "special ad categories": _listed(fields.get("special_industries")),
    }


def _ad_set_facts(fields: Mapping[str, Any], account: Account) -> _Facts:
    has_end = fields.get("schedule_type") == "SCHEDULE_START_END"
    gender = fields.get("gender")
    return {
        "budget": _budget(fields, account),
        "start": str(fields.get("schedule_start_time") or NONE),
        "end": str(fields.get("schedule_end_time") or NONE) if has_end else NONE,
        "optimization": str(fields.get("optimization_goal")),
        "pixel": _id(fields.get("pixel_id")),
        "conversion event": str(fields.get("optimization_event") or NONE),
        "placements": _listed(fields.get("placements")),
        "locations": _listed(fields.get("location_ids")),
        "age groups": _listed(fields.get("age_groups")),
        "gender": NONE if gender in (None, "", EVERYBODY) else str(gender),
        "languages": _listed(fields.get("languages")),
        "interests": _listed(fields.get("interest_category_ids")),
        "audience widened by TikTok": _yes_no(
            fields.get("smart_audience_enabled") is True or fields.get("smart_interest_behavior_enabled") is True
        ),
    }


def _ad_facts(fields: Mapping[str, Any]) -> _Facts:
    is_carousel = fields.get("ad_format") == "CAROUSEL_ADS"
    pictures = fields.get("image_ids") or []
    return {
        "kind of ad": str(fields.get("ad_format")),
        "TikTok account": f"{fields.get('identity_type')} {fields.get('identity_id')}",
        "text": str(fields.get("ad_text") or NONE),
        "button": str(fields.get("call_to_action") or NONE),
        "link": _link(fields.get("landing_page_url")),
        # A carousel's pictures are shown in their order; a film's one picture is its cover.
        "pictures": (", ".join(str(picture) for picture in pictures) or NONE) if is_carousel else NONE,
        "music": _id(fields.get("music_id")) if is_carousel else NONE,
        "film": NONE if is_carousel else str(fields.get("video_id") or NONE),
    }


def _budget(fields: Mapping[str, Any], account: Account) -> str:
    mode = fields.get("budget_mode")
    if mode in _WITHOUT_BUDGET:
        return NONE
    try:
        amount = Decimal(str(fields.get("budget")))
    except InvalidOperation:
        return str(fields.get("budget"))
    return f"{money(amount.normalize(), account.currency)} {'in all' if mode == 'BUDGET_MODE_TOTAL' else 'a day'}"


def _parsed(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None


def _yes_no(value: Any) -> str:
    return "yes" if value is True else "no"


def _id(value: Any) -> str:
    """Return an id; TikTok writes 0 for none."""
    return str(value) if value not in (None, "", 0, "0") else NONE


def _listed(values: Any) -> str:
    return ", ".join(sorted(str(value) for value in values or [])) or NONE


def _link(link: Any) -> str:
    """Return a link; one to the top of a site with a slash, which platforms add."""
    text = str(link or "")
    parts = urlsplit(text)
    return (text if parts.path or parts.query or parts.fragment else f"{text}/") if text else NONE
