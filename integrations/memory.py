"""What was asked lately and does not change by the hour is not asked again, by this process or one that shares its cache."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import TypeVar

from django.core.cache import cache

HOUR, DAY = 3_600, 24 * 3_600
_T = TypeVar("_T")


def remembered(what: tuple[str, ...], seconds: int, look_up: Callable[[], _T]) -> _T:
    """Return what was looked up within so many seconds. What look_up() raises is raised, and not remembered."""
    key = f"remembered-{sha256(repr(what).encode()).hexdigest()}"
    found: _T | None = cache.get(key)
    if found is None:
        found = look_up()
        cache.set(key, found, seconds)
    return found
