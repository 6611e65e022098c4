from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from campaigns import faults, ratios
from campaigns.content_rules.problem import Problem, Severity, Subject, required
from integrations.capabilities import Creative as CreativeRule
from integrations.capabilities import MediaRule
from integrations.contracts import Media
from integrations.draft import Creative

COVER_TYPES = frozenset({"image/jpeg", "image/png"})


def media_problems(subject: Subject, creative: Creative, path: str) -> Iterator[Problem]:
    """Judge the files of an ad: how many, that they are there, and what the platform takes."""
    rule = subject.capabilities.creative(creative.type) if creative.type else None
    if rule is None:
        return
    yield from _how_many(rule, len(creative.media), f"{path}.media")
    yield from _cover(subject, creative, path)
    for number, sha256 in enumerate(creative.media):
        place = f"{path}.media[{number}]"
        media = subject.media.get(sha256)
        if media is None:
            message = "This file is not in the media library."
            yield Problem("MEDIA_MISSING", place, message, "Upload it again, or choose another file.")
        elif media.kind not in rule.media:
            wanted = " or a ".join(rule.media)
            message = f"{media.filename} is a {media.kind}; this kind of ad shows a {wanted}."
            yield Problem("MEDIA_KIND", place, message, "Choose another file, or another kind of ad.")
        else:
            yield from _file(subject, rule.media[media.kind], media, place)


def _cover(subject: Subject, creative: Creative, path: str) -> Iterator[Problem]:
    """Judge a video's cover: platforms that take one want it in the video's own shape."""
    if not creative.own_cover or not subject.capabilities.takes_cover:
        return
    cover, film = subject.media.get(creative.own_cover), subject.media.get(next(iter(creative.media), ""))
    place = f"{path}.cover"
    if cover is None:
        yield Problem("MEDIA_MISSING", place, "The cover is not in the media library.", "Choose another one.")
    elif cover.content_type not in COVER_TYPES or cover.is_animated:
        yield Problem("MEDIA_TYPE", place, f"{cover.filename} cannot be a cover.", "Choose a JPEG or PNG picture.")
    elif film is not None and abs(_ratio(cover) - _ratio(film)) > faults.RATIO_TOLERANCE:
        shapes = [ratios.name(_ratio(file)) for file in (cover, film)]
        message = f"The cover is {shapes[0]} and the video {shapes[1]}: {subject.label} wants the same shape for both."
        yield Problem("COVER_RATIO", place, message, "Choose a frame of the video, or crop the picture.")


def _ratio(media: Media) -> Decimal:
    return ratios.of(media.width, media.height)


def _how_many(rule: CreativeRule, count: int, path: str) -> Iterator[Problem]:
    if count < rule.media_least:
        missing = "Choose a file for the ad." if rule.media_least == 1 else f"Choose at least {rule.media_least} files."
        yield required(path, missing)
    if count > rule.media_most:
        message = f"This kind of ad shows at most {rule.media_most}; there are {count} files."
        yield Problem("MEDIA_COUNT", path, message, f"Remove {count - rule.media_most}.")


def _file(subject: Subject, rule: MediaRule, media: Media, path: str) -> Iterator[Problem]:
    for fault in faults.faults(rule, media):
        message = f"{subject.label} wants {fault.wants}: {media.filename} {fault.has}."
        severity = Severity.ERROR if fault.is_error else Severity.WARNING
        yield Problem(fault.code, path, message, rule.advice, severity)
