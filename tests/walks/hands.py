"""How a person works a page: with the mouse, or with the keyboard alone. What they press is named as the page names it."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import FileChooser, Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

#: More stops than this, and nobody would find the way by Tab.
MOST_TABS = 120


class Mouse:
    """Points, clicks and types."""

    def __init__(self, page: Page) -> None:
        self.page = page

    # What there is to find ------------------------------------------------------------------------------------------

    def button(self, name: str | re.Pattern[str], within: Locator | None = None) -> Locator:
        return (within or self.page).get_by_role("button", name=name, exact=True).locator("visible=true")

    def link(self, name: str, within: Locator | None = None) -> Locator:
        return (within or self.page).get_by_role("link", name=name, exact=True).locator("visible=true")

    def field(self, label: str, within: Locator | None = None) -> Locator:
        controls = self.page.locator("input, select, textarea")
        return (within or self.page).get_by_label(label, exact=True).and_(controls).locator("visible=true")

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Wait until the text can be read somewhere on the page."""
        expect(self.page.get_by_text(text).locator("visible=true").first).to_be_visible()

    # What one does with it ------------------------------------------------------------------------------------------

    def press(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        self._activate(self.button(name, within))

    def follow(self, name: str, within: Locator | None = None) -> None:
        self._activate(self.link(name, within))

    def go_to(self, item: str) -> None:
        """Open a page by its item in the sidebar."""
        self._activate(self.page.get_by_role("navigation", name="Main").get_by_role("link", name=item))

    def write(self, label: str, text: str, within: Locator | None = None) -> None:
        self.field(label, within).fill(text)

    def write_moment(self, label: str, day: str, clock: str) -> None:
        """Fill in a day (2027-06-01) and a time of day (23:59)."""
        self.field(label).fill(f"{day}T{clock}")

    def choose(self, label: str, option: str) -> None:
        """Choose the option of a list that begins with the words."""
        control = self.field(label)
        words = re.compile(rf"^\s*{re.escape(option)}(?!\w)")
        control.select_option(control.locator("option", has_text=words).first.get_attribute("value"))

    def tick(self, label: str | re.Pattern[str], within: Locator | None = None) -> None:
        self._activate((within or self.page).get_by_role("checkbox", name=label).first)

    def hand_over(self, label: str, file: Path) -> None:
        """Choose a file in a file field."""
        self.page.get_by_label(label, exact=True).set_input_files(file)

    def _activate(self, target: Locator) -> None:
        target.click()


class Keyboard(Mouse):
    """Reaches everything by Tab, and never points."""

    def _activate(self, target: Locator) -> None:
        self._reach(target)
        is_ticked = target.evaluate("node => node.matches('input[type=checkbox], input[type=radio]')")
        self.page.keyboard.press("Space" if is_ticked else "Enter")

    def write(self, label: str, text: str, within: Locator | None = None) -> None:
        self._reach(self.field(label, within))
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text)

    def write_moment(self, label: str, day: str, clock: str) -> None:
        self._reach(self.field(label))
        year, month, of_month = day.split("-")
        hour, minute = (int(part) for part in clock.split(":"))
        self.page.keyboard.type(f"{month}{of_month}{year}")
        self.page.keyboard.press("ArrowRight")
        self.page.keyboard.type(f"{hour % 12 or 12:02}{minute:02}{'PM' if hour >= 12 else 'AM'}")
        expect(self.field(label)).to_have_value(f"{day}T{clock}")

    def choose(self, label: str, option: str) -> None:
        self._reach(self.field(label))
        self.page.keyboard.type(option)
        expect(self.field(label).locator("option:checked")).to_have_text(re.compile(rf"^\s*{re.escape(option)}"))

    def hand_over(self, label: str, file: Path) -> None:
        self._chooser(label).set_files(file)

    def _chooser(self, label: str) -> FileChooser:
        """Open the file chooser. A page that is just being replaced swallows the key, as it would a person's."""
        for last in (False, False, True):
            self._reach(self.page.get_by_label(label, exact=True))
            try:
                with self.page.expect_file_chooser(timeout=7_000) as opened:
                    self.page.keyboard.press("Enter")
                return opened.value
            except PlaywrightTimeout:
                if last:
                    raise
        raise AssertionError("unreachable")

    def _reach(self, target: Locator) -> None:
        """Press Tab until the target has the focus, and see that it shows where the focus is."""
        target.wait_for()
        for _ in range(MOST_TABS):
            if target.evaluate("node => node === document.activeElement"):
                assert target.evaluate("node => node.matches(':focus-visible')")
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{target} cannot be reached by {MOST_TABS} presses of Tab")
