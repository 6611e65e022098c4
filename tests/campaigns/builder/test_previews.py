from __future__ import annotations

import pytest

from campaigns import previews
from integrations import draft as drafts
from integrations import platforms
from tests.campaigns.builder.pages import open_node
from tests.factories import make_draft, make_draft_json, make_media, make_video


def ad(**creative) -> drafts.Ad:
    return drafts.Ad.model_validate({"key": "a1", "name": "Ad", "creative": creative})


def placed(slug: str, shown: drafts.Ad, *, has_keywords: bool = False) -> previews.AdPreview:
    capabilities = platforms.platform_class(slug).capabilities
    return previews.placed(previews.preview(shown, "Acme", {}), capabilities, has_keywords=has_keywords)


@pytest.mark.parametrize(
    ("text", "limit", "shown", "rest"),
    [
        ("short", 5, "short", ""),
        ("longer", 5, "longe", "r"),
        ("anything", None, "anything", ""),
        ("日本語", 4, "日本", "語"),
        ("", 5, "", ""),
    ],
)
def test_a_text_is_cut_where_the_platform_counts_to(text, limit, shown, rest):
    count = platforms.platform_class("google").capabilities.count

    assert previews.cut(text, limit, count) == previews.CutText(shown, rest)


def test_each_placement_cuts_by_its_own_limits():
    shown = placed("meta", ad(primary_text="x" * 130, headlines=["y" * 45], descriptions=["z" * 31]))

    scenes = {scene.placement.value: scene for scene in shown.scenes}
    feed = scenes["facebook_feed"]
    assert (len(feed.primary_text.shown), len(feed.primary_text.rest)) == (125, 5)
    assert (len(feed.cards[0].headline.shown), len(feed.cards[0].description.shown)) == (40, 30)
    assert set(scenes) == {"facebook_feed", "instagram_feed", "stories"}


@pytest.mark.parametrize(("has_keywords", "places"), [(True, {"search"}), (False, {"discover", "youtube"})])
def test_a_campaign_with_keywords_is_shown_as_a_search_result(has_keywords, places):
    shown = placed("google", ad(headlines=["One"]), has_keywords=has_keywords)

    assert {scene.placement.value for scene in shown.scenes} == places


@pytest.mark.parametrize("slug", ["meta", "google", "tiktok", "snapchat"])
def test_a_text_that_the_platform_drops_is_in_no_preview(slug):
    known = platforms.platform_class(slug).capabilities.texts
    shown = placed(slug, ad(primary_text="P", headlines=["H"], descriptions=["D"]))

    assert shown.scenes
    for scene in shown.scenes:
        card = scene.cards[0]
        said = {"primary_text": scene.primary_text, "headlines": card.headline, "descriptions": card.description}
        assert {name for name, text in said.items() if text.shown} == set(known)


@pytest.mark.django_db
def test_the_builder_draws_every_placement_and_marks_the_cut(carl, as_user):
    client = as_user(carl)
    draft = make_draft(created_by=carl)
    open_node(client, draft, "a1").send(client, creative__primary_text="Sale! " * 30)

    page = client.get(f"/campaign-drafts/{draft.pk}?node=a1").content.decode()

    assert [page.count(f'id="placement-{name}"') for name in ("facebook_feed", "instagram_feed", "stories")] == [
        1,
        1,
        1,
    ]
    assert page.count("… more") == 3


@pytest.mark.django_db
def test_a_video_is_drawn_with_its_own_cover(carl, as_user):
    video, cover = make_video(64, 48, 4), make_media(640, 480)
    content = make_draft_json(media=video.sha256)
    content["ad_sets"][0]["ads"][0]["creative"] |= {"type": "video", "cover": cover.sha256}
    draft = make_draft(created_by=carl, draft_json=content)

    page = as_user(carl).get(f"/campaign-drafts/{draft.pk}?node=a1").content.decode()

    preview = page[page.index('aria-label="Preview of the ad"') :]
    assert f"/media/{cover.sha256}/thumbnail" in preview
    assert f"/media/{video.sha256}/thumbnail" not in preview
