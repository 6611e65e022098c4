"""What the campaigns say to what happens in the rooms below."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from campaigns.models import PublishRun
from integrations import platforms
from integrations.signals import disconnecting
from stratum.ui import Refusal


@receiver(disconnecting)
def keep_connected_while_publishing(platform: str, **kwargs: Any) -> None:
    """Object to a disconnection while a worker may be in the middle of a campaign there."""
    runs = PublishRun.objects.filter(state__in=PublishRun.DUE, draft__account__platform=platform)
    count = runs.count()
    if count:
        word = "publication is" if count == 1 else "publications are"
        raise Refusal(
            "INVALID_STATUS_TRANSITION",
            f"{count} {word} under way on {platforms.label(platform)}. Wait until they have ended, or cancel them first.",
        )
