"""How a new draft begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError

from adaccounts.models import AdAccount, AdAccountQuerySet
from campaigns import authoring, conventions, defaults, editing, outline, rules
from campaigns.models import CampaignDraft, is_short_id
from integrations import draft as drafts
from integrations import platforms
from integrations.models import Connection
from stratum.models import User


def connected() -> list[str]:
    """Return the slugs of the platforms that new campaigns may be built for."""
    usable = set(Connection.objects.usable().values_list("platform", flat=True))
    return [slug for slug in platforms.available() if slug in usable]


def accounts() -> AdAccountQuerySet:
    """Return the accounts a new campaign may be built on."""
    return AdAccount.objects.selectable().filter(platform__in=connected())


def usual_account(user: User, accounts: Iterable[AdAccount], platform: str = "") -> AdAccount | None:
    """Return the account of the person's latest campaign, of a platform if one is named; None if it cannot be used now."""
    mine = CampaignDraft.objects.filter(created_by=user)
    latest = mine.order_by("-id").values_list("account_id", flat=True).first()
    return next((a for a in accounts if a.pk == latest and platform in ("", a.platform)), None)


def first_part_to_fill(draft: CampaignDraft) -> str:
    """Return the node in which something is missing or wrong first, from the campaign down; the campaign if nothing is."""
    wrong = {outline.node_of(problem.path)[0] for problem in rules.problems_of(draft) if problem.is_error}
    keys = (str(place.node.get("key", editing.CAMPAIGN)) for place in editing.places(draft.reading.json))
    return next((key for key in keys if key in wrong), editing.CAMPAIGN)


def begin(account: AdAccount, leaves: Mapping[str, Any], *, by: User, short_id: str) -> CampaignDraft:
    """Make a draft with one ad set and one ad from what the form said. The form's short id gives the same draft again."""
    return make(account, _content(account, leaves), by=by, short_id=short_id)


def make(account: AdAccount, content: editing.Content, *, by: User, short_id: str) -> CampaignDraft:
    """Make a draft with this content. The same person's same short id gives the same draft again."""
    if not is_short_id(short_id):
        return authoring.create(account, by=by, draft_json=content)
    try:
        return authoring.made_before(short_id, by) or authoring.create(
            account, by=by, draft_json=content, short_id=short_id
        )
    except IntegrityError:
        # The form came twice at the same moment, or with a short id that is somebody else's.
        return authoring.made_before(short_id, by) or authoring.create(account, by=by, draft_json=content)


def _content(account: AdAccount, leaves: Mapping[str, Any]) -> editing.Content:
    content = editing.apply(drafts.empty(), editing.CAMPAIGN, leaves)
    ad_set = content["ad_sets"][0]
    content = editing.rename(editing.rename(content, ad_set["key"], "Ad set 1"), ad_set["ads"][0]["key"], "Ad 1")
    content = defaults.follow_objective(content, platforms.platform_class(account.platform).capabilities)
    return conventions.begin(content, account, rules.now_in(account))
