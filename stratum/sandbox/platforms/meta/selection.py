"""The `fields` parameter: names, nested `business{id,name}`, edges `adsets.limit(9){id}` (field expansion)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .errors import GraphError

_TOKEN = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*|[{},]|\.limit\(\d+\))\s*")
_LIMIT = re.compile(r"\.limit\((\d+)\)")


@dataclass(frozen=True)
class Selected:
    """One field that is asked for; `children` is empty where the default is wanted."""

    name: str
    children: tuple[Selected, ...] = ()
    limit: int | None = None


def parse(text: str) -> tuple[Selected, ...]:
    """The selection a caller wrote; raises GraphError 2500 for one that is not written right."""
    if not text.strip():
        return ()
    selected, rest = _list(_tokens(text))
    if rest:
        raise _syntax_error(text)
    return selected


def _tokens(text: str) -> list[str]:
    tokens, position = [], 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _syntax_error(text[position:])
        tokens.append(match.group(1))
        position = match.end()
    return tokens


def _list(tokens: Sequence[str]) -> tuple[tuple[Selected, ...], Sequence[str]]:
    selected, tokens = _one(tokens)
    fields = [selected]
    while tokens and tokens[0] == ",":
        selected, tokens = _one(tokens[1:])
        fields.append(selected)
    return tuple(fields), tokens


def _one(tokens: Sequence[str]) -> tuple[Selected, Sequence[str]]:
    if not tokens or not tokens[0][0].isalpha():
        raise _syntax_error("".join(tokens))
    name, tokens, limit = tokens[0], tokens[1:], None
    if tokens and (match := _LIMIT.fullmatch(tokens[0])):
        limit, tokens = int(match.group(1)), tokens[1:]
    if not tokens or tokens[0] != "{":
        return Selected(name, (), limit), tokens
    children, tokens = _list(tokens[1:])
    if not tokens or tokens[0] != "}":
        raise _syntax_error("".join(tokens) or "end of string")
    return Selected(name, children, limit), tokens[1:]


def _syntax_error(at: str) -> GraphError:
    return GraphError(2500, f"Syntax error while expanding fields at: {at[:60]}")
