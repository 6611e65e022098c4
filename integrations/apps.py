from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings

from stratum.redaction import remember


class IntegrationsConfig(AppConfig):
    name = "integrations"

    def ready(self) -> None:
        for platform in settings.PLATFORMS.values():
            remember(platform["client_secret"])
