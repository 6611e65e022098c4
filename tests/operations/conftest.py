from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.operations.processes import Installation, wait_until


@pytest.fixture
def database_url() -> Iterator[str]:
    """A database of its own on the PostgreSQL server that the tests run on; empty on SQLite."""
    server = os.environ.get("DATABASE_URL", "")
    if not server:
        yield ""
        return
    name = f"operations_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def install(tmp_path: Path, database_url: str) -> Iterator[Callable[..., Installation]]:
    """Return a maker of migrated installations; whatever they started is ended after the test."""
    made: list[Installation] = []

    def make(**settings: str) -> Installation:
        installation = Installation(tmp_path, database_url, **settings)
        migrated = installation.manage("migrate", "--verbosity", "0")
        assert migrated.returncode == 0, migrated.stderr
        made.append(installation)
        return installation

    yield make
    for installation in made:
        installation.kill_everything()
        wait_until(installation.is_empty, "all processes of the test are gone", seconds=10)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the processes said beside a failure."""
    report = yield
    folder = item.funcargs.get("tmp_path") if isinstance(item, pytest.Function) else None
    if report.failed and isinstance(folder, Path) and (folder / "serve.log").exists():
        lines = (folder / "serve.log").read_text().splitlines()
        report.sections.append(("serve", "\n".join([line for line in lines if "/healthz" not in line][-80:])))
    return report
