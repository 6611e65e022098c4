"""The steps that make an approved draft: files first, then the campaign, then ad group by ad group.

A step's payload is `{"kind", ...}`: `campaign`, `ad_set` and `ad` carry `fields`; `image` and `video` a file; `cover` the
video whose still picture is wanted; `music` the pictures it shall go with. Covers and music are only looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from integrations.contracts import Action, Level, Media, Order, Step
from integrations.draft import Ad, AdSet, CreativeType
from integrations.errors import refused
from integrations.platforms.tiktok import audiences, payloads


def plan(order: Order) -> list[Step]:
    """Return the creations, parents before children. PlatformError of kind invalid for what TikTok cannot be told."""
    files = {sha256: _file_step(order, sha256) for sha256 in order.draft.files()}
    coverless = {sha256 for _, ad in order.draft.ads() if not ad.creative.own_cover for sha256 in ad.creative.media}
    covers = {
        sha256: _cover_step(order, sha256, step)
        for sha256, step in files.items()
        if step.payload["kind"] == "video" and sha256 in coverless
    }
    music = dict(_music_steps(order, files))
    campaign = _campaign_step(order)
    steps = [*files.values(), *covers.values(), *music.values(), campaign]
    for ad_set in order.draft.ad_sets:
        steps.append(_ad_set_step(order, ad_set, campaign.key))
        steps += [_ad_step(order, ad_set, ad, files, covers, music) for ad in ad_set.ads]
    return steps


def _campaign_step(order: Order) -> Step:
    key = f"{order.prefix}-c"
    fields = payloads.campaign_fields(order, key)
    places = {
        code: f"{ad_set.path}.targeting.locations"
        for ad_set in order.draft.ad_sets[::-1]
        for code in audiences.countries(ad_set.targeting)
    }
    payload = {"kind": "campaign", "fields": fields, "countries": places}
    return Step(key, Action.CREATE, Level.CAMPAIGN, "campaign", fields["campaign_name"], payload)


def _ad_set_step(order: Order, ad_set: AdSet, campaign_key: str) -> Step:
    key, draft = f"{order.prefix}-{ad_set.key}", order.draft
    payload = {
        "kind": "ad_set",
        "fields": payloads.ad_set_fields(order, ad_set, key, campaign_key),
        "objective": payloads.objective_of(draft),
        # Under a campaign budget the first ad group decides what the others must repeat.
        "after": "" if draft.has_ad_set_budgets else f"{order.prefix}-{draft.ad_sets[0].key}",
    }
    return Step(key, Action.CREATE, Level.AD_SET, ad_set.path, ad_set.name, payload, (campaign_key,))


def _ad_step(
    order: Order,
    ad_set: AdSet,
    ad: Ad,
    files: dict[str, Step],
    covers: dict[str, Step],
    music: dict[tuple[str, ...], Step],
) -> Step:
    group, path, shown = f"{order.prefix}-{ad_set.key}", ad_set.ad_path(ad), ad.creative.media
    own_cover = ad.creative.own_cover
    stills = [files[own_cover]] if own_cover else [covers[sha256] for sha256 in shown if sha256 in covers]
    used = [files[sha256] for sha256 in shown] + stills
    tune: Any = order.draft.campaign.assets.music
    if step := music.get(tuple(shown)):
        tune = {"$id": step.key}
        used.append(step)
    media_keys = {sha256: step.key for sha256, step in files.items()}
    cover_key = stills[0].key if stills else ""
    fields = payloads.creative_fields(order, ad, path, media_keys, cover_key, tune)
    needs = (group, *dict.fromkeys(step.key for step in used))
    return Step(
        f"{order.prefix}-{ad.key}", Action.CREATE, Level.AD, path, ad.name, {"kind": "ad", "fields": fields}, needs
    )


def _file_step(order: Order, sha256: str) -> Step:
    node = order.draft.place_of(sha256)
    media = order.media.get(sha256)
    if media is None:
        raise refused("MEDIA_MISSING", "A file of this ad is not in the media library. Upload it again.", node)
    payload = {
        "kind": "video" if media.kind == "video" else "image",
        "sha256": sha256,
        "content_type": media.content_type,
        "size": media.size,
        "width": media.width,
        "height": media.height,
    }
    return Step(f"{order.prefix}-m-{sha256[:10]}", Action.CREATE, Level.MEDIA, node, _file_name(media), payload)


def _cover_step(order: Order, sha256: str, video: Step) -> Step:
    payload = {"kind": "cover", "video": {"$id": video.key}}
    key, name = f"{order.prefix}-v-{sha256[:10]}", f"Cover of {video.name}"
    return Step(key, Action.CREATE, Level.MEDIA, video.node, name, payload, (video.key,))


def _music_steps(order: Order, files: dict[str, Step]) -> Iterator[tuple[tuple[str, ...], Step]]:
    """Yield each set of pictures with the look-up of music for it, where the draft names none."""
    if order.draft.campaign.assets.music:
        return
    seen: set[tuple[str, ...]] = set()
    for ad_set, ad in order.draft.ads():
        shown = tuple(ad.creative.media)
        if ad.creative.type is CreativeType.VIDEO or not shown or shown in seen:
            continue
        seen.add(shown)
        keys = [files[sha256].key for sha256 in shown]
        payload = {"kind": "music", "images": [{"$id": key} for key in keys]}
        node, key = f"{ad_set.ad_path(ad)}.creative.media", f"{order.prefix}-mu-{ad.key}"
        needs = tuple(dict.fromkeys(keys))
        yield shown, Step(key, Action.CREATE, Level.MEDIA, node, f"Music of {ad.name}", payload, needs)


def _file_name(media: Media) -> str:
    """Return a name for TikTok's library in letters that every multipart reader understands, the extension kept."""
    name = PurePath(media.filename)
    suffix = name.suffix.lower() if re.fullmatch(r"\.[A-Za-z0-9]{1,5}", name.suffix) else ""
    stem = re.sub(r"[^A-Za-z0-9 _-]+", "-", name.stem).strip("- ") or media.kind
    return f"{stem}{suffix}"
