from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.factories import image_bytes
from tests.walks import stack as stacks
from tests.walks.hands import Mouse
from tests.walks.stack import Stack

WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, "locale": "en-US"}
#: How long a page may take on a busy machine.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)
Enter = Callable[..., Any]


@pytest.fixture(scope="session")
def walked_stack(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One installation for all walks. It asks for the browser first: without one there is nothing to start it for."""
    with stacks.running(tmp_path_factory.mktemp("walks")) as stack:
        yield stack


@pytest.fixture
def stack(walked_stack: Stack) -> Stack:
    """The installation with its team and nothing else."""
    walked_stack.clean()
    return walked_stack


@pytest.fixture(scope="session")
def remembered() -> dict[str, Any]:
    """Cookies of those who logged in already: a person logs in by the page once."""
    return {}


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What pages complain of in the console, broken security policies included, fails the test at its end."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def allowed(complaints: list[str]) -> Iterator[Callable[[int], None]]:
    """Return a function that says which status a page of this test has to answer: the console reports it as well."""
    statuses: list[int] = []
    yield statuses.append
    for status in statuses:
        reports: tuple[str, ...] = (f"Failed to load resource: the server responded with a status of {status}",)
        assert [text for text in complaints if text.startswith(reports)], f"no page answered {status}"
        reports += (f"Response Status Error Code {status}",)  # htmx says it once more
        complaints[:] = [text for text in complaints if not text.startswith(reports)]


@pytest.fixture
def enter(stack: Stack, browser: Browser, complaints: list[str], remembered: dict[str, Any]) -> Iterator[Enter]:
    """Return a function that gives a person a browser of their own, logged in, and says what they see in it."""
    contexts = []

    def listen(page: Page) -> None:
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))

    def come_in(name: str, hand: type[Mouse] = Mouse, **options: Any) -> Mouse:
        context = browser.new_context(**{**WIDE, **options})
        context.set_default_timeout(PATIENCE_MS)
        context.on("page", listen)
        contexts.append(context)
        person = hand(context.new_page())
        if (name, hand) in remembered:
            context.add_cookies(remembered[name, hand])
            person.page.goto(f"{stack.url}/campaigns")
        else:
            log_in(person, stack, name)
            remembered[name, hand] = context.cookies()
        return person

    yield come_in
    for context in contexts:
        context.close()


def log_in(person: Mouse, stack: Stack, name: str) -> None:
    person.page.goto(f"{stack.url}/login")
    person.write("User name or mail address", name)
    person.write("Password", stack.passwords[name])
    person.press("Log in")
    person.page.wait_for_url(f"{stack.url}/campaigns")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A picture as it lies on somebody's disk."""
    path = tmp_path / "summer-sale.jpg"
    path.write_bytes(image_bytes())
    return path
