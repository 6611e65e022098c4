"""What an ad becomes on TikTok, in words. Only what is not simply kept: a campaign may have hundreds of ads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from integrations.capabilities import Fit, Verdict
from integrations.contracts import Media
from integrations.draft import Ad, AdSet, Creative, CreativeType, Draft
from integrations.emoji import has_emoji
from integrations.platforms.tiktok.capabilities import (
    CAPABILITIES,
    CAROUSEL_OBJECTIVES,
    FILM_SHAPES,
    PICTURE_LONG_SIDE,
    PICTURE_SHORT_SIDE,
    SHAPE_TOLERANCE,
)

CHANGED, DROPPED, REFUSED = Verdict.CHANGED, Verdict.DROPPED, Verdict.REFUSED


def fit(draft: Draft, ad_set: AdSet, ad: Ad, media: Mapping[str, Media]) -> Iterator[Fit]:
    creative, node = ad.creative, ad_set.ad_path(ad)
    path = f"{node}.creative"
    if has_emoji(ad.name):
        yield Fit(f"{node}.name", "Name", REFUSED, "TikTok takes no emoji in names.")
    yield from _kind(draft, creative, path)
    if creative.call_to_action == "see_more":
        yield Fit(f"{path}.call_to_action", "Call to action", CHANGED, "The button says View now.")
    for number, sha256 in enumerate(creative.media):
        if refusal := _file_refusal(creative, media.get(sha256)):
            yield Fit(f"{path}.media[{number}]", "File", REFUSED, refusal)


def _kind(draft: Draft, creative: Creative, path: str) -> Iterator[Fit]:
    objective = CAPABILITIES.objective(draft.campaign.objective or "")
    if creative.type in (None, CreativeType.VIDEO):
        return
    if objective is not None and objective.external not in CAROUSEL_OBJECTIVES:
        becomes = (
            "TikTok counts views of videos only, and this ad shows none. Show a video, or choose another objective."
        )
        yield Fit(f"{path}.type", "Kind of ad", REFUSED, becomes)
        return
    music = "the music you chose" if draft.campaign.assets.music else "music that TikTok recommends for it"
    if creative.type is CreativeType.IMAGE:
        becomes = f"A carousel of one picture with {music}: TikTok shows still pictures in no other way."
        yield Fit(f"{path}.type", "Kind of ad", CHANGED, becomes)
    elif not draft.campaign.assets.music:
        becomes = f"A carousel with {music}. Choose music with the campaign to know it beforehand."
        yield Fit(f"{path}.type", "Kind of ad", CHANGED, becomes)


def _file_refusal(creative: Creative, media: Media | None) -> str:
    """Say why TikTok would not show the file; empty if it would, or if the rules name what is wrong with it."""
    if media is None or media.kind != ("video" if creative.type is CreativeType.VIDEO else "image"):
        return ""
    if media.kind == "video":
        return _film_refusal(media)
    short, long = sorted((media.width, media.height))
    if short <= PICTURE_SHORT_SIDE and long <= PICTURE_LONG_SIDE:
        return ""
    return (
        f"{media.filename} has {media.width} × {media.height} pixels; TikTok shows pictures of at most "
        f"{PICTURE_SHORT_SIDE} × {PICTURE_LONG_SIDE} or {PICTURE_LONG_SIDE} × {PICTURE_SHORT_SIDE}."
    )


def _film_refusal(media: Media) -> str:
    ratio = Decimal(media.width) / Decimal(max(media.height, 1))
    shape = next((shape for shape in FILM_SHAPES if abs(ratio - shape[1]) <= SHAPE_TOLERANCE), None)
    if shape is None:
        return f"{media.filename} is {media.width} × {media.height} pixels; TikTok shows films of 9:16, 1:1 and 16:9."
    name, _, width, height = shape
    if media.width < width or media.height < height:
        return f"{media.filename} is too small: TikTok wants {width} × {height} pixels or more for {name}."
    return ""
