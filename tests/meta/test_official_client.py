"""Meta's official client, which knows nothing of us or of the sandbox, reads what we created there."""

from __future__ import annotations

import hashlib

import pytest
from facebook_business.adobjects.ad import Ad
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adcreative import AdCreative
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.campaign import Campaign
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession

from integrations.platforms.meta.adapter import MetaPlatform
from tests.meta.conftest import Sandbox
from tests.meta.drafts import BLUE, FILES, FILM, GREY, INSTAGRAM, MAIN, PAGE, PIXEL, RED, ad, ad_set, draft, order
from tests.meta.publisher import Publisher


@pytest.fixture
def client(sandbox: Sandbox, meta: MetaPlatform) -> FacebookAdsApi:
    """The official client, whose only difference from everybody's is where the Graph API is."""
    assert meta.tokens
    session = FacebookSession("1000000000000001", "sandbox-meta-secret-0001", meta.tokens.access_token)
    session.GRAPH = f"{sandbox.url}/meta/graph"
    return FacebookAdsApi(session)


@pytest.fixture
def made(meta: MetaPlatform) -> Publisher:
    """Two ad sets; the first with an ad of each kind."""
    kinds = [ad(), ad("a2", type="video", media=[FILM]), ad("a3", type="carousel", media=[RED, BLUE, GREY])]
    targeting = {"locations": ["CA", "US"], "genders": ["female"], "interests": []}
    content = draft(ad_set(ads=kinds), ad_set("s2", budget="250.50", targeting=targeting, ads=[ad("a4")]))
    published = Publisher(meta, order(content))
    published.create()
    return published


def test_the_account_lists_the_campaign_as_approved(client: FacebookAdsApi, made: Publisher) -> None:
    account = AdAccount(MAIN.external_id, api=client)

    [campaign] = account.get_campaigns(["name", "objective", "status", "special_ad_categories", "daily_budget"])

    assert campaign.export_all_data() == {
        "id": made.ids[made.key("c")],
        "name": "Summer Sale [st-abcd2345-1-c]",
        "objective": Campaign.Objective.outcome_sales,
        "status": Campaign.Status.paused,
        "special_ad_categories": [],
    }


def test_the_campaign_has_its_ad_sets_as_approved(client: FacebookAdsApi, made: Publisher) -> None:
    listed = Campaign(made.ids[made.key("c")], api=client).get_ad_sets(
        [
            "name",
            "status",
            "daily_budget",
            "optimization_goal",
            "start_time",
            "end_time",
            "promoted_object",
            "targeting",
        ]
    )
    ad_sets = {row["id"]: row.export_all_data() for row in listed}

    first, second = (ad_sets.pop(made.ids[made.key(key)]) for key in ("s1", "s2"))
    assert ad_sets == {}
    assert (first["name"], second["name"]) == ("US - 25-54 s1", "US - 25-54 s2")
    assert (first["daily_budget"], second["daily_budget"]) == ("50000", "25050")
    for row in (first, second):
        assert row["status"] == AdSet.Status.paused
        assert row["optimization_goal"] == AdSet.OptimizationGoal.offsite_conversions
        assert (row["start_time"], row["end_time"]) == ("2027-06-01T09:00:00-0400", "2027-08-31T23:59:00-0400")
        assert row["promoted_object"] == {"pixel_id": PIXEL, "custom_event_type": "PURCHASE"}
        assert (row["targeting"]["age_min"], row["targeting"]["age_max"]) == (25, 54)
    assert first["targeting"]["geo_locations"]["countries"] == ["US"]
    assert first["targeting"]["flexible_spec"] == [{"interests": [{"id": "6003456388203", "name": "Fashion"}]}]
    assert second["targeting"]["geo_locations"]["countries"] == ["CA", "US"]
    assert second["targeting"]["genders"] == [2]
    assert "flexible_spec" not in second["targeting"]


def test_the_ad_sets_show_their_ads_and_creatives_as_approved(client: FacebookAdsApi, made: Publisher) -> None:
    listed = AdSet(made.ids[made.key("s1")], api=client).get_ads(["name", "status", "creative"])
    ads = {row["id"]: row for row in listed}
    specs = {}
    for key in ("a1", "a2", "a3"):
        shown = ads.pop(made.ids[made.key(key)])
        assert (shown["name"], shown["status"]) == (f"Summer Sale - Image Ad {key}", Ad.Status.paused)
        assert shown["creative"]["id"] == made.ids[made.key(f"cr-{key}")]
        creative = AdCreative(shown["creative"]["id"], api=client).api_get(["name", "object_story_spec"])
        assert creative["name"] == f"Summer Sale - Image Ad {key} [st-abcd2345-1-cr-{key}]"
        specs[key] = creative["object_story_spec"].export_all_data()
    assert ads == {}

    link = "https://shop.example.com/summer?x=1&y=ä"
    button = {"type": "SHOP_NOW", "value": {"link": link}}
    said = {"name": "Summer Sale - Up to 50% Off!", "description": "Shop now for the best deals"}
    assert {(spec["page_id"], spec["instagram_user_id"]) for spec in specs.values()} == {(PAGE, INSTAGRAM)}
    common = {"link": link, "call_to_action": button, "message": "Everything must go."}
    hashes = [hashlib.md5(FILES[sha256]).hexdigest() for sha256 in (RED, BLUE, GREY)]
    assert specs["a1"]["link_data"] == common | said | {"image_hash": hashes[0]}
    cards = [said | {"link": link, "call_to_action": button, "image_hash": image} for image in hashes]
    assert specs["a3"]["link_data"] == common | {
        "child_attachments": cards, "multi_share_optimized": False, "multi_share_end_card": False,
    }  # fmt: skip
    film = specs["a2"]["video_data"]
    assert film.pop("image_url").startswith("http")
    assert film == {
        "video_id": made.ids[made.key(f"m-{FILM[:10]}")],
        "call_to_action": button,
        "message": "Everything must go.",
        "title": said["name"],
        "link_description": said["description"],
    }


def test_the_client_understands_that_a_campaign_does_not_exist(client: FacebookAdsApi) -> None:
    with pytest.raises(FacebookRequestError) as refusal:
        Campaign("120000000000000001", api=client).api_get(["name"])
    assert (refusal.value.api_error_code(), refusal.value.api_error_subcode()) == (100, 33)


def test_the_client_reads_how_many_people_an_ad_set_would_reach(client: FacebookAdsApi, made: Publisher) -> None:
    [ad_set] = [step for step in made.steps if step.key == made.key("s1")]
    asked = {
        "optimization_goal": ad_set.payload["fields"]["optimization_goal"],
        "targeting_spec": ad_set.payload["fields"]["targeting"],
        "promoted_object": ad_set.payload["fields"]["promoted_object"],
    }

    [estimate] = AdAccount(MAIN.external_id, api=client).get_delivery_estimate(params=asked)

    assert estimate["estimate_ready"]
    assert 0 < estimate["estimate_mau_lower_bound"] < estimate["estimate_mau_upper_bound"]
    asked["targeting_spec"] = asked["targeting_spec"] | {"geo_locations": {"countries": ["CU"]}}
    with pytest.raises(FacebookRequestError) as refusal:
        AdAccount(MAIN.external_id, api=client).get_delivery_estimate(params=asked)
    assert refusal.value.api_error_code() == 100
