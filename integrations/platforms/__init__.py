"""The registry of platforms: slug → class, imported on first use. Adding a platform is one folder and one line here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.utils.module_loading import import_string

from integrations.contracts import Platform, Tokens
from integrations.http import Http, Record


@dataclass(frozen=True)
class Entry:
    label: str
    path: str = ""  # empty: this version cannot connect it yet, and says so


REGISTRY: dict[str, Entry] = {
    "meta": Entry("Meta (Facebook/Instagram)", "integrations.platforms.meta.adapter.MetaPlatform"),
    "google": Entry("Google Ads"),
    "tiktok": Entry("TikTok Ads"),
    "snapchat": Entry("Snapchat Ads"),
}


class UnknownPlatform(LookupError):
    """There is no such platform, or this version cannot speak to it yet."""


def available() -> list[str]:
    """Return the slugs of the platforms this version can connect."""
    return [slug for slug, entry in REGISTRY.items() if entry.path]


@cache
def platform_class(slug: str) -> type[Platform]:
    """Return the platform's class; UnknownPlatform if there is none."""
    entry = REGISTRY.get(slug)
    if entry is None or not entry.path:
        raise UnknownPlatform(slug)
    found: type[Platform] = import_string(entry.path)
    return found


def label(slug: str) -> str:
    """Return the platform's name for people; the slug itself if it is unknown."""
    entry = REGISTRY.get(slug)
    return platform_class(slug).label if entry and entry.path else (entry.label if entry else slug)


def platform(slug: str, tokens: Tokens | None, record: Record) -> Platform:
    """Return a platform that speaks with these tokens and records each exchange."""
    cls = platform_class(slug)
    return cls(Http(slug, record, cls.trace_headers), tokens)
