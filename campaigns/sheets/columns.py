"""The columns of the format, and how a leaf of a draft is written in a cell. Whatever is written is read as it was."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from campaigns import places
from integrations import draft as drafts
from integrations.draft import Assets, Declarations

#: What a cell begins with whose leaf has no plain way of writing.
JSON = "json:"


class Level(StrEnum):
    CAMPAIGN = "campaign"
    AD_SET = "ad set"
    AD = "ad"


@dataclass(frozen=True)
class Kind:
    """How a leaf reads in a cell, and what a cell says."""

    words: str
    plain: Callable[[Any], str]
    read: Callable[[str], Any]


@dataclass(frozen=True)
class Column:
    """A leaf of the draft and its place in the JSON of its level."""

    name: str
    level: Level
    path: tuple[str, ...]
    kind: Kind

    def cell(self, part: Any) -> str:
        """Return the leaf of this campaign, ad set or ad as a cell."""
        value = part
        for step in self.path:
            value = value[step]
        try:
            plain = self.kind.plain(value)
            if not plain.startswith(JSON) and _same(self.kind.read(plain), value):
                return plain
        except (TypeError, AttributeError, KeyError):
            pass  # something typed that is no value of this kind
        return JSON + json.dumps(value, ensure_ascii=False)

    def leaf(self, cell: str) -> Any:
        """Return what the cell says; ValueError with a sentence if it says JSON and is none."""
        if not cell.startswith(JSON):
            return self.kind.read(cell)
        try:
            return json.loads(cell.removeprefix(JSON))
        except (ValueError, RecursionError) as error:
            raise ValueError(f"After “{JSON}” must come JSON.") from error

    def put(self, part: dict[str, Any], value: Any) -> None:
        for step in self.path[:-1]:
            part = part.setdefault(step, {})
        part[self.path[-1]] = value


def _same(read: Any, value: Any) -> bool:
    """Whether drafts.read() makes the same of both: nothing is nothing, and a number may be written as text."""
    if isinstance(value, bool):
        return bool(read == ("yes" if value else "no"))
    return read == value or (value is None and read == "") or (isinstance(value, int) and read == str(value))


# Kinds --------------------------------------------------------------------------------------------------------------


def _plain_text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _lines(values: Any) -> str:
    return "\n".join(values)


def _read_lines(cell: str) -> list[str]:
    lines = [line.strip() for line in cell.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _named(parts: Any) -> str:
    return "\n".join(f"{part['id']}: {part['name']}" if part["name"] else part["id"] for part in parts)


def _read_named(cell: str) -> list[dict[str, str]]:
    return [{"id": line.partition(": ")[0], "name": line.partition(": ")[2]} for line in _read_lines(cell) if line]


def _places(found: Any) -> str:
    return "\n".join(_place(place) for place in found)


def _place(place: Any) -> str:
    if place["kind"] == "country" and not place["name"]:
        return str(place["id"])
    return f"{place['kind']} {place['id']}" + (f": {place['name']}" if place["name"] else "")


def _read_places(cell: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for line in _read_lines(cell):
        kind, _, rest = line.partition(" ")
        if kind in {"country", "region", "city"} and rest:
            external_id, _, name = rest.partition(": ")
            found.append({"kind": kind, "id": external_id, "name": name})
        else:
            found += places.read(line)
    return found


TEXT = Kind("text", _plain_text, str.strip)
LIST = Kind("one on each line", _lines, _read_lines)
NAMED = Kind("one on each line, an id and its name: 6003: Fashion", _named, _read_named)
PLACES = Kind("one on each line: US, region 3843: California, city 2418779: Reno", _places, _read_places)

# Columns --------------------------------------------------------------------------------------------------------------

#: Which rows belong together. Empty ones: the names say it.
CAMPAIGN_REF, AD_SET_REF, AD_REF = REFERENCES = ("campaign_ref", "ad_set_ref", "ad_ref")
PLATFORM, ACCOUNT = "platform", "account"
#: What an export says besides, and an import does not read.
STATUS, CREATOR, ERRORS = ALSO = ("status", "creator", "errors")


def _leaves(level: Level, written: Iterable[tuple[str, str, Kind]]) -> list[Column]:
    return [Column(name, level, tuple(path.split(".")), kind) for name, path, kind in written]


def _of(model: Any, under: str) -> list[tuple[str, str, Kind]]:
    """Return every leaf of a part of the campaign under its own name."""
    return [
        (name, f"{under}.{name}", LIST if info.default == [] else TEXT) for name, info in model.model_fields.items()
    ]


COLUMNS = [
    *_leaves(
        Level.CAMPAIGN,
        [
            ("campaign_name", "name", TEXT),
            ("objective", "objective", TEXT),
            ("budget", "budget.amount", TEXT),
            ("budget_type", "budget.type", TEXT),
            ("start", "schedule.start", TEXT),
            ("end", "schedule.end", TEXT),
            ("launch", "launch", TEXT),
            *_of(Assets, "assets"),
            *_of(Declarations, "declarations"),
            ("url_tags", "url_tags", TEXT),
        ],
    ),
    *_leaves(
        Level.AD_SET,
        [
            ("ad_set_name", "name", TEXT),
            ("ad_set_budget", "budget", TEXT),
            ("optimization", "optimization", TEXT),
            ("locations", "targeting.locations", PLACES),
            ("excluded_locations", "targeting.excluded_locations", PLACES),
            ("age_min", "targeting.age_min", TEXT),
            ("age_max", "targeting.age_max", TEXT),
            ("genders", "targeting.genders", LIST),
            ("languages", "targeting.languages", NAMED),
            ("interests", "targeting.interests", NAMED),
            ("keywords", "targeting.keywords", LIST),
        ],
    ),
    *_leaves(
        Level.AD,
        [
            ("ad_name", "name", TEXT),
            ("creative_type", "creative.type", TEXT),
            ("media", "creative.media", LIST),
            ("cover", "creative.cover", TEXT),
            ("headlines", "creative.headlines", LIST),
            ("descriptions", "creative.descriptions", LIST),
            ("primary_text", "creative.primary_text", TEXT),
            ("call_to_action", "creative.call_to_action", TEXT),
            ("link_url", "creative.link_url", TEXT),
        ],
    ),
]
BY_LEVEL = {level: [column for column in COLUMNS if column.level is level] for level in Level}
WRITTEN = [STATUS, CREATOR, *REFERENCES, PLATFORM, ACCOUNT, *(column.name for column in COLUMNS)]
READ = frozenset(WRITTEN) | frozenset(ALSO)


def leaves_without_a_column() -> set[str]:
    """Return the paths of the draft's leaves that the format forgets: none."""
    whole = drafts.empty()
    parts = {Level.CAMPAIGN: whole["campaign"], Level.AD_SET: whole["ad_sets"][0]}
    parts[Level.AD] = whole["ad_sets"][0]["ads"][0]
    found = {f"{level}: {'.'.join(path)}" for level, part in parts.items() for path in _paths(part)}
    return found - {f"{column.level}: {'.'.join(column.path)}" for column in COLUMNS}


def _paths(part: Any) -> Iterable[tuple[str, ...]]:
    for name, value in part.items():
        if isinstance(value, dict):
            yield from ((name, *rest) for rest in _paths(value))
        elif name not in {"key", "ads"}:
            yield (name,)
