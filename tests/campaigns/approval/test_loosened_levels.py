"""Nobody drops or loosens an approval level for the own campaign: another Admin must confirm it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from adaccounts import approval_rules
from adaccounts.models import AdAccount, FormerRule
from campaigns import levels, workflow
from campaigns.models import CampaignDraft
from stratum.models import Event
from stratum.roles import Role, assign
from tests.campaigns.drive import client_of, fresh, press
from tests.factories import make_account, make_draft
from tests.people import person

pytestmark = pytest.mark.django_db

PAGE = "/ad-accounts/meta/act_123456789"


def ask_over(name: str, per_day: str | None, total: str | None = None) -> None:
    amounts = {"over_per_day": per_day and Decimal(per_day), "over_total": total and Decimal(total)}
    approval_rules.set_rule(AdAccount.objects.get().pk, by=person(name), level="finance", **amounts)


def confirm(name, seen):
    return client_of(name).post(f"{PAGE}/approval-levels", {"level": "finance", "confirm": seen}, follow=True)


def drop(name: str) -> None:
    approval_rules.remove_rule(AdAccount.objects.get().pk, by=person(name), level="finance")


def needs_finance(draft: CampaignDraft) -> bool:
    return "finance" in levels.required(fresh(draft))


@pytest.fixture
def own() -> CampaignDraft:
    """Ada's campaign of 1,000 a day where Finance is asked over 500 by another Admin."""
    make_account()
    assign(person("abel"), Role.ADMIN)
    person("fiona")
    ask_over("abel", "500")
    return make_draft(created_by=person("ada"))


def test_a_level_dropped_before_submitting_is_still_asked_of_the_own_campaign(own):
    drop("ada")
    workflow.submit(own.pk, by=person("ada"))
    workflow.approve(own.pk, by=person("anne"), content_hash=own.content_hash)
    assert fresh(own).status == "submitted"

    workflow.approve(own.pk, by=person("fiona"), content_hash=own.content_hash)
    assert fresh(own).status == "approved"


def test_somebody_elses_campaign_needs_it_no_more(own):
    drop("ada")

    assert not needs_finance(make_draft())


@pytest.mark.parametrize("after", [("2000", None), (None, "1000000"), ("600", None)])
def test_higher_amounts_loosen_it_too_also_in_two_steps(own, after):
    ask_over("ada", *after)
    ask_over("ada", "5000")

    assert needs_finance(own)


def test_dropping_it_and_asking_anew_for_dearer_ones_is_the_same(own):
    drop("ada")
    ask_over("ada", "5000")

    assert needs_finance(own)


@pytest.mark.parametrize("after", [(None, None), ("100", None), ("500", "90")])
def test_a_stricter_level_is_none_that_was_loosened(own, after):
    ask_over("ada", *after)

    assert not FormerRule.objects.exists()


def test_as_strict_as_before_ends_it(own):
    drop("ada")
    ask_over("ada", "500")

    assert not FormerRule.objects.exists()


def test_who_edits_it_after_loosening_has_a_hand_in_it_as_well(own):
    drop("ada")
    draft = make_draft()
    draft.edited_by.add(person("ada"))

    assert needs_finance(draft)


@pytest.mark.parametrize("now", ["dropped", "dearer"])
def test_another_admin_confirms_on_the_page_which_is_recorded(own, now):
    drop("ada") if now == "dropped" else ask_over("ada", "5000")
    page = client_of("abel").get(PAGE).content.decode()
    assert "loosened Finance: over $500.00 a day" in page
    assert 'aria-label="Confirm Finance"' in page
    seen = "never" if now == "dropped" else "over $5,000.00 a day"
    assert f'name="confirm" value="{seen}"' in page

    confirm("abel", seen)

    assert not needs_finance(own)
    assert Event.objects.filter(code="account.approval_rules_confirmed", actor=person("abel")).count() == 1
    assert "confirmed who must approve" in client_of("abel").get(PAGE).content.decode()


def test_what_changed_since_the_page_was_opened_is_not_confirmed(own):
    ask_over("ada", "600")
    seen = "over $600.00 a day"
    ask_over("ada", "5000")

    answer = confirm("abel", seen)

    assert "Meanwhile Finance is asked over $5,000.00 a day. Look again." in answer.content.decode()
    assert needs_finance(own)
    assert not Event.objects.filter(code="account.approval_rules_confirmed").exists()


def test_who_loosened_it_is_offered_no_confirmation_and_cannot_confirm_it(own):
    drop("ada")
    assert 'aria-label="Confirm Finance"' not in client_of("ada").get(PAGE).content.decode()

    confirm("ada", "never")
    drop("ada")

    assert needs_finance(own)


def test_another_admin_who_loosens_it_further_answers_for_it_now(own):
    ask_over("ada", "600")
    ask_over("abel", "5000")

    assert not needs_finance(own)
    assert needs_finance(make_draft(created_by=person("abel")))


def test_it_holds_at_publishing_too(own):
    drop("abel")
    workflow.submit(own.pk, by=person("ada"))
    workflow.approve(own.pk, by=person("anne"), content_hash=own.content_hash)
    ask_over("abel", "500")
    drop("ada")

    assert press("publish", own, "paul").json()["error"]["details"] == {"missing": ["finance"]}


def test_who_approves_reads_whose_loosening_does_not_count(own):
    drop("ada")
    workflow.submit(own.pk, by=person("ada"))

    page = client_of("anne").get(f"/campaign-drafts/{own.pk}").content.decode()

    assert "had a hand in this campaign and loosened when Finance must approve" in page


def test_where_people_may_approve_their_own_it_is_not_asked(own, settings):
    settings.ALLOW_SELF_APPROVAL = True
    drop("ada")

    assert not needs_finance(own)
