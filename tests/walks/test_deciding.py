"""Flows 4 and 5: submitting, rejecting, revising, approving, and how everybody learns of it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.walks import prepared
from tests.walks.flows import PUBLISH_MS
from tests.walks.hands import Mouse

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

NAME = "Summer Sale 2024"
REASON = "Budget too high for test campaign"


def status(person: Mouse) -> Locator:
    return person.page.locator(".page-head .status").first


def notified(person: Mouse, title: str) -> None:
    """Open the notification that says so."""
    person.go_to("Notifications")
    person.page.get_by_role("link", name=title).first.click()
    person.page.wait_for_url("**/campaign-drafts/*")


def test_a_rejected_campaign_is_revised_submitted_again_approved_and_published(stack, enter):
    prepared.connected(stack)
    path = prepared.draft(stack)
    carl, anne, paul = (enter(name) for name in ("carl", "anne", "paul"))

    carl.page.goto(stack.url + path)
    carl.press("Submit for Approval")
    expect(status(carl)).to_have_text("Submitted")
    notified(anne, f"Carl Moreau asks you to approve “{NAME}”")
    anne.press("Reject")
    dialog = anne.page.get_by_role("dialog")
    anne.write("Reason", REASON, dialog)
    anne.press("Reject", dialog)
    expect(status(anne)).to_have_text("Rejected")

    notified(carl, f"Anne Okafor rejected “{NAME}”")
    expect(carl.page.get_by_role("region", name=re.compile("Rejected by Anne Okafor"))).to_contain_text(REASON)
    carl.press("Revise")
    carl.write("Budget", "800")
    carl.press("Submit for Approval")
    expect(status(carl)).to_have_text("Submitted")

    anne.go_to("Pending approval")
    anne.follow("Review", anne.page.get_by_role("article", name=NAME))
    change = anne.page.get_by_role("row", name=re.compile("Campaign › Budget"))
    expect(change).to_contain_text(re.compile(r"\$1,000\.00.*\$800\.00", re.DOTALL))
    anne.press("Approve")
    expect(status(anne)).to_have_text("Approved")

    paul.page.goto(stack.url + path)
    paul.press("Publish to Platform")
    expect(status(paul)).to_have_text("Published", timeout=PUBLISH_MS)
    expect(paul.link("View on Meta")).to_be_visible()


def test_the_mails_tell_the_approvers_and_the_creator(stack, enter):
    prepared.connected(stack)
    path = prepared.submitted(stack)
    anne = enter("anne")
    anne.page.goto(stack.url + path)
    anne.press("Reject")
    dialog = anne.page.get_by_role("dialog")
    anne.write("Reason", REASON, dialog)
    anne.press("Reject", dialog)

    for address, word in (("anne@example.com", f"asks you to approve “{NAME}”"), ("carl@example.com", REASON)):
        stack.await_mail(address, word)


def test_the_list_of_waiting_campaigns_decides_without_opening_them(stack, enter):
    prepared.connected(stack)
    kept, refused = prepared.submitted(stack, name="Autumn"), prepared.submitted(stack, name="Winter")
    anne = enter("anne")
    anne.go_to("Pending approval")
    anne.press("Approve", anne.page.get_by_role("article", name="Autumn"))
    anne.sees("“Autumn” is approved.")
    anne.press("Reject", anne.page.get_by_role("article", name="Winter"))
    dialog = anne.page.get_by_role("dialog")
    anne.write("Reason", "Wrong season", dialog)
    anne.press("Reject", dialog)
    anne.sees("“Winter” is rejected.")

    anne.sees("Nothing waits for approval")
    carl = stack.member("carl")
    assert [prepared.status(carl, path) for path in (kept, refused)] == ["approved", "rejected"]


def test_an_incomplete_campaign_is_not_submitted_and_every_problem_leads_to_its_field(stack, enter):
    prepared.connected(stack)
    path = prepared.draft(stack, objective=None, budget={"amount": "-5", "type": "daily"})
    carl = enter("carl")
    carl.page.goto(stack.url + path)
    carl.press("Submit for Approval")

    expect(carl.page.locator("#messages")).to_contain_text("Saved, but not submitted yet.")
    problems = carl.page.get_by_role("region", name=re.compile("to settle before you submit"))
    problems.get_by_role("button", name="Choose what the campaign is for.").click()
    expect(carl.field("Objective")).to_be_focused()
    assert prepared.status(stack.member("carl"), path) == "draft"
