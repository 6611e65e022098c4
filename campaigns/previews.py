"""What an ad looks like, roughly: enough to see text, picture and button together, on any platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from campaigns.models import CampaignDraft
from integrations.contracts import Media
from integrations.draft import Ad, Creative, CreativeType
from integrations.tagging import tagged

#: Account assets whose name stands above the ad, the most telling first.
SENDERS = ("page", "identity", "profile")


@dataclass(frozen=True)
class Card:
    """A picture with its texts; `media` is None when there is none, or it is not in the library."""

    media: Media | None
    headline: str
    description: str


@dataclass(frozen=True)
class AdPreview:
    name: str
    sender: str
    primary_text: str
    cards: tuple[Card, ...]
    host: str
    link: str
    button: str

    @property
    def is_carousel(self) -> bool:
        return len(self.cards) > 1


def sender_of(draft: CampaignDraft, names: Mapping[str, str]) -> str:
    """Return whose name the ads carry; `names` maps the account's asset ids to names."""
    chosen = draft.content.campaign.assets
    ids = [str(getattr(chosen, kind)) for kind in SENDERS]
    return next((names[external_id] for external_id in ids if external_id in names), draft.account.name)


def preview(ad: Ad, sender: str, media: Mapping[str, Media], url_tags: str = "") -> AdPreview:
    """Return how the ad looks with what is there so far; its link is the one that people open, URL tags included."""
    creative = ad.creative
    button = creative.call_to_action.value.replace("_", " ").capitalize() if creative.call_to_action else ""
    host, link = _host(creative.link_url), tagged(creative.link_url, url_tags)
    return AdPreview(ad.name, sender, creative.primary_text, _cards(creative, media), host, link, button)


def _cards(creative: Creative, media: Mapping[str, Media]) -> tuple[Card, ...]:
    count = max(len(creative.media), 1) if creative.type is CreativeType.CAROUSEL else 1
    return tuple(
        Card(
            media.get(creative.media[number]) if number < len(creative.media) else None,
            _at(creative.headlines, number),
            _at(creative.descriptions, number),
        )
        for number in range(count)
    )


def _at(texts: list[str], number: int) -> str:
    return texts[number] if number < len(texts) else ""


def _host(link: str) -> str:
    try:
        return (urlsplit(link).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
