from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from campaigns.content_rules.problem import Problem, Subject, required
from integrations.capabilities import Creative as CreativeRule
from integrations.capabilities import MediaRule
from integrations.contracts import Media
from integrations.draft import Creative

#: Ratios are of whole pixels, so one that is meant exactly is off by up to this much.
RATIO_TOLERANCE = Decimal("0.01")


def media_problems(subject: Subject, creative: Creative, path: str) -> Iterator[Problem]:
    """Judge the files of an ad: how many, that they are there, and what the platform takes."""
    rule = subject.capabilities.creative(creative.type) if creative.type else None
    if rule is None:
        return
    yield from _how_many(rule, len(creative.media), f"{path}.media")
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


def _how_many(rule: CreativeRule, count: int, path: str) -> Iterator[Problem]:
    if count < rule.media_least:
        missing = "Choose a file for the ad." if rule.media_least == 1 else f"Choose at least {rule.media_least} files."
        yield required(path, missing)
    if count > rule.media_most:
        message = f"This kind of ad shows at most {rule.media_most}; there are {count} files."
        yield Problem("MEDIA_COUNT", path, message, f"Remove {count - rule.media_most}.")


def _file(subject: Subject, rule: MediaRule, media: Media, path: str) -> Iterator[Problem]:
    if media.content_type not in rule.content_types:
        message = f"{subject.label} takes no file of the type {media.content_type}."
        yield Problem("MEDIA_TYPE", path, message, f"It takes {', '.join(sorted(rule.content_types))}.")
    if media.size > rule.max_bytes:
        message = f"{media.filename} has {_megabytes(media.size)}; {subject.label} takes {_megabytes(rule.max_bytes)}."
        yield Problem("MEDIA_TOO_LARGE", path, message, rule.advice)
    if media.width < rule.min_width or media.height < rule.min_height:
        message = (
            f"{media.filename} has {media.width} × {media.height} pixels; "
            f"{subject.label} wants at least {rule.min_width} × {rule.min_height}."
        )
        yield Problem("MEDIA_TOO_SMALL", path, message, rule.advice)
    yield from _ratio(subject, rule, media, path)
    yield from _duration(subject, rule, media, path)


def _ratio(subject: Subject, rule: MediaRule, media: Media, path: str) -> Iterator[Problem]:
    ratio = Decimal(media.width) / Decimal(max(media.height, 1))
    is_narrow = rule.ratio_min is not None and ratio < rule.ratio_min - RATIO_TOLERANCE
    is_wide = rule.ratio_max is not None and ratio > rule.ratio_max + RATIO_TOLERANCE
    if is_narrow or is_wide:
        message = f"{media.filename} is too {'narrow' if is_narrow else 'wide'} for {subject.label} ({ratio:.2f} : 1)."
        yield Problem("MEDIA_RATIO", path, message, rule.advice)


def _duration(subject: Subject, rule: MediaRule, media: Media, path: str) -> Iterator[Problem]:
    if media.duration is None:
        return
    seconds = Decimal(str(media.duration))
    is_short = rule.duration_min is not None and seconds < rule.duration_min
    is_long = rule.duration_max is not None and seconds > rule.duration_max
    if is_short or is_long:
        length = "short" if is_short else "long"
        message = f"{media.filename} lasts {seconds:.1f} s, which is too {length} for {subject.label}."
        yield Problem("MEDIA_DURATION", path, message, rule.advice)


def _megabytes(size: int) -> str:
    return f"{size / 1_048_576:.1f} MB"
