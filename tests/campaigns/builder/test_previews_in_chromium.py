"""The previews as a person uses them: another placement, other colours, and texts that follow what is typed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from campaigns.models import CampaignDraft
from integrations import platforms
from tests.campaigns.builder.test_in_chromium import SCREENS, WIDE, is_wider_than_the_screen, open_page, serious
from tests.factories import make_account, make_connection, make_draft, make_draft_json, make_media
from tests.people import person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "A long text that no placement shows as a whole. " * 5
WORD = "Donaudampfschifffahrtsgesellschaftskapitän" * 2


def make_ad(slug: str, *, kind: str = "image", **targeting: list[str]) -> CampaignDraft:
    """Return a draft on an account of the platform whose ad says a lot, in long words too."""
    make_connection(slug)
    account = make_account(f"{slug}-1", platform=slug, name=f"Acme on {slug}", defaults={}, assets=[])
    content = make_draft_json(media=make_media().sha256)
    content["ad_sets"][0]["targeting"] |= targeting
    creative = content["ad_sets"][0]["ads"][0]["creative"]
    creative |= {"type": kind, "primary_text": LONG, "headlines": [LONG, WORD], "descriptions": [WORD]}
    if kind == "carousel":
        creative["media"] = [make_media(colour=colour).sha256 for colour in ("#224466", "#664422", "#226644")]
    return make_draft(created_by=person("carl"), account=account, draft_json=content)


def preview(page: Page) -> Locator:
    return page.get_by_role("region", name="Preview of the ad")


def tab(page: Page, label: str) -> Locator:
    return preview(page).locator("label", has_text=label)


def shown_scenes(page: Page) -> list[int]:
    """Return the numbers of the scenes that can be seen, from 0."""
    seen: list[int] = page.evaluate(
        "[...document.querySelectorAll('.scene')].flatMap((scene, number) => scene.checkVisibility() ? [number] : [])"
    )
    return seen


#: A platform, and keywords where they make it show an ad elsewhere.
SHOWN = [*((slug, []) for slug in platforms.available()), ("google", ["sandals"])]


@pytest.mark.parametrize(("screen", "kind"), [*zip(SCREENS, ["image", "carousel"], strict=True)])
@pytest.mark.parametrize(("slug", "keywords"), SHOWN)
def test_every_placement_of_every_platform_can_be_looked_at(
    new_page, live_server, transactional_db, slug, keywords, kind, screen
):
    draft = make_ad(slug, kind=kind, keywords=keywords)
    page = open_page(new_page(**SCREENS[screen]), live_server.url, f"/campaign-drafts/{draft.pk}?node=a1")
    tabs = preview(page).locator("label.scene-tab")
    assert tabs.count() >= 1

    for number in range(tabs.count()):
        tabs.nth(number).click()
        assert shown_scenes(page) == [number]
        assert serious(page) == []
        assert not is_wider_than_the_screen(page)
        scene = preview(page).locator(".scene").nth(number)
        assert scene.evaluate("(scene) => scene.scrollWidth <= scene.clientWidth"), tabs.nth(number).inner_text()


def test_the_placement_stays_while_the_ad_is_written_and_when_another_ad_is_opened(
    new_page, live_server, transactional_db
):
    draft = make_ad("meta")
    page = open_page(new_page(**WIDE), live_server.url, f"/campaign-drafts/{draft.pk}?node=a1")
    tab(page, "Stories").click()
    text = page.get_by_label("Primary text")

    text.fill("Typed a moment ago")
    expect(preview(page).locator(".scene:visible")).to_contain_text("Typed a moment ago")
    expect(preview(page).get_by_text("… more").locator("visible=true")).to_have_count(0)
    assert shown_scenes(page) == [2]
    expect(text).to_be_focused()

    text.fill("")
    expect(preview(page).locator(".scene:visible")).not_to_contain_text("Typed a moment ago")
    page.get_by_role("button", name="Add ad", exact=True).first.click()
    expect(page.get_by_label("Ad name")).to_have_value("Ad 2")
    assert shown_scenes(page) == [2]


def test_placements_are_changed_with_the_arrow_keys_and_keep_the_keyboard(new_page, live_server, transactional_db):
    draft = make_ad("meta")
    page = open_page(new_page(**WIDE), live_server.url, f"/campaign-drafts/{draft.pk}?node=a1")
    page.get_by_label("Primary text").fill("Typed a moment ago")
    page.locator("#placement-facebook_feed").focus()
    page.keyboard.press("ArrowRight")
    assert shown_scenes(page) == [1]

    expect(preview(page).locator(".scene:visible")).to_contain_text("Typed a moment ago")
    expect(page.locator("#placement-instagram_feed")).to_be_focused()
    assert shown_scenes(page) == [1]
    page.keyboard.press("ArrowRight")
    assert shown_scenes(page) == [2]


def test_what_a_placement_cuts_can_be_read_on(new_page, live_server, transactional_db):
    draft = make_ad("meta")
    page = open_page(new_page(**WIDE), live_server.url, f"/campaign-drafts/{draft.pk}?node=a1")
    scene = preview(page).locator(".scene:visible")
    rest = scene.locator(".pv-words .cut-more > bdi")
    expect(rest).to_be_hidden()

    scene.locator(".pv-words summary").press("Enter")

    expect(rest).to_be_visible()
    assert f"{scene.locator('.pv-words .cut').text_content()}{rest.text_content()}".strip() == LONG.strip()


def test_feeds_follow_the_page_s_colours_and_what_fills_a_phone_stays_dark(new_page, live_server, transactional_db):
    draft = make_ad("meta")
    page = open_page(new_page(**WIDE), live_server.url, f"/campaign-drafts/{draft.pk}?node=a1")

    def colours(selector: str, name: str) -> tuple[str, str]:
        found = []
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found.append(page.locator(selector).first.evaluate(f"(element) => getComputedStyle(element).{name}"))
        return found[0], found[1]

    for name in ("backgroundColor", "color"):
        light, dark = colours(".pv-feed .pv-foot", name)
        assert light != dark
    tab(page, "Stories").click()
    for name in ("backgroundColor", "color"):
        light, dark = colours(".pv-full", name)
        assert light == dark
