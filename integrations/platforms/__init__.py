"""The registry of platforms: slug → class, imported on first use. Adding a platform is one folder and one line here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.utils.module_loading import import_string

from integrations.contracts import Platform, Tokens
from integrations.http import Exchange, Http, Record


@dataclass(frozen=True)
class Entry:
    """A platform: `label` is its short name in sentences, `title` its full one."""

    label: str
    title: str
    #: The environment variables of the app's id and secret.
    variables: tuple[str, str]
    path: str = ""  # empty: this version cannot connect it yet, and says so


REGISTRY: dict[str, Entry] = {
    "meta": Entry(
        "Meta",
        "Meta (Facebook/Instagram)",
        ("META_APP_ID", "META_APP_SECRET"),
        "integrations.platforms.meta.adapter.MetaPlatform",
    ),
    "google": Entry(
        "Google Ads",
        "Google Ads",
        ("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"),
        "integrations.platforms.google.adapter.GooglePlatform",
    ),
    "tiktok": Entry(
        "TikTok",
        "TikTok Ads",
        ("TIKTOK_APP_ID", "TIKTOK_APP_SECRET"),
        "integrations.platforms.tiktok.adapter.TikTokPlatform",
    ),
    "snapchat": Entry(
        "Snapchat",
        "Snapchat Ads",
        ("SNAPCHAT_CLIENT_ID", "SNAPCHAT_CLIENT_SECRET"),
        "integrations.platforms.snapchat.adapter.SnapchatPlatform",
    ),
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
    return entry.label if entry else slug


def platform(slug: str, tokens: Tokens | None, record: Record) -> Platform:
    """Return a platform that speaks with these tokens and records each exchange."""
    cls = platform_class(slug)
    return cls(Http(slug, record, cls.trace_headers), tokens)


def offline(slug: str) -> Platform:
    """Return a platform without a connection, for what is pure: plan(), calls(), fit(), differences()."""
    return platform(slug, None, _forget)


def _forget(exchange: Exchange) -> None:
    """Nothing is kept of exchanges, because none can happen."""
