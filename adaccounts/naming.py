"""How an account's campaigns are named and its links tagged: patterns with placeholders, and what they become. Pure.

What a pattern makes is written into the draft, so that it is approved like everything else there; nothing is filled in at
publishing but the platform's own macros, which stand in the draft as the platform writes them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

#: What a name may be made of.
WORDS = ("platform", "account", "objective", "campaign", "date")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_DAY = r"\d{4}-\d{2}-\d{2}"
LONGEST = 300
Written = Callable[[str], str]


@dataclass(frozen=True)
class Facts:
    """What stands for the placeholders. `date` is a day as YYYY-MM-DD: the campaign's start, or the day it was begun."""

    platform: str
    account: str
    objective: str
    campaign: str
    date: str


def name(pattern: str, facts: Facts) -> str:
    """Return the campaign's name by the pattern."""
    return _PLACEHOLDER.sub(lambda found: str(getattr(facts, found[1])), pattern)


def tags(rule: str, facts: Facts, macros: Mapping[str, str]) -> str:
    """Return the URL tags by the rule; `macros` are the platform's own, by our name for them."""

    def written(found: re.Match[str]) -> str:
        return macros.get(found[1]) or quote(str(getattr(facts, found[1])), safe="")

    return _PLACEHOLDER.sub(written, rule)


def words_in(pattern: str, text: str, facts: Facts) -> str | None:
    """Return what stands for {campaign} in a name that follows the pattern, whatever its day; None if it does not."""
    found = re.fullmatch(_expression(pattern, lambda word: re.escape(str(getattr(facts, word)))), text, re.DOTALL)
    return found["campaign"] if found else None


def day_in(pattern: str, text: str, facts: Facts) -> str:
    """Return the day in a name that follows the pattern; empty if there is none."""
    found = re.fullmatch(_expression(pattern, lambda word: re.escape(str(getattr(facts, word)))), text, re.DOTALL)
    return (found.groupdict().get("date") or "") if found else ""


def has_tags_of(rule: str, text: str, facts: Facts, macros: Mapping[str, str]) -> bool:
    """Say whether URL tags are what the rule makes of the facts, whatever their day."""

    def written(word: str) -> str:
        return re.escape(macros.get(word) or quote(str(getattr(facts, word)), safe=""))

    return re.fullmatch(_expression(rule, written, campaign=written("campaign")), text) is not None


def _expression(pattern: str, written: Written, campaign: str = "") -> str:
    """Return the regular expression of everything that the pattern makes."""
    known = {"campaign": campaign or "(?P<campaign>.+?)", "date": f"(?P<date>{_DAY})"}
    seen: set[str] = set()
    parts = []
    for number, part in enumerate(_PLACEHOLDER.split(pattern)):
        if number % 2 == 0:
            parts.append(re.escape(part))
        elif part in known and part in seen and not (part == "campaign" and campaign):
            parts.append(f"(?P={part})")
        else:
            seen.add(part)
            parts.append(known.get(part) or written(part))
    return "".join(parts)


def name_problem(pattern: str) -> str:
    """Say what is wrong with a pattern for names; empty if nothing is."""
    unknown = _unknown(pattern, set(WORDS))
    if unknown:
        return f"{unknown} stands for nothing. Use {_list(WORDS)}."
    if pattern and "{campaign}" not in pattern:
        return "Put {campaign} where the campaign's own words go."
    return "Write it on one line." if any(ord(char) < 32 for char in pattern) else ""


def tags_problem(rule: str, macros: Mapping[str, str]) -> str:
    """Say what is wrong with a rule for URL tags; empty if nothing is."""
    unknown = _unknown(rule, {*WORDS, *macros})
    if unknown:
        return f"{unknown} stands for nothing here. Use {_list((*WORDS, *macros))}."
    if re.search(r"[\s#]|^[?&]", rule):
        return "Write it like utm_source={platform}&utm_campaign={campaign}: no spaces, no #, no ? or & in front."
    pairs = [part for part in rule.split("&") if part]
    return "Each part needs a name and =, for example utm_medium=paid." if any("=" not in p for p in pairs) else ""


def _unknown(pattern: str, known: set[str]) -> str:
    return next((f"{{{word}}}" for word in _PLACEHOLDER.findall(pattern) if word not in known), "") or next(
        (mark for mark in "{}" if mark in _PLACEHOLDER.sub("", pattern)), ""
    )


def _list(words: tuple[str, ...]) -> str:
    return ", ".join(f"{{{word}}}" for word in words)
