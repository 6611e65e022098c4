"""Snapchat behind the real workflow, ledger and runner: one campaign at the platform, whatever breaks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns import rules, workflow
from campaigns.models import CampaignDraft, PublishRun
from integrations import draft as drafts
from integrations.contracts import Action, Call, Difference, Level
from integrations.models import ApiCall, Connection
from integrations.platforms.snapchat.adapter import SnapchatPlatform
from stratum.models import User
from tests.factories import make_account, make_connection, make_draft, make_media, next_summer
from tests.publishing.conftest import SHORT_CLOCKS, work_until_settled
from tests.snapchat.conftest import Sandbox
from tests.snapchat.drafts import MAIN, PIXEL, PROFILE, ad, ad_set

pytestmark = pytest.mark.any_database

Status, State = CampaignDraft.Status, PublishRun.State
COMPLETE = {"campaign": 1, "ad_set": 2, "ad": 2}
CREATES = [
    "POST adaccounts/*/media",
    "POST media/*/upload",
    "POST adaccounts/*/campaigns",
    "POST adaccounts/*/creatives",
    "POST campaigns/*/adsquads",
    "POST adsquads/*/ads",
    "POST adsquads/*/ads",
]
SWITCHES = ["PUT adsquads/*/ads", "PUT adsquads/*/ads", "PUT campaigns/*/adsquads", "PUT adaccounts/*/campaigns"]
CAMPAIGNS = "/adaccounts/[^/]+/campaigns$"
AD_SQUADS = "/campaigns/[^/]+/adsquads$"


@pytest.fixture
def make(db: None, sandbox: Sandbox, settings: Any, snapchat: SnapchatPlatform) -> Callable[..., CampaignDraft]:
    """Make a draft on the main account, clocks run short."""
    for name, value in SHORT_CLOCKS.items():
        setattr(settings, name, value)
    tokens = snapchat.tokens
    assert tokens is not None
    make_connection(
        "snapchat",
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token,
        expires_at=timezone.now() + timedelta(hours=1),
        scopes=["snapchat-marketing-api"],
    )
    contract = next(account for account in snapchat.list_accounts() if account.external_id == MAIN.external_id)
    found = [(asset.kind, asset.external_id, asset.name) for asset in snapchat.list_assets(contract)]
    account = make_account(MAIN.external_id, platform="snapchat", extra=dict(contract.extra), defaults={}, assets=found)

    def create(*ad_sets: dict[str, Any], status: str = Status.APPROVED, **campaign: Any) -> CampaignDraft:
        start, end = next_summer()
        values: dict[str, Any] = {
            "name": "Summer Sale",
            "objective": "conversions",
            "budget": {"amount": "1000.00", "type": "daily"},
            "schedule": {"start": f"{start}T00:00", "end": f"{end}T23:59"},
            "assets": {"profile": PROFILE, "pixel": PIXEL, "conversion_event": "purchase"},
        }
        content = drafts.read({"campaign": values | campaign, "ad_sets": list(ad_sets)}).json
        return make_draft(status, account=account, draft_json=content)

    return create


@pytest.fixture
def summer(make: Callable[..., CampaignDraft]) -> CampaignDraft:
    """An approved campaign of two ad sets with one picture."""
    upright = make_media(1080, 1920).sha256
    return make(ad_set("s1", [ad("a1", media=[upright])]), ad_set("s2", [ad("b1", media=[upright])]))


def publish(draft: CampaignDraft, by: User) -> PublishRun:
    return work_until_settled(workflow.publish(draft.pk, by=by))


def fresh(draft: CampaignDraft) -> CampaignDraft:
    return CampaignDraft.objects.get(pk=draft.pk)


def counts(sandbox: Sandbox) -> dict[str, int]:
    return {kind: len(sandbox.of_kind(kind)) for kind in COMPLETE}


def renewals(sandbox: Sandbox) -> int:
    rows = [row for row in sandbox.look("requests") if row["path"].endswith("/login/oauth2/access_token")]
    return len([row for row in rows if row["body"]["grant_type"] == "refresh_token"])


def stored() -> Connection:
    return Connection.objects.get(platform="snapchat")


def test_a_campaign_is_published_with_a_write_for_each_level(
    sandbox: Sandbox, summer: CampaignDraft, paul: User
) -> None:
    run = publish(summer, paul)

    assert run.state == State.SUCCEEDED, run.error_message
    assert (fresh(summer).status, fresh(summer).delivery) == (Status.PUBLISHED, "scheduled")
    assert counts(sandbox) == COMPLETE
    writes = sandbox.writes()
    assert sorted(writes[: len(CREATES)]) == sorted(CREATES)
    assert (sorted(writes[len(CREATES) :]), writes[-1]) == (sorted(SWITCHES), SWITCHES[-1])
    [campaign] = sandbox.of_kind("campaign")
    assert (campaign["id"], campaign["status"]) == (fresh(summer).platform_campaign_id, "ACTIVE")
    assert campaign["budget"] == {"type": "daily", "amount": "1000.00", "currency": "USD"}
    budgets = [row["budget"]["amount"] for row in sandbox.of_kind("ad_set")]
    assert budgets == ["500.00", "500.00"]


def test_a_campaign_may_be_published_paused(sandbox: Sandbox, make: Callable[..., CampaignDraft], paul: User) -> None:
    draft = make(ad_set("s1", [ad("a1", media=[make_media(1080, 1920).sha256])]), launch="paused")

    run = publish(draft, paul)

    assert run.state == State.SUCCEEDED, run.error_message
    assert fresh(draft).delivery == "paused"
    assert [row["status"] for row in sandbox.of_kind("campaign")] == ["PAUSED"]
    assert {row["status"] for row in sandbox.of_kind("ad")} == {"ACTIVE"}


def test_a_published_campaign_is_paused_resumed_and_ended(sandbox: Sandbox, summer: CampaignDraft, paul: User) -> None:
    publish(summer, paul)

    steps = ((Action.SWITCH_OFF, "PAUSED"), (Action.SWITCH_ON, "ACTIVE"), (Action.END, "PAUSED"))
    for action, status in steps:
        run = work_until_settled(workflow.switch(summer.pk, action, by=paul))
        assert run.state == State.SUCCEEDED, run.error_message
        assert sandbox.of_kind("campaign")[0]["status"] == status

    assert fresh(summer).delivery == "ended"


# What breaks --------------------------------------------------------------------------------------------------------------

ONCE = [
    ("drop_before", None, "before"),
    ("drop_after", None, "before"),
    ("truncate", None, "before"),
    ("reset", None, "before"),
    ("status", 500, "before"),
    ("status", 500, "after"),
    ("rate_limit", 0, "before"),
]


PLACES = [("POST", path) for path in (CAMPAIGNS, AD_SQUADS, "/creatives$", "/ads$", "/media$", "/upload$")] + [
    ("PUT", path) for path in (CAMPAIGNS, AD_SQUADS, "/ads$")
]


@pytest.mark.parametrize(("effect", "value", "when"), ONCE)
@pytest.mark.parametrize(("method", "path"), PLACES)
def test_whatever_breaks_once_there_is_one_campaign_in_the_end(
    sandbox: Sandbox, summer: CampaignDraft, paul: User, effect: str, value: Any, when: str, path: str, method: str
) -> None:
    sandbox.fault(effect, path, value, method=method, when=when)

    run = publish(summer, paul)

    assert run.state == State.SUCCEEDED, run.error_message
    assert sandbox.look("faults") == []
    assert counts(sandbox) == COMPLETE
    assert {row["status"] for kind in COMPLETE for row in sandbox.of_kind(kind)} == {"ACTIVE"}


def test_lists_that_lag_do_not_make_twins(sandbox: Sandbox, summer: CampaignDraft, paul: User, settings: Any) -> None:
    """The answer to the campaign's making got lost, and the first look at the list does not show it yet."""
    settings.PUBLISH_SETTLE_FACTOR = 0.05
    sandbox.fault("drop_after", CAMPAIGNS, method="POST")
    sandbox.fault("stale_reads", CAMPAIGNS, 0.5, method="GET")

    run = publish(summer, paul)

    assert run.state == State.SUCCEEDED, run.error_message
    assert counts(sandbox) == COMPLETE


