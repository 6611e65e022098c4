from __future__ import annotations

import pytest

from campaigns.models import CampaignDraft
from integrations import draft as drafts
from stratum.models import Event
from tests.campaigns.builder.pages import form_in, open_node, query_of
from tests.factories import make_account, make_connection, make_draft, make_draft_json

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(carl):
    return make_draft(created_by=carl)


@pytest.fixture
def client(carl, as_user):
    return as_user(carl)


def stored(draft: CampaignDraft) -> drafts.Draft:
    return CampaignDraft.objects.get(pk=draft.pk).content


def kept(draft: CampaignDraft) -> dict:
    return CampaignDraft.objects.get(pk=draft.pk).reading.json


@pytest.mark.parametrize("node", ["campaign", "s1", "a1"])
def test_a_form_sent_as_it_was_opened_changes_nothing(client, draft, node):
    response = open_node(client, draft, node).send(client)

    assert response.status_code == 302
    after = CampaignDraft.objects.get(pk=draft.pk)
    assert (after.draft_json, after.version) == (draft.draft_json, draft.version)
    assert not Event.objects.filter(code="draft.saved").exists()


def test_every_leaf_of_the_campaign_is_saved(client, draft):
    open_node(client, draft).send(
        client,
        name="Winter Sale",
        objective="traffic",
        budget__amount="2500.50",
        budget__type="lifetime",
        schedule__start="2027-12-01T09:30",
        schedule__end="2027-12-24T18:00",
        launch="paused",
        assets__instagram="17841400000000001",
        declarations__special_ad_categories=["", "housing", "employment"],
        declarations__dsa_payor="Acme GmbH",
        url_tags="utm_source=meta",
    )

    campaign = stored(draft).campaign
    assert (campaign.name, campaign.objective, campaign.launch) == ("Winter Sale", "traffic", "paused")
    assert (str(campaign.budget.amount), campaign.budget.type) == ("2500.50", "lifetime")
    assert campaign.schedule.start.isoformat() == "2027-12-01T09:30:00"
    assert campaign.assets.instagram == "17841400000000001"
    assert campaign.declarations.special_ad_categories == ["housing", "employment"]
    assert campaign.declarations.dsa_payor == "Acme GmbH"


def test_every_leaf_of_an_ad_set_is_saved(client, draft):
    open_node(client, draft, "s1").send(
        client,
        name="EU",
        budget="75",
        targeting__locations=["", '{"kind":"city","id":"2490299","name":"Paris, Texas"}'],
        targeting__locations__add="Germany, fr; Korea, Republic of",
        targeting__excluded_locations__add="ES",
        targeting__age_min="18",
        targeting__age_max="65",
        targeting__genders="female",
        targeting__languages=["", '{"id":"6","name":"English (US)"}'],
        targeting__interests=["", '{"id":"6003456388203","name":"Fashion"}'],
        optimization="link_clicks",
    )

    ad_set = stored(draft).ad_sets[0]
    assert [(place.kind, place.id, place.name) for place in ad_set.targeting.locations] == [
        ("city", "2490299", "Paris, Texas"),
        ("country", "DE", ""),
        ("country", "FR", ""),
        ("country", "KR", ""),
    ]
    assert [place.id for place in ad_set.targeting.excluded_locations] == ["ES"]
    assert (ad_set.targeting.age_min, ad_set.targeting.age_max, ad_set.targeting.genders) == (18, 65, ["female"])
    assert [language.name for language in ad_set.targeting.languages] == ["English (US)"]
    assert [interest.name for interest in ad_set.targeting.interests] == ["Fashion"]
    assert (str(ad_set.budget), ad_set.optimization) == ("75", "link_clicks")


def test_unticking_everything_empties_a_list(client, draft):
    open_node(client, draft, "s1").send(client, targeting__interests=[""], targeting__locations=[""])

    targeting = stored(draft).ad_sets[0].targeting
    assert targeting.interests == []
    assert targeting.locations == []


