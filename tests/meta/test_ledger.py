"""Meta behind the real ledger and runner: one campaign at the platform, whatever breaks, and what people are told."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from campaigns import workflow
from campaigns.models import CampaignDraft, PublishRun
from integrations.contracts import Action
from integrations.models import ApiCall
from integrations.platforms.meta.adapter import MetaPlatform
from stratum.models import User
from tests.factories import make_connection, make_draft, make_draft_json
from tests.meta.conftest import Sandbox
from tests.publishing.conftest import SHORT_CLOCKS, work_until_settled

pytestmark = pytest.mark.any_database

Status, State = CampaignDraft.Status, PublishRun.State
COMPLETE = {"campaign": 1, "ad_set": 1, "creative": 1, "ad": 1}


@pytest.fixture
def draft(db: None, sandbox: Sandbox, settings: Any) -> CampaignDraft:
    """An approved campaign on an account of the sandbox, clocks run short."""
    for name, value in SHORT_CLOCKS.items():
        setattr(settings, name, value)
    issued = sandbox.order("tokens", platform="meta", scopes=sorted(MetaPlatform.scopes))
    make_connection(access_token=issued["access_token"])
    return make_draft(Status.APPROVED, draft_json=make_draft_json())


def publish(draft: CampaignDraft, by: User) -> PublishRun:
    return work_until_settled(workflow.publish(draft.pk, by=by))


def there(sandbox: Sandbox) -> Counter[str]:
    return Counter(row["kind"] for row in sandbox.look("objects") if row["kind"] in COMPLETE)


def fresh(draft: CampaignDraft) -> CampaignDraft:
    return CampaignDraft.objects.get(pk=draft.pk)


def test_a_campaign_is_published_with_four_writes(sandbox: Sandbox, draft: CampaignDraft, paul: User) -> None:
    run = publish(draft, paul)

    assert run.state == State.SUCCEEDED, run.error_message
    assert (fresh(draft).status, fresh(draft).delivery) == (Status.PUBLISHED, "scheduled")
    assert there(sandbox) == COMPLETE
    assert len(sandbox.writes()) == 4  # the picture, the tree, the switches of what is below, the campaign's switch
    campaign = sandbox.look("objects", kind="campaign")[0]
    assert (campaign["id"], campaign["status"]) == (fresh(draft).platform_campaign_id, "ACTIVE")


@pytest.mark.parametrize(
    ("effect", "path", "value"),
    [
        ("drop_after", "/adimages", None),
        ("drop_before", "/campaigns$", None),
        ("drop_after", "/campaigns$", None),
        ("truncate", "/campaigns$", None),
        ("status", "/adsets$", 500),
        ("status", "/adcreatives$", 503),
        ("status", "/ads$", 500),
        ("rate_limit", r"^/v26\.0/?$", 0),
        ("drop_after", r"/120\d+$", None),
    ],
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_whatever_breaks_once_there_is_one_campaign_in_the_end(
    sandbox: Sandbox, draft: CampaignDraft, paul: User, effect: str, path: str, value: Any, when: str
) -> None:
    # A status may strike before or after the work is done; the other effects are of one kind.
    body = {"when": when} if effect == "status" else {}
    sandbox.fault(effect, path, value, method="POST", times=1, **body)

    run = publish(draft, paul)

    assert run.state == State.SUCCEEDED, run.error_message
    assert there(sandbox) == COMPLETE


def test_a_refusal_fails_with_metas_reason_and_leaves_everything_paused(
    sandbox: Sandbox, draft: CampaignDraft, paul: User
) -> None:
    refusal = {
        "error": {
            "code": 100, "message": "Invalid parameter", "error_user_title": "Age range invalid",
            "error_data": {"blame_field_specs": [["targeting", "age_min"]]}, "fbtrace_id": "Atrace",
        }
    }  # fmt: skip
    sandbox.fault("error_body", "/adsets$", refusal, method="POST", times=1)

    run = publish(draft, paul)
    failed = fresh(draft)

    assert (run.state, failed.status, failed.may_be_live) == (State.FAILED, Status.FAILED, "no")
    assert (failed.error_code, failed.error_message) == ("INVALID_TARGETING", "Age range invalid.")
    assert run.error_path == "ad_sets[s1].targeting.age_min"
    assert {row["status"] for row in sandbox.look("objects", kind="campaign")} == {"PAUSED"}

    again = work_until_settled(workflow.retry(draft.pk, by=paul))
    assert again.state == State.SUCCEEDED, again.error_message
    assert there(sandbox) == COMPLETE


def test_a_tampered_budget_is_not_switched_on(
    sandbox: Sandbox, draft: CampaignDraft, paul: User, monkeypatch: Any
) -> None:
    """Somebody raises the budget between creating and reading back: nothing goes live."""
    real = MetaPlatform.read

    def read_late(self: MetaPlatform, ids: Any, steps: Any, account: Any) -> Any:
        ad_set = sandbox.look("objects", kind="ad_set")[0]["id"]
        self._graph.post(ad_set, {"daily_budget": 9_900_000})
        return real(self, ids, steps, account)

    monkeypatch.setattr(MetaPlatform, "read", read_late)

    run = publish(draft, paul)

    assert (run.state, run.error_code) == (State.FAILED, "READ_BACK_DIFFERS")
    assert "approved $500.00, found $99,000.00" in run.error_message
    assert {row["first_on_at"] for row in sandbox.look("objects", kind="campaign")} == {None}


def test_pause_resume_and_end_are_seen_at_meta(sandbox: Sandbox, draft: CampaignDraft, paul: User) -> None:
    publish(draft, paul)
    seen = []
    for action in (Action.SWITCH_OFF, Action.SWITCH_ON, Action.END):
        work_until_settled(workflow.switch(draft.pk, action, by=paul))
        seen.append((fresh(draft).delivery, sandbox.look("objects", kind="campaign")[0]["status"]))

    assert seen == [("paused", "PAUSED"), ("scheduled", "ACTIVE"), ("ended", "PAUSED")]


def test_rolling_back_removes_the_tree(sandbox: Sandbox, draft: CampaignDraft, paul: User, carl: User) -> None:
    sandbox.fault("error_body", "/ads$", {"error": {"code": 100, "message": "No"}}, method="POST", times=1)
    run = publish(draft, paul)
    assert there(sandbox) == {"campaign": 1, "ad_set": 1, "creative": 1}

    workflow.roll_back(draft.pk, by=carl)
    work_until_settled(run)

    assert there(sandbox) == {}


def test_no_secret_is_stored(sandbox: Sandbox, draft: CampaignDraft, paul: User) -> None:
    publish(draft, paul)
    rows = "".join(repr(vars(row)) for row in ApiCall.objects.all())

    assert ApiCall.objects.count() >= 5
    assert [row["value"] for row in sandbox.look("secrets") if row["value"] in rows] == []
