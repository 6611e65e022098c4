from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Dialog, Page, expect

from campaigns.models import CampaignDraft
from tests.factories import (
    image_bytes,
    make_account,
    make_connection,
    make_draft,
    make_draft_json,
    make_large_draft_json,
)
from tests.people import PASSWORD, person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCREENS = {
    "wide and light": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "narrow and dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}
WIDE = SCREENS["wide and light"]


def open_page(page: Page, base: str, path: str, name: str = "carl") -> Page:
    page.goto(f"{base}/login?next={path}")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{base}{path}")
    return page


@pytest.fixture
def draft(transactional_db: None) -> CampaignDraft:
    return make_draft(created_by=person("carl"))


@pytest.fixture
def troubled(transactional_db: None) -> CampaignDraft:
    """A draft with a name that runs from right to left, one that is too long, and something wrong in every part."""
    content = make_draft_json(name="حملة الصيف الكبيرة للأحذية والملابس " * 3)
    content["campaign"]["budget"]["amount"] = "1,000.1234567890"
    content["campaign"]["schedule"] = {"start": "2027-08-01T00:00", "end": "2027-06-01T00:00"}
    ad_set = content["ad_sets"][0]
    ad_set["name"] = "Überlänge" * 60
    ad_set["targeting"] |= {"age_min": 70, "age_max": "thirteen", "locations": [{"kind": "country", "id": "Atlantis"}]}
    ad_set["ads"][0]["creative"] |= {"link_url": "nowhere", "headlines": ["x" * 300], "media": ["f" * 64]}
    return make_draft(created_by=person("carl"), draft_json=content)


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{page.url}: {problem['id']} at {problem['nodes'][0]['target']}"
        for problem in found
        if problem["impact"] in {"serious", "critical"}
    ]


