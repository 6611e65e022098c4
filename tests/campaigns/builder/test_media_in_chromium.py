"""Files on their way into the library and into an ad, and a crop under the hand, as a person sees them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Locator, Page, Route, expect

from campaigns import cropping, media
from campaigns.models import CampaignDraft, MediaAsset
from tests.campaigns.builder.test_in_chromium import SCREENS, WIDE, is_wider_than_the_screen, open_page, serious
from tests.factories import image_bytes, make_draft, make_draft_json, make_media
from tests.people import person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: Notes every value that a progress bar shows, and every text beside it.
WATCH_BARS = """() => {
    window.shown = [];
    new MutationObserver((changes) => changes.forEach(({ target, attributeName }) => {
        if (attributeName === "value" && target.matches("progress")) window.shown.push(target.value / target.max);
    })).observe(document.body, { attributes: true, subtree: true });
}"""


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., list[Path]]:
    """Return a function that writes pictures of these names, each of its own colour; a .txt is no picture."""

    def write(*names: str) -> list[Path]:
        written = [tmp_path / name for name in names]
        for number, path in enumerate(written):
            data = b"no picture at all" if path.suffix == ".txt" else image_bytes(400, 400, f"#{30 * number:02x}4060")
            path.write_bytes(data)
        return written

    return write


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A picture of a megabyte: what follows a JPEG's end is kept, and takes its time on a slow line."""
    path = tmp_path / "large.jpg"
    path.write_bytes(image_bytes(400, 400, "#00ff00") + bytes(1024 * 1024))
    return path


def drop(page: Page, selector: str, paths: list[Path]) -> None:
    """Drop files from outside on the middle of an element, as a hand does: the browser decides what that means."""
    box = page.locator(selector).bounding_box()
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2, "data": data}
    devtools = page.context.new_cdp_session(page)
    for step in ("dragEnter", "dragOver", "drop"):
        devtools.send("Input.dispatchDragEvent", {"type": step, **place})


def slow_down(page: Page, bytes_a_second: int) -> None:
    """Let files go up no quicker than that."""
    line = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second}
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", line)


def names_in_the_library(page: Page) -> list[str]:
    return page.locator("#media-list .media-item .truncate").all_inner_texts()


# The library --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("screen", SCREENS)
def test_many_files_are_dropped_and_one_that_is_refused_holds_nobody_up(new_page, live_server, carl, files, screen):
    page = open_page(new_page(**SCREENS[screen]), live_server.url, "/media")
    page.evaluate("window.stayed = true")
    chosen = files(*(f"beach-{number}.jpg" for number in range(5)), "notes.txt", "a name " * 20 + "end.jpg")

    drop(page, ".dropzone", chosen)

    lines = page.locator("[data-upload-list] li")
    expect(lines).to_have_count(7)
    # Two go up at once, and each is read by its bytes.
    expect(page.locator(".is-done")).to_have_count(6, timeout=20_000)
    refused = page.locator(".is-refused")
    expect(refused).to_have_count(1)
    expect(refused).to_contain_text("notes.txt")
    expect(refused).to_contain_text("This is no JPEG, PNG, GIF, MP4 or MOV file")
    assert all(name.bounding_box()["width"] > 60 for name in lines.locator(".truncate").all()), "names are in sight"
    expect(page.locator("#media-list .media-item")).to_have_count(6)
    assert {"beach-0.jpg", "beach-4.jpg"} < set(names_in_the_library(page))
    assert MediaAsset.objects.count() == 6
    assert page.evaluate("window.stayed")
    assert not is_wider_than_the_screen(page)
    assert serious(page) == []


def test_the_list_is_renewed_although_the_last_answer_is_a_refusal(new_page, live_server, carl, files):
    page = open_page(new_page(**WIDE), live_server.url, "/media")
    good, bad = files("good.jpg", "bad.txt")
    waiting: list[Route] = []

    def hold_back_the_bad_one(route: Route) -> None:
        if b'filename="bad.txt"' in (route.request.post_data_buffer or b""):
            waiting.append(route)
        else:
            route.continue_()

    page.route("**/media", hold_back_the_bad_one)
    page.get_by_label("Choose pictures and videos").set_input_files([good, bad])
    expect(page.locator(".is-done")).to_have_count(1)
    waiting[0].continue_()

    expect(page.locator(".is-refused")).to_contain_text("bad.txt")
    expect(page.locator("#media-list")).to_contain_text("good.jpg")


def test_the_bar_moves_with_the_file_and_ends_with_it(new_page, live_server, carl, large):
    page = open_page(new_page(**WIDE), live_server.url, "/media")
    page.evaluate(WATCH_BARS)
    slow_down(page, 1024 * 1024)

    page.get_by_label("Choose pictures and videos").set_input_files(large)

    expect(page.get_by_role("progressbar", name="large.jpg")).to_be_visible()
    expect(page.locator("[data-upload-list]")).to_contain_text("In the library")
    expect(page.get_by_role("progressbar")).to_have_count(0)
    shown = page.evaluate("window.shown")
    assert shown == sorted(shown)
    assert [value for value in shown if 0 < value < 1], "it was seen on its way"
    assert shown[-1] == 1


