from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import requests
from django.core.management.base import BaseCommand, CommandError, CommandParser

from stratum.demo import stack
from stratum.demo.browsing import Lost
from stratum.demo.journey import PLAYS, Journey
from stratum.demo.stack import Stack


class Command(BaseCommand):
    help = (
        "Plays the whole main job over HTTP, from Connect to Published, on a stack of its own, "
        "or on a running one that BASE_URL and SANDBOX_URL name together."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--platform", choices=[*PLAYS, "all"], default="all")
        parser.add_argument("--journal", type=Path, help="file for the sandbox's journal of requests, as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        platforms = list(PLAYS) if options["platform"] == "all" else [options["platform"]]
        base_url, sandbox_url = os.environ.get("BASE_URL"), os.environ.get("SANDBOX_URL")
        try:
            if base_url and sandbox_url:
                self._play(platforms, stack.running(base_url, sandbox_url), options["journal"])
            else:
                with stack.fresh(self.stdout.write) as fresh:
                    self._play(platforms, fresh, options["journal"])
        except Lost as lost:
            raise CommandError(f"demo: {lost}") from lost

    def _play(self, platforms: list[str], on: Stack, journal: Path | None) -> None:
        try:
            for platform in platforms:
                journey = Journey(platform, on, lambda text: self.stdout.write(f"demo: {text}"))
                self.stdout.write(f"demo: published {platform} {journey.go()}")
        finally:
            if journal:
                journal.write_bytes(requests.get(f"{on.sandbox_url}/_sandbox/requests", timeout=60).content)
