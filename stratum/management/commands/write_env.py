from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = (
        "Writes a .env for development with fresh keys, or completes one that uses the sandbox. Changes nothing in it."
    )
    requires_system_checks = []  # there is nothing to check before the file exists

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, default=settings.BASE_DIR / ".env")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        from stratum import development  # needs the app registry

        for name in development.write_environment(file):
            self.stdout.write(f"{file.name}: {name} written")
