from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from django.utils.formats import date_format

from integrations.capabilities import Capabilities
from integrations.contracts import Account, Media
from integrations.draft import Draft
from stratum.formats import money


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One thing that stands in the way (error) or deserves a look (warning).

    `code` is stable, `path` is a draft path in the notation of integrations.draft or empty, `message` says what is
    wrong and `fix` what to do about it, both in full sentences.
    """

    code: str
    path: str
    message: str
    fix: str = ""
    severity: Severity = Severity.ERROR

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    @property
    def as_data(self) -> dict[str, str]:
        """The problem as JSON answers carry it."""
        return {"code": self.code, "path": self.path, "message": self.message, "fix": self.fix}


@dataclass(frozen=True)
class Subject:
    """What is judged, and everything a judgement may look at. `now` is the wall clock in the account's time zone."""

    draft: Draft
    account: Account
    capabilities: Capabilities
    label: str  # the platform's name for people
    media: Mapping[str, Media]
    now: datetime

    def money(self, amount: Decimal) -> str:
        return money(amount, self.account.currency)


def day(value: date) -> str:
    return date_format(value, "M j, Y")


def words(value: str) -> str:
    """Write a choice's value for a sentence: `video views`."""
    return value.replace("_", " ")


def required(path: str, message: str, fix: str = "") -> Problem:
    return Problem("REQUIRED", path, message, fix)


def has_forbidden_characters(text: str) -> bool:
    """Say whether the text holds control characters, line breaks or marks that turn the order of what is read.

    Direction overrides would let a name show something else than it is; plain right-to-left text needs none.
    """
    return re.search(FORBIDDEN, text) is not None


#: The Unicode categories Cc, Zl and Zp, and the direction overrides. Written for Python and for browsers.
FORBIDDEN = r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
#: The same where a text has lines.
FORBIDDEN_IN_LINES = rf"(?![\r\n]){FORBIDDEN}"
