"""Which platforms take a file of the library, and why others do not: in words, and as a filter of the library."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from campaigns.faults import RATIO_TOLERANCE, Fault, faults
from integrations import platforms
from integrations.capabilities import MediaRule
from integrations.contracts import Media


@dataclass(frozen=True)
class FileVerdict:
    """What a platform says to a file; `text` goes on after its label."""

    platform: str
    label: str
    fits: bool
    text: str
    warns: bool = False

    @property
    def look(self) -> str:
        return "not" if not self.fits else "warn" if self.warns else "fits"


def of(media: Media) -> list[FileVerdict]:
    """Return what every platform says to a file."""
    return [_of_platform(slug, media) for slug in platforms.available()]


def for_rules(slug: str, rules: Iterable[MediaRule], media: Media) -> FileVerdict:
    """Return the verdict of the rule that the file comes nearest to."""
    found = min((list(faults(rule, media)) for rule in rules), key=_weight, default=None)
    label = platforms.label(slug)
    if found is None:
        return FileVerdict(slug, label, False, f"shows no {media.kind}s here.")
    said = " ".join(f"wants {fault.wants}: this {fault.has}." for fault in found)
    return FileVerdict(slug, label, not any(fault.is_error for fault in found), said or "takes it.", bool(found))


def takes(slug: str) -> Q:
    """Return the condition under which a platform takes a file of the library, in any kind of ad."""
    wanted = Q(pk__in=[])
    for kind in ("image", "video"):
        for rule in _rules(slug, kind):
            wanted |= Q(kind=kind) & _takes(rule)
    return wanted


def _of_platform(slug: str, media: Media) -> FileVerdict:
    return for_rules(slug, _rules(slug, media.kind), media)


def _rules(slug: str, kind: str) -> list[MediaRule]:
    creatives = platforms.platform_class(slug).capabilities.creatives
    return [creative.media[kind] for creative in creatives if kind in creative.media]


def _weight(found: list[Fault]) -> tuple[int, int]:
    return sum(fault.is_error for fault in found), len(found)


def _takes(rule: MediaRule) -> Q:
    """Say in the database's words what campaigns/faults.py says of one file; a test holds the two together."""
    wanted = Q(content_type__in=rule.content_types, size__lte=rule.max_bytes, is_animated=False)
    if rule.codecs:
        wanted &= Q(codec__in=[*rule.codecs, ""])
    if rule.shapes:
        shapes = Q(pk__in=[])
        for shape in rule.shapes:
            low, high = float(shape.ratio - RATIO_TOLERANCE), float(shape.ratio + RATIO_TOLERANCE)
            shapes |= Q(ratio__range=(low, high), width__gte=shape.min_width, height__gte=shape.min_height)
        wanted &= shapes
    else:
        wanted &= Q(width__gte=rule.min_width, height__gte=rule.min_height)
    if rule.ratio_min is not None:
        wanted &= Q(ratio__gte=float(rule.ratio_min - RATIO_TOLERANCE))
    if rule.ratio_max is not None:
        wanted &= Q(ratio__lte=float(rule.ratio_max + RATIO_TOLERANCE))
    return wanted & _sides(rule) & _lasts(rule)


def _sides(rule: MediaRule) -> Q:
    wanted = Q()
    if rule.max_short_side:
        wanted &= Q(width__lte=rule.max_short_side) | Q(height__lte=rule.max_short_side)
    if rule.max_long_side:
        wanted &= Q(width__lte=rule.max_long_side, height__lte=rule.max_long_side)
    return wanted


def _lasts(rule: MediaRule) -> Q:
    wanted = Q()
    if rule.duration_min is not None:
        wanted &= Q(duration=None) | Q(duration__gte=float(rule.duration_min))
    if rule.duration_max is not None:
        wanted &= Q(duration=None) | Q(duration__lte=float(rule.duration_max))
    return wanted
