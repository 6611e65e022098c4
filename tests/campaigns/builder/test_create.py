from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.models import CampaignDraft
from stratum.models import Event
from tests.campaigns.builder.pages import form_in
from tests.factories import PAGE, PIXEL, make_account, make_connection, make_draft_json, make_large_draft_json

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}
FORM = "/campaign-drafts"


@pytest.fixture
def client(carl, as_user):
    return as_user(carl)


@pytest.fixture
def account(db):
    make_connection()
    return make_account()


def opened(client):
    return form_in(client.get("/campaigns/new").content.decode(), FORM)


def put_in(client, data, **headers):
    return client.post(FORM, json.dumps(data), content_type="application/json", headers=JSON)


# The form -----------------------------------------------------------------------------------------------------------


def test_the_example_of_the_flows_becomes_a_draft(client, account):
    response = opened(client).send(
        client,
        platform="meta",
        account=account.external_id,
        name="Summer Sale 2024",
        objective="conversions",
        budget__amount="1000",
        budget__type="daily",
        schedule__start="2027-06-01T00:00",
        schedule__end="2027-08-31T23:59",
    )

    draft = CampaignDraft.objects.get()
    assert response["Location"].split("?")[0] == f"/campaign-drafts/{draft.pk}"
    assert (draft.status, draft.name, draft.account, draft.created_by.username) == (
        "draft", "Summer Sale 2024", account, "carl",
    )  # fmt: skip
    campaign = draft.content.campaign
    assert (campaign.assets.page, campaign.assets.pixel, campaign.assets.conversion_event) == (PAGE, PIXEL, "purchase")
    assert [(ad_set.name, ad_set.optimization) for ad_set in draft.content.ad_sets] == [("Ad set 1", "conversions")]
    assert Event.objects.filter(code="draft.created").count() == 1


def test_only_the_account_is_needed(client, account):
    opened(client).send(client, platform="meta", account=account.external_id)

    assert CampaignDraft.objects.get().title == "Untitled campaign"


def test_nonsense_is_kept_as_typed(client, account):
    opened(client).send(
        client, platform="meta", account=account.external_id, budget__amount="lots", schedule__end="soon"
    )

    campaign = CampaignDraft.objects.get().draft_json["campaign"]
    assert (campaign["budget"]["amount"], campaign["schedule"]["end"]) == ("lots", "soon")


def test_a_single_account_is_chosen_already(client, account):
    assert opened(client).fields["platform"] == ["meta"]
    assert opened(client).fields["account"] == [account.external_id]


def test_pressing_twice_makes_one_draft(client, account):
    form = opened(client)

    first = form.send(client, account=account.external_id, name="Once")
    second = form.send(client, account=account.external_id, name="Once")

    assert first["Location"] == second["Location"]
    assert CampaignDraft.objects.count() == 1


@pytest.mark.parametrize("short_id", ["", "x", "UPPERCASE", "a" * 8 + "'", "šššššššš"])
def test_a_short_id_that_we_did_not_make_is_not_used(client, account, short_id):
    opened(client).send(client, account=account.external_id, short_id=short_id)

    assert CampaignDraft.objects.get().short_id != short_id


def test_nobody_gets_at_a_draft_of_somebody_else_by_its_short_id(client, account, cora, as_user):
    form = opened(client)
    form.send(client, account=account.external_id, name="Carl's")

    response = form.send(as_user(cora), account=account.external_id, name="Cora's")

    assert response.status_code == 302
    assert set(CampaignDraft.objects.values_list("name", "created_by__username")) == {
        ("Carl's", "carl"),
        ("Cora's", "cora"),
    }


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"account": ""}, "account", "Choose the ad account that pays."),
        ({"account": "act_unknown"}, "account", "cannot be used for new campaigns"),
        ({"platform": "myspace"}, "platform", "not connected"),
    ],
)
def test_what_is_missing_is_told_at_its_field_and_what_was_typed_stays(client, account, changes, field, reason):
    response = opened(client).send(client, **{"account": account.external_id, "name": "My long thought"} | changes)

    page = response.content.decode()
    assert response.status_code == 422
    assert f'id="f-{field}_error"' in page
    assert reason in page
    assert form_in(page, FORM).fields["name"] == ["My long thought"]
    assert not CampaignDraft.objects.exists()


def test_an_account_says_its_platform_where_only_one_has_its_id(client, account):
    opened(client).send(client, platform="", account=account.external_id)

    assert CampaignDraft.objects.get().account == account


def test_an_id_that_two_platforms_have_needs_the_platform(client, account):
    make_connection("google")
    other = make_account(account.external_id, platform="google", name="Acme on Google")
    form = opened(client)

    response = form.send(client, platform="", account=account.external_id)
    assert response.status_code == 422
    assert "Choose the platform the campaign runs on." in response.content.decode()

    form.send(client, platform="google", account=account.external_id)
    assert CampaignDraft.objects.get().account == other


