"""Nobody raises a cap for the own campaign: another Admin must confirm it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from adaccounts import editing
from adaccounts.models import AdAccount
from campaigns import workflow
from stratum.models import Event
from stratum.roles import Role, assign
from tests.campaigns.drive import client_of, fresh, press
from tests.factories import make_account, make_draft
from tests.people import person

pytestmark = pytest.mark.django_db


def set_caps(name: str, daily: str | None = "1000", **more: object) -> None:
    changes = {"daily_cap": None if daily is None else Decimal(daily)} | more
    editing.change(AdAccount.objects.get().pk, by=person(name), changes=changes)


@pytest.fixture
def own():
    """Ada's campaign of 1,000 a day on an account with a daily cap of 500, and another Admin."""
    make_account(daily_cap=Decimal(500), monthly_cap=None)
    assign(person("abel"), Role.ADMIN)
    return make_draft(created_by=person("ada"))


@pytest.mark.parametrize(
    ("daily", "more"), [("1000", {}), (None, {}), ("1000", {"monthly_cap": Decimal(90000)}), ("5000", {})]
)
def test_a_cap_raised_by_who_made_the_campaign_does_not_count_for_it(own, daily, more):
    set_caps("ada", daily, **more)

    error = press("submit", own, "ada").json()["error"]

    assert (error["code"], error["details"][0]["code"]) == ("BUDGET_EXCEEDS_CAP", "CAP_RAISED_FOR_OWN")
    assert error["message"].startswith("Ada Admin had a hand in this campaign and raised the cap that it needs.")


def test_raising_first_and_building_after_it_is_the_same():
    make_account(daily_cap=Decimal(500), monthly_cap=None)
    set_caps("ada")

    assert press("submit", make_draft(created_by=person("ada")), "ada").status_code == 422


def test_in_two_steps_is_the_same(own):
    set_caps("ada", "900")
    set_caps("ada", "1000")

    assert press("submit", own, "ada").status_code == 422


def test_a_month_that_counts_fewer_days_is_a_raise():
    make_account(daily_cap=None, monthly_cap=Decimal(30_000), count_real_days=True)
    draft = make_draft(created_by=person("ada"))  # in July 31,000
    set_caps("ada", None, count_real_days=False)

    assert press("submit", draft, "ada").status_code == 422


def test_it_holds_at_approval_and_at_publishing_too(own):
    set_caps("abel")
    workflow.submit(own.pk, by=person("ada"))
    set_caps("abel", "500")
    set_caps("ada")
    assert press("approve", own, "anne").json()["error"]["code"] == "BUDGET_EXCEEDS_CAP"
    set_caps("abel")
    workflow.approve(own.pk, by=person("anne"), content_hash=own.content_hash)
    set_caps("abel", "500")
    set_caps("ada")

    assert press("publish", own, "paul").json()["error"]["code"] == "BUDGET_EXCEEDS_CAP"
    assert fresh(own).status == "approved"


def test_another_admin_confirms_by_setting_the_same_caps_which_is_recorded(own):
    set_caps("ada")
    page = client_of("abel").get("/ad-accounts/meta/act_123456789").content.decode()
    assert "loosened the caps" in page

    client_of("abel").post("/ad-accounts/meta/act_123456789", {"daily_budget_cap": "1000", "monthly_budget_cap": ""})

    assert press("submit", own, "ada").status_code == 200
    assert Event.objects.filter(code="account.caps_confirmed", actor=person("abel")).count() == 1


def test_who_raised_it_cannot_confirm_it(own):
    set_caps("ada")
    set_caps("ada")

    assert press("submit", own, "ada").status_code == 422


def test_somebody_elses_campaign_may_use_the_raised_cap(own):
    set_caps("ada")

    assert press("submit", make_draft(), "carl").status_code == 200


def test_a_lower_cap_is_no_raise():
    make_account(daily_cap=Decimal(5000), monthly_cap=None)
    set_caps("ada", "1000")

    assert press("submit", make_draft(created_by=person("ada")), "ada").status_code == 200
