from __future__ import annotations

from django.apps import AppConfig


class AdAccountsConfig(AppConfig):
    name = "adaccounts"
    verbose_name = "Ad accounts"
