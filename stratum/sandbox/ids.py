"""Makers of identifiers that look like the platforms' own."""

from __future__ import annotations

import secrets
import string

_BASE62 = string.ascii_letters + string.digits


def digits(length: int, prefix: str = "") -> str:
    """A number of so many digits, beginning with the prefix, as text."""
    rest = length - len(prefix)
    return prefix + str(secrets.randbelow(9 * 10 ** (rest - 1)) + 10 ** (rest - 1))


def opaque(length: int, prefix: str = "") -> str:
    """Letters and digits, as long as asked, beginning with the prefix."""
    return prefix + "".join(secrets.choice(_BASE62) for _ in range(length - len(prefix)))
