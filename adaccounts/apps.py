from __future__ import annotations

from django.apps import AppConfig


class AdAccountsConfig(AppConfig):
    name = "adaccounts"
    verbose_name = "Ad accounts"

    def ready(self) -> None:
        from adaccounts import receivers  # needs the app registry
        from integrations import signals

        signals.connected.connect(receivers.sync_connected, dispatch_uid="adaccounts")
        signals.describing.connect(receivers.describe, dispatch_uid="adaccounts")
