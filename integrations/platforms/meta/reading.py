"""Finds and reads objects at Meta: by our mark, by parent and name, by id, and a whole tree at once.

Reference: Marketing API v26.0, "Filtering", reading campaigns, ad sets, ads and ad creatives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from integrations.contracts import Account, Level, Node, Step
from integrations.errors import ErrorKind, PlatformError
from integrations.marks import by_mark, mark
from integrations.platforms.meta.client import Graph
from integrations.platforms.meta.comparing import facts, instant

_CREATIVE = "id,name,object_story_spec,url_tags"
_FIELDS = {
    Level.CAMPAIGN: "id,name,status,effective_status,objective,daily_budget,lifetime_budget,special_ad_categories",
    Level.AD_SET: (
        "id,name,status,effective_status,campaign_id,created_time,daily_budget,lifetime_budget,optimization_goal,"
        "start_time,end_time,targeting,promoted_object"
    ),
    Level.AD: "id,name,status,effective_status,adset_id,creative{id}",
    Level.CREATIVE: f"{_CREATIVE},status",
}
_PARENT = {Level.AD_SET: "campaign_id", Level.AD: "adset_id"}
_AWAY = {"DELETED", "ARCHIVED"}
_PAGE = 100
_Row = dict[str, Any]
_T = TypeVar("_T")


# Finding ----------------------------------------------------------------------------------------------------------------


def find(graph: Graph, steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> dict[str, list[str]]:
    """Look up what the steps made, oldest first. No entry: not there, or under a parent that is not known.

    Images are never looked up: the same bytes are the same image, so an unclear upload is simply sent again.
    """
    return {
        **_campaigns(graph, [step for step in steps if step.level is Level.CAMPAIGN], account),
        **_children(graph, [step for step in steps if step.level is Level.AD_SET], ids, "adsets"),
        **_children(graph, [step for step in steps if step.level is Level.AD], ids, "ads"),
        **_marked(graph, [step for step in steps if step.level is Level.CREATIVE], account, "adcreatives", "name"),
        **_marked(graph, [step for step in steps if _is_video(step)], account, "advideos", "title"),
    }


def _is_video(step: Step) -> bool:
    return step.level is Level.MEDIA and step.payload.get("edge") == "advideos"


def _campaigns(graph: Graph, steps: Sequence[Step], account: Account) -> dict[str, list[str]]:
    found = {}
    for step in steps:
        ours = mark(step.key)
        filtering = [{"field": "name", "operator": "CONTAIN", "value": ours.strip()}]
        params = {"fields": "id,name,created_time", "filtering": filtering, "limit": _PAGE}
        rows = graph.pages(f"{account.external_id}/campaigns", params)
        found[step.key] = _oldest_first(row for row in rows if str(row.get("name", "")).endswith(ours))
    return _without_empty(found)


def _children(graph: Graph, steps: Sequence[Step], ids: Mapping[str, str], edge: str) -> dict[str, list[str]]:
    """Find ad sets or ads by parent and name; the parent is the first thing such a step needs."""
    placed = [(step, ids[step.needs[0]]) for step in steps if step.needs and step.needs[0] in ids]
    parents = list(dict.fromkeys(parent for _, parent in placed))
    params = {"fields": "id,name,created_time", "limit": _PAGE}
    listed = dict(zip(parents, graph.lists([(f"{parent}/{edge}", params) for parent in parents]), strict=True))
    found = {}
    for step, parent in placed:
        rows = known(listed[parent]) or []
        found[step.key] = _oldest_first(row for row in rows if str(row.get("name", "")).strip() == step.name.strip())
    return _without_empty(found)


def _marked(graph: Graph, steps: Sequence[Step], account: Account, edge: str, field: str) -> dict[str, list[str]]:
    """Find creatives or videos by the mark in their name. Meta cannot search for it, and lists the newest first."""
    rows = graph.pages(f"{account.external_id}/{edge}", {"fields": f"id,{field}", "limit": _PAGE}) if steps else []
    found = by_mark(rows, [step.key for step in steps], field)
    return {key: [str(row["id"]) for row in reversed(twins)] for key, twins in found.items()}


def _oldest_first(rows: Iterable[_Row]) -> list[str]:
    """Meta lists the newest first and tells times to the second: within a second the order of the list decides."""
    upwards = list(rows)[::-1]
    by_age = sorted(upwards, key=lambda row: datetime.fromisoformat(str(row["created_time"])))
    return [str(row["id"]) for row in by_age]


def _without_empty(found: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {key: external_ids for key, external_ids in found.items() if external_ids}


# Reading ----------------------------------------------------------------------------------------------------------------


def read(graph: Graph, ids: Mapping[str, str], steps: Sequence[Step], account: Account) -> dict[str, Node]:
    """Read the steps' objects back. Deleted and archived ones do not exist; files are not read, creatives show them."""
    wanted = {step.key: step for step in steps if step.key in ids and step.level in _FIELDS}
    rows = _read_tree(graph, wanted, ids)
    missing = [step for key, step in wanted.items() if ids[key] not in rows]
    rows |= _read_each(graph, missing, ids)
    nodes = {}
    for key, step in wanted.items():
        row = rows.get(ids[key])
        if row is not None and not {row.get("status"), row.get("effective_status")} & _AWAY:
            nodes[key] = _node(step.level, row, account)
    return nodes


