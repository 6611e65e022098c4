"""What people call the shape of a picture: 9:16, 1:1, 1.91:1. A ratio is width ÷ height."""

from __future__ import annotations

from decimal import Decimal

#: The shapes that platforms speak of, the tallest first.
NAMED = (
    ("9:20", Decimal("0.45")),
    ("9:16", Decimal("0.5625")),
    ("2:3", Decimal("0.6667")),
    ("3:4", Decimal("0.75")),
    ("4:5", Decimal("0.8")),
    ("1:1", Decimal(1)),
    ("4:3", Decimal("1.3333")),
    ("3:2", Decimal("1.5")),
    ("16:9", Decimal("1.7778")),
    ("1.91:1", Decimal("1.91")),
    ("20:9", Decimal("2.2222")),
)
#: How far a ratio may be off and still go by the name, as a part of it: sizes are whole pixels.
NEAR = Decimal("0.0125")


def of(width: int, height: int) -> Decimal:
    return Decimal(width) / Decimal(max(height, 1))


def name(ratio: Decimal) -> str:
    """Return the shape's name; the ratio to one for a shape that has none."""
    near = [(abs(value - ratio) / value, word) for word, value in NAMED]
    distance, word = min(near)
    return word if distance <= NEAR else f"{ratio:.2f}:1"


def bounds(word: str) -> tuple[float, float] | None:
    """Return the least and the greatest ratio that go by the name; None if it is none."""
    value = dict(NAMED).get(word)
    return (float(value * (1 - NEAR)), float(value * (1 + NEAR))) if value else None
