"""What an ad looks like where a platform shows it, roughly: text, picture and button together, drawn by the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from campaigns.models import CampaignDraft
from integrations.capabilities import Capabilities, Placement
from integrations.contracts import Media
from integrations.draft import Ad, Creative, CreativeType
from integrations.tagging import tagged

#: Account assets whose name stands above the ad, the most telling first.
SENDERS = ("page", "identity", "profile")
#: How many headlines and descriptions a search result shows of those it may choose from.
RESULT_HEADLINES, RESULT_DESCRIPTIONS = 3, 2


@dataclass(frozen=True)
class Card:
    """A picture with its texts; `media` is None when there is none, or it is not in the library.

    `still` is the SHA-256 of what is drawn of it: a video's cover, if it has one of its own.
    """

    media: Media | None
    still: str
    headline: str
    description: str


@dataclass(frozen=True)
class CutText:
    """A text as a placement shows it, and the rest that stands behind "… more"."""

    shown: str
    rest: str = ""


@dataclass(frozen=True)
class SceneCard:
    media: Media | None
    still: str
    headline: CutText
    description: CutText


@dataclass(frozen=True)
class Scene:
    """An ad in a placement."""

    placement: Placement
    primary_text: CutText
    cards: tuple[SceneCard, ...]

    @property
    def template(self) -> str:
        return f"campaigns/previews/{self.placement.look}.html"


@dataclass(frozen=True)
class AdPreview:
    name: str
    sender: str
    primary_text: str
    cards: tuple[Card, ...]
    host: str
    link: str
    button: str
    headlines: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()
    scenes: tuple[Scene, ...] = ()

    @property
    def is_carousel(self) -> bool:
        return len(self.cards) > 1


def sender_of(draft: CampaignDraft, names: Mapping[str, str]) -> str:
    """Return whose name the ads carry; `names` maps the account's asset ids to names."""
    chosen = draft.content.campaign.assets
    ids = [str(getattr(chosen, kind)) for kind in SENDERS]
    found = next((names[external_id] for external_id in ids if external_id in names), "")
    return found or chosen.business_name or draft.account.name


def preview(ad: Ad, sender: str, media: Mapping[str, Media], url_tags: str = "") -> AdPreview:
    """Return how the ad looks with what is there so far, in no placement yet; its link carries the URL tags."""
    creative = ad.creative
    button = creative.call_to_action.value.replace("_", " ").capitalize() if creative.call_to_action else ""
    return AdPreview(
        ad.name,
        sender,
        creative.primary_text,
        _cards(creative, media),
        _host(creative.link_url),
        tagged(creative.link_url, url_tags),
        button,
        tuple(filter(None, creative.headlines))[:RESULT_HEADLINES],
        tuple(filter(None, creative.descriptions))[:RESULT_DESCRIPTIONS],
    )


def placed(ad: AdPreview, capabilities: Capabilities, *, has_keywords: bool) -> AdPreview:
    """Return the preview with the ad in every placement where the platform would show it."""
    ad = _told(ad, capabilities)
    wanted = [place for place in capabilities.placements if place.with_keywords in (None, has_keywords)]
    return replace(ad, scenes=tuple(_scene(ad, place, capabilities.count) for place in wanted))


def _told(ad: AdPreview, capabilities: Capabilities) -> AdPreview:
    """Leave out the texts that the platform shows nowhere; the fit panel says so."""
    knows = capabilities.texts
    cards = tuple(
        replace(
            card,
            headline=card.headline if "headlines" in knows else "",
            description=card.description if "descriptions" in knows else "",
        )
        for card in ad.cards
    )
    return replace(
        ad,
        primary_text=ad.primary_text if "primary_text" in knows else "",
        headlines=ad.headlines if "headlines" in knows else (),
        descriptions=ad.descriptions if "descriptions" in knows else (),
        cards=cards,
    )


def cut(text: str, limit: int | None, count: Callable[[str], int] = len) -> CutText:
    """Cut a text after `limit` characters in the platform's own counting; None cuts nothing."""
    if limit is None or count(text) <= limit:
        return CutText(text)
    end = limit
    while count(text[:end]) > limit:
        end -= 1
    return CutText(text[:end], text[end:])


def _scene(ad: AdPreview, place: Placement, count: Callable[[str], int]) -> Scene:
    def shown(name: str, text: str) -> CutText:
        return cut(text, place.cuts.get(name), count)

    cards = tuple(
        SceneCard(card.media, card.still, shown("headlines", card.headline), shown("descriptions", card.description))
        for card in ad.cards
    )
    return Scene(place, shown("primary_text", ad.primary_text), cards)


def _cards(creative: Creative, media: Mapping[str, Media]) -> tuple[Card, ...]:
    count = max(len(creative.media), 1) if creative.type is CreativeType.CAROUSEL else 1
    return tuple(
        Card(*_file(creative, media, number), _at(creative.headlines, number), _at(creative.descriptions, number))
        for number in range(count)
    )


def _file(creative: Creative, media: Mapping[str, Media], number: int) -> tuple[Media | None, str]:
    found = media.get(_at(creative.media, number))
    if found is None:
        return None, ""
    return found, creative.own_cover if creative.own_cover in media else found.sha256


def _at(texts: list[str], number: int) -> str:
    return texts[number] if number < len(texts) else ""


def _host(link: str) -> str:
    try:
        return (urlsplit(link).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
