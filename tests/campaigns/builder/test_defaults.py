"""What is filled in where nobody chose anything, and only there."""

from __future__ import annotations

import pytest

from campaigns import defaults, drafting, editing
from campaigns.models import CampaignDraft
from integrations import draft as drafts
from integrations import platforms
from tests.campaigns.builder.pages import form_in, open_node
from tests.factories import make_account, make_connection, make_draft, make_draft_json


def made(objective: str, button: str | None = None) -> editing.Content:
    ad = {"key": "a1", "creative": {"call_to_action": button}}
    return drafts.read({"campaign": {"objective": objective}, "ad_sets": [{"key": "s1", "ads": [ad]}]}).json


@pytest.mark.parametrize(
    ("objective", "had", "has"),
    [
        ("traffic", None, "learn_more"), ("conversions", None, "shop_now"), ("leads", None, "sign_up"),
        ("traffic", "donate_now", "donate_now"), ("fame", None, None),
    ],
)  # fmt: skip
def test_an_ads_button_goes_with_the_objective(objective, had, has):
    content = defaults.follow_objective(made(objective, had), platforms.platform_class("meta").capabilities)

    assert content["ad_sets"][0]["ads"][0]["creative"]["call_to_action"] == has


@pytest.mark.django_db
@pytest.mark.parametrize("do", ["add_ad:s1", "add_ad_set"])
def test_a_new_ad_leads_where_the_ad_before_leads_and_says_nothing_yet(as_user, carl, do):
    draft = make_draft(created_by=carl)
    open_node(as_user(carl), draft).send(as_user(carl), do=do, new_key="new1")

    content = CampaignDraft.objects.get(pk=draft.pk).draft_json
    new = [ad for ad_set in content["ad_sets"] for ad in ad_set["ads"]][-1]["creative"]
    assert (new["link_url"], new["call_to_action"]) == ("https://shop.example.com/summer", "shop_now")
    assert (new["headlines"], new["media"]) == ([], [])


@pytest.mark.django_db
def test_the_usual_account_is_that_of_the_latest_campaign_as_long_as_it_can_be_used(as_user, carl):
    make_connection()
    account, other = make_account(), make_account("act_2", name="Other")
    assert drafting.usual_account(carl, [account, other]) is None

    make_draft(created_by=carl, account=other)
    assert drafting.usual_account(carl, [account, other]) == other
    assert drafting.usual_account(carl, [account]) is None
    assert drafting.usual_account(carl, [account, other], "google") is None
    form = form_in(as_user(carl).get("/campaigns/new").content.decode(), "/campaign-drafts")
    assert (form.fields["account"], form.fields["platform"]) == (["act_2"], ["meta"])


@pytest.mark.django_db
def test_a_new_campaign_opens_where_something_is_missing_first():
    content = make_draft_json()
    assert drafting.first_part_to_fill(make_draft(draft_json=content)) == "campaign"
    content["ad_sets"][0]["ads"][0]["creative"]["headlines"] = []
    assert drafting.first_part_to_fill(make_draft(draft_json=content)) == "a1"
    content["campaign"]["objective"] = None
    assert drafting.first_part_to_fill(make_draft(draft_json=content)) == "campaign"
