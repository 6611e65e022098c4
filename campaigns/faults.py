"""What is wrong with a file for a platform. The rules, the library and the picker of the builder ask here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from campaigns import ratios
from integrations.capabilities import MediaRule
from integrations.contracts import Media

#: Ratios are of whole pixels, so one that is meant exactly is off by up to this much.
RATIO_TOLERANCE = Decimal("0.01")
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Fault:
    """A condition that a file does not meet: "Snapchat wants <wants>: this <has>"."""

    code: str
    wants: str
    has: str
    is_error: bool = True


def faults(rule: MediaRule, media: Media) -> Iterator[Fault]:
    """Yield what keeps a file of the right kind from being taken; last, as a warning, what is only unwise."""
    if media.content_type not in rule.content_types:
        wants = _either([_word(kind) for kind in sorted(rule.content_types)])
        yield Fault("MEDIA_TYPE", wants, f"is {_word(media.content_type)}")
    if rule.codecs and media.codec and media.codec not in rule.codecs:
        yield Fault("MEDIA_CODEC", f"the codec {_either(sorted(rule.codecs))}", f"has {media.codec}")
    if media.is_animated:  # no platform shows moving pictures that are no videos
        yield Fault("MEDIA_ANIMATED", "a still picture or a video", "is a moving picture")
    if media.size > rule.max_bytes:
        yield Fault("MEDIA_TOO_LARGE", f"at most {_megabytes(rule.max_bytes)}", f"has {_megabytes(media.size)}")
    yield from _shape(rule, media)
    yield from _duration(rule, media)
    if rule.wants_sound and media.has_sound is False:
        yield Fault("MEDIA_SILENT", "sound", "is silent", is_error=False)


def _shape(rule: MediaRule, media: Media) -> Iterator[Fault]:
    ratio = ratios.of(media.width, media.height)
    shape = next((shape for shape in rule.shapes if abs(ratio - shape.ratio) <= RATIO_TOLERANCE), None)
    is_narrow = rule.ratio_min is not None and ratio < rule.ratio_min - RATIO_TOLERANCE
    is_wide = rule.ratio_max is not None and ratio > rule.ratio_max + RATIO_TOLERANCE
    if is_narrow or is_wide or (rule.shapes and shape is None):
        yield Fault("MEDIA_RATIO", _ratios(rule), f"is {ratios.name(ratio)}")
        return
    least = (shape.min_width, shape.min_height) if shape else (rule.min_width, rule.min_height)
    has = f"has {media.width} × {media.height}"
    if media.width < least[0] or media.height < least[1]:
        yield Fault("MEDIA_TOO_SMALL", f"at least {least[0]} × {least[1]} pixels", has)
    if rule.max_short_side and min(media.width, media.height) > rule.max_short_side:
        yield Fault("MEDIA_TOO_WIDE", f"at most {rule.max_short_side} pixels on the shorter side", has)
    elif rule.max_long_side and max(media.width, media.height) > rule.max_long_side:
        yield Fault("MEDIA_TOO_WIDE", f"at most {rule.max_long_side} pixels on the longer side", has)


def _ratios(rule: MediaRule) -> str:
    if rule.shapes:
        return _either([ratios.name(shape.ratio) for shape in rule.shapes])
    low, high = (ratios.name(bound) if bound else "" for bound in (rule.ratio_min, rule.ratio_max))
    if low == high:
        return low
    return f"{low} to {high}" if low and high else f"{low} or wider" if low else f"{high} or narrower"


def _duration(rule: MediaRule, media: Media) -> Iterator[Fault]:
    if media.duration is None:
        return
    seconds = Decimal(str(media.duration))
    low, high = rule.duration_min, rule.duration_max
    if (low is not None and seconds < low) or (high is not None and seconds > high):
        bounds = f"{low} to {high} seconds" if low and high else f"at least {low} seconds"
        yield Fault("MEDIA_DURATION", bounds, f"lasts {seconds:.1f}")


def _word(content_type: str) -> str:
    names = {"video/quicktime": "MOV", "video/x-msvideo": "AVI", "video/3gpp": "3GP"}
    return names.get(content_type) or content_type.rpartition("/")[2].upper()


def _either(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:.1f}".removesuffix(".0") + " MB"
