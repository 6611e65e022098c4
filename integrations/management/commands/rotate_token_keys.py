from __future__ import annotations

from typing import Any

from cryptography.fernet import Fernet
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from integrations.fields import Undecryptable
from integrations.models import Connection
from integrations.platforms import label


class Command(BaseCommand):
    """Ends with 1 if a connection's tokens cannot be opened by any key."""

    help = (
        "Encrypt all platform tokens anew with the first key in TOKEN_KEYS. To rotate: make a key with --new, put it "
        "first in TOKEN_KEYS, restart, run this command, then remove the old key and restart."
    )
    # --new must work on an installation that has no key yet, which the system checks refuse.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--new", action="store_true", help="only print a new key; nothing is changed")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new"]:
            self.stdout.write(Fernet.generate_key().decode())
            return
        lost = [slug for slug in Connection.objects.values_list("platform", flat=True) if not self._rotate(slug)]
        if lost:
            names = ", ".join(label(slug) for slug in lost)
            raise CommandError(
                f"No key in TOKEN_KEYS opens the tokens of {names}. Put the former key back, or reconnect there."
            )

    def _rotate(self, slug: str) -> bool:
        """Write the tokens again, under the row's lock so that a renewal in between is not undone."""
        with transaction.atomic():
            try:
                connection = Connection.objects.select_for_update().get(platform=slug)
            except Undecryptable:
                return False
            connection.save(update_fields=["access_token", "refresh_token"])
        self.stdout.write(f"{label(slug)}: encrypted with the first key.")
        return True
