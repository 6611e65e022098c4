"""One action on many campaigns: each is judged alone, and answers for itself."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from campaigns import workflow
from campaigns.bulk import actions, answered
from campaigns.models import CampaignDraft
from stratum.models import Event
from tests.campaigns.drive import client_of, draft_in, fresh
from tests.factories import make_account, make_draft, make_draft_json
from tests.people import person

pytestmark = pytest.mark.django_db

ASK, RUN = "/campaigns/bulk", "/campaigns/bulk/run"


def submitted(name: str = "Sale", **fields: Any) -> CampaignDraft:
    return make_draft("submitted", draft_json=make_draft_json(name=name), **fields)


def ask(name: str, action: str, *drafts: CampaignDraft) -> Any:
    return client_of(name).post(ASK, {"action": action, "row": [f"{d.pk}:{d.version}" for d in drafts]})


def run(name: str, action: str, *drafts: CampaignDraft, **more: str) -> dict[int, dict[str, Any]]:
    """Do it as a program would; answers by the draft's id."""
    sent = {"action": action, "hashes": {str(draft.pk): draft.content_hash for draft in drafts}} | more
    headers = {"accept": "application/json"}
    answer = client_of(name).post(RUN, sent, content_type="application/json", headers=headers)
    assert answer.status_code == 200, answer.content
    return {row["id"]: row for row in answer.json()["data"]["answers"]}


def test_what_is_asked_shows_each_campaign_and_the_money_together_by_currency():
    yen = make_account("act_2", name="Acme Japan", currency="JPY")
    drafts = [submitted("One"), submitted("Two"), submitted("Three", account=yen)]

    page = ask("anne", "approve", *drafts).content.decode()

    assert "Approve: 3 campaigns" in page
    assert "$2,000.00 a day; over the whole schedules at most $184,000.00" in page
    assert "¥1,000 a day" in page
    for draft in drafts:
        assert f'name="hash-{draft.pk}"' in page
        assert draft.content_hash in page


def test_the_page_that_answers_says_how_many_and_why_the_others_not():
    ready, own = submitted("Ready"), submitted("Own", created_by=person("ada"))
    approved = draft_in("approved")
    hashes = {f"hash-{draft.pk}": draft.content_hash for draft in (ready, own, approved)}

    page = client_of("ada").post(RUN, {"action": "approve", **hashes}).content.decode()

    assert re.search(r"<h1>\s*<bdi>\s*1 approved, 2 not", page)
    assert "You created this campaign" in page or "Only an Approver or an Admin who had no hand" in page
    assert "Only a submitted campaign can be approved." in page
    assert own.get_absolute_url() in page
    assert {fresh(draft).status for draft in (ready, approved)} == {"approved"}


@pytest.mark.parametrize(
    ("name", "action", "status", "becomes"),
    [
        ("carl", "submit", "draft", "submitted"),
        ("carl", "withdraw", "submitted", "draft"),
        ("anne", "approve", "submitted", "approved"),
        ("anne", "reject", "submitted", "rejected"),
        ("paul", "publish", "approved", "publishing"),
    ],
)
def test_each_action_does_what_the_single_one_does_and_twice_does_nothing_more(name, action, status, becomes):
    drafts = [draft_in(status), draft_in(status)]

    first = run(name, action, *drafts, reason="Too dear.")
    events = Event.objects.count()
    again = run(name, action, *drafts, reason="Too dear.")

    assert {row["outcome"] for row in first.values()} == {"done"}, first
    assert {fresh(draft).status for draft in drafts} == {becomes}
    assert {row["outcome"] for row in again.values()} <= {"before", "done"}
    assert Event.objects.count() == events


@pytest.mark.parametrize(("action", "delivery"), [("pause", "live"), ("resume", "paused")])
def test_what_runs_is_paused_and_resumed_once(action, delivery):
    draft = draft_in("published", delivery=delivery)

    assert run("paul", action, draft)[draft.pk]["outcome"] == "done"
    assert run("paul", action, draft)[draft.pk]["outcome"] == "before"
    assert draft.runs.filter(kind=action).count() == 1


@pytest.mark.parametrize("action", actions.ACTIONS)
def test_a_viewer_is_refused_row_by_row_by_the_rule_of_the_single_action(action):
    states = {"submit": "draft", "publish": "approved", "pause": "published", "resume": "published"}
    draft = draft_in(states.get(action, "submitted"), delivery="paused" if action == "resume" else "live")

    answer = run("vera", action, draft, reason="No.")[draft.pk]

    assert (answer["outcome"], answer["code"]) == ("refused", "FORBIDDEN")