def _read_tree(graph: Graph, wanted: Mapping[str, Step], ids: Mapping[str, str]) -> dict[str, _Row]:
    """Read a campaign and what is below it as lists, 50 lists to a round trip; nothing when no campaign is asked for."""
    campaign = next((ids[key] for key, step in wanted.items() if step.level is Level.CAMPAIGN), None)
    if campaign is None:
        return {}
    ad_sets = [ids[key] for key, step in wanted.items() if step.level is Level.AD_SET]
    ad_fields = f"{_FIELDS[Level.AD]},creative{{{_CREATIVE}}}".replace("creative{id},", "")
    lists = [(f"{campaign}/adsets", {"fields": _FIELDS[Level.AD_SET], "limit": _PAGE})]
    lists += [(f"{ad_set}/ads", {"fields": ad_fields, "limit": _PAGE}) for ad_set in ad_sets]
    first, *pages = graph.read_all([(campaign, {"fields": _FIELDS[Level.CAMPAIGN]}), *lists])
    top = known(first)
    if top is None:
        return {}
    below = [row for query, page in zip(lists, pages, strict=True) for row in _rows(graph, query, page)]
    strangers = sorted({str(row["id"]) for row in below} - set(ids.values()))
    creatives = [dict(row["creative"]) for row in below if isinstance(row.get("creative"), Mapping)]
    return {str(row["id"]): row for row in [*below, *creatives, top | {"strangers": strangers}]}


def _rows(graph: Graph, query: tuple[str, Mapping[str, Any]], page: _Row | PlatformError) -> list[_Row]:
    there = known(page)
    return [] if there is None else list(graph.rest(*query, there))


def _read_each(graph: Graph, steps: Sequence[Step], ids: Mapping[str, str]) -> dict[str, _Row]:
    answers = graph.read_all([(ids[step.key], {"fields": _FIELDS[step.level]}) for step in steps]) if steps else []
    rows = ((ids[step.key], known(answer)) for step, answer in zip(steps, answers, strict=True))
    return {external_id: row for external_id, row in rows if row is not None}


def _node(level: Level, row: _Row, account: Account) -> Node:
    parent = str(row.get(_PARENT[level]) or "") if level in _PARENT else account.external_id
    is_on = row.get("status") == "ACTIVE" and level is not Level.CREATIVE
    fields: dict[str, Any] = dict(facts(level, row, account))
    if level is Level.AD_SET:
        fields["created"] = instant(row.get("created_time"))
    if row.get("strangers"):
        fields["strangers"] = row["strangers"]
    return Node(str(row["id"]), level, parent, str(row.get("name") or ""), is_on, fields)


def known(answer: _T | PlatformError) -> _T | None:
    """Return the answer; None when Meta says that there is no such object. Every other error is raised."""
    if not isinstance(answer, PlatformError):
        return answer
    if answer.kind is ErrorKind.GONE:
        return None
    raise answer
