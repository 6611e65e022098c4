"""The steps that make an approved draft: files first, then the campaign, then ad set by ad set.

A step's payload is `{"operations": [...]}`, each as payloads.py writes it; a film's upload is `{"film": {...}}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from integrations.contracts import Action, Level, Media, Order, Step
from integrations.draft import Ad, AdSet
from integrations.errors import ErrorKind, PlatformError
from integrations.marks import marked
from integrations.platforms.google import audiences, creatives, payloads
from integrations.platforms.google.capabilities import MOST_OPERATIONS, NAME_LIMIT, Channel, channel_of

#: "The video title is required, must not exceed 100 characters" (v26, YouTubeVideoUpload).
TITLE_LIMIT = 100
ASSET_NAME_LIMIT = 128


def plan(order: Order) -> list[Step]:
    """Return the creations, parents before children. PlatformError of kind invalid for what Google cannot be told."""
    shown = order.draft.media() if channel_of(order.draft) is Channel.DEMAND_GEN else []
    files = [step for sha256 in shown for step in _file_steps(order, sha256)]
    media_keys = {sha256: _asset_key(order, sha256) for sha256 in shown}
    campaign_key = f"{order.prefix}-c"
    operations = payloads.campaign_operations(order, campaign_key)
    name = marked(order.draft.campaign.name, campaign_key, NAME_LIMIT)
    steps = [
        *files,
        Step(campaign_key, Action.CREATE, Level.CAMPAIGN, "campaign", name, {"operations": operations}),
    ]
    for ad_set in order.draft.ad_sets:
        steps += _ad_set_steps(order, ad_set, campaign_key, media_keys)
    _require_sendable(steps)
    return steps


def _ad_set_steps(order: Order, ad_set: AdSet, campaign_key: str, media_keys: dict[str, str]) -> Iterator[Step]:
    key = f"{order.prefix}-{ad_set.key}"
    operations = audiences.ad_set_operations(order, ad_set, key, campaign_key)
    payload = {"operations": operations}
    yield Step(key, Action.CREATE, Level.AD_SET, ad_set.path, ad_set.name, payload, (campaign_key,))
    for ad in ad_set.ads:
        yield _ad_step(order, ad_set, ad, media_keys)


def _ad_step(order: Order, ad_set: AdSet, ad: Ad, media_keys: dict[str, str]) -> Step:
    """The ad's files are no `needs`: an ad whose answer was lost is found without them, see reading.py."""
    payload = {"operations": creatives.ad_operations(order, ad_set, ad, media_keys)}
    parent = f"{order.prefix}-{ad_set.key}"
    return Step(f"{order.prefix}-{ad.key}", Action.CREATE, Level.AD, ad_set.ad_path(ad), ad.name, payload, (parent,))


def _file_steps(order: Order, sha256: str) -> Iterator[Step]:
    node = order.draft.place_of(sha256)
    media = order.media.get(sha256)
    if media is None:
        message = "A file of this ad is not in the media library. Upload it again."
        raise PlatformError(ErrorKind.INVALID, "MEDIA_MISSING", message, node)
    key = _asset_key(order, sha256)
    if media.kind != "video":
        name = asset_name(media)
        payload = {"operations": creatives.asset_operations(media, name, key, node), "size": media.size}
        yield Step(key, Action.CREATE, Level.MEDIA, node, name, payload)
        return
    upload_key = f"{order.prefix}-f-{sha256[:10]}"
    title = marked(_stem(media), upload_key, TITLE_LIMIT)
    film = {"sha256": sha256, "content_type": media.content_type, "size": media.size, "title": title}
    yield Step(upload_key, Action.CREATE, Level.MEDIA, node, title, {"film": film})
    # Every upload is a film of its own at YouTube, and so is its asset: under a name of all campaigns, another's was found.
    name = marked(_stem(media), key, ASSET_NAME_LIMIT)
    payload = {"operations": creatives.film_operations(name, key, upload_key, node)}
    yield Step(key, Action.CREATE, Level.MEDIA, node, name, payload, (upload_key,))


def _asset_key(order: Order, sha256: str) -> str:
    return f"{order.prefix}-m-{sha256[:10]}"


def asset_name(media: Media) -> str:
    """Return the name of a picture in the account's library, by which its asset is found again.

    It holds the sum of the bytes and no campaign's key: Google keeps one asset for the same bytes and drops every later
    name, so a name of one campaign's would not be found by the next.
    """
    return marked(_stem(media), media.sha256[:20], ASSET_NAME_LIMIT)


def _stem(media: Media) -> str:
    return re.sub(r"[^\w .-]+", "-", PurePath(media.filename).stem).strip("- ") or media.kind


def _require_sendable(steps: list[Step]) -> None:
    count = sum(len(step.payload.get("operations", ())) for step in steps)
    if count > MOST_OPERATIONS:
        message = (
            f"The campaign makes {count} objects with its keywords and places; Google takes {MOST_OPERATIONS} at once."
        )
        raise PlatformError(ErrorKind.INVALID, "CAMPAIGN_TOO_LARGE", f"{message} Split it.", "ad_sets")
