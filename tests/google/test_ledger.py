"""Google Ads behind the real workflow, ledger and runner: one campaign at the platform, whatever breaks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from campaigns import rules, workflow
from campaigns.models import CampaignDraft, PublishRun
from integrations import draft as drafts
from integrations.contracts import Action, AssetKind, Difference
from integrations.models import ApiCall
from integrations.platforms.google.adapter import GooglePlatform
from stratum.models import User
from tests.factories import make_account, make_connection, make_draft, make_media, next_summer
from tests.google.conftest import Sandbox
from tests.google.drafts import ad, ad_set, search_ad, search_ad_set
from tests.publishing.conftest import SHORT_CLOCKS, work_until_settled

pytestmark = pytest.mark.any_database

Status, State = CampaignDraft.Status, PublishRun.State
MAIN, MANAGER = "1234567890", "1000200030"
MUTATE = r"googleAds:mutate$"


@pytest.fixture
def make(db: None, sandbox: Sandbox, settings: Any, google: GooglePlatform) -> Any:
    """Make a draft on an account of the sandbox, clocks run short."""
    for name, value in SHORT_CLOCKS.items():
        setattr(settings, name, value)
    assert google.tokens is not None
    make_connection("google", access_token=google.tokens.access_token, refresh_token=google.tokens.refresh_token)
    contract = next(account for account in google.list_accounts() if account.external_id == MAIN)
    found = google.list_assets(contract)
    account = make_account(
        MAIN,
        platform="google",
        extra=dict(contract.extra),
        defaults={},
        assets=[(asset.kind, asset.external_id, asset.name) for asset in found],
    )
    chosen = {asset.kind: asset.external_id for asset in found}

    def create(*ad_sets: dict[str, Any], status: str = Status.APPROVED, **campaign: Any) -> CampaignDraft:
        start, end = next_summer()
        values: dict[str, Any] = {
            "name": "Summer Sale",
            "objective": "conversions",
            "budget": {"amount": "1000.00", "type": "daily"},
            "schedule": {"start": f"{start}T00:00", "end": f"{end}T23:59"},
            "assets": {
                "logo": chosen[AssetKind.LOGO],
                "business_name": "Acme Corp",
                "conversion_action": chosen[AssetKind.CONVERSION_ACTION],
            },
            "declarations": {"eu_political": False},
        }
        content = drafts.read({"campaign": values | campaign, "ad_sets": list(ad_sets)}).json
        return make_draft(status, account=account, draft_json=content)

    return create


@pytest.fixture
def summer(make: Any) -> CampaignDraft:
    """An approved Demand Gen campaign of two ad sets with a picture each."""
    square, wide = make_media().sha256, make_media(1200, 628, colour="#335577").sha256
    return make(ad_set("s1", [ad("a1", media=[square, wide])]), ad_set("s2", [ad("b1", media=[square])]))


def publish(draft: CampaignDraft, by: User) -> PublishRun:
    return work_until_settled(workflow.publish(draft.pk, by=by))


def fresh(draft: CampaignDraft) -> CampaignDraft:
    return CampaignDraft.objects.get(pk=draft.pk)


def counts(sandbox: Sandbox) -> dict[str, int]:
    return {kind: len(sandbox.of_kind(kind)) for kind in ("campaign", "ad_set", "ad")}


COMPLETE = {"campaign": 1, "ad_set": 2, "ad": 2}


def test_a_campaign_is_published_with_three_writes(sandbox: Sandbox, summer: CampaignDraft, paul: User) -> None:
    run = publish(summer, paul)

    assert run.state == State.SUCCEEDED, run.error_message
    assert (fresh(summer).status, fresh(summer).delivery) == (Status.PUBLISHED, "scheduled")
    assert counts(sandbox) == COMPLETE
    assert len(sandbox.mutates()) == 3  # the whole tree, the switches of what is below, the campaign's switch
    (campaign,) = sandbox.of_kind("campaign")
    assert (campaign["id"], campaign["status"]) == (fresh(summer).platform_campaign_id, "ENABLED")
    assert campaign["budget"] == {"type": "daily", "amount": "1000.00", "currency": "USD"}
    switched = [next(iter(row["body"]["mutateOperations"][0])) for row in sandbox.mutates()[1:]]
    assert switched == ["adGroupAdOperation", "campaignOperation"]


def test_a_search_campaign_is_published_with_three_writes(sandbox: Sandbox, make: Any, paul: User) -> None:
    draft = make(search_ad_set("s1", [search_ad("a1")]), search_ad_set("s2", [search_ad("b1")]), launch="paused")

    run = publish(draft, paul)

    assert run.state == State.SUCCEEDED, run.error_message
    assert fresh(draft).delivery == "paused"
    assert [row["status"] for row in sandbox.of_kind("campaign")] == ["PAUSED"]
    assert {row["status"] for row in sandbox.of_kind("ad")} == {"ENABLED"}
    assert len(sandbox.mutates()) == 2


def test_a_published_campaign_is_paused_resumed_and_ended(sandbox: Sandbox, summer: CampaignDraft, paul: User) -> None:
    publish(summer, paul)

    steps = ((Action.SWITCH_OFF, "PAUSED"), (Action.SWITCH_ON, "ENABLED"), (Action.END, "PAUSED"))
    for action, status in steps:
        run = work_until_settled(workflow.switch(summer.pk, action, by=paul))
        assert run.state == State.SUCCEEDED, run.error_message
        assert sandbox.of_kind("campaign")[0]["status"] == status

    assert fresh(summer).delivery == "ended"


@pytest.mark.parametrize(
    ("effect", "value"),
    [
        ("drop_before", None),
        ("drop_after", None),
        ("truncate", None),
        ("reset", None),
        ("status", 500),
        ("rate_limit", 0),
    ],
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_whatever_breaks_once_there_is_one_campaign_in_the_end(
    sandbox: Sandbox, summer: CampaignDraft, paul: User, effect: str, value: Any, when: str
) -> None:
    body = {"when": when} if effect == "status" else {}
    sandbox.fault(effect, MUTATE, value, times=1, **body)

    run = publish(summer, paul)

    assert run.state == State.SUCCEEDED, run.error_message
    assert counts(sandbox) == COMPLETE


def test_an_expired_token_is_renewed_on_the_way(sandbox: Sandbox, summer: CampaignDraft, paul: User) -> None:
    sandbox.order("seed", platform="google", tokens="expire")

    run = publish(summer, paul)

    assert run.state == State.SUCCEEDED, run.error_message


def test_a_refusal_fails_with_googles_reason_and_retry_goes_on(
    sandbox: Sandbox, summer: CampaignDraft, paul: User
) -> None:
    fault = {
        "errorCode": {"policyFindingError": "POLICY_FINDING"},
        "message": "A policy was violated.",
        "location": {
            "fieldPathElements": [{"fieldName": "mutate_operations", "index": 17}, {"fieldName": "headlines"}]
        },
    }
    failure = {
        "error": {"code": 400, "status": "INVALID_ARGUMENT", "details": [{"errors": [fault], "requestId": "R7"}]}
    }
    sandbox.fault("error_body", MUTATE, failure)

    run = publish(summer, paul)
    failed = fresh(summer)

    assert (run.state, failed.status, failed.may_be_live) == (State.FAILED, Status.FAILED, "no")
    assert failed.error_code == "POLICY_VIOLATION"
    assert run.error_path.startswith("ad_sets[")
    assert counts(sandbox) == {"campaign": 0, "ad_set": 0, "ad": 0}

    again = work_until_settled(workflow.retry(summer.pk, by=paul))
    assert again.state == State.SUCCEEDED, again.error_message
    assert counts(sandbox) == COMPLETE


def test_a_tampered_budget_is_not_switched_on(
    sandbox: Sandbox, summer: CampaignDraft, paul: User, monkeypatch: Any
) -> None:
    """Google shows another budget when the tree is read back: nothing goes live."""
    real = GooglePlatform.read

    def read_otherwise(self: GooglePlatform, ids: Any, steps: Any, account: Any) -> Any:
        nodes = real(self, ids, steps, account)
        told = {"budget": "9900000000 micros a day"}
        return {
            key: replace(node, fields=dict(node.fields) | told) if "budget" in node.fields else node
            for key, node in nodes.items()
        }

    monkeypatch.setattr(GooglePlatform, "read", read_otherwise)

    run = publish(summer, paul)

    assert (run.state, run.error_code) == (State.FAILED, "READ_BACK_DIFFERS")
    assert {row["status"] for row in sandbox.look("objects", kind="campaign")} == {"PAUSED"}


def test_what_failed_is_removed_on_roll_back(
    sandbox: Sandbox, summer: CampaignDraft, carl: User, paul: User, monkeypatch: Any
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(GooglePlatform, "differences", lambda *_: [Difference("k", "campaign", "budget", "1", "2")])
        run = publish(summer, paul)
    assert (run.state, counts(sandbox)) == (State.FAILED, COMPLETE)

    workflow.roll_back(summer.pk, by=carl)
    removed = work_until_settled(run)

    assert removed.state == State.REMOVED
    assert counts(sandbox) == {"campaign": 0, "ad_set": 0, "ad": 0}


def test_no_secret_is_in_the_record_of_a_publication(sandbox: Sandbox, summer: CampaignDraft, paul: User) -> None:
    publish(summer, paul)
    kept = repr(list(ApiCall.objects.values()))
    secrets = [row["value"] for row in sandbox.look("secrets")]

    assert ApiCall.objects.count() >= 6
    assert [secret for secret in secrets if secret in kept] == []


def test_the_rules_ask_for_what_google_needs(make: Any) -> None:
    draft = make(ad_set("s1", [ad("a1", media=[])]), status=Status.DRAFT, assets={}, declarations={})

    found = {problem.path for problem in rules.problems_of(draft) if problem.is_error}

    assert found == {
        "campaign.assets.logo",
        "campaign.assets.business_name",
        "campaign.assets.conversion_action",
        "campaign.declarations.eu_political",
        "ad_sets[s1].ads[a1].creative.media",
    }


def test_a_complete_draft_has_no_problems(summer: CampaignDraft) -> None:
    assert [problem for problem in rules.problems_of(summer, own_commitment=(summer.pk, 1)) if problem.is_error] == []
