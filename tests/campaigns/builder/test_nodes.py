from __future__ import annotations

import pytest

from campaigns.models import CampaignDraft
from tests.campaigns.builder.pages import open_node, query_of
from tests.factories import make_draft, make_draft_json, make_large_draft_json, make_media

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(carl, as_user):
    return as_user(carl)


@pytest.fixture
def draft(carl):
    content = make_draft_json()
    for name in ("CA - 25-54", "Retargeting"):
        content["ad_sets"].append({**content["ad_sets"][0], "key": name[:2].lower(), "name": name, "ads": []})
    return make_draft(created_by=carl, draft_json=content)


def ad_sets(draft) -> list[str]:
    return [ad_set.name for ad_set in CampaignDraft.objects.get(pk=draft.pk).content.ad_sets]


def ads(draft, index: int = 0) -> list[str]:
    return [ad.name for ad in CampaignDraft.objects.get(pk=draft.pk).content.ad_sets[index].ads]


def test_an_ad_set_is_added_with_an_ad_and_the_goal_of_the_objective(client, draft):
    response = open_node(client, draft).send(client, do="add_ad_set")

    added = CampaignDraft.objects.get(pk=draft.pk).content.ad_sets[-1]
    assert (added.name, [ad.name for ad in added.ads], added.optimization) == ("Ad set 4", ["Ad 1"], "conversions")
    assert query_of(response["Location"]) == {"node": added.key, "at": "name"}


def test_an_ad_is_added_to_the_ad_set_that_the_button_names(client, draft):
    response = open_node(client, draft).send(client, do="add_ad:ca")

    assert ads(draft, 1) == ["Ad 1"]
    assert "node" in query_of(response["Location"])


def test_adding_saves_what_was_typed(client, draft):
    open_node(client, draft, "s1").send(client, do="add_ad_set", name="Renamed")

    assert ad_sets(draft) == ["Renamed", "CA - 25-54", "Retargeting", "Ad set 4"]


@pytest.mark.parametrize("do", ["add_ad_set", "add_ad:s1", "duplicate"])
def test_pressing_a_button_twice_makes_one(client, draft, do):
    form = open_node(client, draft, "s1")

    first = form.send(client, do=do)
    after = CampaignDraft.objects.get(pk=draft.pk).draft_json
    second = form.send(client, do=do)

    assert CampaignDraft.objects.get(pk=draft.pk).draft_json == after
    assert query_of(first["Location"]) == query_of(second["Location"])


def test_an_ad_set_is_duplicated_behind_itself_with_keys_of_its_own(client, draft):
    open_node(client, draft, "s1").send(client, do="duplicate")

    first, second, *_ = CampaignDraft.objects.get(pk=draft.pk).content.ad_sets
    assert second.name == "US - 25-54 (copy)"
    assert second.targeting == first.targeting
    assert {second.key, second.ads[0].key}.isdisjoint({first.key, first.ads[0].key})


def test_a_second_copy_gets_another_name(client, draft):
    open_node(client, draft, "s1").send(client, do="duplicate")
    open_node(client, draft, "s1").send(client, do="duplicate")

    assert len(set(ad_sets(draft))) == 5


def test_an_ad_set_moves_to_its_place_and_pressing_twice_moves_once(client, draft):
    form = open_node(client, draft, "re")
    assert "move:1" in form.buttons

    form.send(client, do="move:1")
    form.send(client, do="move:1")

    assert ad_sets(draft) == ["US - 25-54", "Retargeting", "CA - 25-54"]


def test_the_first_cannot_move_up_and_the_last_not_down(client, draft):
    assert [do for do in open_node(client, draft, "s1").buttons if do.startswith("move")] == ["move:1"]
    assert [do for do in open_node(client, draft, "re").buttons if do.startswith("move")] == ["move:1"]


def test_what_was_deleted_comes_back_whole_where_it_was(client, draft):
    before = CampaignDraft.objects.get(pk=draft.pk).draft_json
    response = open_node(client, draft, "s1").send(client, do="delete")
    assert ad_sets(draft) == ["CA - 25-54", "Retargeting"]

    page = client.get(response["Location"]).content.decode()
    assert " ".join(page.partition("US - 25-54</bdi>")[2].split()).startswith("and its ad were deleted.")
    open_node(client, draft, "ca").send(client, do="undo")

    assert CampaignDraft.objects.get(pk=draft.pk).draft_json == before


def test_undoing_twice_brings_it_back_once(client, draft):
    open_node(client, draft, "ca").send(client, do="delete")
    form = open_node(client, draft)

    form.send(client, do="undo")
    form.send(client, do="undo")

    assert ad_sets(draft) == ["US - 25-54", "CA - 25-54", "Retargeting"]


def test_deleting_twice_says_that_it_is_gone(client, draft):
    form = open_node(client, draft, "ca")
    form.send(client, do="delete")

    response = form.send(client, do="delete")

    assert response.status_code == 409
    assert ad_sets(draft) == ["US - 25-54", "Retargeting"]


