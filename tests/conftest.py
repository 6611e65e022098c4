from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, connections
from django.test import Client

from stratum.models import User
from tests.people import person

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright


#: Fixtures and markers of tests that meet the database, directly or through processes of their own.
DATABASE_FIXTURES = frozenset({"db", "transactional_db", "live_server"})
DATABASE_MARKERS = ("django_db", "browser", "faults", "postgres")
DATABASE_FOLDERS = ("faults", "walks")
#: Tests that start whole installations, the longest first: begun last, one of them would keep a single core waiting.
LONG_FOLDERS = ("faults", "secrets", "walks", "operations")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="leave out tests to which the database is all the same",
    )


@pytest.hookimpl(trylast=True)  # after the shuffling
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=length)
    if not config.getoption("--database-only"):
        return
    left_out = [item for item in items if not meets_database(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


def length(item: pytest.Item) -> int:
    folder = item.path.parent.name
    return LONG_FOLDERS.index(folder) if folder in LONG_FOLDERS else len(LONG_FOLDERS)


def meets_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("any_database"):
        return False
    return (
        not DATABASE_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))
        or any(item.get_closest_marker(name) for name in DATABASE_MARKERS)
        or item.path.parent.name in DATABASE_FOLDERS
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: SQLite hides the race")


@pytest.fixture
def ada(db: None) -> User:
    """The Admin."""
    return person("ada")


@pytest.fixture
def carl(db: None) -> User:
    """A Creator."""
    return person("carl")


@pytest.fixture
def cora(db: None) -> User:
    """Another Creator."""
    return person("cora")


@pytest.fixture
def anne(db: None) -> User:
    """The Approver."""
    return person("anne")


@pytest.fixture
def paul(db: None) -> User:
    """The Publisher."""
    return person("paul")


@pytest.fixture
def vera(db: None) -> User:
    """The Viewer."""
    return person("vera")


@pytest.fixture
def as_user():
    """Return a client that is logged in as the given person."""

    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return log_in


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], django_db_setup: None, django_db_blocker: Any, playwright: Playwright
) -> Iterator[dict[str, Any]]:
    """Use the system's Chromium; a machine without one skips the tests that need it."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip("There is no Chromium on this machine: THE BROWSER TESTS ARE SKIPPED.")
    # Playwright's event loop runs in the thread of the test, where Django would refuse the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield browser_type_launch_args | {"executable_path": found, "args": ["--no-sandbox"]}
    # While the loop runs, Django uses a second connection. Left open, it would keep the test database from being dropped.
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page in a context of its own; its options are the context's.

    The contexts end with the test, and what they had asked of the live server ends before its database is flushed: a
    page saves as it is left, and a request of that kind would lock the tables, or find the database closed to it.
    """
    contexts = []

    def make(**options: Any) -> Page:
        contexts.append(browser.new_context(**options))
        return contexts[-1].new_page()

    yield make
    for context in contexts:
        context.close()
    wait_until_nothing_is_asked()


def wait_until_nothing_is_asked(seconds: float = 20) -> None:
    """Return when no thread of a live server works on a request.

    A connection is taken up within milliseconds, so an idle moment counts only when it lasts.
    """
    deadline, idle = time.monotonic() + seconds, 0
    while idle < 3 and time.monotonic() < deadline:
        asked = [thread for thread in threading.enumerate() if "process_request_thread" in thread.name]
        idle = 0 if asked else idle + 1
        time.sleep(0.01)
    assert idle, "The live server still works on a request of a page that was closed."
