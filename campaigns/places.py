"""Countries and smaller places as people write them: names and codes in, the draft's locations out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pycountry

from stratum import formats

#: What people write and ISO 3166 does not list.
ALSO_CALLED = {"uk": "GB", "england": "GB", "uae": "AE", "u.s.": "US", "u.s.a.": "US", "holland": "NL", "russia": "RU"}
#: Names like "Korea, Republic of" hold commas themselves.
MOST_COMMAS_IN_A_NAME = 3

Location = dict[str, Any]


@cache
def countries() -> tuple[tuple[str, str], ...]:
    """Return every country's ISO 3166-1 alpha-2 code and English name, by name."""
    pairs = [(country.alpha_2, formats.country(country.alpha_2)) for country in pycountry.countries]
    return tuple(sorted(pairs, key=lambda pair: pair[1]))


def code_of(text: str) -> str:
    """Return the alpha-2 code of a country written as a name or a code; empty if it is none."""
    return _codes().get(" ".join(text.split()).casefold(), "")


@cache
def _codes() -> dict[str, str]:
    found: dict[str, str] = {}
    for country in pycountry.countries:
        for name in ("alpha_2", "alpha_3", "name", "common_name", "official_name"):
            if written := getattr(country, name, ""):
                found[written.casefold()] = country.alpha_2
    return found | ALSO_CALLED


def matching(text: str, limit: int = 8) -> list[tuple[str, str]]:
    """Return the countries whose code or name begins with the text, then those that hold it."""
    wanted = text.strip().casefold()
    if not wanted:
        return []
    exact = code_of(wanted)
    ranks = [
        (0 if code == exact else 1 if name.casefold().startswith(wanted) else 2, name, code)
        for code, name in countries()
        if code == exact or wanted in name.casefold()
    ]
    return [(code, name) for _, name, code in sorted(ranks)[:limit]]


def read(text: str) -> list[Location]:
    """Return the places of a list separated by commas, semicolons or lines; what is no country is kept as typed."""
    found: list[Location] = []
    for part in re.split(r"[;\n]", text):
        words = [word.strip() for word in part.split(",")]
        while words:
            taken = next(_readings(words), None)
            count, place = taken or (1, _country(words[0]))
            words = words[count:]
            if place["id"]:
                found.append(place)
    return found


def _readings(words: list[str]) -> Iterator[tuple[int, Location]]:
    """Yield how many words make a country's name, the longest first."""
    for count in range(min(len(words), MOST_COMMAS_IN_A_NAME), 0, -1):
        if code := code_of(", ".join(words[:count])):
            yield count, _country(code)


def _country(code: str) -> Location:
    return {"kind": "country", "id": code, "name": "", "country": ""}


def label(place: Any) -> str:
    """Return how a location is called: its name, a country's name, else what stands in its place."""
    if not isinstance(place, dict):
        return str(place)
    written, name = place.get("id", ""), place.get("name", "")
    if name:
        return str(name)
    return formats.country(written) if place.get("kind") == "country" and isinstance(written, str) else str(written)


def is_known(place: Any) -> bool:
    """Say whether the location can be found: a real country, or a smaller place with the platform's id."""
    if not isinstance(place, dict) or not isinstance(place.get("id"), str):
        return False
    return bool(place["id"]) if place.get("kind") != "country" else code_of(place["id"]) == place["id"].upper()
