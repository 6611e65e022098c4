"""A budget ten times what the account usually spends is typed again before it is submitted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from adaccounts import caps, usual
from adaccounts.models import AdAccount
from campaigns import workflow
from campaigns.models import CampaignDraft
from stratum.models import Event
from stratum.ui import Refusal
from tests.campaigns.builder.pages import open_node
from tests.campaigns.drive import ask, fresh, press
from tests.factories import make_account, make_draft

pytestmark = pytest.mark.django_db

SENTENCE = "$1,000.00 a day is 10 times what campaigns on this ad account usually cost: $100.00 a day."


def spend(account: AdAccount, *amounts: int) -> None:
    for number, amount in enumerate(amounts):
        span = caps.daily_span(Decimal(amount), date(2027, 1, 1), date(2027, 1, 31))
        caps.reserve(account, span, draft_id=9_000_000 + number, approval_number=1)


@pytest.fixture
def draft(carl) -> CampaignDraft:
    """A draft of 1,000 a day where 100 is usual."""
    spend(make_account(), 90, 100, 110, 5000, 20)
    return make_draft(created_by=carl)


def submit(draft: CampaignDraft, as_user, carl, **sent: str):
    return as_user(carl).post(f"/campaign-drafts/{draft.pk}/submit", sent)


def test_the_page_asks_for_it_and_takes_it_in_any_spelling(draft, as_user, carl):
    answer = submit(draft, as_user, carl)
    page = as_user(carl).get(answer["Location"]).content.decode()
    assert (fresh(draft).status, SENTENCE in page, "typed-budget" in page) == ("draft", True, True)

    submit(draft, as_user, carl, typed_budget=" 1,000.00")
    assert fresh(draft).status == "submitted"
    assert Event.objects.get(code="draft.submitted").data["budget_typed_again"] == "1000.00"


@pytest.mark.parametrize("typed", ["100", "10000", "1000.01", "abc", "-1000", "NaN"])
def test_another_amount_is_shown_at_its_field_and_submits_nothing(draft, as_user, carl, typed):
    answer = submit(draft, as_user, carl, typed_budget=typed)

    assert (answer.status_code, fresh(draft).status) == (422, "draft")
    assert f'value="{typed}"' in answer.content.decode()
    assert "typed-budget-error" in answer.content.decode()


def test_the_builders_button_leads_there_as_well(draft, as_user, carl):
    answer = open_node(as_user(carl), draft).send(as_user(carl), do="submit")

    assert answer["Location"] == f"/campaign-drafts/{draft.pk}/checks"


def test_json_names_the_field(draft):
    error = press("submit", draft, "carl").json()["error"]
    assert (error["details"][0]["code"], error["details"][0]["path"]) == ("BUDGET_UNUSUAL", "typed_budget")

    assert press("submit", draft, "carl", typed_budget="1000").status_code == 200


def test_among_many_it_stays_a_draft_and_its_row_leads_to_the_page_where_it_is_typed(draft, as_user, carl):
    other = make_draft(created_by=carl, account=make_account("act_2", name="Another"))
    sent = {"action": "submit"} | {f"hash-{one.pk}": one.content_hash for one in (draft, other)}

    page = as_user(carl).post("/campaigns/bulk/run", sent).content.decode()

    assert (fresh(draft).status, fresh(other).status) == ("draft", "submitted")
    assert f"{SENTENCE} Type the budget again if it is meant. That is done on the campaign&#x27;s own page." in page
    assert page.count("/checks") == 1
    assert f'<a href="/campaign-drafts/{draft.pk}/checks">' in page


def test_among_many_the_amount_cannot_be_sent_along_and_json_says_where_to_type_it(draft):
    sent = {"action": "submit", "hashes": {str(draft.pk): draft.content_hash}, "typed_budget": "1000"}

    row = ask("carl", "post", "/campaigns/bulk/run", sent).json()["data"]["answers"][0]

    assert (row["outcome"], row["code"], fresh(draft).status) == ("refused", "VALIDATION_FAILED", "draft")
    assert row["details"][0]["code"] == "BUDGET_UNUSUAL"
    assert row["url"] == f"/campaign-drafts/{draft.pk}/checks"
    assert row["message"].endswith("That is done on the campaign's own page.")


def test_a_budget_that_somebody_changed_meanwhile_is_not_the_one_that_was_typed(draft, carl):
    with pytest.raises(Refusal) as refused:
        workflow.submit(draft.pk, by=carl, confirmed_budget=Decimal(999))

    assert (refused.value.code, fresh(draft).status) == ("EDIT_CONFLICT", "draft")


@pytest.mark.parametrize("amounts", [(), (1, 1), (101, 101, 101), (1000, 1, 1000, 1, 1000)])
def test_what_is_not_ten_times_the_usual_or_cannot_be_told_is_not_asked_for(carl, amounts):
    spend(make_account(), *amounts)
    draft = make_draft(created_by=carl)

    assert press("submit", draft, "carl").status_code == 200


def test_a_campaign_does_not_make_itself_usual_and_old_ones_are_forgotten(db):
    account = make_account()
    spend(account, *[1] * 5, *[500] * usual.LATEST)

    assert usual.per_day(account, but=9_000_024) == 500
    assert usual.per_day(account, but=1) == 500


def test_whoever_approves_is_warned_of_it(draft, as_user, anne):
    draft = make_draft("submitted", created_by=draft.created_by)

    html = as_user(anne).get(draft.get_absolute_url()).content.decode()

    assert SENTENCE in html
    workflow.approve(draft.pk, by=anne, content_hash=draft.content_hash)
    assert fresh(draft).status == "approved"
