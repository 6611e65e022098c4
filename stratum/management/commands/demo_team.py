from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from stratum import development


class Command(BaseCommand):
    help = "Makes the demo team, one person for each role, and prints the passwords. For development only."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo team is for development: its passwords stand in a file. DEBUG is off.")
        file = settings.DATA_DIR / "demo-team.txt"
        passwords = development.make_team(file)
        self.stdout.write(f"Demo team (also in {file}):")
        for name, password in passwords.items():
            role = development.TEAM[name][2]
            self.stdout.write(f"  {name:<6}{password:<16}{role.value}")
