"""Campaigns out: one row for each ad, written while they are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from campaigns.models import CampaignDraft, DraftQuerySet
from campaigns.sheets import columns
from campaigns.sheets.columns import BY_LEVEL, WRITTEN, Level
from integrations import draft as drafts
from stratum import spreadsheets

#: Campaigns that are in memory at once: one may hold 500 ads.
PORTION = 20


def lines(rows: DraftQuerySet) -> Iterator[str]:
    """Yield the CSV of the campaigns, the newest first, in constant memory."""
    yield spreadsheets.MARK + spreadsheets.line(WRITTEN)
    for draft in _each(rows.select_related("account", "created_by")):
        known = {
            columns.STATUS: str(draft.status),
            columns.CREATOR: draft.created_by.username,
            columns.CAMPAIGN_REF: draft.short_id,
            columns.PLATFORM: draft.platform,
            columns.ACCOUNT: draft.platform_account_id,
        }
        for row in rows_of(drafts.read(draft.draft_json).json, known):
            yield spreadsheets.line(row.get(name, "") for name in WRITTEN)


def rows_of(content: Mapping[str, Any], known: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield a row for each ad, and one for each ad set or campaign that has none."""
    campaign = {**known, **_cells(Level.CAMPAIGN, content["campaign"])}
    for ad_set in content["ad_sets"]:
        beginning = {**campaign, columns.AD_SET_REF: ad_set["key"], **_cells(Level.AD_SET, ad_set)}
        for ad in ad_set["ads"]:
            yield {**beginning, columns.AD_REF: ad["key"], **_cells(Level.AD, ad)}
        if not ad_set["ads"]:
            yield beginning
    if not content["ad_sets"]:
        yield campaign


def _cells(level: Level, part: Mapping[str, Any]) -> dict[str, str]:
    return {column.name: column.cell(part) for column in BY_LEVEL[level]}


def _each(rows: DraftQuerySet) -> Iterator[CampaignDraft]:
    """Read by key, a portion at a time: no cursor is held open while a slow reader takes its time."""
    portion = list(rows.order_by("-pk")[:PORTION])
    while portion:
        yield from portion
        portion = list(rows.filter(pk__lt=portion[-1].pk).order_by("-pk")[:PORTION])
