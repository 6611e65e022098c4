"""How TikTok reads texts: what it counts, and our mark at the end of a name.

TikTok API for Business v1.3, /campaign/create/ and /ad/create/: a Chinese or Japanese character counts as two.
"""

from __future__ import annotations

import unicodedata

from integrations.marks import mark


def width(text: str) -> int:
    """Return how long TikTok counts a text: characters of double width count two."""
    return sum(_width(character) for character in text)


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