def is_wider_than_the_screen(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.mark.parametrize("screen", SCREENS)
def test_pages_hold_nothing_that_keeps_people_out_and_break_no_policy(new_page, live_server, draft, troubled, screen):
    page = new_page(**SCREENS[screen])
    errors: list[str] = []
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    problems: list[str] = []
    open_page(page, live_server.url, "/campaigns")
    paths = [f"/campaign-drafts/{row.pk}?node={node}" for row in (draft, troubled) for node in ("campaign", "s1", "a1")]
    for path in ("/campaigns", "/campaigns?q=nothing", "/campaigns/new", "/media", *paths):
        page.goto(live_server.url + path)
        problems += serious(page) + ([f"{path} is too wide"] if is_wider_than_the_screen(page) else [])

    assert problems == []
    assert errors == []


def test_a_campaign_is_built_without_a_reload(new_page, live_server, transactional_db, tmp_path):
    make_connection()
    make_account()
    person("carl")
    page = open_page(new_page(**WIDE), live_server.url, "/campaigns/new")
    page.get_by_label("Campaign name").fill("Summer Sale 2024")
    page.get_by_label("Objective").select_option("conversions")
    page.get_by_label("Budget", exact=True).fill("1000")
    page.get_by_label("Start").fill("2027-06-01T00:00")
    page.get_by_label("End").fill("2027-08-31T23:59")
    page.get_by_role("button", name="Save as draft").click()
    page.wait_for_url("**/campaign-drafts/*")
    page.evaluate("window.stayed = true")

    tree = page.get_by_role("navigation", name="Parts of the campaign")
    tree.get_by_role("button", name="Ad set 1").click()
    page.get_by_label("Ad set name").fill("US - 25-54")
    page.locator("[name='targeting.locations.add']").fill("United States")
    page.get_by_label("Age from").fill("25")
    page.get_by_label("Age to").fill("54")
    page.get_by_label("Daily budget").fill("500")
    tree.get_by_role("button", name="Ad 1").click()
    page.get_by_label("Ad name").fill("Summer Sale - Image Ad")
    page.get_by_role("textbox", name="Headline").fill("Summer Sale - Up to 50% Off!")
    expect(page.get_by_text("28 / 40")).to_be_visible()
    page.get_by_role("textbox", name="Description").fill("Shop now for the best deals")
    page.get_by_label("Call to action").select_option("shop_now")
    page.get_by_label("URL", exact=True).fill("https://shop.example.com/summer")
    picture = tmp_path / "summer.jpg"
    picture.write_bytes(image_bytes())
    page.get_by_label("Upload an image").set_input_files(picture)

    expect(page.get_by_text("summer.jpg")).to_be_visible()
    expect(page.get_by_text("Ready to submit")).to_be_visible()
    assert page.evaluate("window.stayed")
    page.get_by_role("button", name="Submit for Approval").click()
    expect(page.get_by_text("Submitted for approval.")).to_be_visible()
    assert CampaignDraft.objects.get().status == "submitted"


def test_the_keyboard_stays_where_it_can_go_on(new_page, live_server, draft):
    page = open_page(new_page(**WIDE), live_server.url, f"{draft.get_absolute_url()}?node=s1")
    page.locator("#duplicate").press("Enter")
    expect(page.get_by_label("Ad set name")).to_be_focused()
    page.locator("#move-up").press("Enter")
    expect(page.locator("#move-up")).to_have_count(0)
    expect(page.locator("#move-down")).to_be_focused()

    page.locator("#delete").press("Enter")
    expect(page.locator("#undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#undo")).to_have_count(0)
    expect(page.locator(".tree-pane [aria-current]")).to_be_focused()


def test_a_campaign_is_built_without_javascript(new_page, live_server, draft):
    page = open_page(new_page(**WIDE, java_script_enabled=False), live_server.url, f"/campaign-drafts/{draft.pk}")
    page.get_by_label("Campaign name").fill("Typed without a script")
    page.get_by_role("button", name="Add ad set").click()
    expect(page.get_by_label("Ad set name")).to_have_value("Ad set 2")
    page.locator("[name='targeting.locations.add']").fill("France, Atlantis")
    page.get_by_role("button", name="Save as draft").click()

    expect(page.get_by_text("Atlantis”")).to_have_count(2)
    page.locator("label.tick", has_text="Atlantis").click()
    page.get_by_role("button", name="Delete").focus()
    page.locator(".save-bar").get_by_role("button", name="Save as draft").click()
    stored = CampaignDraft.objects.get(pk=draft.pk).content
    assert stored.campaign.name == "Typed without a script"
    assert [place.id for place in stored.ad_sets[1].targeting.locations] == ["FR"]


def test_accounts_and_platforms_follow_each_other(new_page, live_server, transactional_db):
    for slug, name in (("meta", "On Meta"), ("google", "On Google")):
        make_connection(slug)
        make_account(f"{slug}-1", platform=slug, name=name)
    person("carl")
    page = open_page(new_page(**WIDE), live_server.url, "/campaigns/new")
    accounts = page.get_by_label("Ad account")

    accounts.select_option("google-1")
    expect(page.get_by_label("Google Ads")).to_be_checked()
    page.get_by_label("Meta").check()
    expect(accounts).to_have_value("")
    expect(page.locator("optgroup[label='Google Ads']")).to_be_disabled()


def test_enter_in_a_field_saves_and_does_nothing_else(new_page, live_server, draft):
    page = open_page(new_page(**WIDE), live_server.url, f"/campaign-drafts/{draft.pk}")
    page.get_by_label("Campaign name").fill("Entered")
    page.get_by_label("Campaign name").press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Entered")
    assert CampaignDraft.objects.get(pk=draft.pk).status == "draft"


def test_back_shows_the_part_that_was_open_before(new_page, live_server, draft):
    page = open_page(new_page(**WIDE), live_server.url, f"/campaign-drafts/{draft.pk}")
    tree = page.get_by_role("navigation", name="Parts of the campaign")
    tree.get_by_role("button", name="US - 25-54").click()
    expect(page.get_by_label("Ad set name")).to_be_visible()

    page.go_back()
    expect(page.get_by_label("Campaign name")).to_be_visible()


def test_leaving_with_unsaved_text_asks_first(new_page, live_server, draft):
    page = open_page(new_page(**WIDE), live_server.url, f"/campaign-drafts/{draft.pk}")
    asked: list[str] = []

    def go_on(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", go_on)
    page.get_by_label("Campaign name").fill("Not saved")
    page.get_by_role("link", name="All campaigns").click()
    page.wait_for_url("**/campaigns")

    assert asked == ["beforeunload"]


def test_a_clash_is_shown_in_place_and_the_address_stays(new_page, live_server, draft):
    page = open_page(new_page(**WIDE), live_server.url, f"/campaign-drafts/{draft.pk}")
    other = open_page(new_page(**WIDE), live_server.url, f"/campaign-drafts/{draft.pk}", person("ada").username)
    other.get_by_label("Campaign name").fill("Ada's name")
    other.get_by_role("button", name="Save as draft").click()
    expect(other.get_by_text("Saved as draft.")).to_be_visible()
    page.get_by_label("Campaign name").fill("Carl's name")
    page.get_by_role("button", name="Save as draft").click()

    expect(page.get_by_text("Ada Admin saved this campaign after you opened it.")).to_be_visible()
    assert page.url == f"{live_server.url}/campaign-drafts/{draft.pk}"
    assert serious(page) == []
    page.get_by_role("radio").nth(1).check()
    page.get_by_role("button", name="Save my choice").click()
    expect(page.get_by_label("Campaign name")).to_have_value("Ada's name")


def test_a_refused_picture_is_told_in_place_and_the_text_stays(new_page, live_server, draft, tmp_path):
    page = open_page(new_page(**WIDE), live_server.url, f"/campaign-drafts/{draft.pk}?node=a1")
    page.get_by_label("Ad name").fill("Kept")
    film = tmp_path / "film.mp4"
    film.write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(100))
    page.get_by_label("Upload an image").set_input_files(film)

    expect(page.get_by_text("The video is damaged or cut off.")).to_be_visible()
    expect(page.get_by_label("Ad name")).to_have_value("Kept")


def test_text_survives_a_log_out_in_another_window(new_page, live_server, draft):
    page = open_page(new_page(**WIDE), live_server.url, f"/campaign-drafts/{draft.pk}")
    page.get_by_label("Campaign name").fill("Typed after the log-out")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save as draft").click()
    page.get_by_label("User name").fill("carl")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()

    expect(page.get_by_text("This text is not saved yet.")).to_be_visible()
    expect(page.get_by_label("Campaign name")).to_have_value("Typed after the log-out")


def test_the_open_part_of_a_long_tree_is_in_sight(new_page, live_server, transactional_db):
    draft = make_draft(created_by=person("carl"), draft_json=make_large_draft_json(50, 10))
    page = open_page(new_page(**WIDE), live_server.url, f"/campaign-drafts/{draft.pk}?node=a40x9")
    tree = page.get_by_role("navigation", name="Parts of the campaign")

    expect(tree.get_by_role("button", name="Ad 40.9")).to_be_in_viewport()
    tree.get_by_role("button", name="Ad 40.8").click()
    expect(page.get_by_label("Ad name")).to_have_value("Ad 40.8")
    expect(tree.get_by_role("button", name="Ad 40.8")).to_be_in_viewport()
