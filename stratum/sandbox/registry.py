"""Which platforms the sandbox plays: a slug and where its class is."""

from __future__ import annotations

from functools import cache

from django.utils.module_loading import import_string

from .platform import Platform

PLATFORMS = {
    "meta": "stratum.sandbox.platforms.meta.MetaSandbox",
    "google": "stratum.sandbox.platforms.google.GoogleSandbox",
    "snapchat": "stratum.sandbox.platforms.snapchat.SnapchatSandbox",
    "tiktok": "stratum.sandbox.platforms.tiktok.TikTokSandbox",
}


@cache
def _load(slug: str) -> Platform:
    platform: Platform = import_string(PLATFORMS[slug])()
    return platform


def find(slug: str) -> Platform | None:
    """The platform of that slug, if the sandbox plays it."""
    return _load(slug) if slug in PLATFORMS else None


def all_platforms() -> list[Platform]:
    return [_load(slug) for slug in PLATFORMS]
