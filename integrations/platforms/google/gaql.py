"""The Google Ads Query Language: statements, and values that cannot break out of them.

Reference: Google Ads API, "Google Ads Query Language", "Grammar", "Case sensitivity" (LIKE ignores case).
"""

from __future__ import annotations

import re
from collections.abc import Iterable


def select(fields: Iterable[str], resource: str, *conditions: str, limit: int | None = None) -> str:
    """Return a statement that reads the fields of a resource where all conditions hold."""
    parts = ["SELECT", ", ".join(fields), "FROM", resource]
    if conditions:
        parts += ["WHERE", " AND ".join(conditions)]
    if limit is not None:
        parts += ["LIMIT", str(limit)]
    return " ".join(parts)


def quoted(text: str) -> str:
    """Write a text as a GAQL string: backslash and quote are escaped, line breaks cannot stand in one."""
    escaped = re.sub(r"([\\'])", r"\\\1", re.sub(r"[\r\n]+", " ", text))
    return f"'{escaped}'"


def containing(text: str) -> str:
    """Write the pattern of a LIKE that finds the text anywhere; its wildcards stand in brackets."""
    return quoted("%" + re.sub(r"([%_\[\]])", r"[\1]", text) + "%")


def one_of(values: Iterable[str]) -> str:
    """Write a list of texts."""
    return "(" + ", ".join(quoted(value) for value in values) + ")"


def numbers(values: Iterable[str]) -> str:
    """Write a list of ids; ValueError for what is no number."""
    return "(" + ", ".join(str(int(value)) for value in values) + ")"
