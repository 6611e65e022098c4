"""The builder asks capabilities, never a platform's name: it must work with whatever a platform can take."""

from __future__ import annotations

import pytest

from campaigns.models import CampaignDraft
from integrations import draft as drafts
from integrations import platforms
from tests.campaigns.builder.pages import open_node
from tests.factories import make_account, make_connection, make_draft, make_draft_json

pytestmark = pytest.mark.django_db
PLATFORMS = platforms.available()


@pytest.fixture
def client(carl, as_user):
    return as_user(carl)


def draft_on(slug: str, content: dict) -> CampaignDraft:
    make_connection(slug)
    account = make_account(f"{slug}-1", platform=slug, extra={}, defaults={}, assets=[])
    return make_draft(account=account, draft_json=content)


@pytest.mark.parametrize("slug", PLATFORMS)
@pytest.mark.parametrize("kind", ["image", "video", "carousel"])
def test_a_whole_draft_opens_and_is_saved_unchanged(client, slug, kind):
    content = make_draft_json()
    content["ad_sets"][0]["ads"][0]["creative"]["type"] = kind
    draft = draft_on(slug, content)

    for node in ("campaign", "s1", "a1"):
        assert open_node(client, draft, node).send(client).status_code == 302
    assert CampaignDraft.objects.get(pk=draft.pk).draft_json == draft.draft_json


@pytest.mark.parametrize("slug", PLATFORMS)
def test_an_empty_draft_opens_and_says_what_comes_next(client, slug):
    draft = draft_on(slug, drafts.read({"ad_sets": [{"key": "s1", "ads": [{"key": "a1"}]}]}).json)

    for node in ("campaign", "s1", "a1"):
        open_node(client, draft, node)
    page = client.get(f"/campaign-drafts/{draft.pk}").content.decode()
    assert "Give the campaign a name." in page
    assert "to settle before you submit" in page


@pytest.mark.parametrize("slug", PLATFORMS)
def test_the_form_asks_for_what_the_platform_takes_and_for_nothing_else(client, slug):
    capabilities = platforms.platform_class(slug).capabilities
    draft = draft_on(slug, make_draft_json())

    campaign, ad_set, ad = (open_node(client, draft, node).fields for node in ("campaign", "s1", "a1"))

    asked = {name.removeprefix("targeting.") for name in ad_set if name.startswith("targeting.")}
    assert {name.removesuffix(".add") for name in asked} == capabilities.targeting
    assert ("budget" in ad_set) == ("ad_set" in capabilities.budget_levels)
    texts = {"headlines", "descriptions", "primary_text"}
    assert {name for name in texts if f"creative.{name}" in ad} == texts & set(capabilities.texts)
    assert {f"assets.{rule.kind}" for rule in capabilities.assets} <= set(campaign)


def test_what_the_platform_does_not_take_is_shown_until_it_is_taken_out(client):
    content = make_draft_json()
    content["ad_sets"][0]["targeting"]["excluded_locations"] = [{"kind": "country", "id": "MX", "name": ""}]
    draft = draft_on("tiktok", content)

    page = open_node(client, draft, "s1")
    page.fields["targeting.excluded_locations"] = []
    page.send(client)

    targeting = CampaignDraft.objects.get(pk=draft.pk).draft_json["ad_sets"][0]["targeting"]
    assert targeting["excluded_locations"] == []
    assert "targeting.excluded_locations.add" not in open_node(client, draft, "s1").fields


LEAST = {
    "meta": "Meta takes no budget below $1.00 a day on this account.",
    "google": "Demand Gen takes no budget below $5.00 a day.",
    "tiktok": "TikTok takes no campaign budget below $50.00, a day or in all, and no ad set&#x27;s below $20.00 a day.",
    "snapchat": "Snapchat takes no ad set&#x27;s budget below $5.00, daily or lifetime.",
}


@pytest.mark.parametrize("slug", PLATFORMS)
def test_the_least_budget_stands_where_a_budget_is_written(client, slug):
    draft = draft_on(slug, make_draft_json())
    draft.account.extra = {"min_daily_budget": 100}
    draft.account.save()

    for node in ("campaign", "s1"):
        has_budget = node == "campaign" or "ad_set" in platforms.platform_class(slug).capabilities.budget_levels
        page = client.get(f"/campaign-drafts/{draft.pk}?node={node}").content.decode()
        assert (LEAST[slug] in page) == has_budget


@pytest.mark.parametrize(
    ("slug", "ages", "told"),
    [
        ("tiktok", (21, 30), "TikTok: 25 to 34: TikTok has fixed age groups."),
        ("tiktok", (25, 34), None),
        ("google", (21, 30), "Google has age groups, so those around your ages count as a whole."),
        ("snapchat", (None, None), "Snapchat: Ages not chosen mean 18 and older."),
        ("meta", (21, 30), None),
    ],
)
def test_what_a_platform_makes_of_the_ages_stands_at_the_field(client, slug, ages, told):
    content = make_draft_json()
    content["ad_sets"][0]["targeting"] |= {"age_min": ages[0], "age_max": ages[1]}

    page = client.get(f"/campaign-drafts/{draft_on(slug, content).pk}", {"node": "s1"}).content.decode()

    field = " ".join(page.partition('data-leaf="targeting.age_min"')[2].partition("data-leaf=")[0].split())
    assert ("becomes" in field) == bool(told)
    assert (told or "") in field


@pytest.mark.parametrize(
    ("slug", "way"), [("meta", "one"), ("snapchat", "one"), ("google", "wide"), ("tiktok", "wide")]
)
def test_the_page_counts_as_the_platform_does(client, slug, way):
    page = client.get(f"/campaign-drafts/{draft_on(slug, make_draft_json()).pk}", {"node": "a1"}).content.decode()

    assert f'data-count="{way}"' in page
