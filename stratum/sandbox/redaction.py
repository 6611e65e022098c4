"""Taking secrets out of what the journal stores."""

from __future__ import annotations

import re
from typing import Any

MASK = "***"

_SECRET_FIELDS = frozenset(
    {
        "access_token", "refresh_token", "id_token", "token", "input_token", "fb_exchange_token", "appsecret_proof",
        "client_secret", "secret", "code", "auth_code", "code_verifier",
    }
)  # fmt: skip
# An answer's "code" is an error number on several platforms, and `secret` and `token` are never answered.
_SECRET_ANSWER_FIELDS = frozenset({"access_token", "refresh_token", "id_token", "auth_code"})
_SECRET_HEADERS = frozenset({"access-token", "developer-token", "cookie", "x-csrftoken"})
_IN_A_URL = re.compile(
    r"\b((?:access_token|refresh_token|appsecret_proof|client_secret|input_token|fb_exchange_token|code_verifier|auth_code)(?:=|%3D))"
    r"[^&\s\"'\\]+"
)
_CODE_IN_A_URL = re.compile(r"([?&](?:code|auth_code)=)[^&\s\"']+")


def headers(values: dict[str, str]) -> dict[str, str]:
    """Masks credentials; Authorization keeps the word that says how they were sent."""
    return {name: _header(name, value) for name, value in values.items()}


def sent(value: Any, tokens: re.Pattern[str]) -> Any:
    """Masks secrets in a query or a body that came in, by the names of fields and by the look of tokens."""
    return _mask(value, _SECRET_FIELDS, tokens)


def answered(value: Any, tokens: re.Pattern[str]) -> Any:
    """Masks the tokens in an answer, also in the URLs that carry them."""
    return _mask(value, _SECRET_ANSWER_FIELDS, tokens)


def location(url: str, tokens: re.Pattern[str]) -> str:
    """Masks the code in the URL that a consent page leads back to."""
    return text(_CODE_IN_A_URL.sub(rf"\1{MASK}", url), tokens)


def text(value: str, tokens: re.Pattern[str]) -> str:
    """Masks tokens wherever they stand in a text."""
    return tokens.sub(MASK, _IN_A_URL.sub(rf"\1{MASK}", value))


def _mask(value: Any, names: frozenset[str], tokens: re.Pattern[str]) -> Any:
    if isinstance(value, dict):
        return {name: _field(name, item, names, tokens) for name, item in value.items()}
    if isinstance(value, list):
        return [_mask(item, names, tokens) for item in value]
    return text(value, tokens) if isinstance(value, str) else value


def _field(name: str, value: Any, names: frozenset[str], tokens: re.Pattern[str]) -> Any:
    if name.lower() in names and isinstance(value, str) and value:
        return MASK
    return _mask(value, names, tokens)


def _header(name: str, value: str) -> str:
    if name == "authorization":
        scheme, _, credentials = value.partition(" ")
        return f"{scheme} {MASK}" if credentials else MASK
    return MASK if name in _SECRET_HEADERS else value
