"""Every kind of page, light and dark, wide and narrow: axe finds nothing serious, nothing runs off the side, nothing
complains in the console, no security policy is broken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from tests.contract_http.rows import ROWS
from tests.people import PASSWORD
from tests.walks import pages

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.django_db(transaction=True)]

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
SIZES = [(1280, 800), (390, 844)]
RUN = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .filter(found => ["serious", "critical"].includes(found.impact))
    .map(found => `${found.id} at ${found.nodes[0].target}`)"""
#: A colour that still fades into another one is none that anybody reads.
FADED = """async () => Promise.all(document.getAnimations()
    .filter(one => one.effect.getComputedTiming().endTime < Infinity).map(one => one.finished.catch(() => null)))"""
OFF_THE_SIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def look(page: Page, name: str) -> list[str]:
    """Look at the open page on each screen and return what is wrong, with where it is."""
    page.evaluate(AXE)
    found = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.evaluate(FADED)
            where = f"{name}, {width}, {scheme}"
            found += [f"{where}: {problem}" for problem in page.evaluate(RUN)]
            found += [f"{where}: runs off the side"] if page.evaluate(OFF_THE_SIDE) else []
    return found


@pytest.fixture
def browsers(new_page: Any, live_server: Any) -> Any:
    """Return a function that gives each person one page, logged in, whose complaints are kept."""
    opened: dict[str, Page] = {}
    complaints: list[str] = []

    def of(name: str) -> Page:
        if name not in opened:
            page = opened[name] = new_page(locale="en-US")
            page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            if name:
                log_in(page, live_server.url, name)
        return opened[name]

    of.complaints = complaints  # type: ignore[attr-defined]
    return of


def log_in(page: Page, base: str, name: str) -> None:
    page.goto(f"{base}/login")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{base}/campaigns")


def test_every_page_can_be_used_by_everybody_on_every_screen(browsers, live_server, transactional_db):
    pages.fill()
    problems = []
    for shown in pages.PAGES:
        page = browsers(shown.who)
        before = len(browsers.complaints)
        answer = page.goto(live_server.url + shown.url())
        assert answer.status == shown.status, f"{shown}: {answer.status}"
        # Before axe is at work: what it tries on a page breaks a policy itself now and then.
        problems += [f"{shown}: {text}" for text in browsers.complaints[before:] if str(shown.status) not in text]
        problems += look(page, str(shown))

    assert problems == [], "\n".join(problems)


def test_the_looks_above_find_what_they_look_for(browsers, live_server, transactional_db):
    page = browsers("")
    page.goto(live_server.url + "/login")
    page.evaluate(
        "document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=/x style=color:red width=600>')"
    )

    found = " ".join(look(page, "log-in"))
    assert "image-alt" in found
    assert "390, dark: runs off the side" in found
    assert "1280, light: runs off the side" not in found
    assert "Content Security Policy" in " ".join(browsers.complaints)


def test_every_address_that_shows_a_page_is_looked_at():
    shown = {row.name for row in ROWS if row.method == "get"} - pages.NO_PAGES

    assert shown <= {page.name for page in pages.PAGES}
