from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from stratum import sealing


class Command(BaseCommand):
    """Ends with 1 if the audit trail is not as it was written."""

    help = (
        "Compare every event of the audit trail with its signature and its seal. It names each one that was changed, taken "
        "away, put in or moved. Note the printed head elsewhere: given with --head later, it shows whether the end of the "
        "trail was cut off."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--head", default="", metavar="POSITION:SEAL", help="a head that was printed earlier")

    def handle(self, *args: Any, **options: Any) -> None:
        finding = sealing.verify(options["head"])
        if finding.problems:
            for problem in finding.problems:
                self.stderr.write(problem)
            count = len(finding.problems)
            raise CommandError(f"The audit trail is not as it was written: {count} problem{'s' if count > 1 else ''}.")
        self.stdout.write(f"{finding.sealed} events are as they were written; {finding.waiting} wait for their seal.")
        self.stdout.write(f"Head: {finding.head or 'none'}")
