"""The steps that make an approved draft: media first, then the campaign, then ad set by ad set.

A step's payload is `{"fields"}` for an object, with `group`, the key of its ad set, where it is an ad; and
`{"sha256", ...}` for a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from integrations.contracts import Action, Level, Media, Order, Step
from integrations.draft import Ad, AdSet
from integrations.errors import ErrorKind, PlatformError
from integrations.marks import marked
from integrations.platforms.snapchat import payloads
from integrations.platforms.snapchat.capabilities import NAME_LIMIT


def plan(order: Order) -> list[Step]:
    """Return the creations, parents before children. PlatformError of kind invalid for what Snapchat cannot be told."""
    media_steps = {sha256: _media_step(order, sha256) for sha256 in order.draft.media()}
    campaign = _campaign_step(order)
    steps = [*media_steps.values(), campaign]
    for ad_set in order.draft.ad_sets:
        steps += _ad_set_steps(order, ad_set, campaign.key, {sha: step.key for sha, step in media_steps.items()})
    return steps


def _campaign_step(order: Order) -> Step:
    key = f"{order.prefix}-c"
    fields = payloads.campaign_fields(order, key)
    return Step(key, Action.CREATE, Level.CAMPAIGN, "campaign", fields["name"], {"fields": fields})


def _ad_set_steps(order: Order, ad_set: AdSet, campaign_key: str, media_keys: dict[str, str]) -> Iterator[Step]:
    key = f"{order.prefix}-{ad_set.key}"
    payload = {"fields": payloads.ad_squad_fields(order, ad_set, campaign_key)}
    yield Step(key, Action.CREATE, Level.AD_SET, ad_set.path, ad_set.name, payload, (campaign_key,))
    for ad in ad_set.ads:
        yield from _ad_steps(order, ad_set, ad, media_keys)


def _ad_steps(order: Order, ad_set: AdSet, ad: Ad, media_keys: dict[str, str]) -> Iterator[Step]:
    group, path = f"{order.prefix}-{ad_set.key}", ad_set.ad_path(ad)
    creative_key, ad_key = f"{order.prefix}-cr-{ad.key}", f"{order.prefix}-{ad.key}"
    if not ad.creative.media:
        raise _missing(f"The ad “{ad.name}” shows no file.", f"{path}.creative.media")
    media_key = media_keys[ad.creative.media[0]]
    fields = payloads.creative_fields(order, ad, creative_key, media_key)
    node, payload = f"{path}.creative", {"fields": fields, "media": media_key}
    yield Step(creative_key, Action.CREATE, Level.CREATIVE, node, fields["name"], payload, (media_key,))
    payload = {"fields": payloads.ad_fields(ad, group, creative_key), "group": group}
    yield Step(ad_key, Action.CREATE, Level.AD, path, ad.name, payload, (group, creative_key))


def _media_step(order: Order, sha256: str) -> Step:
    node = order.draft.place_of(sha256)
    media = order.media.get(sha256)
    if media is None:
        raise _missing("A file of this ad is not in the media library. Upload it again.", node)
    key = f"{order.prefix}-m-{sha256[:10]}"
    payload = {
        "type": "VIDEO" if media.kind == "video" else "IMAGE",
        "sha256": sha256,
        "content_type": media.content_type,
        "filename": _filename(media),
        "size": media.size,
    }
    name = marked(PurePath(media.filename).stem, key, NAME_LIMIT)
    return Step(key, Action.CREATE, Level.MEDIA, node, name, payload)


def _filename(media: Media) -> str:
    """Return a name in letters that every multipart reader understands, with the ending Snapchat knows the kind by."""
    endings = {"image/jpeg": "jpg", "image/png": "png", "video/mp4": "mp4", "video/quicktime": "mov"}
    return f"{media.sha256[:16]}.{endings.get(media.content_type, 'bin')}"


def _missing(message: str, path: str) -> PlatformError:
    return PlatformError(ErrorKind.INVALID, "MEDIA_MISSING", message, path)