def test_files_that_do_not_reach_the_server_say_so_and_can_be_chosen_again(new_page, live_server, carl, files):
    page = open_page(new_page(**WIDE), live_server.url, "/media")
    chooser = page.get_by_label("Choose pictures and videos")
    page.route("**/media", lambda route: route.abort())
    chooser.set_input_files(files("beach.jpg"))
    expect(page.locator(".is-refused")).to_contain_text("did not reach the server")

    page.unroute("**/media")
    chooser.set_input_files(files("beach.jpg"))

    expect(page.locator(".is-done")).to_contain_text("beach.jpg")
    expect(page.locator("#media-list")).to_contain_text("beach.jpg")
    expect(page.locator(".dropzone")).not_to_contain_text("beach.jpg")


def test_a_log_out_is_told_at_the_file(new_page, live_server, carl, files):
    page = open_page(new_page(**WIDE), live_server.url, "/media")
    page.context.clear_cookies(name="sessionid")

    page.get_by_label("Choose pictures and videos").set_input_files(files("beach.jpg"))

    expect(page.locator(".is-refused")).to_contain_text("Log in")
    assert not MediaAsset.objects.exists()


def test_a_file_that_misses_the_zone_does_not_take_the_page_away(new_page, live_server, carl, files):
    page = open_page(new_page(**WIDE), live_server.url, "/media")
    opened: list[str] = []
    page.on("framenavigated", lambda frame: opened.append(frame.url))
    page.context.on("page", lambda other: opened.append(other.url))

    drop(page, "h1", files("missed.jpg"))
    drop(page, ".dropzone", files("hit.jpg"))

    expect(page.locator(".is-done")).to_contain_text("hit.jpg")
    assert opened == []


def test_leaving_while_files_are_on_their_way_asks_first(new_page, live_server, carl, files):
    page = open_page(new_page(**WIDE), live_server.url, "/media")
    waiting: list[Route] = []
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.route("**/media", lambda route: waiting.append(route), times=1)
    page.on("dialog", stay)
    page.get_by_label("Choose pictures and videos").set_input_files(files("beach.jpg"))
    expect(page.get_by_role("progressbar")).to_have_count(1)
    page.get_by_role("link", name="All campaigns").click(no_wait_after=True)
    expect(page.get_by_role("progressbar")).to_have_count(1)
    waiting[0].continue_()
    expect(page.locator(".is-done")).to_contain_text("beach.jpg")
    assert asked == ["beforeunload"]

    page.get_by_role("link", name="All campaigns").click()
    page.wait_for_url("**/campaigns")
    assert asked == ["beforeunload"]


# An ad --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def carousel(transactional_db: None) -> CampaignDraft:
    content = make_draft_json()
    content["ad_sets"][0]["ads"][0]["creative"]["type"] = "carousel"
    return make_draft(created_by=person("carl"), draft_json=content)


@pytest.mark.parametrize("screen", SCREENS)
def test_pictures_dropped_on_an_ad_join_it_and_a_refused_one_is_named(new_page, live_server, carousel, files, screen):
    page = open_page(new_page(**SCREENS[screen]), live_server.url, f"/campaign-drafts/{carousel.pk}?node=a1")
    page.evaluate("window.stayed = true")
    page.get_by_label("Ad name").fill("Typed before the drop")
    page.locator(".dropzone").scroll_into_view_if_needed()

    drop(page, ".dropzone", files("one.jpg", "two.jpg", "notes.txt"))

    chosen = page.locator("[data-leaf='creative.media'] > fieldset > .media-grid .media-item")
    expect(chosen).to_have_count(3)
    expect(page.locator("[id='f-creative.media_error']")).to_contain_text("notes.txt: This is no JPEG")
    expect(page.get_by_label("Ad name")).to_have_value("Typed before the drop")
    assert page.evaluate("window.stayed")
    assert not is_wider_than_the_screen(page)
    assert len(CampaignDraft.objects.get().content.ad_sets[0].ads[0].creative.media) == 3


def test_the_bar_of_an_ad_moves_while_its_picture_is_sent(new_page, live_server, carousel, large):
    page = open_page(new_page(**WIDE), live_server.url, f"/campaign-drafts/{carousel.pk}?node=a1")
    page.evaluate(WATCH_BARS)
    slow_down(page, 1024 * 1024)

    page.get_by_label("Add pictures").set_input_files(large)

    expect(page.locator("[data-upload-bar]")).to_be_visible()
    expect(page.get_by_role("checkbox", name="large.jpg")).to_be_checked()
    expect(page.locator("[data-upload-bar]")).to_be_hidden()
    shown = page.evaluate("window.shown")
    assert [value for value in shown if 0 < value < 1], "it was seen on its way"
    assert shown == sorted(shown)


