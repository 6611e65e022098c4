"""Reading parameters: the query of a GET, in which lists and objects are JSON, the JSON body of a POST, or a form.

Whatever is not of the kind that is asked for is refused with 40002; so is what no endpoint knows, because a misspelt field
must not pass for one that was sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from . import errors

_TIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")


class Parameters:
    """The fields of a request, or of an object within it; `prefix` is what stands before a field's name in a refusal."""

    def __init__(
        self, values: Mapping[str, Any], allowed: Collection[str], *, is_text: bool = False, prefix: str = ""
    ) -> None:
        self._values, self._is_text, self._prefix = values, is_text, prefix
        for name in values:
            if name not in allowed:
                raise errors.field(self.named(name), "Unknown field.")

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def named(self, name: str) -> str:
        return f"{self._prefix}{name}"

    def require(self, *names: str) -> None:
        for name in names:
            if self._values.get(name) in (None, ""):
                raise errors.missing(self.named(name))

    def text(self, name: str, most: int | None = None) -> str:
        """A string; ids are strings too, and a number in their place is refused."""
        value = self._values.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise errors.field(self.named(name), "Not a valid string.")
        if most is not None and width(value) > most:
            raise errors.field(self.named(name), f"Longer than maximum length {most}.")
        return value

    def plain_text(self, name: str, most: int) -> str:
        """A text for people: at least one character, no emoji."""
        self.require(name)
        value = self.text(name, most)
        if _EMOJI.search(value):
            raise errors.field(self.named(name), "Emoji is not supported.")
        return value

    def choice(self, name: str, options: Collection[str]) -> str:
        value = self.text(name)
        if value and value not in options:
            raise errors.field(self.named(name), f"Must be one of: {', '.join(sorted(options))}.")
        return value

    def number(self, name: str) -> float | None:
        value = self._read(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise errors.field(self.named(name), "Not a valid number.")
        return value

    def whole(self, name: str, least: int, most: int, usual: int) -> int:
        value = self._read(name)
        if value is None:
            return usual
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise errors.field(self.named(name), f"Must be an integer between {least} and {most}.")
        return value

    def flag(self, name: str) -> bool:
        value = self._read(name)
        if value is not None and not isinstance(value, bool):
            raise errors.field(self.named(name), "Not a valid boolean.")
        return value is True

    def texts(self, name: str, most: int, options: Collection[str] | None = None) -> list[str]:
        """A list of strings, each at most once."""
        values = self._list(name)
        if not all(isinstance(value, str) for value in values):
            raise errors.field(self.named(name), "Not a valid list of strings.")
        if len(values) > most:
            raise errors.field(self.named(name), f"Longer than maximum length {most}.")
        if len(set(values)) != len(values):
            raise errors.field(self.named(name), "Values must not repeat.")
        if options is not None and (strange := [value for value in values if value not in options]):
            raise errors.field(self.named(name), f"{strange[0]} must be one of: {', '.join(sorted(options))}.")
        return values

    def many(self, name: str, most: int) -> list[str]:
        """A list of strings in which the same may come twice."""
        values = self._list(name)
        if not all(isinstance(value, str) for value in values):
            raise errors.field(self.named(name), "Not a valid list of strings.")
        if len(values) > most:
            raise errors.field(self.named(name), f"Longer than maximum length {most}.")
        return values

    def object(self, name: str, allowed: Collection[str]) -> Parameters:
        value = self._read(name)
        if value is not None and not isinstance(value, dict):
            raise errors.field(self.named(name), "Not a valid object.")
        return Parameters(value or {}, allowed, prefix=f"{self._prefix}{name}.")

    def objects(self, name: str, most: int) -> list[dict[str, Any]]:
        values = self._list(name)
        if not values:
            raise errors.missing(self.named(name))
        if len(values) > most:
            raise errors.field(self.named(name), f"Longer than maximum length {most}.")
        if not all(isinstance(value, dict) for value in values):
            raise errors.field(self.named(name), "Not a valid list of objects.")
        return values

    def time(self, name: str) -> datetime | None:
        """A moment in UTC, written without saying so."""
        value = self.text(name)
        if not value:
            return None
        if not _TIME.fullmatch(value):
            raise errors.field(self.named(name), "Must be a time in the format YYYY-MM-DD HH:MM:SS (UTC+0).")
        try:
            return datetime.strptime(value, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        except ValueError as error:
            raise errors.field(self.named(name), "There is no such time.") from error

    def _list(self, name: str) -> list[Any]:
        value = self._read(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise errors.field(self.named(name), "Not a valid list.")
        return value

    def _read(self, name: str) -> Any:
        value = self._values.get(name)
        if not self._is_text or value is None:
            return value
        try:
            return json.loads(value)
        except ValueError as error:
            raise errors.field(self.named(name), "Not a valid JSON value.") from error


def width(text: str) -> int:
    """How long TikTok counts a text: Chinese, Japanese and Korean characters count two."""
    return sum(2 if _WIDE.match(character) else 1 for character in text)


_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]"
)
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55\ufe0f\u20e3]")
