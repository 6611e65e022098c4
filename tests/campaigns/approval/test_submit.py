from __future__ import annotations

import copy
from datetime import timedelta

import pytest
from django.utils import timezone

from adaccounts.models import AdAccount
from integrations.models import Connection
from stratum.models import Event, Notification
from tests.campaigns.drive import fresh, press, press_on_page
from tests.factories import make_account, make_connection, make_draft, make_draft_json
from tests.people import person

pytestmark = pytest.mark.django_db


def told(draft) -> list[str]:
    rows = Notification.objects.filter(event__subject=draft.event_subject).select_related("user")
    return sorted(row.user.username for row in rows)


def test_submitting_stores_who_and_when_and_makes_the_draft_read_only():
    draft = make_draft()

    press("submit", draft, "carl")

    stored = fresh(draft)
    assert (stored.status, stored.submitted_by_user) == ("submitted", person("carl"))
    assert stored.submitted_at is not None
    assert press("save", stored, "carl").json()["error"]["code"] == "INVALID_STATUS_TRANSITION"


def test_everybody_who_may_decide_is_told_and_nobody_else():
    draft = make_draft()
    people = [person(name) for name in ("ada", "anne", "cora", "paul", "vera")]

    press("submit", draft, "carl")

    assert len(people) == 5
    assert told(draft) == ["ada", "anne"]


def test_an_admin_who_edited_the_draft_is_not_asked_to_approve_it():
    draft = make_draft()
    person("anne")
    draft.edited_by.add(person("ada"))

    press("submit", draft, "carl")

    assert told(draft) == ["anne"]


def test_the_event_keeps_the_hash_that_was_submitted():
    draft = make_draft()

    press("submit", draft, "carl")

    event = Event.objects.about(draft.event_subject).get(code="draft.submitted")
    assert (event.actor, event.data) == (person("carl"), {"content_hash": draft.content_hash})


def not_connected(account: AdAccount) -> None:
    Connection.objects.all().delete()


def disconnected(account: AdAccount) -> None:
    make_connection(status=Connection.Status.DISCONNECTED)


def reconnect_needed(account: AdAccount) -> None:
    make_connection(status=Connection.Status.NEEDS_RECONNECT)


def token_ran_out(account: AdAccount) -> None:
    make_connection(expires_at=timezone.now() - timedelta(minutes=1))


def not_enabled(account: AdAccount) -> None:
    AdAccount.objects.update(is_enabled=False)


def stale(account: AdAccount) -> None:
    AdAccount.objects.update(stale_since=timezone.now())


def unusable(account: AdAccount) -> None:
    AdAccount.objects.update(unusable_reason="Payment is overdue")


def over_the_cap(account: AdAccount) -> None:
    AdAccount.objects.update(daily_cap="999.99")


REFUSALS = [
    (not_connected, 409, "PLATFORM_NOT_CONNECTED"),
    (disconnected, 409, "PLATFORM_NOT_CONNECTED"),
    (reconnect_needed, 409, "TOKEN_EXPIRED"),
    (token_ran_out, 409, "TOKEN_EXPIRED"),
    (not_enabled, 409, "AD_ACCOUNT_NOT_ENABLED"),
    (stale, 409, "AD_ACCOUNT_NOT_ENABLED"),
    (unusable, 409, "AD_ACCOUNT_NOT_ENABLED"),
    (over_the_cap, 422, "BUDGET_EXCEEDS_CAP"),
]


@pytest.mark.parametrize(("trouble", "status", "code"), REFUSALS)
@pytest.mark.parametrize(
    ("action", "state", "name"),
    [("submit", "draft", "carl"), ("approve", "submitted", "anne"), ("publish", "approved", "paul")],
)
def test_what_must_hold_is_asked_at_submit_approve_and_publish(action, state, name, trouble, status, code):
    draft = make_draft(state)
    trouble(draft.account)

    answer = press(action, draft, name)

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert code in {detail["code"] for detail in answer.json()["error"]["details"]} | {"AD_ACCOUNT_NOT_ENABLED"}
    assert fresh(draft).status == state


