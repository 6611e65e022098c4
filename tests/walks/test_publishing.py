"""Flow 6 when it goes wrong, and what comes after it: failing, retrying, editing, pausing, stopping everything."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Locator, expect

from tests.faults.places import Place
from tests.walks import prepared
from tests.walks.flows import PUBLISH_MS, published
from tests.walks.hands import Mouse
from tests.walks.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

#: Where it is refused → the field Meta blames, and what the page then says, the field's name included.
REFUSALS = {
    "adsets": (["targeting", "age_max"], "INVALID_TARGETING", "Age range invalid.", "US - 25-54 › Age"),
    "ads": (["creative"], "INVALID_CREATIVE", "This creative cannot be used.", "Summer Sale - Image Ad"),
}


def refuse(stack: Stack, where: str) -> None:
    field, _, sentence, _ = REFUSALS[where]
    error = {
        "message": "Invalid parameter",
        "type": "OAuthException",
        "code": 100,
        "error_user_title": "Invalid parameter",
        "error_user_msg": sentence,
        "error_data": json.dumps({"blame_field_specs": [field]}),
        "fbtrace_id": "AbCdEfGh123",
    }
    stack.sandbox.fault(
        "error_body", Place("POST", rf"act_\d+/{where}$"), value={"status": 400, "body": {"error": error}}
    )


def status(person: Mouse) -> Locator:
    return person.page.locator(".page-head .status").first


def publish(person: Mouse, stack: Stack, path: str) -> None:
    person.page.goto(stack.url + path)
    person.press("Publish to Platform")


@pytest.mark.parametrize("where", REFUSALS)
def test_a_failed_publication_says_why_and_where_and_retry_goes_on(stack, enter, where):
    _, code, sentence, blamed = REFUSALS[where]
    prepared.connected(stack)
    path = prepared.approved(stack)
    refuse(stack, where)
    paul = enter("paul")

    publish(paul, stack, path)
    expect(status(paul)).to_have_text("Failed", timeout=PUBLISH_MS)
    run = paul.page.get_by_role("region", name="Publication")
    expect(run.get_by_role("status")).to_contain_text(re.compile(f"{re.escape(sentence)}.*{code}", re.DOTALL))
    expect(run.get_by_role("status")).to_contain_text("Nothing can spend.")
    expect(run.get_by_role("row", name=re.compile(code))).to_have_count(1)
    run.get_by_role("link", name=f"Go to {blamed}").click()
    assert re.search(r"#node-\w+$", paul.page.url)
    expect(paul.page.locator(f"#{paul.page.url.partition('#')[2]}")).to_be_in_viewport()
    assert published(stack)["campaign"]["status"] == "PAUSED"

    paul.press("Retry")
    expect(status(paul)).to_have_text("Published", timeout=PUBLISH_MS)
    campaigns = [o for o in stack.sandbox.look("objects", platform="meta") if o["kind"] == "campaign"]
    assert [campaign["status"] for campaign in campaigns] == ["ACTIVE"]


def test_a_failed_publication_can_be_edited_and_what_it_made_is_removed(stack, enter):
    prepared.connected(stack)
    path = prepared.approved(stack)
    refuse(stack, "adsets")
    carl = enter("carl")
    publish(carl, stack, path)
    expect(status(carl)).to_have_text("Failed", timeout=PUBLISH_MS)

    carl.press("Edit")
    carl.press("Edit", carl.page.get_by_role("dialog"))
    expect(carl.field("Campaign name")).to_have_value("Summer Sale 2024")
    expect(status(carl)).to_have_text("Draft")
    stack.await_objects(lambda objects: not [o for o in objects if o["kind"] == "campaign"])


def test_pressing_publish_twice_publishes_once(stack, enter):
    prepared.connected(stack)
    path = prepared.approved(stack)
    paul, carl = enter("paul"), enter("carl")
    for person in (paul, carl):
        person.page.goto(stack.url + path)
    paul.button("Publish to Platform").dblclick()
    carl.press("Publish to Platform")

    expect(status(paul)).to_have_text("Published", timeout=PUBLISH_MS)
    objects = stack.sandbox.look("objects", platform="meta")
    assert [o["status"] for o in objects if o["kind"] == "campaign"] == ["ACTIVE"]


def test_a_live_campaign_is_paused_resumed_and_ended(stack, enter):
    prepared.connected(stack)
    path = prepared.approved(stack, schedule={"start": None, "end": None})
    paul = enter("paul")
    delivery = paul.page.locator(".page-head .status").nth(1)
    publish(paul, stack, path)
    expect(delivery).to_have_text("Live", timeout=PUBLISH_MS)

    paul.press("Pause")
    expect(delivery).to_have_text("Paused", timeout=PUBLISH_MS)
    assert published(stack)["campaign"]["status"] == "PAUSED"
    paul.press("Resume")
    expect(delivery).to_have_text("Live", timeout=PUBLISH_MS)
    paul.press("End")
    paul.press("End", paul.page.get_by_role("dialog"))
    expect(delivery).to_have_text("Ended", timeout=PUBLISH_MS)
    assert published(stack)["campaign"]["status"] == "PAUSED"


def test_everything_on_an_account_is_stopped_with_one_button(stack, enter):
    prepared.connected(stack)
    paul = enter("paul")
    for name in ("Autumn", "Winter"):
        publish(paul, stack, prepared.approved(stack, name=name))
        expect(status(paul)).to_have_text("Published", timeout=PUBLISH_MS)

    paul.go_to("Ad Accounts")
    paul.follow("Acme Corp Main")
    paul.follow("Stop everything on this account")
    paul.press("Stop everything on this account")
    expect(paul.page.get_by_text("Nothing spends on this account any more")).to_be_visible(timeout=PUBLISH_MS)
    objects = stack.sandbox.look("objects", platform="meta")
    assert {o["status"] for o in objects if o["kind"] == "campaign"} == {"PAUSED"}