def test_an_upload_in_an_ad_that_fails_leaves_no_bar_and_goes_with_the_next_save(
    new_page, live_server, carousel, large, monkeypatch
):
    page = open_page(new_page(**WIDE), live_server.url, f"/campaign-drafts/{carousel.pk}?node=a1")
    slow_down(page, 1024 * 1024)
    with monkeypatch.context() as broken:
        broken.setattr(media, "store_each", lambda *args, **kwargs: 1 / 0)
        page.get_by_label("Add pictures").set_input_files(large)
        expect(page.locator("[data-upload-bar]")).to_be_visible()
        expect(page.get_by_text("The server could not do this (error 500).")).to_be_visible()
    expect(page.locator("[data-upload-bar]")).to_be_hidden()

    page.get_by_role("button", name="Save as draft").click()

    expect(page.get_by_role("checkbox", name="large.jpg")).to_be_checked()


# Cropping -----------------------------------------------------------------------------------------------------------


def part(page: Page) -> dict[str, int]:
    """Return what the view shows as the part that stays: the frame, and the hole in the shade, which must agree."""
    read = "(rect) => ['x', 'y', 'width', 'height'].map((name) => Number(rect.getAttribute(name)))"
    shown = [page.locator(f"[data-crop-part]{which}").evaluate(read) for which in ("[fill=black]", ".crop-frame")]
    assert shown[0] == shown[1]
    return dict(zip(("x", "y", "width", "height"), shown[0], strict=True))


def shape(page: Page, name: str) -> Locator:
    return page.locator(f"input[name=shape][value='{name}']")


@pytest.mark.parametrize("screen", SCREENS)
def test_a_crop_follows_its_shape_and_its_place_and_is_cut_as_shown(new_page, live_server, carl, screen):
    asset = make_media(1600, 1200)
    page = open_page(new_page(**SCREENS[screen]), live_server.url, f"/media/{asset.sha256}/crop")
    shape(page, "1:1").check()
    assert part(page) == {"x": 200, "y": 0, "width": 1200, "height": 1200}
    page.get_by_label("From left to right").fill("100")
    assert part(page) == {"x": 400, "y": 0, "width": 1200, "height": 1200}
    shape(page, "9:16").check()
    assert part(page) == {"x": 925, "y": 0, "width": 675, "height": 1200}
    assert not is_wider_than_the_screen(page)
    assert serious(page) == []

    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name="Save as a new file").click()
    page.wait_for_url("**/details")

    assert (sent.value.post_data or "").endswith("shape=9%3A16&x=100")
    made = MediaAsset.objects.exclude(pk=asset.pk).get()
    assert (made.width, made.height) == (675, 1200)
    expect(page.get_by_text("9:16").first).to_be_visible()


def test_a_crop_is_made_with_the_keyboard_alone(new_page, live_server, carl):
    asset = make_media(1600, 1200)
    page = open_page(new_page(**WIDE), live_server.url, f"/media/{asset.sha256}/crop")

    shape(page, "1:1").focus()
    page.keyboard.press("ArrowDown")
    expect(shape(page, "4:5")).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.get_by_label("From left to right")).to_be_focused()
    page.keyboard.press("Home")
    assert part(page) == {"x": 0, "y": 0, "width": 960, "height": 1200}
    page.keyboard.press("ArrowRight")
    assert part(page)["x"] == 6
    page.keyboard.press("Enter")
    page.wait_for_url("**/details")

    made = MediaAsset.objects.exclude(pk=asset.pk).get()
    assert (made.width, made.height) == (960, 1200)


def test_a_slider_that_could_move_nothing_cannot_be_moved(new_page, live_server, carl):
    asset = make_media(1200, 1200)
    page = open_page(new_page(**WIDE), live_server.url, f"/media/{asset.sha256}/crop")
    across, down = page.get_by_label("From left to right"), page.get_by_label("From top to bottom")
    expect(across).to_be_disabled()
    expect(down).to_be_disabled()

    shape(page, "9:16").check()
    expect(across).to_be_enabled()
    expect(down).to_be_disabled()
    shape(page, "16:9").check()
    expect(across).to_be_disabled()
    expect(down).to_be_enabled()


def test_what_the_page_shows_of_a_crop_is_what_the_server_cuts(new_page, live_server, carl):
    asset = make_media(1601, 1203)
    page = open_page(new_page(**WIDE), live_server.url, f"/media/{asset.sha256}/crop")

    for kind in cropping.SHAPES:
        shape(page, kind.name).check()
        for place in (0, 33, 50, 99):
            for slider in page.get_by_role("slider").all():
                if slider.is_enabled():
                    slider.fill(str(place))
            box = cropping.box(asset.width, asset.height, kind, place, place)
            assert part(page) == {"x": box.left, "y": box.top, "width": box.width, "height": box.height}
