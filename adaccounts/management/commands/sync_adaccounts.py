from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from adaccounts import presentation, syncing
from adaccounts.models import SyncRun
from integrations import platforms
from integrations.models import Connection
from stratum.ui import Refusal


class Command(BaseCommand):
    """Ends with 1 if a platform could not be synced."""

    help = "Sync the ad accounts of one platform, or of every connected one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--platform", choices=sorted(platforms.REGISTRY), help="default: every connected platform")

    def handle(self, *args: Any, **options: Any) -> None:
        connected = Connection.objects.usable().values_list("platform", flat=True)
        slugs = [options["platform"]] if options["platform"] else list(connected)
        if not slugs:
            raise CommandError("No platform is connected. Connect one under Settings → Integrations.")
        failed = [slug for slug in slugs if not self._sync(slug)]
        if failed:
            raise CommandError(f"Not synced: {', '.join(platforms.label(slug) for slug in failed)}.")

    def _sync(self, slug: str) -> bool:
        label = platforms.label(slug)
        try:
            run = syncing.sync(slug)
        except Refusal as refusal:
            self.stderr.write(f"{label}: {refusal.message}")
            return False
        is_complete = run.state == SyncRun.State.COMPLETE
        (self.stdout if is_complete else self.stderr).write(f"{label}: {presentation.sentence(run)}")
        return is_complete
