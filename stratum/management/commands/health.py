from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand

from stratum import health


class Command(BaseCommand):
    help = "Prints what /healthz reports, for hosts without a web server; exit code 1 when something is wrong."

    def handle(self, *args: Any, **options: Any) -> None:
        body, status = health.examine()
        self.stdout.write(json.dumps(body, indent=2))
        sys.exit(0 if status == health.OK else 1)
