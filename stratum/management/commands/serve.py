from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from stratum import services
from stratum.processes import Console, end_leftovers
from stratum.supervisor import AlreadyRunning, Supervisor, lock


class Command(BaseCommand):
    help = "Runs web, queues and, in development, the sandbox, and keeps them running until Ctrl-C or SIGTERM."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--only", action="append", default=[], choices=services.NAMES, help="run just this; may be given repeatedly"
        )
        parser.add_argument("--with-parent", action="store_true", help="stop when the process that started it is gone")

    def handle(self, *args: Any, only: list[str], with_parent: bool, **options: Any) -> None:
        parent = os.getppid() if with_parent else None
        check_database()
        check_static_files()
        run_dir = services.run_dir(only)
        try:
            with lock(run_dir):
                serve(only, run_dir, parent)
        except (services.PortTaken, AlreadyRunning) as error:
            raise CommandError(str(error)) from error


def serve(only: list[str], run_dir: Path, parent: int | None) -> None:
    """Serve until asked to end; PortTaken when something else listens where we should."""
    dead = end_leftovers(run_dir)  # before the ports are looked at: they may be held by what is left
    wanted = services.wanted(only)
    services.check_ports(wanted)
    console = Console()
    if any(service.name == "web" for service in wanted):
        threading.Thread(target=announce, args=(console,), daemon=True).start()
    Supervisor(wanted, run_dir, console, dead, parent).run()


def check_database() -> None:
    """CommandError when migrations wait to be applied; leaves no connection open for the children."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    connection.close()
    if waiting:
        raise CommandError(f"{len(waiting)} migrations are not applied. Run `manage.py migrate` first.")


def check_static_files() -> None:
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    if not settings.DEBUG and not manifest.exists():
        raise CommandError("The static files are not collected. Run `manage.py collectstatic --noinput` first.")


def announce(console: Console) -> None:
    """Print the address as soon as it can be opened."""
    while not services.web_answers():
        time.sleep(0.2)
    console.say("serve", f"Stratum Campaign Builder is at {settings.BASE_URL} - Ctrl-C ends it.")
    if settings.SANDBOX_URL:
        console.say("serve", f"The platforms are played by the sandbox at {settings.SANDBOX_URL}.")
