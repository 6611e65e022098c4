from __future__ import annotations

from django.apps import AppConfig

PENDING_COUNT = "campaigns.presentation.pending_count"


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        from stratum import ui  # needs the app registry

        if PENDING_COUNT not in ui.SIDEBAR_PARTS:
            ui.SIDEBAR_PARTS.append(PENDING_COUNT)
        from campaigns import receivers  # noqa: F401  (connects them)
