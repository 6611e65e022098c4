from __future__ import annotations

from django.apps import AppConfig
from PIL import Image


class SandboxConfig(AppConfig):
    name = "stratum.sandbox"
    label = "sandbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Pictures of an earlier start are shown by the kind that was found then; Pillow names kinds only once it has
        # loaded their readers, which it does at the first picture it opens.
        Image.preinit()
