"""What a platform can take, as data. Forms, rules and the fit panel read it; nothing else knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    KEPT = "kept"
    CHANGED = "changed"
    DROPPED = "dropped"
    REFUSED = "refused"


@dataclass(frozen=True)
class Fit:
    """What a part of the draft becomes on the platform, in a short sentence."""

    path: str
    what: str
    verdict: Verdict
    becomes: str


@dataclass(frozen=True)
class FieldUse:
    """What a platform makes of one of the draft's fields, whatever it says; a draft's fit says the rest."""

    verdict: Verdict
    becomes: str


def kept(becomes: str) -> FieldUse:
    return FieldUse(Verdict.KEPT, becomes)


def changed(becomes: str) -> FieldUse:
    return FieldUse(Verdict.CHANGED, becomes)


def dropped(becomes: str) -> FieldUse:
    return FieldUse(Verdict.DROPPED, becomes)


def refused(becomes: str) -> FieldUse:
    return FieldUse(Verdict.REFUSED, becomes)


@dataclass(frozen=True)
class TextRule:
    """Length of a text in the platform's own counting: `hard` is refused, `soft` is cut off on small screens."""

    soft: int | None = None
    hard: int | None = None
    required: bool = False
    emoji: bool = True
    most: int = 1  # how many variants of the text an ad may have
    least: int = 0


@dataclass(frozen=True)
class Shape:
    """A shape a platform shows: width ÷ height, and the least width and height in pixels."""

    ratio: Decimal
    min_width: int
    min_height: int


@dataclass(frozen=True)
class MediaRule:
    """What a picture or film must be. Sizes in pixels and bytes, ratios as width ÷ height, duration in seconds.

    `shapes` are the only ones taken, where the platform names them; `codecs` empty means any that the library keeps.
    """

    content_types: frozenset[str]
    max_bytes: int
    min_width: int
    min_height: int
    ratio_min: Decimal | None = None
    ratio_max: Decimal | None = None
    advice: str = ""
    duration_min: Decimal | None = None
    duration_max: Decimal | None = None
    shapes: tuple[Shape, ...] = ()
    max_short_side: int | None = None
    max_long_side: int | None = None
    codecs: frozenset[str] = frozenset()
    wants_sound: bool = False


@dataclass(frozen=True)
class Goal:
    """An optimization goal under an objective: the platform's word for it and what it needs."""

    value: str
    external: str
    needs_pixel: bool = False


@dataclass(frozen=True)
class Objective:
    """An objective of ours, the platform's word, and its goals, the default first."""

    value: str
    external: str
    goals: tuple[Goal, ...]

    def goal(self, value: str) -> Goal | None:
        return next((goal for goal in self.goals if goal.value == value), None)


@dataclass(frozen=True)
class Creative:
    """A kind of ad: how many media it takes and of which kind."""

    value: str
    media_least: int
    media_most: int
    media: Mapping[str, MediaRule]


@dataclass(frozen=True)
class AssetRule:
    """An account asset the platform wants: always, or for conversions only.

    `is_text` marks what is written down instead of chosen: `kind` is then the draft's field, and there is no such asset.
    """

    kind: str
    label: str
    required: bool
    when_converting: bool = False
    is_text: bool = False


class Look(StrEnum):
    """How a placement shows an ad, roughly: which of the previews' frames draws it."""

    FEED = "feed"  # sender and text above the picture, headline below it
    POST = "post"  # picture first, text below it
    STORY = "story"  # upright and alone, text over the picture, a button at the bottom
    CLIP = "clip"  # upright and alone, sender and text at the bottom left
    SNAP = "snap"  # upright and alone, sender and headline at the top left
    TILE = "tile"  # a picture with a headline under it, among articles
    SEARCH = "search"  # a result of a search: text alone


@dataclass(frozen=True)
class Placement:
    """A place where the platform shows ads. `cuts`: a text's field → after how many characters "… more" follows.

    `with_keywords` says whether it shows campaigns with keywords, or without; None means both.
    """

    value: str
    label: str
    look: Look
    cuts: Mapping[str, int] = field(default_factory=dict)
    with_keywords: bool | None = None


@dataclass(frozen=True)
class Capabilities:
    """Everything a form or a rule asks about a platform.

    `minor_digits(currency)` is how many decimals a budget may have there; `minimum_daily(account_extra, currency)` the
    floor of a daily budget in major units, None if the platform names none; `least_budget(account_extra, currency)` says in
    words what is the least, empty if that is not known. `count` is the platform's text counting, `counting` that in words.
    `fields` says of each of the draft's fields (integrations.draft_fields) what becomes of it.
    `texts` has a rule for each of the draft's text fields that the platform shows. Ads of a restricted category may not be
    narrowed by age or gender; `url_macros` are what the platform fills in within links, by our name for each;
    `has_dsa_default(account_extra)` says whether the account itself names who pays in the EU.
    """

    objectives: tuple[Objective, ...]
    calls_to_action: Mapping[str, str]
    creatives: tuple[Creative, ...]
    texts: Mapping[str, TextRule]
    name_limit: int
    assets: tuple[AssetRule, ...]
    targeting: frozenset[str]
    age_min: int
    age_max: int
    budget_levels: frozenset[str]
    budget_types: frozenset[str]
    minor_digits: Callable[[str], int]
    minimum_daily: Callable[[Mapping[str, Any], str], Decimal | None]
    least_budget: Callable[[Mapping[str, Any], str], str] = lambda account_extra, currency: ""
    fields: Mapping[str, FieldUse] = field(default_factory=dict)
    count: Callable[[str], int] = len
    counting: str = "Every character counts one."
    overspend_per_day: Decimal = Decimal(1)
    overspend_note: str = ""
    special_ad_categories: tuple[tuple[str, str], ...] = ()
    restricted_categories: frozenset[str] = frozenset()
    needs_dsa: bool = False
    has_dsa_default: Callable[[Mapping[str, Any]], bool] = lambda account_extra: False
    needs_eu_political: bool = False
    min_schedule_hours: int = 0
    url_macros: Mapping[str, str] = field(default_factory=dict)
    emoji_in_names: bool = True
    placements: tuple[Placement, ...] = ()  # the first is what a preview shows first
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def takes_cover(self) -> bool:
        """Whether a video ad may name the picture that stands before it plays."""
        use = self.fields.get("ad_sets.ads.creative.cover")
        return use is not None and use.verdict is Verdict.KEPT

    def objective(self, value: str) -> Objective | None:
        return next((objective for objective in self.objectives if objective.value == value), None)

    def goal(self, objective: str | None, optimization: str | None) -> Goal | None:
        """Return what an ad set's optimization is under a campaign's objective; None where it is not offered."""
        offered = self.objective(objective or "")
        return offered.goal(optimization or "") if offered else None

    def creative(self, value: str) -> Creative | None:
        return next((creative for creative in self.creatives if creative.value == value), None)
