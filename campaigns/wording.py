"""How parts of a draft's content read to a person who decides about it. Pure; shared by the overview and the differences.

Money is in the account's currency, times are wall-clock in the account's time zone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.utils.formats import date_format

from integrations.contracts import Media
from integrations.draft import Budget, BudgetType, Gender, Interest, Language, Location, Schedule, Targeting
from stratum.formats import NOTHING, country, money

#: Choices whose value says less than a person would.
_WORDS = {
    "live": "Goes live when published",
    "paused": "Stays paused when published",
    "female": "Women",
    "male": "Men",
}


def choice(value: str | None) -> str:
    """Return a choice as words: `video_views` → Video views."""
    if not value:
        return NOTHING
    return _WORDS.get(value) or value.replace("_", " ").capitalize()


def text(value: str) -> str:
    return value or NOTHING


def texts(values: Sequence[str]) -> str:
    return " · ".join(value for value in values if value) or NOTHING


def yes_no(value: bool | None) -> str:
    return NOTHING if value is None else "Yes" if value else "No"


def budget(value: Budget, currency: str) -> str:
    """Return a budget with its kind: $1,000.00 a day, $9,000.00 in total."""
    return per_kind(value.amount, value.type, currency)


def per_kind(amount: Decimal | None, kind: BudgetType | None, currency: str) -> str:
    if amount is None:
        return NOTHING
    return f"{money(amount, currency)} {'in total' if kind is BudgetType.LIFETIME else 'a day'}"


def day(value: date | None) -> str:
    return date_format(value, "M j, Y") if value else NOTHING


def moment(value: datetime | None) -> str:
    """Return a wall-clock time: Jun 1, 2027, 00:00."""
    return f"{day(value)}, {value:%H:%M}" if value else NOTHING


def schedule(value: Schedule) -> str:
    """Return from when to when: Jun 1, 2027 – Aug 31, 2027; open ends are said."""
    return days(value.start.date() if value.start else None, value.end.date() if value.end else None)


def days(first: date | None, last: date | None) -> str:
    """Return a span of days; no first day means at once, no last day means until somebody ends it."""
    if first is None and last is None:
        return "From publishing on, no end"
    if last is None:
        return f"From {day(first)} on, no end"
    if first is None:
        return f"From publishing until {day(last)}"
    if first.year == last.year:
        return f"{date_format(first, 'M j')} – {day(last)}"
    return f"{day(first)} – {day(last)}"


def place(value: Location) -> str:
    return country(value.id) if value.kind == "country" else value.name or value.id


def places(values: Sequence[Location]) -> str:
    return ", ".join(place(value) for value in values) or NOTHING


def named(values: Sequence[Interest | Language]) -> str:
    """Return things that have an id at the platform by the names they were chosen by."""
    return ", ".join(value.name or value.id for value in values) or NOTHING


def ages(targeting: Targeting) -> str:
    """Return an age range: 25–54, 25 and older, up to 54, All ages."""
    return age_range(targeting.age_min, targeting.age_max)


def age_range(low: int | None, high: int | None) -> str:
    if low is None and high is None:
        return "All ages"
    if high is None:
        return f"{low} and older"
    if low is None:
        return f"Up to {high}"
    return f"{low}–{high}"


def genders(values: Sequence[Gender]) -> str:
    return choice(values[0].value) if len(set(values)) == 1 else "All genders"


def audience(targeting: Targeting) -> str:
    """Return who sees the ads, in one line: United States without Alaska, 25–54, Women, Fashion, Shopping."""
    parts = [places(targeting.locations), ages(targeting)]
    if targeting.excluded_locations:
        parts[0] += f" without {places(targeting.excluded_locations)}"
    if targeting.genders:
        parts.append(genders(targeting.genders))
    parts += [named(targeting.interests)] if targeting.interests else []
    parts += [f"languages {named(targeting.languages)}"] if targeting.languages else []
    parts += [f"keywords {', '.join(targeting.keywords)}"] if targeting.keywords else []
    return ", ".join(parts)


def files(sums: Sequence[str], media: Mapping[str, Media]) -> str:
    """Return files by the names they were uploaded with; unknown ones by the beginning of their SHA-256."""
    return ", ".join(media[item].filename if item in media else item[:12] for item in sums) or NOTHING


def fingerprint(content_hash: str) -> str:
    """Return the beginning of a content hash as people compare it: 9f3c·21ab."""
    return f"{content_hash[:4]}·{content_hash[4:8]}"
