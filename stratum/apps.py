from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import m2m_changed, post_migrate


class StratumConfig(AppConfig):
    name = "stratum"
    verbose_name = "Team"

    def ready(self) -> None:
        from django_q import signals

        from stratum import checks, heartbeats, roles, schedules  # noqa: F401  (needs the app registry)
        from stratum.models import User

        post_migrate.connect(roles.create_groups, dispatch_uid="stratum.roles")
        post_migrate.connect(schedules.keep, sender=self, dispatch_uid="stratum.schedules")
        m2m_changed.connect(roles.keep_staff_flag, sender=User.groups.through)
        signals.pre_execute.connect(heartbeats.on_task_taken, dispatch_uid="stratum.heartbeats")
        signals.post_execute_in_worker.connect(heartbeats.on_task_done, dispatch_uid="stratum.heartbeats")
        signals.post_execute.connect(heartbeats.on_task_acknowledged, dispatch_uid="stratum.heartbeats")


class RecordsConfig(AdminConfig):
    """The Django admin, with our site in the place of its own."""

    default_site = "stratum.records.Records"

    def ready(self) -> None:
        from django.contrib import admin
        from django.contrib.auth.models import Group

        super().ready()
        admin.site.unregister(Group)  # roles are made by stratum/roles.py; nobody edits them
