"""Takes secrets out of whatever is stored, logged or shown."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

HIDDEN = "***"

#: Names of fields, parameters and headers whose value is never kept. Compared in lower case, dashes as underscores.
SECRET_NAMES = frozenset(
    {
        "access_token", "refresh_token", "id_token", "input_token", "fb_exchange_token", "token", "client_secret",
        "app_secret", "secret", "code", "auth_code", "code_verifier", "appsecret_proof", "password", "cookie",
        "set_cookie", "authorization", "developer_token", "signed_request",
    }
)  # fmt: skip

_names = "|".join(sorted(SECRET_NAMES, key=len, reverse=True))
_IN_TEXT = [
    # name=value in queries and forms, also percent-encoded once more inside a batch
    re.compile(rf"(?i)(?:\b|(?<=%3F)|(?<=%26))({_names})(=|%3D)([^&\s\"'<>]+?)(?=&|%26|\s|[\"'<>]|$)"),
    # "name": "value" in JSON text, also escaped inside another JSON text
    re.compile(rf"(?i)(\\*[\"']({_names})\\*[\"']\s*:\s*\\*[\"'])([^\"'\\]+)"),
    # Authorization: Bearer value
    re.compile(r"(?i)\b(bearer|basic)\s+([A-Za-z0-9._~+/=|-]{8,})"),
]

#: Secrets this process has at hand, the newest last. A platform may repeat one in a sentence, where no name tells of it.
_at_hand: dict[str, None] = {}
MOST_AT_HAND = 200
#: What is shorter could be an ordinary word.
LEAST_CHARACTERS = 16


def remember(secret: str) -> None:
    """Have this text hidden from now on, wherever it stands, by this process."""
    for spelled in {secret, quote(secret, safe="")} if len(secret) >= LEAST_CHARACTERS else ():
        _at_hand.pop(spelled, None)
        _at_hand[spelled] = None
    for oldest in list(_at_hand)[:-MOST_AT_HAND]:
        _at_hand.pop(oldest, None)


def redact_text(text: str) -> str:
    """Return the text with the values of secret names, bearer tokens and remembered secrets hidden."""
    for secret in sorted(_at_hand, key=len, reverse=True):  # one may begin like another
        text = text.replace(secret, HIDDEN)
    text = _IN_TEXT[0].sub(lambda m: f"{m[1]}{m[2]}{HIDDEN}", text)
    text = _IN_TEXT[1].sub(lambda m: f"{m[1]}{HIDDEN}", text)
    return _IN_TEXT[2].sub(lambda m: f"{m[1]} {HIDDEN}", text)


def redact(value: Any) -> Any:
    """Return a copy of JSON-like data without secrets: by the names of fields, and inside texts."""
    if isinstance(value, Mapping):
        return {str(key): _redact_item(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact(item) for item in value]
    if isinstance(value, str):
        return redact_text(value)
    return value


def _redact_item(key: str, item: Any) -> Any:
    is_secret = key.lower().replace("-", "_") in SECRET_NAMES
    # An error's numeric "code" is no secret, an OAuth "code" is a text.
    if is_secret and isinstance(item, str) and item:
        return HIDDEN
    return redact(item)


class RedactSecrets(logging.Filter):
    """Redacts each record's finished message, and the text of its exception."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact_text(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact_text(record.exc_text)
        return True
