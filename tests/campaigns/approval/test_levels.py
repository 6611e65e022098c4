"""Several people must approve what is dear: who, when, and that nobody counts twice."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from adaccounts import approval_rules
from adaccounts.models import AdAccount, CapCommitment
from campaigns import levels, workflow
from campaigns.models import Approval
from stratum.models import Event, Notification
from stratum.roles import Role, assign
from tests.campaigns.drive import ask, client_of, fresh, press, press_on_page
from tests.factories import make_account, make_draft, make_draft_json
from tests.people import person

pytestmark = pytest.mark.django_db
URL = "/ad-accounts/meta/act_123456789/approval-levels"


def rule(level: str = "finance", per_day: str | None = "500", total: str | None = None) -> AdAccount:
    account = AdAccount.objects.first() or make_account()
    approval_rules.set_rule(account.pk, by=person("ada"), level=level, over_per_day=per_day, over_total=total)
    return account


def submitted(**content):
    person("fiona")
    draft = make_draft(draft_json=make_draft_json(**content))
    return workflow.submit(draft.pk, by=draft.created_by)


def approve(draft, name: str):
    return workflow.approve(draft.pk, by=person(name), content_hash=draft.content_hash)


def drop(account: AdAccount) -> None:
    approval_rules.remove_rule(account.pk, by=person("ada"), level="finance")


# Who is needed ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("per_day", "total", "budget", "is_asked"),
    [
        ("500", None, {"amount": "500.01", "type": "daily"}, True),
        ("500", None, {"amount": "500", "type": "daily"}, False),
        (None, "46000", {"amount": "500.01", "type": "daily"}, True),  # 92 days
        (None, "46000", {"amount": "500", "type": "daily"}, False),
        (None, "9200", {"amount": "9200", "type": "lifetime"}, False),
        (None, "1000", {"amount": "1000", "type": "lifetime"}, False),  # spread and rounded up it would be more
        ("100", None, {"amount": "9200", "type": "lifetime"}, False),
        ("99.99", "100000", {"amount": "9200", "type": "lifetime"}, True),
        (None, None, {"amount": "1", "type": "daily"}, True),
    ],
)
def test_a_level_is_asked_above_its_amounts(per_day, total, budget, is_asked):
    rule(per_day=per_day, total=total)

    assert levels.asked_now(make_draft(draft_json=make_draft_json(budget=budget))) == (["finance"] if is_asked else [])


def test_a_campaign_without_an_end_is_above_every_total():
    rule(per_day=None, total="1000000")
    content = make_draft_json(budget={"amount": "1", "type": "daily"})
    content["campaign"]["schedule"]["end"] = None

    assert levels.asked_now(make_draft(draft_json=content)) == ["finance"]


# One after the other ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [("anne", "fiona"), ("fiona", "anne")])
def test_it_is_approved_and_its_money_reserved_only_by_the_last_of_them(order):
    rule()
    draft = submitted()

    approve(draft, order[0])
    assert (fresh(draft).status, CapCommitment.objects.count()) == ("submitted", 0)
    approve(draft, order[1])

    assert (fresh(draft).status, CapCommitment.objects.get().approval_number) == ("approved", 2)
    filled = dict(Approval.objects.values_list("by__username", "level"))
    assert filled == {"anne": "approver", "fiona": "finance"}


def test_one_person_never_counts_twice():
    rule()
    draft = submitted()
    assign(person("fiona"), Role.APPROVER, Role.FINANCE)
    approve(draft, "fiona")

    answer = press("approve", draft, "fiona")

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "INVALID_STATUS_TRANSITION")
    assert answer.json()["error"]["message"] == "You approved this already. Waiting for an Approver."
    assert Approval.objects.get().level == "finance"


def test_pressing_approve_twice_on_the_page_is_harmless():
    rule()
    draft = submitted()
    press_on_page("approve", draft, "anne", content_hash=draft.content_hash)

    page = press_on_page("approve", draft, "anne", content_hash=draft.content_hash)

    assert "pressing twice changed nothing" in page.content.decode()
    assert Approval.objects.count() == 1


def test_two_approvers_do_not_make_a_finance_approver():
    rule()
    draft = submitted()
    approve(draft, "anne")

    answer = press("approve", draft, "ada")

    assert answer.json()["error"]["message"] == "Approved by Anne Approver. Waiting for Finance."
    assert fresh(draft).status == "submitted"


def test_finance_decides_nothing_where_it_is_not_asked():
    draft = submitted()

    assert [press(action, draft, "fiona").status_code for action in ("approve", "reject")] == [403, 403]


def test_two_different_approvers_make_the_two_levels_of_approvers():
    rule("second_approver")
    draft = submitted()

    approve(draft, "anne")
    approve(draft, "abel")

    assert fresh(draft).status == "approved"


def test_who_had_a_hand_in_it_counts_for_no_level():
    rule()
    draft = submitted()
    assign(draft.created_by, Role.CREATOR, Role.FINANCE)

    assert press("approve", draft, "carl").status_code == 403


# Beginning again ----------------------------------------------------------------------------------------------------


def test_a_rejection_by_any_level_ends_it_and_tells_who_had_approved():
    rule()
    draft = submitted()
    approve(draft, "anne")

    press("reject", draft, "fiona", reason="Too dear.")

    assert (fresh(draft).status, Approval.objects.first().level) == ("rejected", "finance")
    told = Notification.objects.filter(event__code="draft.rejected").values_list("user__username", flat=True)
    assert set(told) == {"carl", "anne"}


def test_who_approved_may_still_reject():
    rule()
    draft = submitted()
    approve(draft, "anne")

    assert press("reject", draft, "anne").status_code == 200


@pytest.mark.parametrize("way", ["withdraw", "reject"])
def test_approvals_of_an_earlier_submission_do_not_count(way):
    rule()
    draft = submitted()
    approve(draft, "anne")
    press(way, draft, "carl" if way == "withdraw" else "fiona")
    if way == "reject":
        press("revise", draft, "carl")
    workflow.submit(draft.pk, by=draft.created_by)

    approve(draft, "fiona")

    assert fresh(draft).status == "submitted"
    approve(draft, "anne")
    assert fresh(draft).status == "approved"


# Rules that change --------------------------------------------------------------------------------------------------


def test_a_rule_that_is_made_stricter_meanwhile_counts():
    draft = submitted()
    rule()
    approve(draft, "anne")

    assert fresh(draft).status == "submitted"


def test_a_rule_that_is_dropped_meanwhile_still_counts():
    account = rule()
    draft = submitted()
    drop(account)
    approve(draft, "anne")

    assert fresh(draft).status == "submitted"
    approve(draft, "fiona")
    assert fresh(draft).status == "approved"


def test_a_rule_that_came_and_went_after_the_first_approval_leaves_nobody_stuck():
    draft = submitted()
    account = rule()
    approve(draft, "anne")
    drop(account)

    approve(draft, "fiona")

    assert fresh(draft).status == "approved"


def test_what_was_approved_before_a_rule_became_stricter_is_not_published():
    draft = submitted()
    approve(draft, "anne")
    rule()

    error = press("publish", draft, "carl").json()["error"]

    assert (error["code"], error["details"]) == ("APPROVAL_STALE", {"missing": ["finance"]})
    assert error["message"].endswith("it needs the approval of Finance as well. Revise it and submit it again.")
    assert fresh(draft).status == "approved"


# Telling ------------------------------------------------------------------------------------------------------------


def test_all_who_are_needed_are_told_and_then_who_is_still_missing():
    rule()
    person("anne")
    draft = submitted()
    asked = Notification.objects.filter(event__code="draft.submitted").values_list("user__username", flat=True)
    assert set(asked) == {"anne", "ada", "fiona"}

    approve(draft, "anne")

    rows = Notification.objects.filter(event__code="draft.level_approved")
    assert {row.user.username for row in rows} == {"carl", "fiona"}
    assert {(row.title, row.body) for row in rows} == {
        ("Anne Approver approved “Summer Sale 2024”", "Waiting for Finance.")
    }


def test_pages_and_json_say_who_approved_and_who_is_missing():
    rule()
    draft = submitted()
    approve(draft, "anne")

    for url in (f"/campaign-drafts/{draft.pk}", "/campaigns/pending-approval"):
        assert "Approved by Anne Approver. Waiting for Finance." in client_of("fiona").get(url).content.decode()
    data = ask("fiona", "get", f"/campaign-drafts/{draft.pk}").json()["data"]
    assert [(row["level"], row["approved_by_user_id"]) for row in data["approval_levels"]] == [
        ("finance", None),
        ("approver", person("anne").pk),
    ]
    assert {"approve", "reject"} <= set(data["available_actions"])
    waiting = ask("anne", "get", f"/campaign-drafts/{draft.pk}").json()["data"]
    assert {"approve", "reject"} & set(waiting["available_actions"]) == {"reject"}


def test_the_list_asks_the_database_as_often_for_many_as_for_one():
    rule()
    client = client_of("fiona")

    def queries() -> int:
        client.get("/campaigns/pending-approval")
        with CaptureQueriesContext(connection) as captured:
            client.get("/campaigns/pending-approval")
        return len(captured)

    approve(submitted(), "anne")
    one = queries()
    for _ in range(3):
        approve(submitted(), "anne")

    assert queries() == one


# Settings -----------------------------------------------------------------------------------------------------------


def test_an_admin_sets_changes_and_removes_a_level_and_each_is_recorded():
    make_account()
    ada = client_of("ada")

    ada.post(URL, {"level": "finance", "over_per_day": "1,000", "over_total": ""})
    answer = ask("ada", "post", URL, {"level": "finance", "over_per_day": "2000", "over_total": "50000"})
    assert answer.json()["data"]["approval_levels"] == [
        {"level": "finance", "over_per_day": "2000.00", "over_total": "50000.00"}
    ]
    page = ada.get("/ad-accounts/meta/act_123456789").content.decode()
    assert "over $2,000.00 a day or $50,000.00 in total" in page
    assert "Nobody on the team has this role" in page
    ada.post(URL, {"level": "finance", "remove": "1"})

    recorded = Event.objects.filter(code="account.approval_rules_changed").order_by("id")
    assert [event.data["after"]["Finance"] for event in recorded] == [
        "over $1,000.00 a day",
        "over $2,000.00 a day or $50,000.00 in total",
        "never",
    ]
    assert "Finance: never → over $1,000.00 a day" in ada.get("/ad-accounts/meta/act_123456789").content.decode()


@pytest.mark.parametrize(
    "sent", [{"level": "viewer"}, {"level": "approver"}, {"level": "finance", "over_per_day": "-1"}, {}]
)
def test_a_level_that_makes_no_sense_is_refused_and_kept_as_typed(sent):
    make_account()
    answer = client_of("ada").post(URL, sent)

    assert answer.status_code == 422
    assert sent.get("over_per_day", "") in answer.content.decode()
    assert not AdAccount.objects.get().approval_rules.exists()