def test_an_account_of_another_platform_is_refused(client, account):
    make_connection("google")
    make_account("123-456-7890", platform="google")

    response = opened(client).send(client, platform="google", account=account.external_id)

    assert response.status_code == 422
    assert "This ad account is not one of Google Ads." in response.content.decode()


UNUSABLE = {
    "disabled": {"is_enabled": False},
    "stale": {"stale_since": timezone.now()},
    "closed": {"unusable_reason": "The account is closed."},
}


@pytest.mark.parametrize("fields", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_an_account_that_cannot_be_used_is_not_offered_and_not_taken(client, account, fields):
    other = make_account("act_other", name="Not this one", **fields)
    form = opened(client)

    assert "Not this one" not in client.get("/campaigns/new").content.decode()
    assert form.send(client, account=other.external_id).status_code == 422


def test_without_a_connection_each_role_learns_what_to_do(client, ada, as_user):
    assert "Ask an Admin to connect one" in client.get("/campaigns/new").content.decode()
    assert "/settings/integrations" in as_user(ada).get("/campaigns/new").content.decode()


def test_without_an_enabled_account_each_role_learns_what_to_do(client, ada, as_user):
    make_connection()
    make_account(is_enabled=False)

    assert "Ask an Admin to enable one" in client.get("/campaigns/new").content.decode()
    assert "Open Ad Accounts" in as_user(ada).get("/campaigns/new").content.decode()


def test_an_account_of_a_lost_connection_is_not_offered(client, account):
    make_connection(status="needs_reconnect")

    assert "No platform is connected" in client.get("/campaigns/new").content.decode()


@pytest.mark.parametrize("who", ["anne", "paul", "vera"])
def test_only_creators_and_admins_create(account, as_user, request, who):
    client = as_user(request.getfixturevalue(who))

    assert client.get("/campaigns/new").status_code == 403
    assert client.post(FORM, {"platform": "meta", "account": account.external_id}).status_code == 403


# JSON ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["platform_account_id", "account"])
def test_json_makes_a_draft_of_a_whole_content(client, account, name):
    response = put_in(client, {"platform": "meta", name: account.external_id, "draft_json": make_draft_json()})

    data = response.json()["data"]
    assert response.status_code == 201
    assert (data["status"], data["version"], data["platform_account_id"]) == ("draft", 1, account.external_id)
    assert data["draft_json"] == CampaignDraft.objects.get().draft_json
    assert "submit" in data["available_actions"]


def test_json_gets_a_stable_code_for_everything_that_is_wrong(client, account):
    make_account("act_off", is_enabled=False)
    whole = {"platform": "meta", "platform_account_id": account.external_id, "draft_json": make_draft_json()}
    table = [
        ({"platform_account_id": "act_unknown"}, 404, "AD_ACCOUNT_NOT_FOUND"),
        ({"platform_account_id": {"a": 1}}, 404, "AD_ACCOUNT_NOT_FOUND"),
        ({"platform_account_id": "act_off"}, 409, "AD_ACCOUNT_NOT_ENABLED"),
        ({"platform": "myspace"}, 422, "VALIDATION_FAILED"),
        ({"platform": None}, 422, "VALIDATION_FAILED"),
        ({"draft_json": None}, 422, "VALIDATION_FAILED"),
        ({"draft_json": {"campaign": 5}}, 422, "VALIDATION_FAILED"),
        ({"draft_json": {"ad_sets": [{}] * 51}}, 422, "CAMPAIGN_TOO_LARGE"),
        ({"draft_json": {"ad_sets": [{"ads": [{}] * 51}]}}, 422, "CAMPAIGN_TOO_LARGE"),
    ]

    for changes, status, code in table:
        response = put_in(client, whole | changes)
        assert (response.status_code, response.json()["error"]["code"]) == (status, code), changes
    assert not CampaignDraft.objects.exists()


def test_501_ads_are_too_many(client, account):
    content = make_large_draft_json(50, 10)
    content["ad_sets"][0]["ads"].append({"key": "onemore"})

    response = put_in(client, {"platform": "meta", "account": account.external_id, "draft_json": content})

    assert (response.status_code, response.json()["error"]["code"]) == (422, "CAMPAIGN_TOO_LARGE")


def test_json_without_a_connection_is_refused(client):
    account = make_account()

    response = put_in(client, {"platform": "meta", "account": account.external_id, "draft_json": make_draft_json()})

    assert (response.status_code, response.json()["error"]["code"]) == (409, "PLATFORM_NOT_CONNECTED")


def test_json_with_an_ended_token_is_refused(client, account):
    make_connection(status="needs_reconnect", expires_at=timezone.now() - timedelta(days=1))

    response = put_in(client, {"platform": "meta", "account": account.external_id, "draft_json": make_draft_json()})

    assert (response.status_code, response.json()["error"]["code"]) == (409, "TOKEN_EXPIRED")


def test_json_from_a_viewer_is_forbidden(account, vera, as_user):
    response = put_in(as_user(vera), {"platform": "meta", "account": account.external_id, "draft_json": {}})

    assert (response.status_code, response.json()["error"]["code"]) == (403, "FORBIDDEN")
