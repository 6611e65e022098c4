from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import m2m_changed, post_migrate


class StratumConfig(AppConfig):
    name = "stratum"
    verbose_name = "Team"

    def ready(self) -> None:
        from stratum import checks, roles  # noqa: F401  (needs the app registry)

        post_migrate.connect(roles.create_groups, dispatch_uid="stratum.roles")
        m2m_changed.connect(roles.keep_staff_flag, sender=self.get_model("User").groups.through)