def test_what_one_deleted_the_other_does_not_undo(client, draft, ada, as_user):
    open_node(client, draft, "ca").send(client, do="delete")

    open_node(as_user(ada), draft).send(as_user(ada), do="undo")

    assert ad_sets(draft) == ["US - 25-54", "Retargeting"]


def test_an_ad_is_copied_into_every_ticked_ad_set_at_once_and_twice_is_once(client, draft):
    form = open_node(client, draft, "a1")
    assert form.fields.get("into") is None, "nothing is ticked"

    first = form.send(client, do="spread", into=["ca", "re", "gone"], name="Renamed on the way")
    after = CampaignDraft.objects.get(pk=draft.pk).draft_json
    form.send(client, do="spread", into=["ca", "re", "gone"], name="Renamed on the way")

    assert [ads(draft, index) for index in range(3)] == [["Renamed on the way"]] * 3
    assert CampaignDraft.objects.get(pk=draft.pk).draft_json == after
    content = CampaignDraft.objects.get(pk=draft.pk).content
    assert len({ad.key for _, ad in content.ads()}) == 3
    assert len({ad.creative.model_dump_json() for _, ad in content.ads()}) == 1
    assert query_of(first["Location"]) == {"node": "a1"}
    assert "The ad was copied into 2 ad sets." in client.get(first["Location"]).content.decode()


def test_a_copy_among_namesakes_gets_a_name_of_its_own(client, draft):
    for _ in range(2):
        open_node(client, draft, "a1").send(client, do="spread", into=["ca"])

    assert ads(draft, 1) == ["Summer Sale - Image Ad", "Summer Sale - Image Ad 2"]


def test_copying_into_nothing_says_so_and_copies_beyond_the_limit_are_refused(client, carl):
    draft = make_draft(created_by=carl, draft_json=make_large_draft_json(50, 10))

    nothing = open_node(client, draft, "a0x0").send(client, do="spread")
    assert "tick the ad sets first" in client.get(nothing["Location"]).content.decode()
    too_many = open_node(client, draft, "a0x0").send(client, do="spread", into=["s1", "s2"], name="Kept")
    page = client.get(too_many["Location"]).content.decode()
    assert "at most 500 ads" in page
    assert "was copied" not in page
    assert ads(draft)[0] == "Kept"


def test_the_campaign_cannot_be_deleted_duplicated_or_moved(client, draft):
    before = CampaignDraft.objects.get(pk=draft.pk).draft_json

    for do in ("delete", "duplicate", "move:3"):
        assert open_node(client, draft).send(client, do=do).status_code == 302

    assert CampaignDraft.objects.get(pk=draft.pk).draft_json == before


def test_the_fifty_first_ad_set_is_refused_and_the_text_is_saved(client, carl):
    draft = make_draft(created_by=carl, draft_json=make_large_draft_json(50, 1))

    response = open_node(client, draft).send(client, do="add_ad_set", name="Renamed")

    assert "at most 50 ad sets" in client.get(response["Location"]).content.decode()
    after = CampaignDraft.objects.get(pk=draft.pk)
    assert (len(after.content.ad_sets), after.name) == (50, "Renamed")


def test_the_five_hundred_and_first_ad_is_refused(client, carl):
    draft = make_draft(created_by=carl, draft_json=make_large_draft_json(50, 10))

    response = open_node(client, draft).send(client, do="add_ad:s0")
    answer = client.post(
        f"/campaign-drafts/{draft.pk}/nodes/campaign",
        {"do": "add_ad:s0", "version": 1},
        headers={"Accept": "application/json"},
    )

    assert "at most 500 ads" in client.get(response["Location"]).content.decode()
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "CAMPAIGN_TOO_LARGE")


def test_a_picture_of_a_carousel_moves_forward(client, carl):
    red, green, blue = (make_media(colour=colour).sha256 for colour in ("#f00", "#0f0", "#00f"))
    content = make_draft_json()
    content["ad_sets"][0]["ads"][0]["creative"] |= {"type": "carousel", "media": [red, green, blue]}
    draft = make_draft(created_by=carl, draft_json=content)

    form = open_node(client, draft, "a1")
    assert [do for do in form.buttons if do.startswith("media:")] == ["media:1", "media:2"]
    form.send(client, do="media:2")

    creative = CampaignDraft.objects.get(pk=draft.pk).content.ad_sets[0].ads[0].creative
    assert creative.media == [red, blue, green]


def test_texts_of_a_carousel_keep_their_place_when_one_is_empty(client, carl):
    sums = [make_media(colour=colour).sha256 for colour in ("#f00", "#0f0", "#00f")]
    content = make_draft_json()
    content["ad_sets"][0]["ads"][0]["creative"] |= {"type": "carousel", "media": sums}
    draft = make_draft(created_by=carl, draft_json=content)

    open_node(client, draft, "a1").send(client, creative__headlines=["One", "", "Three"])

    creative = CampaignDraft.objects.get(pk=draft.pk).content.ad_sets[0].ads[0].creative
    assert creative.headlines == ["One", "", "Three"]
