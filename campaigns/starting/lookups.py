"""Finds at another platform what a place, a language or an interest is called there.

A name is taken over only when it is clear which one is meant; what is not clear is left for a person to choose. The whole
search has one deadline: what did not fit in is said to be missing.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping

from campaigns.starting.audience import Meaning, Meanings, Wanted
from integrations import connections, platforms
from integrations.contracts import Account, Platform, TargetingKind, TargetingOption
from integrations.errors import PlatformError

#: How long a person waits for all the names together, in seconds.
PATIENCE = 15.0
#: More names than this are not looked up for one page.
MOST = 60


def look_up(slug: str, account: Account, names: Iterable[Wanted]) -> Meanings:
    """Ask the platform for each name. Never raises: what could not be learned has a `why`."""
    asked = list(names)
    if not asked:
        return {}
    label = platforms.label(slug)
    found: dict[str, Meaning] = {}
    try:
        connections.ask(slug, connections.record_exchange(slug), _question(account, asked[:MOST], found, label))
    except PlatformError as error:
        late = Meaning(why=f"It could not be looked up: {error.message}")
        return {name.key: late for name in asked} | found
    rest = Meaning(why="There are too many names to look them all up. Choose it in the draft.")
    return {name.key: rest for name in asked} | found


def _question(
    account: Account, names: list[Wanted], found: dict[str, Meaning], label: str
) -> Callable[[Platform], None]:
    def ask(platform: Platform) -> None:
        platform.http.end_by(time.monotonic() + PATIENCE)
        for name in names:
            if name.key not in found:
                found[name.key] = _meaning(platform, account, name, label)

    return ask


def _meaning(platform: Platform, account: Account, name: Wanted, label: str) -> Meaning:
    options: dict[str, TargetingOption] = {}
    for text in _texts(name):
        options |= {option.external_id: option for option in platform.search_targeting(account, name.kind, text)}
        best = best_of(name, list(options.values()))
        if len(best) == 1:
            return Meaning(_part(name.kind, best[0]))
    why = f"{label} knows more than one of that name" if best else f"{label} knows none of that name"
    return Meaning(why=f"{why}: choose it in the draft.")


def _texts(name: Wanted) -> list[str]:
    """What to search for, until it is clear: the bare name, then with the country for platforms that want to know it."""
    bare, *where = (part.strip() for part in name.name.split(","))
    if name.kind is TargetingKind.LANGUAGE:
        bare = _root(bare)
    return [bare, f"{bare}, {where[-1]}"] if where and name.kind is TargetingKind.LOCATION else [bare]


def best_of(name: Wanted, options: list[TargetingOption]) -> list[TargetingOption]:
    """Return the options that the name can mean equally well: one when it is clear, none when nothing fits."""
    if name.kind is TargetingKind.LANGUAGE:
        return _languages(name.name, options)
    if name.kind is TargetingKind.INTEREST:
        return [option for option in options if option.name.casefold() == name.name.casefold()]
    bare, _, where = name.name.partition(",")
    same = [
        option for option in options if option.kind == name.level and option.name.casefold() == bare.strip().casefold()
    ]
    same = [option for option in same if not (name.country and option.country) or option.country == name.country]
    if not where:
        return same
    shared = {option.external_id: len(_words(option.detail) & _words(where)) for option in same}
    most = max(shared.values(), default=0)
    return [option for option in same if most and shared[option.external_id] == most]


def _languages(name: str, options: list[TargetingOption]) -> list[TargetingOption]:
    """A language by its whole name, else by what is left without the variant: English (US) is English."""
    exact = [option for option in options if option.name.casefold() == name.casefold()]
    every = [option for option in options if option.name.casefold() == f"{_root(name)} (all)".casefold()]
    same = [option for option in options if _root(option.name).casefold() == _root(name).casefold()]
    return exact or every or same


def _root(language: str) -> str:
    return re.sub(r"\s*\(.*\)$", "", language)


def _words(text: str) -> set[str]:
    return {word for word in re.split(r"[\s,]+", text.casefold()) if word}


def _part(kind: TargetingKind, option: TargetingOption) -> Mapping[str, str]:
    if kind is not TargetingKind.LOCATION:
        return {"id": option.external_id, "name": option.name}
    name = f"{option.name}, {option.detail}" if option.detail else option.name
    return {"kind": option.kind, "id": option.external_id, "name": name, "country": option.country}
