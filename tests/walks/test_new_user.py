"""A new user builds a campaign of three ad sets and six ads: every click and every typed field is counted.

docs/ux.md holds the counts; whoever makes the way longer meets this test, and shortens it again or says why there.
"""

from __future__ import annotations

import re
import time
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.factories import PAGE
from tests.walks import prepared
from tests.walks.hands import Mouse

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
UX = Path(__file__).resolve().parents[2] / "docs" / "ux.md"
PLACES = ("United States", "Canada", "United Kingdom")
MINUTES = 5


class Counting(Mouse):
    """Counts what the hands do: a choice from a list is two clicks, one to open it and one to choose."""

    clicks = 0
    typed = 0

    def _activate(self, target: Locator) -> None:
        super()._activate(target)
        self.clicks += 1

    def choose(self, label: str, option: str) -> None:
        super().choose(label, option)
        self.clicks += 2

    def hand_over(self, label: str, file: Path) -> None:
        super().hand_over(label, file)
        self.clicks += 2  # the button, and the file in the system's own window

    def write(self, label: str, text: str, within: Locator | None = None) -> None:
        super().write(label, text, within)
        self.typed += 1


def counted_in_docs() -> tuple[int, int]:
    """Return the clicks and typed fields that docs/ux.md promises."""
    found = re.search(r"\| \*\*Together\*\* \| \*\*(\d+)\*\* \| \*\*(\d+)\*\* \|", UX.read_text())
    assert found, "docs/ux.md has no line of sums"
    return int(found[1]), int(found[2])


def test_three_ad_sets_and_six_ads_are_submitted_within_the_promised_clicks(stack, enter, picture, complaints):
    prepared.connected(stack)
    stack.member("ada").send("PUT", f"/ad-accounts/meta/{prepared.ACCOUNT}", {"defaults": {"page": PAGE}})
    carl = enter("carl", Counting)
    started, carl.clicks, carl.typed = time.monotonic(), 1, 2  # the log-in: two fields and a button

    carl.follow("Create New", carl.page.locator("main .page-head"))
    carl.write("Campaign name", "Summer sale")
    carl.choose("Objective", "Traffic")
    carl.write("Budget", "100")
    carl.press("Save as draft")
    shows(carl, "Ad set 1")  # what is missing first; the campaign is complete
    carl.write("Locations: Find places", PLACES[0])
    open_part(carl, "Ad 1")
    carl.hand_over("Upload an image", picture)
    expect(carl.page.get_by_role("group", name="Image").get_by_text("summer-sale.jpg")).to_be_visible()
    carl.write("Primary text", "Everything for the summer, at half the price.")
    carl.write("Headline", "Summer sale")
    carl.write("URL", "https://shop.example.com/summer")
    carl.press("Duplicate")
    shows(carl, "Ad 1 (copy)")
    carl.write("Headline", "Half price until Sunday")
    open_part(carl, "Ad set 1")
    for before, place in pairwise(PLACES):
        carl.press("Duplicate")
        shows(carl, "(copy)")
        carl.tick(before)  # takes it away
        carl.write("Locations: Find places", place)
    carl.press("Submit for Approval")
    carl.sees("Submitted for approval. The approvers were told.")

    (made,) = stack.member("carl").get("/campaigns")["drafts"]
    content = stack.member("carl").get(f"/campaign-drafts/{made['id']}")
    assert content["status"] == "submitted"
    ad_sets = content["draft_json"]["ad_sets"]
    assert [[place["id"] for place in ad_set["targeting"]["locations"]] for ad_set in ad_sets] == [
        ["US"],
        ["CA"],
        ["GB"],
    ]
    headlines = ["Summer sale", "Half price until Sunday"]
    assert [[ad["creative"]["headlines"][0] for ad in ad_set["ads"]] for ad_set in ad_sets] == [headlines] * 3
    assert time.monotonic() - started < MINUTES * 60
    assert (carl.clicks, carl.typed) == counted_in_docs(), "docs/ux.md has other counts: make the way shorter again"


def open_part(carl: Counting, name: str) -> None:
    tree = carl.page.get_by_role("navigation", name="Parts of the campaign")
    carl.press(re.compile(f"^{re.escape(name)}( \\d|$)"), tree)
    shows(carl, name)


def shows(carl: Counting, name: str) -> None:
    expect(carl.page.locator(".tree [aria-current]")).to_contain_text(name)
