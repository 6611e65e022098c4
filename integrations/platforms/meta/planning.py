"""The steps that make an approved draft: media first, then the campaign, then ad set by ad set.

A step's payload is `{"edge", "fields"}` for an object, with `group`, the key of its ad set, where it belongs to one; and
`{"edge", "sha256", ...}` for a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from integrations.contracts import Action, Level, Media, Order, Step
from integrations.draft import Ad, AdSet
from integrations.errors import ErrorKind, PlatformError
from integrations.marks import marked
from integrations.platforms.meta import payloads

#: Marketing API, ad image reference: file names have at most 100 characters.
FILENAME_LIMIT = 100
VIDEO_TITLE_LIMIT = 255


def plan(order: Order) -> list[Step]:
    """Return the creations, parents before children. PlatformError of kind invalid for what Meta cannot be told."""
    media_steps = {sha256: _media_step(order, sha256) for sha256 in order.draft.files()}
    media_keys = {sha256: step.key for sha256, step in media_steps.items()}
    campaign = _campaign_step(order)
    steps = [*media_steps.values(), campaign]
    for ad_set in order.draft.ad_sets:
        steps += _ad_set_steps(order, ad_set, campaign.key, media_keys)
    return steps


def _campaign_step(order: Order) -> Step:
    key = f"{order.prefix}-c"
    fields = payloads.campaign_fields(order, key)
    payload = {"edge": "campaigns", "fields": fields}
    return Step(key, Action.CREATE, Level.CAMPAIGN, "campaign", fields["name"], payload)


def _ad_set_steps(order: Order, ad_set: AdSet, campaign_key: str, media_keys: dict[str, str]) -> Iterator[Step]:
    key = f"{order.prefix}-{ad_set.key}"
    fields = payloads.ad_set_fields(order, ad_set, campaign_key)
    payload = {"edge": "adsets", "fields": fields, "group": key}
    yield Step(key, Action.CREATE, Level.AD_SET, ad_set.path, ad_set.name, payload, (campaign_key,))
    for ad in ad_set.ads:
        yield from _ad_steps(order, ad_set, ad, media_keys)


def _ad_steps(order: Order, ad_set: AdSet, ad: Ad, media_keys: dict[str, str]) -> Iterator[Step]:
    group, path = f"{order.prefix}-{ad_set.key}", ad_set.ad_path(ad)
    creative_key, ad_key = f"{order.prefix}-cr-{ad.key}", f"{order.prefix}-{ad.key}"
    fields = payloads.creative_fields(order, ad, creative_key, media_keys)
    needs = tuple(dict.fromkeys(media_keys[sha256] for sha256 in payloads.files_of(ad.creative)))
    payload = {"edge": "adcreatives", "fields": fields, "group": group}
    node = f"{path}.creative"
    yield Step(creative_key, Action.CREATE, Level.CREATIVE, node, fields["name"], payload, needs)
    payload = {"edge": "ads", "fields": payloads.ad_fields(ad, group, creative_key), "group": group}
    yield Step(ad_key, Action.CREATE, Level.AD, path, ad.name, payload, (group, creative_key))


def _media_step(order: Order, sha256: str) -> Step:
    node = order.draft.place_of(sha256)
    media = order.media.get(sha256)
    if media is None:
        message = "A file of this ad is not in the media library. Upload it again."
        raise PlatformError(ErrorKind.INVALID, "MEDIA_MISSING", message, node)
    key = f"{order.prefix}-m-{sha256[:10]}"
    is_video = media.kind == "video"
    name = _title(media, key) if is_video else _filename(media, key)
    payload = {
        "edge": "advideos" if is_video else "adimages",
        "sha256": sha256,
        "content_type": media.content_type,
        "size": media.size,
    }
    return Step(key, Action.CREATE, Level.MEDIA, node, name, payload)


def _title(media: Media, key: str) -> str:
    return marked(PurePath(media.filename).stem, key, VIDEO_TITLE_LIMIT)


def _filename(media: Media, key: str) -> str:
    """Return a name for Meta's library in letters that every multipart reader understands, the extension kept."""
    name = PurePath(media.filename)
    suffix = name.suffix.lower() if re.fullmatch(r"\.[A-Za-z0-9]{1,5}", name.suffix) else ""
    stem = re.sub(r"[^A-Za-z0-9 _-]+", "-", name.stem).strip("- ") or "image"
    return marked(stem, key, FILENAME_LIMIT - len(suffix)) + suffix
