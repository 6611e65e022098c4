"""Campaigns in: a whole draft for each good campaign of a file, and the bad ones as a file of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied

from adaccounts.models import AdAccount
from campaigns import drafting, rules
from campaigns.models import SHORT_ID_CHARACTERS, SHORT_ID_LENGTH, CampaignDraft, MediaAsset
from campaigns.sheets import columns, writing
from campaigns.sheets.planning import Plan, plans
from campaigns.sheets.reading import rows
from integrations import draft as drafts
from integrations import platforms
from stratum import spreadsheets
from stratum.models import User
from stratum.ui import Refusal


@dataclass(frozen=True)
class Made:
    """A campaign of the file with its draft, or why there is none."""

    plan: Plan
    draft: CampaignDraft | None
    reason: str = ""


def planned(text: str) -> list[Plan]:
    """Return what the file would make; Refusal VALIDATION_FAILED when it is not of the format at all."""
    return plans(rows(text), drafting.accounts())


def make(wanted: Iterable[Plan], *, by: User, once: str) -> list[Made]:
    """Make a draft of each plan without faults. `once` names the press: pressed again it makes nothing twice."""
    return [_made(plan, by, once) for plan in wanted if not plan.faults]


def _made(plan: Plan, by: User, once: str) -> Made:
    assert plan.account is not None, "a plan without faults has an account"
    short_id = _short_id(f"{once}:{by.pk}:{plan.first_row}")
    try:
        return Made(plan, drafting.make(plan.account, plan.content, by=by, short_id=short_id))
    except (Refusal, PermissionDenied) as refusal:
        return Made(plan, None, str(refusal))


def _short_id(seed: str) -> str:
    letters = SHORT_ID_CHARACTERS
    digest = hashlib.sha256(seed.encode()).digest()
    return "".join(letters[byte % len(letters)] for byte in digest[:SHORT_ID_LENGTH])


def bad_rows(wanted: Iterable[Plan]) -> Iterator[str]:
    """Yield the CSV of the campaigns with faults, as they were, with a column that names the faults of each row."""
    names = [columns.ERRORS, *columns.WRITTEN]
    yield spreadsheets.MARK + spreadsheets.line(names)
    for plan in wanted:
        for row in plan.rows if plan.faults else ():
            told = [fault for fault in plan.faults if fault.row == row.number]
            errors = "\n".join(f"{fault.column}: {fault.message}".removeprefix(": ") for fault in told)
            yield spreadsheets.line({**row.cells, columns.ERRORS: errors}.get(name, "") for name in names)


def open_points(wanted: Iterable[Plan]) -> dict[int, int]:
    """Return, by the campaign's first row, how many errors its draft will show before it can be submitted."""
    good = [plan for plan in wanted if not plan.faults and plan.account and plan.reading]
    sums = {sha for plan in good if plan.reading for sha in plan.reading.draft.media()}
    media = {asset.sha256: asset.contract for asset in MediaAsset.objects.filter(sha256__in=sums)}
    found = {}
    for plan in good:
        if plan.account and plan.reading:
            platform = platforms.platform_class(plan.account.platform)
            now = rules.now_in(plan.account)
            problems = rules.content_problems(plan.reading, plan.account.contract, platform, media, now)
            found[plan.first_row] = sum(problem.is_error for problem in problems)
    return found


def template(account: AdAccount | None) -> Iterator[str]:
    """Yield a CSV to begin with: one campaign with an ad set of two ads."""
    known = {columns.PLATFORM: account.platform, columns.ACCOUNT: account.external_id} if account else {}
    yield spreadsheets.MARK + spreadsheets.line(columns.WRITTEN)
    for row in writing.rows_of(drafts.read(EXAMPLE).json, known):
        shown = row | dict.fromkeys(columns.REFERENCES, "")
        yield spreadsheets.line(shown.get(name, "") for name in columns.WRITTEN)


def _ad(name: str, headline: str) -> dict[str, object]:
    creative = {
        "headlines": [headline],
        "primary_text": "Everything for the summer, at half the price.",
        "call_to_action": "shop_now",
        "link_url": "https://shop.example.com/summer",
    }
    return {"name": name, "creative": creative}


EXAMPLE = {
    "campaign": {
        "name": "Example campaign",
        "objective": "traffic",
        "budget": {"amount": "50.00", "type": "daily"},
        "schedule": {"start": "2030-06-01T09:00", "end": "2030-06-30T23:59"},
    },
    "ad_sets": [
        {
            "name": "US and Canada, 25 to 54",
            "targeting": {"locations": ["US", "CA"], "age_min": 25, "age_max": 54},
            "optimization": "link_clicks",
            "ads": [_ad("Ad 1", "Summer Sale"), _ad("Ad 2", "Up to 50% off")],
        }
    ],
}
