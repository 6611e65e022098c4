"""Copying a campaign to another account: what is shown is what is made, once, and the original stays."""

from __future__ import annotations

import pytest

from adaccounts.models import AdAccount
from campaigns.models import CampaignDraft
from campaigns.starting import lookups
from stratum.models import Event
from tests.campaigns.builder.pages import Form, form_in
from tests.factories import make_account, make_connection, make_draft, make_draft_json

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(carl, as_user):
    return as_user(carl)


@pytest.fixture
def draft(carl):
    return make_draft(created_by=carl)


@pytest.fixture
def euros(draft) -> AdAccount:
    """Another Meta account, in euros."""
    return make_account(
        "act_2", name="Acme EU", currency="EUR", defaults={"page": "999"}, assets=[("page", "999", "EU")]
    )


@pytest.fixture
def silent(monkeypatch):
    """No platform is asked anything; the names that would be are noted."""
    asked = []

    def look_up(slug, account, names):
        asked.append((slug, [name.name for name in names]))
        return {}

    monkeypatch.setattr(lookups, "look_up", look_up)
    return asked


def url(draft: CampaignDraft, account: AdAccount | None = None) -> str:
    return f"/campaign-drafts/{draft.pk}/copy" + (f"?account={account.pk}" if account else "")


def open_copy(client, draft, account) -> tuple[str, Form]:
    """Return the page's text and the form that makes the copy."""
    page = client.get(url(draft, account)).content.decode()
    return page, form_in(page, "taking-form")


def test_the_page_asks_for_the_account_and_offers_no_other_than_usable_ones(client, draft, euros):
    make_account("act_3", name="Not enabled", is_enabled=False)
    page = client.get(url(draft)).content.decode()

    assert "Acme EU" in page
    assert "Not enabled" not in page
    assert "Make the copy" not in page


def test_what_changes_is_shown_before_anything_is_made(client, draft, euros):
    page, form = open_copy(client, draft, euros)

    assert "The account does not have it" in page  # the pixel
    assert "It was $1,000.00." in page
    assert "It was $500.00." in page
    assert form.fields["campaign.name"] == ["Summer Sale 2024"]
    assert CampaignDraft.objects.count() == 1


def test_the_copy_is_what_was_shown_with_the_amounts_given_anew(client, draft, euros, carl):
    before = draft.draft_json
    _, form = open_copy(client, draft, euros)
    answer = form.send(client, **{"campaign.budget.amount": "900.00", "ad_sets[s1].budget": "450.00"})

    copy = CampaignDraft.objects.exclude(pk=draft.pk).get()
    assert answer["Location"] == copy.get_absolute_url()
    assert (copy.account, copy.created_by, copy.status) == (euros, carl, "draft")
    assert copy.draft_json["campaign"]["budget"] == {"amount": "900.00", "type": "daily"}
    assert copy.draft_json["ad_sets"][0]["budget"] == "450.00"
    assert copy.draft_json["campaign"]["assets"]["page"] == "999"
    assert CampaignDraft.objects.get(pk=draft.pk).draft_json == before
    told = Event.objects.filter(code="draft.copied").values_list("subject", "data__copy")
    assert list(told) == [(draft.event_subject, copy.pk)]


def test_amounts_that_nobody_gives_stay_empty(client, draft, euros):
    _, form = open_copy(client, draft, euros)
    form.send(client)

    assert CampaignDraft.objects.exclude(pk=draft.pk).get().draft_json["campaign"]["budget"]["amount"] is None


def test_two_presses_make_one_copy(client, draft, euros):
    _, form = open_copy(client, draft, euros)
    first, second = form.send(client), form.send(client)

    assert first["Location"] == second["Location"]
    assert CampaignDraft.objects.count() == 2


def test_a_copy_of_what_is_not_there_any_more_is_shown_again_with_what_was_typed(client, draft, euros):
    _, form = open_copy(client, draft, euros)
    CampaignDraft.objects.filter(pk=draft.pk).update(draft_json=make_draft_json(name="Changed meanwhile"))
    answer = form.send(client, **{"campaign.name": "My copy", "campaign.budget.amount": "900.00"})

    assert answer.status_code == 409
    again = form_in(answer.content.decode(), "taking-form")
    assert (again.fields["campaign.name"], again.fields["campaign.budget.amount"]) == (["My copy"], ["900.00"])
    assert CampaignDraft.objects.count() == 1


@pytest.mark.parametrize("forged", ["", "abc", "e30:1a:b"])
def test_a_proposal_that_is_not_ours_makes_nothing(client, draft, euros, forged):
    _, form = open_copy(client, draft, euros)

    assert form.send(client, proposal=forged).status_code == 409
    assert CampaignDraft.objects.count() == 1


def test_a_proposal_for_one_account_makes_nothing_on_another(client, draft, euros):
    other = make_account("act_4", name="Third", currency="USD")
    _, form = open_copy(client, draft, euros)

    assert form.send(client, account=str(other.pk)).status_code == 409
    assert CampaignDraft.objects.count() == 1


def test_another_platform_is_asked_for_the_names_and_its_own_limits_are_shown(client, draft, silent):
    make_connection("google")
    google = make_account("1234567890", platform="google", name="Acme Search", defaults={}, assets=[])
    page, form = open_copy(client, draft, google)
    assert silent == [("google", ["Fashion", "Shopping"])]
    assert "It was not looked up." in page
    assert "What Google Ads makes of it" in page
    assert "To settle in the draft" in page

    form.send(client)
    copy = CampaignDraft.objects.get(account=google)
    assert copy.draft_json["ad_sets"][0]["targeting"]["interests"] == []
    assert silent == [("google", ["Fashion", "Shopping"])]  # making it asks nobody


def test_an_account_that_may_not_be_used_is_refused_at_its_field(client, draft, euros):
    closed = make_account("act_3", name="Not enabled", is_enabled=False)

    assert client.get(url(draft, closed)).status_code == 422
    assert "cannot be used for new campaigns" in client.post(url(draft), {"account": closed.pk}).content.decode()
    assert CampaignDraft.objects.count() == 1


def test_url_tags_follow_the_other_accounts_rule_unless_somebody_wrote_them(client, draft, silent):
    make_connection("tiktok")
    rule = "utm_source={platform}&utm_id={campaign_id}"
    tiktok = make_account("70", platform="tiktok", name="Acme TT", defaults={}, assets=[], url_tags_rule=rule)
    page, form = open_copy(client, draft, tiktok)
    assert "utm_campaign=summer-sale" not in page.partition("What changes")[2]  # Carl wrote them: they stay
    form.send(client)
    assert CampaignDraft.objects.get(account=tiktok).draft_json["campaign"]["url_tags"].startswith("utm_source=meta")

    bare = make_draft(draft_json=make_draft_json(url_tags=""), created_by=draft.created_by)
    page, form = open_copy(client, bare, tiktok)
    assert "They become utm_source=tiktok&amp;utm_id=__CAMPAIGN_ID__" in page
    form.send(client)
    made = CampaignDraft.objects.filter(account=tiktok).latest("pk")
    assert made.draft_json["campaign"]["url_tags"] == "utm_source=tiktok&utm_id=__CAMPAIGN_ID__"
