"""Names the connections that events are about, for the audit trail."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from integrations import platforms
from stratum.audit import Thing


def connections(slugs: Iterable[str]) -> dict[str, Thing]:
    """Return the names of the platforms, and the page of their connections."""
    return {
        slug: Thing(platforms.label(slug), reverse("integrations:list")) for slug in slugs if slug in platforms.REGISTRY
    }
