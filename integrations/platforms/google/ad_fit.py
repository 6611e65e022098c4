"""What an ad becomes on Google Ads. Only what is not simply kept is said: a campaign may have hundreds of ads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from integrations.capabilities import Fit, Verdict
from integrations.contracts import Media
from integrations.draft import Ad, AdSet, Creative, CreativeType, Draft
from integrations.platforms.google import creatives
from integrations.platforms.google.capabilities import (
    CAPABILITIES,
    DEMAND_GEN_DESCRIPTIONS,
    DEMAND_GEN_HEADLINES,
    LINK_LIMIT,
    SEARCH_DESCRIPTIONS,
    SEARCH_HEADLINES,
    Channel,
    channel_of,
)

CHANGED, DROPPED, REFUSED = Verdict.CHANGED, Verdict.DROPPED, Verdict.REFUSED
_SHAPES = "1.91:1 (from 600 × 314), square (from 300 × 300), 4:5 (from 480 × 600) or 9:16 (from 600 × 1067)"


def ad_lines(draft: Draft, ad_set: AdSet, ad: Ad, media: Mapping[str, Media]) -> Iterator[Fit]:
    """Say what of the ad is changed, left out or refused."""
    creative, path = ad.creative, f"{ad_set.ad_path(ad)}.creative"
    if len(creative.link_url) > LINK_LIMIT:
        yield Fit(f"{path}.link_url", "Link", REFUSED, f"Google takes {LINK_LIMIT} characters at most.")
    if channel_of(draft) is Channel.SEARCH:
        yield from _search_ad(creative, path)
    else:
        yield from _demand_gen_ad(creative, path, media)


def _search_ad(creative: Creative, path: str) -> Iterator[Fit]:
    yield from _texts(f"{path}.headlines", "Headlines", creative.headlines, SEARCH_HEADLINES, "A search ad")
    yield from _texts(f"{path}.descriptions", "Descriptions", creative.descriptions, SEARCH_DESCRIPTIONS, "A search ad")
    if creative.media:
        yield Fit(f"{path}.media", "Pictures", DROPPED, "Search ads show no picture.")
    if creative.call_to_action:
        yield Fit(f"{path}.call_to_action", "Call to action", DROPPED, "Search ads have no button.")


def _demand_gen_ad(creative: Creative, path: str, media: Mapping[str, Media]) -> Iterator[Fit]:
    kind = "A Demand Gen ad"
    yield from _texts(f"{path}.headlines", "Headlines", creative.headlines, DEMAND_GEN_HEADLINES, kind)
    yield from _texts(f"{path}.descriptions", "Descriptions", creative.descriptions, DEMAND_GEN_DESCRIPTIONS, kind)
    if creative.type is CreativeType.VIDEO:
        becomes = "The first headline is the long headline too; Google shows its own button with the film."
        yield Fit(f"{path}.type", "Video ad", CHANGED, becomes)
        return
    if creative.type is CreativeType.IMAGE and CAPABILITIES.creative("image"):
        yield from _pictures(creative, path, media)


def _texts(path: str, what: str, written: Sequence[str], bounds: tuple[int, int], kind: str) -> Iterator[Fit]:
    least, most = bounds
    different = creatives.texts(written)
    twice = sum(1 for text in written if text) - len(different)
    if len(different) > most:
        yield Fit(path, what, REFUSED, f"{kind} takes {most} {what.lower()} at most, not {len(different)}.")
    elif 0 < len(different) < least:
        yield Fit(path, what, REFUSED, f"{kind} wants {least} different {what.lower()} at least, not {len(different)}.")
    elif twice:
        yield Fit(path, what, DROPPED, f"Texts that stand twice are sent once; {twice} left out.")


def _pictures(creative: Creative, path: str, media: Mapping[str, Media]) -> Iterator[Fit]:
    if not creative.media:
        becomes = "A Demand Gen ad needs a picture: choose one, or name keywords to make a Search campaign."
        yield Fit(f"{path}.media", "Pictures", REFUSED, becomes)
        return
    known = [(number, media[sha256]) for number, sha256 in enumerate(creative.media) if sha256 in media]
    fields = [creatives.shape(picture) for _, picture in known]
    for (number, picture), field in zip(known, fields, strict=True):
        if field is None:
            becomes = (
                f"{picture.filename} ({picture.width} × {picture.height}) has no shape that Google takes: {_SHAPES}."
            )
            yield Fit(f"{path}.media[{number}]", "Picture", REFUSED, becomes)
    if known and not {"marketingImages", "squareMarketingImages"} & set(fields):
        becomes = "A Demand Gen ad needs at least one picture that is square or 1.91:1."
        yield Fit(f"{path}.media", "Pictures", REFUSED, becomes)
