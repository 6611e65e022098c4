from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from stratum.models import User
from tests.people import person


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
