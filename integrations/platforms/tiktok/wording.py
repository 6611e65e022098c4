"""How TikTok reads texts: what it counts, what it refuses, and our mark at the end of a name.

TikTok API for Business v1.3, /campaign/create/ and /ad/create/: a Chinese or Japanese character counts as two, and
names and texts hold no emoji.
"""

from __future__ import annotations

import re
import unicodedata

from integrations.marks import mark

_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\U000e0020-\U000e007f\u2600-\u27bf\u2b00-\u2bff\u231a\u231b\u23e9-\u23fa\ufe0f\u20e3\u200d]"
)


def width(text: str) -> int:
    """Return how long TikTok counts a text: characters of double width count two."""
    return sum(_width(character) for character in text)


def has_emoji(text: str) -> bool:
    return _EMOJI.search(text) is not None


def marked(name: str, key: str, limit: int) -> str:
    """Return the name with our mark at its end, by which the object is found again, within TikTok's limit."""
    return f"{shortened(name, limit - width(mark(key)))}{mark(key)}"


def shortened(text: str, limit: int) -> str:
    """Return as much of the beginning as TikTok counts within the limit."""
    length = 0
    for position, character in enumerate(text):
        length += _width(character)
        if length > limit:
            return text[:position].rstrip()
    return text


def _width(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
