"""A draft keeps to its account's names and URL tags as long as nobody writes something else."""

from __future__ import annotations

import pytest

from campaigns import rules
from campaigns.models import CampaignDraft
from tests.campaigns.builder.pages import open_node
from tests.campaigns.drive import ask, press
from tests.factories import make_account, make_connection, make_draft, make_draft_json

pytestmark = pytest.mark.django_db
PATTERN = "{platform}_{objective}_{campaign}_{date}"
RULE = "utm_source={platform}&utm_campaign={campaign}&utm_id={campaign_id}"


@pytest.fixture
def client(carl, as_user):
    return as_user(carl)


@pytest.fixture
def account():
    make_connection()
    return make_account(naming_pattern=PATTERN, url_tags_rule=RULE)


@pytest.fixture
def draft(client, account):
    typed = {"account": account.external_id, "name": "Summer Sale", "objective": "traffic"}
    client.post("/campaign-drafts", typed | {"schedule.start": "2027-06-01T09:00"})
    return CampaignDraft.objects.get()


def campaign(draft) -> dict[str, object]:
    return CampaignDraft.objects.get(pk=draft.pk).draft_json["campaign"]


def test_a_new_campaign_is_named_and_tagged_by_the_account(draft):
    assert campaign(draft)["name"] == "meta_traffic_Summer Sale_2027-06-01"
    tags = "utm_source=meta&utm_campaign=meta_traffic_Summer%20Sale_2027-06-01&utm_id={{campaign.id}}"
    assert campaign(draft)["url_tags"] == tags


def test_name_and_tags_follow_the_objective_and_the_start(client, draft):
    open_node(client, draft).send(client, objective="leads", schedule__start="2027-07-02T09:00")

    assert campaign(draft)["name"] == "meta_leads_Summer Sale_2027-07-02"
    assert "utm_campaign=meta_leads_Summer%20Sale_2027-07-02" in str(campaign(draft)["url_tags"])


def test_what_somebody_wrote_is_left_alone_and_warned_of(client, draft):
    open_node(client, draft).send(client, name="My own name", url_tags="utm_source=mine")
    open_node(client, draft).send(client, objective="leads")

    assert (campaign(draft)["name"], campaign(draft)["url_tags"]) == ("My own name", "utm_source=mine")
    found = {problem.code: problem for problem in rules.problems_of(CampaignDraft.objects.get())}
    assert {"NAME_UNUSUAL", "URL_TAGS_UNUSUAL"} <= set(found)
    assert not found["NAME_UNUSUAL"].is_error


def test_a_name_typed_by_the_pattern_is_not_wrapped_again(client, account):
    typed = {"account": account.external_id, "name": "meta_traffic_Sale_2027-06-01", "objective": "traffic"}
    client.post("/campaign-drafts", typed)

    assert campaign(CampaignDraft.objects.get())["name"] == "meta_traffic_Sale_2027-06-01"


def test_json_without_tags_gets_them_and_what_it_says_stays(account):
    sent = {"platform": "meta", "platform_account_id": account.external_id}
    for tags in ("", "utm_source=mine"):
        press_create(sent | {"draft_json": make_draft_json(url_tags=tags, name=f"N{tags}")})

    found = dict(CampaignDraft.objects.values_list("name", "draft_json__campaign__url_tags"))
    assert found == {
        "N": "utm_source=meta&utm_campaign=N&utm_id={{campaign.id}}", "Nutm_source=mine": "utm_source=mine",
    }  # fmt: skip


def press_create(sent) -> None:
    assert ask("carl", "post", "/campaign-drafts", sent).status_code == 201


def test_without_conventions_nothing_is_written_and_nothing_warned_of():
    draft = make_draft(draft_json=make_draft_json(url_tags=""))

    assert [p.code for p in rules.problems_of(draft) if "UNUSUAL" in p.code] == []
    assert press("submit", draft, "carl").status_code == 200


def test_the_preview_shows_the_link_that_people_open(client, draft):
    form = open_node(client, draft, draft.draft_json["ad_sets"][0]["ads"][0]["key"])
    form.send(client, creative__link_url="https://shop.example.com/summer?utm_source=mail")
    page = client.get(f"/campaign-drafts/{draft.pk}/preview").content.decode()

    assert "summer?utm_source=mail&amp;utm_campaign=meta_traffic" in page
    assert page.count("utm_source=mail") >= 1
    assert "utm_source=mail&amp;utm_source" not in page
