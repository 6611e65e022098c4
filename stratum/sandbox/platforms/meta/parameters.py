"""Reads the parameters of a write, each of which must be known, of its type and within its bounds."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from . import errors
from .errors import GraphError

LONGEST_NAME = 400
EXECUTION_OPTIONS = {"validate_only", "include_recommendations", "synchronous_ad_review"}
_ISO_WITH_OFFSET = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:?\d\d)")


class Parameters:
    """The parameters of one write; raises GraphError 100 at the first that Meta would not take."""

    def __init__(self, values: dict[str, str], allowed: Collection[str]) -> None:
        for name in values:
            if name not in allowed and name != "execution_options":
                raise errors.unknown_parameter(name)
        self._values = values
        options = self.words("execution_options")
        if not set(options) <= EXECUTION_OPTIONS:
            raise _not_one_of("execution_options", EXECUTION_OPTIONS)
        self.validate_only = "validate_only" in options

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def given(self) -> set[str]:
        """The names that were sent, execution_options aside."""
        return self._values.keys() - {"execution_options"}

    def require(self, *names: str) -> None:
        for name in names:
            if self._values.get(name, "") == "":
                raise errors.missing_parameter(name)

    def text(self, name: str, most: int | None = None) -> str | None:
        value = self._values.get(name)
        if value is not None and most is not None and len(value) > most:
            raise errors.invalid(f"The {name} can be at most {most} characters long.", name)
        return value

    def name(self) -> str:
        """The object's name, required, of at most 400 characters."""
        self.require("name")
        return self.text("name", LONGEST_NAME) or ""

    def choice(self, name: str, options: Collection[str]) -> str | None:
        value = self._values.get(name)
        if value is not None and value not in options:
            raise _not_one_of(name, options)
        return value

    def boolean(self, name: str) -> bool | None:
        value = self._values.get(name)
        if value is None:
            return None
        if value.lower() not in ("true", "false", "1", "0"):
            raise GraphError(100, f"(#100) Param {name} must be a boolean", blame=name)
        return value.lower() in ("true", "1")

    def amount(self, name: str) -> int | None:
        """A positive sum of money: an integer in the currency's minor units."""
        value = self._values.get(name)
        if value is None:
            return None
        if not re.fullmatch(r"\d{1,15}", value) or int(value) == 0:
            raise GraphError(
                100, f"(#100) Param {name} must be a positive integer in the currency's least unit", blame=name
            )
        return int(value)

    def json(self, name: str, kind: type) -> Any:
        """A value that is sent as JSON in one field."""
        return read_json(self._values[name], name, kind) if name in self._values else None

    def words(self, name: str) -> list[str]:
        """A JSON list of strings; empty if it was not sent."""
        return read_words(self._values[name], name) if name in self._values else []

    def time(self, name: str) -> datetime | None:
        """A moment: ISO 8601 with an explicit offset, or Unix seconds; "0" stands for none."""
        text = self._values.get(name)
        if text is None or text == "0":
            return None
        if re.fullmatch(r"\d{9,10}", text):
            return datetime.fromtimestamp(int(text), UTC)
        if not _ISO_WITH_OFFSET.fullmatch(text):
            raise errors.invalid(f"The {name} must be an ISO 8601 time with its offset from UTC.", name)
        try:
            return datetime.fromisoformat(text).astimezone(UTC)
        except ValueError as error:
            raise errors.invalid(f"The {name} is not a date that exists.", name) from error


def read_json(text: str, name: str, kind: type) -> Any:
    """The JSON value of a parameter; raises GraphError 100 for another kind of value."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise GraphError(100, f"(#100) Param {name} must be a JSON {_JSON_NAMES[kind]}", blame=name) from error
    if not isinstance(value, kind):
        raise GraphError(100, f"(#100) Param {name} must be a JSON {_JSON_NAMES[kind]}", blame=name)
    return value


def read_words(text: str, name: str) -> list[str]:
    """The JSON list of strings in a parameter."""
    words: list[str] = read_json(text, name, list)
    if not all(isinstance(word, str) for word in words):
        raise GraphError(100, f"(#100) Param {name} must be a JSON array of strings", blame=name)
    return words


_JSON_NAMES: dict[type, str] = {dict: "object", list: "array"}


def _not_one_of(name: str, options: Collection[str]) -> GraphError:
    listed = ", ".join(sorted(options))
    return GraphError(100, f"(#100) Param {name} must be one of {{{listed}}}", blame=name)
