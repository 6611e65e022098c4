"""What people and platforms do wrong: a clear sentence where it belongs, and nothing that was typed is lost."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.faults.places import Place
from tests.walks import prepared
from tests.walks.flows import PUBLISH_MS, published, row_of
from tests.walks.hands import Mouse

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

ARABIC = "حملة الصيف 👨‍👩‍👧 Ünïcødé"
HTML = {"status": 200, "body": "<!DOCTYPE html><title>Sorry</title><h1>Something went wrong</h1>"}
#: Part of the campaign → label, what is typed, and what is then said at the field.
ABSURD = {
    "campaign": [
        ("Campaign name", "x" * 500, "Shorten it by 140."),
        ("Budget", "-5", "A budget must be more than zero."),
        ("Budget", "1.0123456789", "decimals"),
        ("Budget", "ten dollars", "ten dollars"),
    ],
    "s1": [
        ("Age from", "70", "65"),
        ("Age to", "thirteen", "thirteen"),
        ("Daily budget", "99999999999999999999", "No budget is that large."),
    ],
    "a1": [
        ("URL", "javascript:alert(1)", "https://"),
        ("Ad name", "y" * 500, "Shorten it by 140."),
    ],
}


@pytest.fixture
def draft(stack) -> str:
    prepared.connected(stack)
    return prepared.draft(stack)


@pytest.fixture
def carl(enter) -> Mouse:
    return enter("carl")


def note_at(field: Locator) -> Locator:
    """What is said at the field."""
    return field.page.locator(f"[id='{field.get_attribute('id')}_error']")


@pytest.mark.parametrize("node", ABSURD)
def test_what_makes_no_sense_is_told_at_its_field_and_kept(stack, carl, draft, node):
    for label, typed, said in ABSURD[node]:
        carl.page.goto(f"{stack.url}{draft}?node={node}")
        carl.write(label, typed)
        carl.press("Save as draft")
        carl.sees("Saved as draft.")

        expect(carl.field(label)).to_have_value(typed)
        expect(note_at(carl.field(label))).to_contain_text(said)


def test_an_end_before_the_start_is_told_at_the_end(stack, carl, draft):
    carl.page.goto(stack.url + draft)
    carl.write_moment("End", "2020-01-01", "00:00")
    carl.press("Submit for Approval")

    expect(carl.page.locator("#messages")).to_contain_text("Saved, but not submitted yet.")
    expect(note_at(carl.field("End"))).to_be_visible()
    expect(carl.field("End")).to_have_value("2020-01-01T00:00")


def test_60_mb_and_a_script_that_calls_itself_a_picture_are_refused_at_their_field(
    stack, carl, draft, allowed, tmp_path
):
    allowed(422)
    huge, script = tmp_path / "holiday.png", tmp_path / "logo.png"
    picture = io.BytesIO()
    Image.new("RGB", (1200, 1200)).save(picture, "PNG")
    huge.write_bytes(picture.getvalue() + bytes(60 * 1024 * 1024))
    script.write_text("<script>alert(document.cookie)</script>")
    carl.page.goto(f"{stack.url}{draft}?node=a1")
    image = carl.page.get_by_role("group", name="Image")

    for file, said in (
        (huge, "“holiday.png” is larger than 50 MB."),
        (script, "This is no JPEG, PNG, GIF, MP4 or MOV file"),
    ):
        carl.write("Headline", f"Kept beside {file.name}")
        carl.hand_over("Upload an image", file)
        expect(image).to_contain_text(said)
        expect(carl.field("Headline")).to_have_value(f"Kept beside {file.name}")
    kept = stack.member("carl").get("/media")["media"]
    assert [row["filename"] for row in kept] == ["summer-sale.jpg"]


def test_a_stale_form_is_refused_and_what_was_typed_stays_on_the_page(stack, carl, draft, allowed):
    allowed(403)
    carl.page.goto(stack.url + draft)
    carl.write("Campaign name", "Typed into an old page")
    cookie = next(one for one in carl.page.context.cookies() if one["name"] == "csrftoken")
    carl.page.context.add_cookies([{**cookie, "value": "x" * 32}])
    carl.press("Save as draft")

    expect(carl.page.locator("#request-problem")).to_contain_text("Reload the page")
    expect(carl.field("Campaign name")).to_have_value("Typed into an old page")
    assert stack.member("carl").get(draft)["name"] == "Summer Sale 2024"


def test_names_in_any_script_go_to_the_platform_and_come_back_as_they_are(stack, enter):
    prepared.connected(stack)
    path = prepared.approved(stack, name=ARABIC)
    paul = enter("paul")
    paul.page.goto(stack.url + path)
    expect(paul.page.get_by_role("heading", level=1)).to_have_text(ARABIC)
    paul.press("Publish to Platform")

    expect(paul.page.locator(".page-head .status").first).to_have_text("Published", timeout=PUBLISH_MS)
    assert published(stack)["campaign"]["name"].startswith(f"{ARABIC} [st-")


def test_a_platform_that_answers_html_is_told_of_wherever_it_is_asked(stack, enter, carl, allowed):
    prepared.connected(stack)
    path = prepared.draft(stack)
    ada = enter("ada")

    stack.sandbox.fault("error_body", Place("GET", r"me/adaccounts$"), value=HTML)
    ada.go_to("Ad Accounts")
    ada.press("Sync Accounts")
    expect(ada.page.locator("#messages")).to_contain_text("Meta")
    expect(row_of(ada.page, "Acme Corp Main")).to_contain_text("Enabled")

    stack.sandbox.fault("error_body", Place("GET", r"/search$"), value=HTML)
    carl.page.goto(f"{stack.url}{path}?node=s1")
    carl.write("Interests: Search", "Gardening")  # what another walk has asked for is remembered, and not asked again
    expect(carl.page.get_by_role("group", name="Interests").locator(".found")).to_contain_text("Meta")

    allowed(502)
    stack.sandbox.fault("error_body", Place("", r"oauth/access_token$"), value=HTML)
    ada.go_to("Integrations")
    ada.press("Reconnect", ada.page.get_by_role("region", name="Meta (Facebook/Instagram)"))
    ada.press("Allow")
    expect(ada.page.get_by_role("heading", level=1)).to_have_text(re.compile("not connected"))
    ada.sees("Nothing was stored or changed.")


def test_a_campaign_during_whose_publication_the_platform_answers_html_is_published_once(stack, enter):
    prepared.connected(stack)
    path = prepared.approved(stack)
    stack.sandbox.fault("error_body", Place("POST", r"act_\d+/campaigns$"), value=HTML, when="after")
    paul = enter("paul")
    paul.page.goto(stack.url + path)
    paul.press("Publish to Platform")

    expect(paul.page.locator(".page-head .status").first).to_have_text("Published", timeout=PUBLISH_MS)
    campaigns = [o for o in stack.sandbox.look("objects", platform="meta") if o["kind"] == "campaign"]
    assert [one["status"] for one in campaigns] == ["ACTIVE"]
