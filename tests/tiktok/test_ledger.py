"""TikTok behind the real ledger and runner: one campaign at the platform, whatever breaks, and what people are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from campaigns import rules, workflow
from campaigns.models import CampaignDraft, PublishRun
from integrations import draft as drafts
from integrations.contracts import Action
from integrations.models import ApiCall
from integrations.platforms.tiktok.adapter import TikTokPlatform
from stratum.models import User
from tests.factories import make_account, make_connection, make_draft, make_media, next_summer
from tests.publishing.conftest import SHORT_CLOCKS, work_until_settled
from tests.tiktok.conftest import Sandbox
from tests.tiktok.drafts import IDENTITY, MAIN, MUSIC, PIXEL, ad, ad_set

pytestmark = pytest.mark.any_database

Status, State = CampaignDraft.Status, PublishRun.State
COMPLETE = {"campaign": 1, "ad_set": 2, "ad": 3}
JSON = {"Accept": "application/json"}


@pytest.fixture
def make(db: None, sandbox: Sandbox, settings: Any, tiktok: TikTokPlatform) -> Callable[..., CampaignDraft]:
    """Make a draft on the main account: two ad groups, three carousels; clocks run short."""
    for name, value in SHORT_CLOCKS.items():
        setattr(settings, name, value)
    assert tiktok.tokens
    make_connection("tiktok", access_token=tiktok.tokens.access_token, expires_at=None, scopes=["1", "2", "6", "8"])
    contract = next(account for account in tiktok.list_accounts() if account.external_id == MAIN.external_id)
    found = [(asset.kind, asset.external_id, asset.name) for asset in tiktok.list_assets(contract)]
    account = make_account(MAIN.external_id, platform="tiktok", extra=dict(contract.extra), defaults={}, assets=found)
    pictures = [make_media(720, 1280).sha256, make_media(1080, 1080, colour="#223344").sha256]

    def create(*ad_sets: dict[str, Any], status: str = Status.APPROVED, **campaign: Any) -> CampaignDraft:
        start, end = next_summer()
        values: dict[str, Any] = {
            "name": "Summer Sale",
            "objective": "conversions",
            "budget": {"amount": "1000.00", "type": "daily"},
            "schedule": {"start": f"{start}T00:00", "end": f"{end}T23:59"},
            "assets": {"identity": IDENTITY, "music": MUSIC, "pixel": PIXEL, "conversion_event": "purchase"},
        }
        first = ad_set("s1", ads=[ad("a1", media=pictures), ad("a2", media=pictures[::-1])])
        tree = list(ad_sets) or [first, ad_set("s2", budget="300.00", ads=[ad("a3", media=pictures)])]
        content = drafts.read({"campaign": values | campaign, "ad_sets": tree}).json
        return make_draft(status, account=account, draft_json=content)

    return create


@pytest.fixture
def draft(make: Any) -> CampaignDraft:
    created: CampaignDraft = make()
    return created


def publish(draft: CampaignDraft, by: User) -> PublishRun:
    return work_until_settled(workflow.publish(draft.pk, by=by))


def there(sandbox: Sandbox) -> Counter[str]:
    return Counter(row["kind"] for row in sandbox.look("objects") if row["kind"] in COMPLETE)


def fresh(draft: CampaignDraft) -> CampaignDraft:
    return CampaignDraft.objects.get(pk=draft.pk)


def test_the_rules_find_nothing_to_mend(draft: CampaignDraft) -> None:
    rules.require_ready(draft)


def test_a_campaign_is_published_with_as_few_writes_as_tiktok_allows(
    sandbox: Sandbox, draft: CampaignDraft, paul: User
) -> None:
    run = publish(draft, paul)

    assert run.state == State.SUCCEEDED, run.error_message
    assert (fresh(draft).status, fresh(draft).delivery) == (Status.PUBLISHED, "scheduled")
    assert there(sandbox) == COMPLETE
    assert Counter(sandbox.calls()) == {
        "/file/image/ad/upload/": 2,
        "/campaign/create/": 1,
        "/adgroup/create/": 2,
        "/ad/create/": 2,
        "/ad/status/update/": 1,
        "/adgroup/status/update/": 1,
        "/campaign/status/update/": 1,
    }
    assert sandbox.calls()[-1] == "/campaign/status/update/"
    [campaign] = sandbox.of_kind("campaign")
    assert (campaign["id"], campaign["status"]) == (fresh(draft).platform_campaign_id, "ENABLE")


def test_a_budget_of_the_campaign_is_published_too(sandbox: Sandbox, make: Any, paul: User) -> None:
    media = [make_media(720, 1280).sha256]
    sets = [ad_set(key, budget=None, ads=[ad(f"b{key}", type="image", media=media)]) for key in ("s1", "s2", "s3")]
    content = make(*sets, assets={"identity": IDENTITY, "pixel": PIXEL, "conversion_event": "purchase"})

    run = publish(content, paul)

    assert run.state == State.SUCCEEDED, run.error_message
    [campaign] = sandbox.of_kind("campaign")
    assert campaign["budget"] == {"type": "daily", "amount": "1000.00", "currency": "USD"}
    assert {row["budget"] for row in sandbox.of_kind("ad_set")} == {None}


@pytest.mark.parametrize(
    ("effect", "path", "value"),
    [
        ("drop_after", "/file/image/ad/upload/", None),
        ("drop_before", "/campaign/create/", None),
        ("drop_after", "/campaign/create/", None),
        ("truncate", "/campaign/create/", None),
        ("status", "/adgroup/create/", 500),
        ("drop_after", "/adgroup/create/", None),
        ("status", "/ad/create/", 503),
        ("drop_after", "/ad/create/", None),
        ("rate_limit", "/ad/create/", "QPS"),
        ("drop_after", "/ad/status/update/", None),
        ("drop_after", "/campaign/status/update/", None),
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


def test_a_refusal_fails_with_tiktoks_reason_and_leaves_everything_off(
    sandbox: Sandbox, draft: CampaignDraft, paul: User
) -> None:
    sandbox.refuse("/adgroup/create/", 40002, "age_groups: Not for this advertiser.", method="POST")

    run = publish(draft, paul)
    failed = fresh(draft)

    assert (run.state, failed.status, failed.may_be_live) == (State.FAILED, Status.FAILED, "no")
    assert failed.error_code == "INVALID_TARGETING"
    assert failed.error_message == "age_groups: Not for this advertiser."
    assert run.error_path in ("ad_sets[s1].targeting.age_min", "ad_sets[s2].targeting.age_min")
    assert {row["status"] for row in sandbox.of_kind("campaign")} == {"DISABLE"}

    again = work_until_settled(workflow.retry(draft.pk, by=paul))
    assert again.state == State.SUCCEEDED, again.error_message
    assert there(sandbox) == COMPLETE


def test_a_country_that_was_taken_away_fails_before_anything_is_made(sandbox: Sandbox, make: Any, paul: User) -> None:
    media = [make_media(720, 1280).sha256]
    content = make(ad_set("s1", targeting={"locations": ["GB"]}, ads=[ad("a1", type="image", media=media)]))

    run = publish(content, paul)

    assert (run.state, run.error_code) == (State.FAILED, "INVALID_TARGETING")
    assert "United Kingdom" in run.error_message
    assert there(sandbox) == {}


def test_a_tampered_budget_is_not_switched_on(
    sandbox: Sandbox, draft: CampaignDraft, paul: User, monkeypatch: Any
) -> None:
    """Somebody raises the budget between creating and reading back: nothing goes live."""
    real = TikTokPlatform.read

    def read_late(self: TikTokPlatform, ids: Any, steps: Any, account: Any) -> Any:
        ad_group = min(row["id"] for row in sandbox.of_kind("ad_set"))
        body = {"advertiser_id": account.external_id, "adgroup_id": ad_group, "budget": 99000}
        self._ads.post("adgroup/update/", body)
        return real(self, ids, steps, account)

    monkeypatch.setattr(TikTokPlatform, "read", read_late)

    run = publish(draft, paul)

    assert (run.state, run.error_code) == (State.FAILED, "READ_BACK_DIFFERS")
    assert "found $99,000.00 a day" in run.error_message
    assert {row["first_on_at"] for row in sandbox.of_kind("campaign")} == {None}


def test_pause_resume_and_end_are_seen_at_tiktok(sandbox: Sandbox, draft: CampaignDraft, paul: User) -> None:
    publish(draft, paul)
    seen = []
    for action in (Action.SWITCH_OFF, Action.SWITCH_ON, Action.END):
        work_until_settled(workflow.switch(draft.pk, action, by=paul))
        seen.append((fresh(draft).delivery, sandbox.of_kind("campaign")[0]["status"]))

    assert seen == [("paused", "DISABLE"), ("scheduled", "ENABLE"), ("ended", "DISABLE")]


def test_rolling_back_removes_the_tree(sandbox: Sandbox, draft: CampaignDraft, paul: User, carl: User) -> None:
    sandbox.refuse("/ad/create/", 40002, "No", method="POST", times=2)
    run = publish(draft, paul)
    assert there(sandbox) == {"campaign": 1, "ad_set": 2}

    workflow.roll_back(draft.pk, by=carl)
    work_until_settled(run)

    assert there(sandbox) == {}


def test_a_country_that_tiktok_does_not_offer_is_not_submitted(
    sandbox: Sandbox, make: Any, as_user: Any, carl: User
) -> None:
    media = [make_media(720, 1280).sha256]
    unreachable = ad_set("s1", targeting={"locations": ["GB"]}, ads=[ad("a1", type="image", media=media)])
    content = make(unreachable, status=Status.DRAFT)

    answer = as_user(carl).post(f"/campaign-drafts/{content.pk}/submit", headers=JSON)

    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (422, "VALIDATION_FAILED")
    assert [detail["path"] for detail in error["details"]] == ["ad_sets[s1].targeting.locations"]
    assert fresh(content).status == Status.DRAFT


def test_what_tiktok_can_be_asked_about_is_submitted(sandbox: Sandbox, make: Any, as_user: Any, carl: User) -> None:
    content = make(status=Status.DRAFT)

    answer = as_user(carl).post(f"/campaign-drafts/{content.pk}/submit", headers=JSON)

    assert answer.status_code == 200, answer.content
    assert fresh(content).status == Status.SUBMITTED
    assert sandbox.calls() == []


def test_no_secret_is_stored(sandbox: Sandbox, draft: CampaignDraft, paul: User) -> None:
    publish(draft, paul)
    rows = "".join(repr(vars(row)) for row in ApiCall.objects.all())

    assert ApiCall.objects.count() >= 9
    assert sandbox.look("secrets")
    assert [row["value"] for row in sandbox.look("secrets") if row["value"] in rows] == []
