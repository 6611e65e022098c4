"""Our mark at the end of a name at a platform, by which an object is found again whatever became of the answer."""

from __future__ import annotations


def mark(key: str) -> str:
    """Return the mark of a step's key, with the space before it."""
    return f" [st-{key}]"


def marked(name: str, key: str, limit: int) -> str:
    """Return the name with the mark at its end, shortened so that both keep within so many characters."""
    return f"{name[: limit - len(mark(key))].rstrip()}{mark(key)}"
