"""What may not stand in a text, wherever in it. The rules judge by it, and the page says it while somebody types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from campaigns.content_rules.problem import FORBIDDEN, FORBIDDEN_IN_LINES, Problem
from integrations.capabilities import Capabilities, TextRule
from integrations.emoji import EMOJI


@dataclass(frozen=True)
class Unwanted:
    """A pattern that Python and browsers read alike, and what is said where it is found."""

    code: str
    pattern: str
    message: str
    fix: str

    @property
    def sentence(self) -> str:
        return f"{self.message} {self.fix}"


_AGAIN = "Type it again by hand."
_IN_TEXTS = Unwanted("CONTROL_CHARACTERS", FORBIDDEN_IN_LINES, "The text holds invisible control characters.", _AGAIN)
_IN_NAMES = Unwanted(
    "CONTROL_CHARACTERS", FORBIDDEN, "The name holds line breaks or invisible control characters.", _AGAIN
)
#: Our mark in every way that a platform might read it, ligatures of s and t too.
_MARK = Unwanted(
    "RESERVED_TEXT",
    r"\[([sS\u017f][tT]|[\ufb05\ufb06])-",
    "“[st-” in a name is how we find our own objects at the platform.",
    "Leave that part out.",
)


def in_text(rule: TextRule, label: str) -> tuple[Unwanted, ...]:
    """Return what an ad's text may not hold on the platform that the label names."""
    return (_IN_TEXTS,) if rule.emoji else (_emoji(label), _IN_TEXTS)


def in_name(capabilities: Capabilities, label: str) -> tuple[Unwanted, ...]:
    """Return what the name of a campaign, an ad set or an ad may not hold."""
    return (_IN_NAMES, _MARK) if capabilities.emoji_in_names else (_emoji(label), _IN_NAMES, _MARK)


def _emoji(label: str) -> Unwanted:
    return Unwanted("EMOJI", EMOJI, f"{label} takes no emoji here.", "Remove the emoji.")


def problems(unwanted: tuple[Unwanted, ...], path: str, text: str) -> Iterator[Problem]:
    """Say what of it the text holds."""
    for one in unwanted:
        if re.search(one.pattern, text):
            yield Problem(one.code, path, one.message, one.fix)