def test_a_token_that_ends_on_the_way_is_renewed_and_nothing_is_made_twice(
    sandbox: Sandbox, summer: CampaignDraft, paul: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tokens live an hour: here it is over as soon as the campaign is there."""
    used: list[tuple[str, str]] = []
    real = SnapchatPlatform.send

    def send(self: SnapchatPlatform, call: Call, *more: Any) -> Any:
        assert self.tokens is not None
        used.append((call.request["kind"], self.tokens.access_token))
        outcomes = real(self, call, *more)
        if call.request.get("level") == Level.CAMPAIGN.value and call.request["kind"] == "create":
            sandbox.order("seed", platform="snapchat", tokens="expire")
        return outcomes

    monkeypatch.setattr(SnapchatPlatform, "send", send)
    first = stored()

    run = publish(summer, paul)

    assert run.state == State.SUCCEEDED, run.error_message
    assert (counts(sandbox), renewals(sandbox)) == (COMPLETE, 1)
    second = stored()
    assert (second.status, second.tokens_version) == (Connection.Status.CONNECTED, first.tokens_version + 1)
    assert second.access_token != first.access_token
    assert [token for _, token in used[:3]] == [first.access_token] * 3
    assert used[-1][1] == second.access_token


def test_an_expired_token_is_renewed_before_the_first_write(
    sandbox: Sandbox, summer: CampaignDraft, paul: User
) -> None:
    sandbox.order("seed", platform="snapchat", tokens="expire")

    run = publish(summer, paul)

    assert run.state == State.SUCCEEDED, run.error_message
    assert renewals(sandbox) == 1


def test_a_refresh_token_that_snapchat_replaced_is_kept(sandbox: Sandbox, summer: CampaignDraft, paul: User) -> None:
    sandbox.order("settings", snapchat_rotates_refresh_tokens=True)
    sandbox.order("seed", platform="snapchat", tokens="expire")
    first = stored()

    run = publish(summer, paul)

    assert run.state == State.SUCCEEDED, run.error_message
    assert stored().refresh_token != first.refresh_token


def test_access_that_was_taken_back_on_the_way_stops_until_somebody_reconnects(
    sandbox: Sandbox, summer: CampaignDraft, paul: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = SnapchatPlatform.send

    def send(self: SnapchatPlatform, call: Call, *more: Any) -> Any:
        outcomes = real(self, call, *more)
        if call.request["kind"] == "create":
            sandbox.order("seed", platform="snapchat", tokens="revoke")
        return outcomes

    with monkeypatch.context() as patch:
        patch.setattr(SnapchatPlatform, "send", send)
        run = publish(summer, paul)

    # Snapchat can no longer be asked how things stand, so a person is told; nothing was switched on.
    assert (run.state, run.error_code) == (State.NEEDS_ATTENTION, "TOKEN_EXPIRED")
    assert (fresh(summer).status, fresh(summer).may_be_live) == (Status.FAILED, "no")
    assert stored().status == Connection.Status.NEEDS_RECONNECT
    assert counts(sandbox)["ad"] == 0

    issued = sandbox.order("tokens", platform="snapchat")
    make_connection("snapchat", access_token=issued["access_token"], refresh_token=issued["refresh_token"])
    workflow.look_again(summer.pk, by=paul)
    assert work_until_settled(run).state == State.FAILED
    again = work_until_settled(workflow.retry(summer.pk, by=paul))
    assert again.state == State.SUCCEEDED, again.error_message
    assert counts(sandbox) == COMPLETE


def test_a_refusal_fails_with_snapchats_reason_and_retry_goes_on(
    sandbox: Sandbox, summer: CampaignDraft, paul: User
) -> None:
    reason = {"sub_request_status": "ERROR", "sub_request_error_reason": "daily_budget_micro is above your credit line"}
    body = {"request_status": "ERROR", "request_id": "r7", "adsquads": [reason, reason]}
    sandbox.fault("error_body", AD_SQUADS, {"status": 400, "body": body}, method="POST")

    run = publish(summer, paul)
    failed = fresh(summer)

    assert (run.state, failed.status, failed.may_be_live) == (State.FAILED, Status.FAILED, "no")
    assert (failed.error_code, run.error_path) == ("INVALID_BUDGET", "ad_sets[s1].budget")
    assert "above your credit line" in run.error_message
    assert counts(sandbox) == {"campaign": 1, "ad_set": 0, "ad": 0}
    assert {row["first_on_at"] for row in sandbox.of_kind("campaign")} == {None}

    again = work_until_settled(workflow.retry(summer.pk, by=paul))
    assert again.state == State.SUCCEEDED, again.error_message
    assert counts(sandbox) == COMPLETE


def test_a_tampered_budget_is_not_switched_on(
    sandbox: Sandbox, summer: CampaignDraft, paul: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody changes a budget in Ads Manager while we publish: what is read back is not what was approved."""
    real = SnapchatPlatform.send

    def send(self: SnapchatPlatform, call: Call, *more: Any) -> Any:
        outcomes = real(self, call, *more)
        if call.request.get("level") == Level.AD_SET.value and call.request["kind"] == "create":
            first, token = outcomes[call.keys[0]].external_id, self.tokens.access_token if self.tokens else ""
            parent = f"campaigns/{call.request['parent']}"
            sandbox.edit(token, parent, "adsquads", first, daily_budget_micro=9_900_000_000)
        return outcomes

    monkeypatch.setattr(SnapchatPlatform, "send", send)

    run = publish(summer, paul)

    assert (run.state, run.error_code) == (State.FAILED, "READ_BACK_DIFFERS")
    assert "$9,900.00" in run.error_message
    assert {row["status"] for kind in COMPLETE for row in sandbox.of_kind(kind)} == {"PAUSED"}


def test_what_failed_is_removed_on_roll_back(
    sandbox: Sandbox, summer: CampaignDraft, carl: User, paul: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(SnapchatPlatform, "differences", lambda *_: [Difference("k", "campaign", "budget", "1", "2")])
        run = publish(summer, paul)
    assert (run.state, counts(sandbox)) == (State.FAILED, COMPLETE)

    workflow.roll_back(summer.pk, by=carl)
    removed = work_until_settled(run)

    assert removed.state == State.REMOVED
    assert counts(sandbox) == {"campaign": 0, "ad_set": 0, "ad": 0}


def test_no_secret_is_in_the_record_of_a_publication(sandbox: Sandbox, summer: CampaignDraft, paul: User) -> None:
    sandbox.order("seed", platform="snapchat", tokens="expire")
    publish(summer, paul)
    kept = repr(list(ApiCall.objects.values()))
    secrets = [row["value"] for row in sandbox.look("secrets")]

    assert ApiCall.objects.count() >= len(CREATES) + len(SWITCHES)
    assert [secret for secret in secrets if secret in kept] == []


# The rules ----------------------------------------------------------------------------------------------------------------


def test_the_rules_ask_for_what_snapchat_needs(make: Callable[..., CampaignDraft]) -> None:
    bare = ad("a1", media=[], headlines=[])
    draft = make(ad_set("s1", [bare]), status=Status.DRAFT, assets={})

    found = {problem.path for problem in rules.problems_of(draft) if problem.is_error}

    assert found == {
        "campaign.assets.profile",
        "campaign.assets.pixel",
        "campaign.assets.conversion_event",
        "ad_sets[s1].ads[a1].creative.media",
        "ad_sets[s1].ads[a1].creative.headlines",
    }


def test_a_complete_draft_has_no_problems(summer: CampaignDraft) -> None:
    assert [problem for problem in rules.problems_of(summer, own_commitment=(summer.pk, 1)) if problem.is_error] == []
