"""Our mark at the end of a name at a platform, by which an object is found again whatever became of the answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

#: How many rows of a list are still read when everything was found. A twin was made within minutes of its sibling, so
#: that in a list of the newest it lies nearby; an account may hold tens of thousands of rows behind them.
NEARBY = 200


def mark(key: str) -> str:
    """Return the mark of a step's key, with the space before it."""
    return f" [st-{key}]"


def marked(name: str, key: str, limit: int) -> str:
    """Return the name with the mark at its end, shortened so that both keep within so many characters."""
    return f"{name[: limit - len(mark(key))].rstrip()}{mark(key)}"


def by_mark(
    rows: Iterable[Mapping[str, Any]], keys: Collection[str], field: str, nearby: int | None = NEARBY
) -> dict[str, list[Mapping[str, Any]]]:
    """Return the rows whose `field` ends with one of the keys' marks, each key's in the order of the list.

    The newest come first. Once every key was found, `nearby` rows more are read; None reads the whole list.
    """
    wanted = {mark(key): key for key in keys}
    found: dict[str, list[Mapping[str, Any]]] = {}
    beyond = 0
    for row in rows if wanted else ():
        name = str(row.get(field) or "")
        key = wanted.get(name[name.rfind(" [st-") :]) if " [st-" in name else None
        if key:
            found.setdefault(key, []).append(row)
        if nearby is not None and len(found) == len(wanted):
            beyond += 1
            if beyond > nearby:
                break
    return found
