"""How often something may be done from one place."""

from __future__ import annotations

from django.core.cache import cache


def allow(key: str, most: int, seconds: int) -> bool:
    """Count one more and say whether it is within `most` in the running `seconds`; each web process counts its own."""
    name = f"limit:{key}"
    cache.add(name, 0, seconds)
    try:
        return cache.incr(name) <= most
    except ValueError:  # it ended between the two lines
        return True
