from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.platform_tables import document

PAGE = Path(settings.BASE_DIR) / "docs" / "platforms.md"


class Command(BaseCommand):
    """With --check it writes nothing, and ends with 1 if the page is not what would be written."""

    help = "Write docs/platforms.md: what each of a draft's fields becomes on each platform, from the capabilities."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare instead of writing")

    def handle(self, *args: Any, **options: Any) -> None:
        text = document()
        if not options["check"]:
            PAGE.write_text(text)
            self.stdout.write(f"{PAGE.relative_to(settings.BASE_DIR)} written.")
        elif not PAGE.exists() or PAGE.read_text() != text:
            raise CommandError("docs/platforms.md is not up to date. Run manage.py platform_table.")
