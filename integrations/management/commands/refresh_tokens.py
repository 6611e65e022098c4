from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from integrations import expiry


class Command(BaseCommand):
    """Ends with 1 if a connection needs a person."""

    help = "Renew platform tokens that are due, and warn the Admins of connections that end soon."

    def handle(self, *args: Any, **options: Any) -> None:
        findings = expiry.check_all()
        for finding in findings:
            (self.stderr if finding.is_problem else self.stdout).write(finding.text)
        if not findings:
            self.stdout.write("No platform is connected.")
        problems = sum(finding.is_problem for finding in findings)
        if problems:
            raise CommandError(f"{problems} connection{'s need' if problems > 1 else ' needs'} an Admin.")
