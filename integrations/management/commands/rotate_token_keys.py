from __future__ import annotations

from typing import Any

from cryptography.fernet import Fernet
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import models

from integrations.models import Connection
from integrations.platforms import label
from stratum.fields import encrypt_anew, models_with_secrets


class Command(BaseCommand):
    """Ends with 1 if a secret cannot be opened by any key."""

    help = (
        "Encrypt all tokens and secrets anew with the first key in TOKEN_KEYS. To rotate: make a key with --new, put it "
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
        lost = [name for model in models_with_secrets() for name in self._rotate(model)]
        if lost:
            raise CommandError(
                f"No key in TOKEN_KEYS opens the secrets of {', '.join(lost)}. Put the former key back, or enter them anew: "
                "reconnect the platform, or make the webhook or the second factor again."
            )

    def _rotate(self, model: type[models.Model]) -> list[str]:
        """Encrypt all rows of a model anew, and return the names of those that no key opens."""
        shown = "platform" if model is Connection else "pk"
        rows = list(model._base_manager.values_list("pk", shown))
        lost = [_name(model, name) for pk, name in rows if not encrypt_anew(model, pk)]
        for name in [_name(model, name) for _, name in rows]:
            if name not in lost:
                self.stdout.write(f"{name}: encrypted with the first key.")
        return lost


def _name(model: type[models.Model], name: Any) -> str:
    return label(name) if model is Connection else f"{model._meta.verbose_name} {name}"