def test_a_token_that_renews_itself_is_not_expired():
    draft = make_draft("submitted")  # an approval asks no platform, so that nothing is renewed
    make_connection(expires_at=timezone.now() - timedelta(minutes=1), renews_itself=True)

    assert press("approve", draft, "anne").status_code == 200


def test_an_incomplete_draft_is_refused_with_every_problem_at_its_path():
    content = make_draft_json(objective=None)
    content["ad_sets"][0]["ads"][0]["creative"]["link_url"] = "shop"
    draft = make_draft(draft_json=content)

    error = press("submit", draft, "carl").json()["error"]

    assert error["code"] == "VALIDATION_FAILED"
    assert [(detail["code"], detail["path"]) for detail in error["details"]] == [
        ("REQUIRED", "campaign.objective"),
        ("LINK_INVALID", "ad_sets[s1].ads[a1].creative.link_url"),
    ]
    assert all(set(detail) == {"code", "path", "message", "fix"} for detail in error["details"])


def test_an_asset_that_the_account_lost_is_refused_once_its_assets_were_read():
    account = make_account(assets=[], assets_synced_at=timezone.now())
    content = make_draft_json()
    content["campaign"]["assets"]["logo"] = "7"  # Meta shows none: nobody has to choose one that is there
    draft = make_draft(account=account, draft_json=content)

    details = press("submit", draft, "carl").json()["error"]["details"]

    assert [(detail["code"], detail["path"]) for detail in details] == [
        ("ASSET_UNKNOWN", "campaign.assets.page"),
        ("ASSET_UNKNOWN", "campaign.assets.pixel"),
    ]


def test_the_refusal_names_cap_committed_this_draft_what_is_left_and_the_ways_out():
    account = make_account(daily_cap="1500")
    make_draft(
        "approved", account=account, draft_json=make_draft_json(name="Other", budget={"amount": "900", "type": "daily"})
    )
    draft = make_draft(account=account)

    message = press("submit", draft, "carl").json()["error"]["message"]

    for part in (
        "$1,500.00",
        "$900.00",
        "$1,000.00",
        "$600.00 is left",
        "Lower the budget to $600.00 a day",
        "shorten",
        "Admin",
    ):
        assert part in message


def test_the_flows_own_example_fits_its_caps():
    draft = make_draft(account=make_account(daily_cap="1000", monthly_cap="30000"))

    assert press("submit", draft, "carl").status_code == 200


def test_counting_real_days_refuses_the_same_example():
    draft = make_draft(account=make_account(daily_cap="1000", monthly_cap="30000", count_real_days=True))

    answer = press("submit", draft, "carl").json()["error"]

    assert (answer["code"], "July" in answer["message"]) == ("BUDGET_EXCEEDS_CAP", True)


def test_on_the_page_a_refusal_is_told_and_the_draft_stays():
    content = copy.deepcopy(make_draft_json())
    content["campaign"]["objective"] = None
    draft = make_draft(draft_json=content)

    page = press_on_page("submit", draft, "carl")

    assert "This campaign is not ready, one thing is missing or wrong" in page.content.decode()
    assert fresh(draft).status == "draft"


def test_pressed_twice_on_the_page_it_is_submitted_once():
    draft = make_draft()

    press_on_page("submit", draft, "carl")
    second = press_on_page("submit", draft, "carl")

    assert "pressing twice changed nothing" in second.content.decode()
    assert Event.objects.about(draft.event_subject).filter(code="draft.submitted").count() == 1


def test_a_withdrawn_draft_can_be_edited_and_submitted_again():
    draft = make_draft("submitted")

    press("withdraw", draft, "carl")

    assert (fresh(draft).status, fresh(draft).submitted_at) == ("draft", None)
    assert press("submit", fresh(draft), "carl").status_code == 200
