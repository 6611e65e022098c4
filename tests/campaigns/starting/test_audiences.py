"""Saved audiences: kept from an ad set, put into those that are ticked, translated where the platform is another one."""

from __future__ import annotations

from typing import Any

import pytest

from campaigns.models import CampaignDraft, SavedAudience
from campaigns.starting import lookups
from campaigns.starting.audience import Meaning
from stratum.models import Event
from tests.campaigns.builder.pages import form_in, open_node
from tests.factories import make_account, make_audience, make_connection, make_draft, make_draft_json

pytestmark = pytest.mark.django_db
NOBODY: dict[str, Any] = {"locations": [], "age_min": None, "age_max": None, "interests": []}


@pytest.fixture
def client(carl, as_user):
    return as_user(carl)


def bare_draft(carl, **fields) -> CampaignDraft:
    """A draft of two ad sets that target nobody yet."""
    content = make_draft_json()
    first = content["ad_sets"][0] | {"targeting": content["ad_sets"][0]["targeting"] | NOBODY}
    second = first | {"key": "s2", "name": "Second", "ads": [first["ads"][0] | {"key": "a2"}]}
    return make_draft(created_by=carl, draft_json=content | {"ad_sets": [first, second]}, **fields)


def targeting(draft: CampaignDraft) -> list[dict[str, object]]:
    return [ad_set["targeting"] for ad_set in CampaignDraft.objects.get(pk=draft.pk).draft_json["ad_sets"]]


def use(client, draft: CampaignDraft, audience: SavedAudience):
    url = f"/campaign-drafts/{draft.pk}/audiences"
    page = client.get(f"{url}?audience={audience.pk}&ad_set=s1").content.decode()
    return page, form_in(page, f"{url}?audience={audience.pk}")


def test_the_ad_sets_button_saves_and_leads_to_the_audiences(client, carl):
    draft = make_draft(created_by=carl)
    answer = open_node(client, draft, "s1").send(client, do="audiences", targeting__age_min="30")

    assert answer["Location"] == f"/campaign-drafts/{draft.pk}/audiences?ad_set=s1"
    assert targeting(draft)[0]["age_min"] == 30


def test_an_audience_is_kept_as_the_ad_set_has_it(client, carl):
    draft = make_draft(created_by=carl)
    client.post(f"/campaign-drafts/{draft.pk}/audiences/keep", {"ad_set": "s1", "name": "Young shoppers"})

    audience = SavedAudience.objects.get()
    assert (audience.platform, audience.targeting) == ("meta", targeting(draft)[0])
    assert Event.objects.get(code="audience.created").data["name"] == "Young shoppers"
    again = client.post(f"/campaign-drafts/{draft.pk}/audiences/keep", {"ad_set": "s1", "name": "young SHOPPERS"})
    assert again.status_code == 422
    assert 'value="young SHOPPERS"' in again.content.decode()
    assert SavedAudience.objects.count() == 1


def test_it_is_put_into_the_ad_sets_that_are_ticked_and_no_other(client, carl):
    draft, audience = bare_draft(carl), make_audience()
    _, form = use(client, draft, audience)
    assert form.fields["ad_sets"] == ["s1"]
    form.send(client, ad_sets=["s2"])

    first, second = targeting(draft)
    assert (first["locations"], second) == ([], audience.targeting)
    assert CampaignDraft.objects.get(pk=draft.pk).version == 2


def test_without_a_tick_nothing_happens_and_it_is_said(client, carl):
    draft, audience = bare_draft(carl), make_audience()
    _, form = use(client, draft, audience)
    answer = form.send(client, ad_sets=[])

    assert answer.status_code == 422
    assert "Tick the ad sets" in answer.content.decode()
    assert CampaignDraft.objects.get(pk=draft.pk).version == 1


def test_on_another_platform_it_is_shown_first_what_changes_and_what_is_dropped(client, carl, monkeypatch):
    fashion = Meaning({"id": "77", "name": "Fashion"})
    why = Meaning(why="TikTok knows none of that name: choose it in the draft.")
    found = {"interest::Fashion": fashion, "interest::Shopping": why}
    monkeypatch.setattr(lookups, "look_up", lambda slug, account, names: found)
    make_connection("tiktok")
    tiktok = make_account("70", platform="tiktok", assets=[], defaults={})
    draft, audience = bare_draft(carl, account=tiktok), make_audience()
    page, form = use(client, draft, audience)
    assert "TikTok knows none of that name" in page

    monkeypatch.setattr(lookups, "look_up", lambda *args: pytest.fail("what was shown is what is used"))
    form.send(client)
    first, _ = targeting(draft)
    assert first["interests"] == [{"id": "77", "name": "Fashion"}]
    assert (first["age_min"], first["locations"]) == (25, audience.targeting["locations"])
    assert SavedAudience.objects.get().targeting["interests"] != first["interests"]  # the saved one stays


def test_it_is_used_by_owners_in_drafts_and_deleted_by_whoever_made_it(client, carl, cora, ada, as_user):
    draft, audience = bare_draft(carl), make_audience()
    _, form = use(client, draft, audience)
    url = f"/campaign-drafts/{draft.pk}/audiences"

    assert as_user(cora).post(url, {"use": form.fields["use"][0], "ad_sets": ["s1"]}).status_code == 403
    assert as_user(cora).post(f"{url}/{audience.pk}/delete").status_code == 403
    assert form.send(client, use="forged").status_code == 409
    as_user(ada).post(f"{url}/{audience.pk}/delete")
    assert not SavedAudience.objects.exists()
    assert form.send(client).status_code == 404
    assert targeting(draft)[0]["locations"] == []
