"""The seven flows as people walk them: every step by the words that stand on the page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.walks.hands import Mouse
from tests.walks.stack import Stack
from tests.walks.tours import ACCOUNT, META, TOURS, Fields, Tour

YEAR = date.today().year + 1
FIRST, LAST = f"{YEAR}-06-01", f"{YEAR}-08-31"
NAME = f"Summer Sale {YEAR}"
PUBLISH_MS = 40_000


@dataclass
class Walk:
    """The way from Connect to Published. Four people, each with a browser of their own."""

    stack: Stack
    ada: Mouse
    carl: Mouse
    anne: Mouse
    paul: Mouse
    picture: Path
    tour: Tour = META
    has_javascript: bool = True
    draft: str = field(default="", init=False)

    # Flow 1 and 2 ---------------------------------------------------------------------------------------------------

    def connect(self) -> None:
        self.ada.go_to("Integrations")
        for title in (tour.title for tour in TOURS):
            expect(self.ada.page.get_by_role("heading", name=title, exact=True)).to_be_visible()
        self.ada.press("Connect", self.card())
        for permission in self.tour.permissions:
            expect(self.ada.page.get_by_label(permission)).to_be_checked()
        self.ada.press("Allow")
        self.ada.sees(f"{self.tour.label} connected, {self.tour.accounts} ad accounts found.")
        assert self.ada.page.url == f"{self.stack.url}/settings/integrations"
        expect(self.card()).to_contain_text("Connected as")

    def card(self) -> Locator:
        return self.ada.page.get_by_role("region", name=self.tour.title)

    def enable(self) -> None:
        self.ada.go_to("Ad Accounts")
        row = row_of(self.ada.page, ACCOUNT)
        expect(row).to_contain_text(re.compile(rf"{self.tour.account_id}.*USD.*Disabled", re.DOTALL))
        self.ada.press("Enable", row)
        self.ada.sees(f"{ACCOUNT} is enabled")
        expect(row).to_contain_text("Enabled")
        self.ada.follow("Set Budget Cap", row)
        self.ada.write("Daily budget cap", "1000")
        self.ada.write("Monthly budget cap", "30000")
        self.ada.press("Set Budget Cap")
        expect(self.ada.page.get_by_label("Daily budget cap")).to_have_value("1000.00")

    # Flow 3 and 4 ---------------------------------------------------------------------------------------------------

    def build(self) -> None:
        carl = self.carl
        carl.go_to("All campaigns")
        carl.follow("Create New", carl.page.locator("main .page-head"))
        carl.choose("Ad account", f"{ACCOUNT} ({self.tour.account_id}, USD)")
        carl.write("Campaign name", NAME)
        carl.choose("Objective", "Conversions")
        carl.write("Budget", "1000")
        carl.write_moment("Start", FIRST, "00:00")
        carl.write_moment("End", LAST, "23:59")
        carl.press("Save as draft")
        carl.sees("The draft is saved.")
        self.draft = carl.page.url.split("?")[0].removeprefix(self.stack.url)
        self.open_part("Campaign")
        self._fill(self.tour.campaign)
        self._say_who_sees_it()
        self._say_what_they_see()

    def _say_who_sees_it(self) -> None:
        carl = self.carl
        self.open_part("Ad set 1")
        carl.write("Ad set name", "US - 25-54")
        carl.write("Locations: Find places", "United States")
        carl.write("Age from", "25")
        carl.write("Age to", "54")
        for interest in self.tour.interests:
            self._add_interest(interest)
        self._fill(self.tour.ad_set)
        carl.press("Save as draft")
        carl.sees("Saved as draft.")
        expect(carl.page.get_by_label("United States", exact=True)).to_be_checked()

    def _add_interest(self, interest: str) -> None:
        self.carl.write("Interests: Search", interest)
        group = self.carl.page.get_by_role("group", name="Interests")
        if not self.has_javascript:
            self.carl.press("Search", group)
        self.carl.tick(re.compile(f"^{interest}"), group.locator(".found"))
        expect(group.get_by_role("checkbox", name=re.compile(f"^{interest}"), checked=True)).to_be_visible()

    def _say_what_they_see(self) -> None:
        carl = self.carl
        self.open_part("Ad 1")
        carl.hand_over(self.tour.upload, self.picture)
        if not self.has_javascript:
            carl.press("Save as draft")
        expect(carl.page.get_by_role("group", name=self.tour.shown).get_by_text("summer-sale.jpg")).to_be_visible()
        carl.write("Ad name", "Summer Sale - Image Ad")
        self._fill(self.tour.ad)
        carl.choose("Call to action", "Shop now")
        carl.write("URL", "https://shop.example.com/summer")
        carl.press("Save as draft")
        carl.sees("Ready to submit")

    def _fill(self, fields: Fields) -> None:
        for label, value in fields:
            is_list = self.carl.field(label).evaluate("node => node.matches('select')")
            (self.carl.choose if is_list else self.carl.write)(label, value)

    def open_part(self, name: str) -> None:
        tree = self.carl.page.get_by_role("navigation", name="Parts of the campaign")
        self.carl.press(re.compile(f"^{name}( \\d|$)"), tree)  # a part with something to settle says how much
        expect(self.carl.page.locator(".tree [aria-current]")).to_contain_text(name)

    def preview_and_submit(self) -> None:
        carl = self.carl
        carl.press("Preview")
        structure = carl.page.get_by_role("region", name="Structure").first
        expect(structure).to_contain_text(f"United States, 25–54, {self.tour.audience}")
        expect(structure).to_contain_text("$500.00 a day" if self.tour.ad_set_budgets else "campaign’s")
        expect(carl.page.get_by_role("article", name="Ad Summer Sale - Image Ad")).to_contain_text("Shop now")
        carl.press("Submit for Approval")
        carl.sees(f"“{NAME}” is submitted. The approvers were told.")
        self.stands(carl, "Submitted")
        expect(carl.link("Edit")).to_have_count(0)

    # Flow 5 ---------------------------------------------------------------------------------------------------------

    def review(self) -> None:
        """Anne finds the campaign among those that wait, and opens it."""
        self.anne.go_to("Pending approval")
        line = self.waiting_line()
        expect(line).to_contain_text(f"{self.tour.label} | $1,000.00 a day | Jun 1 – Aug 31, {YEAR}")
        expect(line).to_contain_text("Submitted by: Carl Moreau @")
        for name in ("Approve", "Reject"):
            expect(self.anne.button(name, line)).to_be_visible()
        self.anne.follow("Review", line)
        self.anne.sees("Approving binds this content")

    def waiting_line(self) -> Locator:
        return self.anne.page.get_by_role("article", name=NAME)

    def approve(self) -> None:
        self.anne.press("Approve")
        self.anne.sees(f"“{NAME}” is approved.")
        self.stands(self.anne, "Approved")

    # Flow 6 ---------------------------------------------------------------------------------------------------------

    def publish(self) -> None:
        self.open_draft(self.paul)
        self.paul.press("Publish to Platform")
        self.paul.sees("Publishing has started.")

    def becomes(self, person: Mouse, status: str) -> None:
        """Wait on the draft's page until the run has ended so; without JavaScript by loading it again."""
        badge = person.page.locator(".page-head .status").first
        if self.has_javascript:
            expect(badge).to_have_text(status, timeout=PUBLISH_MS)
            return
        for _ in range(200):
            if badge.inner_text() == status:
                return
            person.page.wait_for_timeout(200)
            person.page.reload()
        raise AssertionError(f"the campaign is {badge.inner_text()}, not {status}")

    def look_at_the_platform(self) -> None:
        """Paul follows the way to the platform, and the campaign is there, on, as it was approved."""
        paul = self.paul
        paul.sees(re.compile("^Published (today|\\d)"))
        campaign_id = self.stack.member("paul").get(self.draft)["platform_campaign_id"]
        expect(paul.page.get_by_text(campaign_id).first).to_be_visible()
        with paul.page.context.expect_page() as opened:
            paul.follow(f"View on {self.tour.label}")
        dashboard = opened.value
        expect(dashboard.get_by_text(campaign_id, exact=True).first).to_be_visible()
        expect(dashboard.locator(".card", has_text=campaign_id)).to_contain_text(self.tour.stands)
        dashboard.close()

    # Flow 7 ---------------------------------------------------------------------------------------------------------

    def sync_again(self) -> None:
        """Ada reads the accounts anew: nothing is new, and what she set stays."""
        self.ada.go_to("Ad Accounts")
        self.ada.press("Sync Accounts")
        expect(self.ada.page.locator("#messages")).to_contain_text("Last synced: just now")
        expect(row_of(self.ada.page, ACCOUNT)).to_contain_text(re.compile("Enabled.*of \\$1,000.00", re.DOTALL))

    # Common ---------------------------------------------------------------------------------------------------------

    def open_draft(self, person: Mouse) -> None:
        person.go_to("All campaigns")
        person.follow(NAME)
        expect(person.page.get_by_role("heading", level=1)).to_contain_text(NAME)

    def stands(self, person: Mouse, status: str) -> None:
        expect(person.page.locator(".page-head .status").first).to_have_text(status)


def row_of(page: Page, account: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=account, exact=True))


def published(stack: Stack, platform: str = "meta") -> dict[str, Any]:
    """Return the newest object of each kind that the sandbox holds of the platform."""
    return {found["kind"]: found for found in stack.sandbox.look("objects", platform=platform)}
