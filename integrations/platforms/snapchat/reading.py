"""Finds and reads objects at Snapchat: by our mark, by parent and name, by id, and a whole tree at once.

Snapchat cannot be asked for a name: lists are read and searched here (Ads API v1, "API patterns").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from integrations.contracts import Account, Level, Node, Step
from integrations.errors import ErrorKind, PlatformError
from integrations.marks import by_mark
from integrations.platforms.snapchat.client import KINDS, Ads, Row
from integrations.platforms.snapchat.comparing import PARENT_FIELDS, facts, instant
from integrations.platforms.snapchat.sending import PLACEMENT
from integrations.platforms.snapchat.uploading import EMPTY

#: So many creatives are asked for one by one; more are looked for in the account's list.
ONE_BY_ONE = 20
_NEWEST_FIRST = {"sort": "created_at-desc"}


# Finding ----------------------------------------------------------------------------------------------------------------


def find(ads: Ads, steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> dict[str, list[str]]:
    """Look up what the steps made, oldest first. No entry: not there, or under a parent that is not known.

    A file's entry without its bytes is none: no ad could show it.
    """
    of = {level: [step for step in steps if step.level is level] for level in Level}
    return {
        **_marked(ads, of[Level.CAMPAIGN], account, Level.CAMPAIGN),
        **_children(ads, of[Level.AD_SET], ids, Level.AD_SET),
        **_children(ads, of[Level.AD], ids, Level.AD),
        **_marked(ads, of[Level.CREATIVE], account, Level.CREATIVE),
        **_marked(ads, of[Level.MEDIA], account, Level.MEDIA),
    }


def _marked(ads: Ads, steps: Sequence[Step], account: Account, level: Level) -> dict[str, list[str]]:
    """Find objects of the account by the mark in their name; the newest are read first where Snapchat lets itself be told.

    All campaigns are read, because a twin must be removed. Creatives and files cannot be removed: their lists, which may
    be long, are read until everything is found.
    """
    rows = (row for row in _account_rows(ads, account, level) if _is_there(row) and not _is_empty(level, row))
    found = by_mark(rows, [step.key for step in steps], "name", None if level is Level.CAMPAIGN else 0)
    return {key: _oldest_first(twins) for key, twins in found.items()}


def _account_rows(ads: Ads, account: Account, level: Level) -> Iterator[Row]:
    kind = KINDS[level]
    return ads.listed(f"adaccounts/{account.external_id}/{kind.plural}", kind, _NEWEST_FIRST)


def _is_empty(level: Level, row: Row) -> bool:
    return level is Level.MEDIA and str(row.get("media_status") or EMPTY).upper() == EMPTY


def _children(ads: Ads, steps: Sequence[Step], ids: Mapping[str, str], level: Level) -> dict[str, list[str]]:
    """Find ad squads or ads by parent and name; the parent is the first thing such a step needs."""
    placed = [(step, ids[step.needs[0]]) for step in steps if step.needs and step.needs[0] in ids]
    kind = KINDS[level]
    parents = list(dict.fromkeys(parent for _, parent in placed))
    lists = ads.side_by_side(parents, lambda parent: list(known(ads, f"{kind.parent}/{parent}/{kind.plural}", level)))
    listed = dict(zip(parents, lists, strict=True))
    found = {}
    for step, parent in placed:
        same = [row for row in listed[parent] if str(row.get("name") or "").strip() == step.name.strip()]
        if same:
            found[step.key] = _oldest_first(same)
    return found


def known(ads: Ads, path: str, level: Level) -> Iterator[Row]:
    """Yield what is there of a list; nothing when its parent does not exist. Every other error is raised."""
    try:
        for row in ads.listed(path, KINDS[level], PLACEMENT if level is Level.AD_SET else {}):
            if _is_there(row):
                yield row
    except PlatformError as error:
        if error.kind is not ErrorKind.GONE:
            raise


def _is_there(row: Row) -> bool:
    return row.get("deleted") is not True and str(row.get("status") or "").upper() != "DELETED"


def _oldest_first(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    by_age = sorted(rows, key=lambda row: datetime.fromisoformat(str(row["created_at"])))
    return [str(row["id"]) for row in by_age]


# Reading ----------------------------------------------------------------------------------------------------------------


def read(ads: Ads, ids: Mapping[str, str], steps: Sequence[Step], account: Account) -> dict[str, Node]:
    """Read the steps' objects back. Deleted ones do not exist; files are not read, creatives show them."""
    wanted = {step.key: step for step in steps if step.key in ids and step.level is not Level.MEDIA}
    rows = _read_tree(ads, wanted, ids) | _read_creatives(ads, wanted, ids, account)
    for key, step in wanted.items():
        if ids[key] not in rows and step.level is not Level.CREATIVE:
            rows |= _read_one(ads, step.level, ids[key])
    return {
        key: _node(step.level, rows[ids[key]], account)
        for key, step in wanted.items()
        if ids[key] in rows and _is_there(rows[ids[key]])
    }


def _read_tree(ads: Ads, wanted: Mapping[str, Step], ids: Mapping[str, str]) -> dict[str, Row]:
    """Read a campaign and what is below it as lists; nothing when no campaign is asked for, or when it is gone."""
    campaign = next((ids[key] for key, step in wanted.items() if step.level is Level.CAMPAIGN), None)
    top = _read_one(ads, Level.CAMPAIGN, campaign) if campaign else {}
    if campaign is None or not top:
        return {}
    ad_squads = list(known(ads, f"campaigns/{campaign}/adsquads", Level.AD_SET))
    below = [*ad_squads, *chain.from_iterable(_lists_of_ads(ads, [str(row["id"]) for row in ad_squads]))]
    strangers = sorted({str(row["id"]) for row in below} - set(ids.values()))
    return {str(row["id"]): row for row in [*below, top[campaign] | {"strangers": strangers}]}


def _lists_of_ads(ads: Ads, ad_squads: Sequence[str]) -> list[list[Row]]:
    return ads.side_by_side(ad_squads, lambda ad_squad: list(known(ads, f"adsquads/{ad_squad}/ads", Level.AD)))


def _read_creatives(ads: Ads, wanted: Mapping[str, Step], ids: Mapping[str, str], account: Account) -> dict[str, Row]:
    asked = {ids[key] for key, step in wanted.items() if step.level is Level.CREATIVE}
    found: dict[str, Row] = {}
    if len(asked) > ONE_BY_ONE:
        for row in _account_rows(ads, account, Level.CREATIVE):
            if str(row["id"]) in asked:
                found[str(row["id"])] = row
            if len(found) == len(asked):
                break
    for external_id in sorted(asked - set(found)):
        found |= _read_one(ads, Level.CREATIVE, external_id)
    return found


def _read_one(ads: Ads, level: Level, external_id: str) -> dict[str, Row]:
    try:
        row = ads.one(KINDS[level], external_id, PLACEMENT if level is Level.AD_SET else {})
    except PlatformError as error:
        if error.kind is not ErrorKind.GONE:
            raise
        return {}
    return {str(row["id"]): row}


def _node(level: Level, row: Row, account: Account) -> Node:
    parent = str(row.get(PARENT_FIELDS[level]) or "") if level in PARENT_FIELDS else account.external_id
    fields = {**facts(level, row, account), "created": instant(row.get("created_at"))}
    if row.get("strangers"):
        fields["strangers"] = row["strangers"]
    is_on = row.get("status") == "ACTIVE" and level is not Level.CREATIVE
    return Node(str(row["id"]), level, parent, str(row.get("name") or ""), is_on, fields)
