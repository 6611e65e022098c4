"""References to results of earlier batch items: {result=name:$.path}, where the path is a small part of JSONPath."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

_REFERENCE = re.compile(r"\{result=([^:{}]+):(\$[^{}]*)\}")
_STEP = re.compile(r"\.\*|\[\*\]|\[(\d+)\]|\.([A-Za-z0-9_-]+)")


class NoResultError(Exception):
    """The path leads to nothing, or is not one."""


def names(text: str) -> set[str]:
    """The names of the items that the text refers to."""
    return {match.group(1) for match in _REFERENCE.finditer(text)}


def fill(text: str, outcomes: dict[str, Any]) -> str:
    """The text with each reference replaced by what it leads to; raises NoResultError if that is nothing.

    The text is URL-encoded but for its references, so what is put in is encoded too; several values are set apart by commas.
    """

    def value(match: re.Match[str]) -> str:
        found = [_text(item) for item in _follow(outcomes[match.group(1)], match.group(2))]
        if not found:
            raise NoResultError(f"Result expression {match.group(2)} of {match.group(1)} matches nothing")
        return quote(",".join(found))

    return _REFERENCE.sub(value, text)


def _follow(outcome: Any, path: str) -> list[Any]:
    found, position = [outcome], 1
    while position < len(path):
        step = _STEP.match(path, position)
        if step is None:
            raise NoResultError(f"Result expression {path} is not understood")
        found = [child for item in found for child in _children(item, step)]
        position = step.end()
    return found


def _children(item: Any, step: re.Match[str]) -> list[Any]:
    index, key = step.group(1), step.group(2)
    if key is not None:
        return [item[key]] if isinstance(item, dict) and key in item else []
    if index is not None:
        return [item[int(index)]] if isinstance(item, list) and int(index) < len(item) else []
    if isinstance(item, dict):
        return list(item.values())
    return list(item) if isinstance(item, list) else []


def _text(value: Any) -> str:
    if isinstance(value, (dict, list)):
        raise NoResultError("A result expression must lead to a single value")
    return str(value)