def test_a_field_that_was_not_sent_stays_as_it_is(client, draft):
    open_node(client, draft, "s1").send(client, name="Renamed", targeting__interests=None, budget=None)

    ad_set = stored(draft).ad_sets[0]
    assert ad_set.name == "Renamed"
    assert len(ad_set.targeting.interests) == 2
    assert str(ad_set.budget) == "500.00"


NONSENSE = {
    "budget.amount": "1,000.123456789",
    "schedule.start": "next summer",
    "schedule.end": "2027-13-45T99:99",
    "objective": "world_domination",
    "budget.type": "hourly",
    "assets.conversion_event": "telepathy",
    "launch": "perhaps",
}


@pytest.mark.parametrize(("name", "typed"), NONSENSE.items())
def test_nonsense_is_kept_as_typed_and_told_at_its_field(client, draft, name, typed):
    response = open_node(client, draft).send(client, **{name: typed})

    assert response.status_code == 302
    page = client.get(response["Location"]).content.decode()
    assert form_in(page).fields[name] == [typed]
    assert f'id="f-{name}_error"' in page


def test_nonsense_in_an_ad_set_is_kept_as_typed_and_told_at_its_field(client, draft):
    form = open_node(client, draft, "s1")
    response = form.send(
        client, targeting__age_min="70", targeting__age_max="thirteen", targeting__locations__add="Atlantis"
    )

    page = client.get(response["Location"]).content.decode()
    assert form_in(page).fields["targeting.age_max"] == ["thirteen"]
    assert "Atlantis" in page
    for name in ("targeting.age_min", "targeting.age_max", "targeting.locations"):
        assert f'id="f-{name}_error"' in page


def test_a_list_with_two_things_wrong_is_kept_as_it_was_sent(client, draft):
    response = open_node(client, draft, "s1").send(client, targeting__genders="robots,aliens")

    page = client.get(response["Location"]).content.decode()
    assert kept(draft)["ad_sets"][0]["targeting"]["genders"] == ["robots", "aliens"]
    assert 'id="f-targeting.genders_error"' in page


def test_an_end_before_the_start_is_told_at_the_end(client, draft):
    response = open_node(client, draft).send(
        client, schedule__start="2027-08-01T00:00", schedule__end="2027-06-01T00:00"
    )

    page = client.get(response["Location"]).content.decode()
    assert 'id="f-schedule.end_error"' in page
    assert "The end is not after the start." in page


@pytest.mark.parametrize(
    "name", ["حملة الصيف", "夏セール🔥", "\u202eevil\u202c", "<script>alert(1)</script>", "a\x00b", "\ud83d"]
)
def test_any_name_can_be_typed_and_is_shown_escaped(client, draft, name):
    data = {**open_node(client, draft).fields, "name": name.encode("utf-8", "surrogatepass"), "do": "save"}
    response = client.post(f"/campaign-drafts/{draft.pk}/nodes/campaign", data)

    assert response.status_code == 302
    page = client.get(response["Location"])
    assert page.status_code == 200
    assert b"<script>alert" not in page.content


def test_choosing_an_objective_fills_in_what_goes_with_it_and_leaves_the_rest(client, carl):
    content = make_draft_json(objective=None, assets={"page": "1"})
    content["ad_sets"][0]["optimization"] = None
    draft = make_draft(created_by=carl, draft_json=content)

    open_node(client, draft).send(client, objective="leads")

    assert stored(draft).campaign.assets.conversion_event == "lead"
    assert stored(draft).ad_sets[0].optimization == "leads"

    open_node(client, draft).send(client, objective="conversions")

    assert stored(draft).campaign.assets.conversion_event == "lead"
    assert stored(draft).ad_sets[0].optimization == "leads"


def test_going_to_another_node_saves_this_one(client, draft):
    response = open_node(client, draft).send(client, do="go:a1", name="Renamed on the way")

    assert query_of(response["Location"]) == {"node": "a1"}
    assert stored(draft).campaign.name == "Renamed on the way"


def test_the_preview_button_saves_first(client, draft):
    response = open_node(client, draft).send(client, do="preview", name="Renamed before the preview")

    assert response["Location"] == f"/campaign-drafts/{draft.pk}/preview"
    assert stored(draft).campaign.name == "Renamed before the preview"