@pytest.mark.parametrize("action", actions.ACTIONS)
def test_content_that_was_not_on_the_screen_is_left_alone(action):
    states = {"submit": "draft", "publish": "approved", "pause": "published", "resume": "published"}
    who = {"submit": "carl", "withdraw": "carl", "approve": "anne", "reject": "anne"}.get(action, "paul")
    draft = draft_in(states.get(action, "submitted"), delivery="paused" if action == "resume" else "live")
    before = fresh(draft).status
    draft.draft_json["campaign"]["name"] = "What the person saw"

    answer = run(who, action, draft, reason="No.")[draft.pk]

    assert (answer["outcome"], answer["code"]) == ("refused", "APPROVAL_STALE")
    assert fresh(draft).status == before


def test_a_campaign_that_changed_since_the_list_is_not_asked_about():
    draft = submitted()
    draft.version -= 1

    page = ask("anne", "approve", draft).content.decode()

    assert "It was changed after the list was shown to you." in page
    assert f"hash-{draft.pk}" not in page


def test_a_cap_holds_in_the_middle_and_the_others_go_on():
    account = make_account(daily_cap="2500")
    drafts = [submitted(f"C{n}", account=account) for n in range(4)]
    content = drafts[3].draft_json
    content["campaign"]["budget"]["amount"] = content["ad_sets"][0]["budget"] = "400.00"
    drafts[3].save()

    answers = run("anne", "approve", *drafts)

    assert [answers[draft.pk]["outcome"] for draft in drafts] == ["done", "done", "refused", "done"]
    assert answers[drafts[2].pk]["code"] == "BUDGET_EXCEEDS_CAP"


def test_rejecting_needs_a_reason_and_keeps_what_was_shown():
    draft = submitted()

    answer = client_of("anne").post(RUN, {"action": "reject", f"hash-{draft.pk}": draft.content_hash, "reason": " "})

    assert answer.status_code == 422
    assert "Say why: the creators need a reason." in answer.content.decode()
    assert draft.content_hash in answer.content.decode()
    assert fresh(draft).status == "submitted"


def test_what_one_press_has_no_time_for_can_be_gone_on_with(monkeypatch):
    monkeypatch.setattr(answered, "SECONDS", -1.0)
    draft = submitted()

    page = client_of("anne").post(RUN, {"action": "approve", f"hash-{draft.pk}": draft.content_hash}).content.decode()

    assert "1 not tried yet" in page
    assert f'name="hash-{draft.pk}"' in page
    assert fresh(draft).status == "submitted"


def test_a_busy_database_stops_one_row_and_no_other(monkeypatch):
    first, second = submitted("First"), submitted("Second")
    real = workflow.approve

    def busy(draft_id: int, **said: Any) -> CampaignDraft:
        if draft_id == first.pk:
            raise OperationalError("canceling statement due to lock timeout")
        return real(draft_id, **said)

    monkeypatch.setattr(workflow, "approve", busy)
    answers = run("anne", "approve", first, second)

    assert [answers[d.pk]["outcome"] for d in (first, second)] == ["later", "done"]


@pytest.mark.parametrize(
    "sent", [{"action": "delete"}, {}, {"action": "approve", "row": [f"{n}:1" for n in range(201)]}]
)
def test_what_cannot_be_understood_or_is_too_much_does_nothing(sent):
    answer = client_of("anne").post(ASK, sent, headers={"accept": "application/json"})

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "VALIDATION_FAILED"


def test_nothing_ticked_leads_back_with_a_hint():
    answer = client_of("anne").post(ASK, {"action": "approve", "row": ["x", "1", ":", "9" * 30 + ":1"]}, follow=True)

    assert "Tick campaigns first" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("carl", {"submit", "withdraw", "publish", "pause"}),
        ("anne", {"approve", "reject"}),
        ("paul", {"publish", "pause", "resume"}),
        ("vera", set()),
        ("ada", set(actions.ACTIONS)),
    ],
)
def test_the_list_offers_what_the_person_may_do(name, offered):
    for status in ("draft", "submitted", "approved", "published"):
        make_draft(status)

    page = client_of(name).get("/campaigns").content.decode()

    assert set(re.findall(r'name="action"\s+value="(\w+)"', page)) == offered
    assert ('name="row"' in page) is bool(offered)
    assert not client_of(name).get("/campaigns?status=failed").context["actions"]


def test_those_that_await_approval_can_be_ticked_by_who_may_decide():
    draft = submitted()

    assert (
        f'value="{draft.pk}:{draft.version}"' in client_of("anne").get("/campaigns/pending-approval").content.decode()
    )
    assert 'name="row"' not in client_of("carl").get("/campaigns/pending-approval").content.decode()


def test_asking_about_many_takes_as_many_queries_as_about_one():
    drafts = [submitted(f"C{n}") for n in range(9)]
    client = client_of("anne")

    def queries(*asked: CampaignDraft) -> int:
        with CaptureQueriesContext(connection) as context:
            client.post(ASK, {"action": "approve", "row": [f"{d.pk}:{d.version}" for d in asked]})
        return len(context)

    assert queries(*drafts) == queries(drafts[0])
