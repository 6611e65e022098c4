"""Before a draft goes to the approvers Google says what it would refuse; nothing is created for that."""

from __future__ import annotations

from typing import Any

import pytest

from campaigns.models import CampaignDraft
from integrations.platforms.google.adapter import GooglePlatform
from stratum.models import User
from tests.factories import make_media
from tests.google.conftest import Sandbox
from tests.google.drafts import ad, ad_set
from tests.google.test_ledger import make as make  # the fixture

Status = CampaignDraft.Status
JSON = {"Accept": "application/json"}


@pytest.fixture
def draft(make: Any) -> Any:
    def create(**creative: Any) -> CampaignDraft:
        media = [make_media().sha256]
        return make(ad_set("s1", [ad("a1", media=media, **creative)]), status=Status.DRAFT)

    return create


def submit(as_user: Any, carl: User, draft: CampaignDraft) -> Any:
    return as_user(carl).post(f"/campaign-drafts/{draft.pk}/submit", headers=JSON)


def checks(sandbox: Sandbox) -> list[dict[str, Any]]:
    rows = [row for row in sandbox.look("requests") if row["path"].endswith("googleAds:mutate")]
    return [row for row in rows if row["body"].get("validateOnly")]


def test_what_google_would_refuse_is_not_submitted(sandbox: Sandbox, draft: Any, as_user: Any, carl: User) -> None:
    content = draft(headlines=["Buy now!!"])

    answer = submit(as_user, carl, content)

    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (422, "VALIDATION_FAILED")
    assert [detail["path"] for detail in error["details"]] == ["ad_sets[s1].ads[a1].creative.headlines"]
    assert "PUNCTUATION_AND_SYMBOLS" in error["message"]
    assert CampaignDraft.objects.get(pk=content.pk).status == Status.DRAFT
    assert len(checks(sandbox)) == 1
    assert sandbox.of_kind("campaign") == []


def test_what_google_accepts_is_submitted(sandbox: Sandbox, draft: Any, as_user: Any, carl: User) -> None:
    content = draft()

    answer = submit(as_user, carl, content)

    assert answer.status_code == 200, answer.content
    assert CampaignDraft.objects.get(pk=content.pk).status == Status.SUBMITTED
    assert (len(checks(sandbox)), sandbox.mutates()) == (1, [])


@pytest.mark.parametrize(("effect", "value"), [("drop_before", None), ("status", 503), ("rate_limit", 60)])
def test_google_that_does_not_answer_stops_nobody(
    sandbox: Sandbox, draft: Any, as_user: Any, carl: User, effect: str, value: Any
) -> None:
    sandbox.fault(effect, "googleAds:mutate", value)

    assert submit(as_user, carl, draft()).status_code == 200


def test_an_account_that_may_only_be_looked_at_is_said(sandbox: Sandbox, draft: Any, as_user: Any, carl: User) -> None:
    content = draft()
    sandbox.order("seed", platform="google", update_accounts={"1234567890": {"role": "READ_ONLY"}})

    answer = submit(as_user, carl, content)

    assert answer.status_code == 422
    assert "standard access" in answer.json()["error"]["message"]


def test_an_incomplete_draft_is_not_even_asked_about(sandbox: Sandbox, draft: Any, as_user: Any, carl: User) -> None:
    assert submit(as_user, carl, draft(headlines=[])).status_code == 422
    assert checks(sandbox) == []


def test_somebody_elses_draft_is_not_asked_about(sandbox: Sandbox, draft: Any, as_user: Any, cora: User) -> None:
    assert submit(as_user, cora, draft()).status_code == 403
    assert checks(sandbox) == []


def test_a_platform_that_cannot_be_asked_is_not(
    sandbox: Sandbox, draft: Any, as_user: Any, carl: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GooglePlatform, "checks_beforehand", False)

    assert submit(as_user, carl, draft(headlines=["Buy now!!"])).status_code == 200
    assert checks(sandbox) == []