def test_submitting_saves_first(client, draft):
    response = open_node(client, draft).send(client, do="submit", name="Renamed before submitting")

    after = CampaignDraft.objects.get(pk=draft.pk)
    assert response["Location"] == f"/campaign-drafts/{draft.pk}"
    assert (after.status, after.name) == ("submitted", "Renamed before submitting")


def test_submitting_what_is_not_ready_saves_it_and_says_what_is_missing(client, draft):
    response = open_node(client, draft).send(client, do="submit", budget__amount="")

    assert CampaignDraft.objects.get(pk=draft.pk).status == "draft"
    page = client.get(response["Location"]).content.decode()
    assert "Saved, but not submitted yet." in page
    assert 'id="f-budget.amount_error"' in page


def test_pressing_submit_twice_is_harmless(client, draft):
    form = open_node(client, draft)
    form.send(client, do="submit")

    response = form.send(client, do="submit")

    assert response.status_code == 409
    assert "This campaign is submitted." in response.content.decode()
    assert CampaignDraft.objects.get(pk=draft.pk).status == "submitted"


def test_a_problem_leads_to_its_field(client, draft):
    open_node(client, draft, "a1").send(client, creative__link_url="nowhere")
    form = open_node(client, draft)
    assert "go:a1:creative.link_url" in form.buttons

    response = form.send(client, do="go:a1:creative.link_url")

    page = client.get(response["Location"]).content.decode()
    assert 'name="creative.link_url"' in page
    assert (
        "autofocus" in page[page.index('name="creative.link_url"') - 300 : page.index('name="creative.link_url"') + 300]
    )


def test_nobody_but_the_owner_and_an_admin_may_save(client, draft, cora, ada, as_user):
    form = open_node(client, draft)

    assert form.send(as_user(cora), name="Cora's").status_code == 403
    assert form.send(as_user(ada), name="Ada's").status_code == 302
    assert stored(draft).campaign.name == "Ada's"


def test_a_draft_that_is_not_there_is_not_found(client):
    assert client.post("/campaign-drafts/4711/nodes/campaign", {}).status_code == 404


def test_json_gets_the_draft_or_the_code(client, draft):
    url = f"/campaign-drafts/{draft.pk}/nodes/campaign"

    saved = client.post(url, {"version": draft.version, "name": "By JSON"}, headers={"Accept": "application/json"})
    stale = client.post(url, {"version": draft.version, "name": "Again"}, headers={"Accept": "application/json"})

    assert saved.json()["data"]["name"] == "By JSON"
    assert stale.status_code == 409
    assert stale.json()["error"]["code"] == "EDIT_CONFLICT"
    assert stale.json()["error"]["details"]["fields"] == [{"path": "name", "yours": "Again", "theirs": "By JSON"}]


def test_what_is_left_under_the_caps_stands_beside_the_budget(client, carl):
    account = make_account(daily_cap=1500, monthly_cap=40000)
    make_draft("approved", account=account)
    draft = make_draft(created_by=carl, account=account)

    page = client.get(f"/campaign-drafts/{draft.pk}").content.decode()

    assert "$500.00" in page
    assert "$10,000.00" in page


def test_an_account_with_other_money_shows_its_currency(client, carl):
    make_connection()
    account = make_account("act_jp", currency="JPY", time_zone="Asia/Tokyo")
    draft = make_draft(created_by=carl, account=account)

    page = client.get(f"/campaign-drafts/{draft.pk}").content.decode()

    assert "JPY" in page
    assert "Asia/Tokyo" in page


def test_what_is_only_empty_is_no_error_before_somebody_tries_to_submit(client, draft):
    open_node(client, draft).send(client, budget__amount="", name="")
    page = client.get(f"/campaign-drafts/{draft.pk}").content.decode()
    assert 'id="f-budget.amount_error"' not in page
    assert "Say how much the campaign may spend." in page

    response = open_node(client, draft).send(client, do="submit")
    after = client.get(response["Location"]).content.decode()
    assert 'id="f-budget.amount_error"' in after

    response = form_in(after).send(client, do="go:campaign:name")
    assert 'id="f-name_error"' in client.get(response["Location"]).content.decode()
