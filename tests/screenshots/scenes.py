"""Puts campaigns into the states that the pictures show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adaccounts import syncing
from adaccounts.models import AdAccount
from campaigns import authoring, workflow
from campaigns.models import CampaignDraft, PublishRun
from tests.faults import cast
from tests.faults.stage import Sandbox
from tests.people import person
from tests.screenshots import campaign

State = PublishRun.State


def prepare(sandbox: Sandbox) -> list[tuple[str, str, str]]:
    """Make the campaigns and return name, person and path of each picture."""
    account = cast.connect(sandbox)
    account.daily_cap, account.monthly_cap = 2_000, 60_000
    account.save()
    syncing.sync("meta", person("ada"))  # now that it is enabled, its pages and pixels are read too
    building = _built(account, "Summer Sale")
    review = _built(account, "Summer Sale", budget="1500.00")
    _rejected_once(review)
    failing = _built(account, "Autumn preview", budget="600.00")
    _refuse(sandbox, "CA · 25–54")
    _published(failing)
    return [
        ("builder", "carl", f"/campaign-drafts/{building.pk}?node=s0"),
        ("review", "anne", f"/campaign-drafts/{review.pk}"),
        ("run", "carl", f"/campaign-drafts/{failing.pk}"),
        ("accounts", "ada", "/settings/ad-accounts"),
    ]


def finish(await_that: Callable[..., None]) -> None:
    """Wait until the workers have brought every run to its end."""
    await_that(
        lambda: not PublishRun.objects.filter(state__in=PublishRun.DUE).exists(), seconds=60, what="a run did not end"
    )


def _built(account: AdAccount, name: str, budget: str = "1000.00") -> CampaignDraft:
    content = campaign.content()
    content["campaign"]["name"] = name
    content["campaign"]["budget"]["amount"] = budget
    if budget == "600.00":
        for ad_set in content["ad_sets"]:
            ad_set["budget"] = "200.00"
    return authoring.create(account, by=person("carl"), draft_json=content)


def _rejected_once(draft: CampaignDraft) -> None:
    """Submit, have it rejected, change the budget and submit again: the page shows what changed."""
    carl, anne = person("carl"), person("anne")
    workflow.submit(draft.pk, by=carl)
    fresh = _fresh(draft)
    workflow.reject(draft.pk, by=anne, reason="Budget too high for test campaign", content_hash=fresh.content_hash)
    workflow.revise(draft.pk, by=carl)
    content: dict[str, Any] = _fresh(draft).draft_json
    content["campaign"]["budget"]["amount"] = "1000.00"
    content["ad_sets"][0]["targeting"]["age_min"] = 30
    authoring.save(draft.pk, by=carl, draft_json=content, version=_fresh(draft).version)
    workflow.submit(draft.pk, by=carl)


def _published(draft: CampaignDraft) -> None:
    workflow.submit(draft.pk, by=person("carl"))
    workflow.approve(draft.pk, by=person("anne"), content_hash=_fresh(draft).content_hash)
    workflow.publish(draft.pk, by=person("paul"))


def _refuse(sandbox: Sandbox, name: str) -> None:
    """Have the second ad set refused, as Meta refuses an age range."""
    error = {
        "message": "Invalid parameter",
        "type": "OAuthException",
        "code": 100,
        "error_subcode": 1870227,
        "error_user_title": "Invalid age range",
        "error_user_msg": "The age range of this ad set is not valid.",
        "error_data": {"blame_field_specs": [["targeting", "age_min"]]},
        "fbtrace_id": "AbCdEfGhIjK",
    }
    order = {"platform": "meta", "match": {"method": "POST", "path": r"act_\d+/adsets$"}}
    sandbox.order("faults", **order, effect="delay", value=0.01, times=1)
    sandbox.order("faults", **order, effect="error_body", value={"status": 400, "body": {"error": error}}, times=1)


def _fresh(draft: CampaignDraft) -> CampaignDraft:
    return CampaignDraft.objects.select_related("account").get(pk=draft.pk)
