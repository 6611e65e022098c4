from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from stratum import services


class Command(BaseCommand):
    help = "Runs the sandbox that plays the platforms, at SANDBOX_URL, until Ctrl-C or SIGTERM."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The sandbox is for development: it runs only with DEBUG on.")
        if urlsplit(settings.SANDBOX_URL).hostname not in services.LOOPBACK:
            raise CommandError("Set SANDBOX_URL to an address of this machine, for example http://127.0.0.1:8100.")
        service = services.sandbox()
        os.execve(service.command[0], list(service.command), {**os.environ, **service.env})  # noqa: S606  (becomes the sandbox)
