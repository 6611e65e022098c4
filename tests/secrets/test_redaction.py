"""What is taken out of whatever is stored or logged."""

from __future__ import annotations

import logging

import pytest

from integrations.contracts import Tokens
from stratum import redaction
from stratum.redaction import LEAST_CHARACTERS, MOST_AT_HAND, RedactSecrets, redact, redact_text, remember

TOKEN = "EAAGm0PX4ZCpsBAKZC/secret+1234567890"


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_at_hand", {})


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://x.example/?access_token=abc123&fields=id", "https://x.example/?access_token=***&fields=id"),
        ("code=4%2F0Abc and state=1", "code=*** and state=1"),
        ("relative_url=me%3Faccess_token%3Dabc123%26fields", "relative_url=me%3Faccess_token%3D***%26fields"),
        ('{"refresh_token": "abc123", "expires_in": 5}', '{"refresh_token": "***", "expires_in": 5}'),
        ('{\\"client_secret\\": \\"abc123\\"}', '{\\"client_secret\\": \\"***\\"}'),
        ("Authorization: Bearer abc123456789", "Authorization: Bearer ***"),
        ("A campaign named Secret Garden, code 100", "A campaign named Secret Garden, code 100"),
    ],
)  # fmt: skip
def test_values_of_secret_names_are_hidden_in_texts(text, shown):
    assert redact_text(text) == shown


def test_names_are_hidden_at_every_depth_and_numbers_of_errors_are_kept():
    found = redact({"a": [{"Access-Token": "abc", "code": 190}], "error": {"code": "abc", "message": "token=abc"}})

    assert found == {"a": [{"Access-Token": "***", "code": 190}], "error": {"code": "***", "message": "token=***"}}


def test_a_token_at_hand_is_hidden_where_no_name_tells_of_it():
    Tokens(TOKEN, refresh_token=f"{TOKEN}-refresh")

    said = f"Malformed access token {TOKEN}. See https://x.example/%2F?t=EAAGm0PX4ZCpsBAKZC%2Fsecret%2B1234567890"
    assert redact_text(said) == "Malformed access token ***. See https://x.example/%2F?t=***"
    assert redact({"error": {"message": f"{TOKEN}-refresh was used before"}}) == {
        "error": {"message": "*** was used before"}
    }


def test_a_token_nobody_has_at_hand_is_not_known():
    assert TOKEN in redact_text(f"Malformed access token {TOKEN}")


def test_short_words_are_never_taken_for_secrets():
    remember("x" * (LEAST_CHARACTERS - 1))
    remember("")

    assert redact_text(f"{'x' * (LEAST_CHARACTERS - 1)} stays") == f"{'x' * (LEAST_CHARACTERS - 1)} stays"


def test_the_latest_are_remembered():
    for number in range(MOST_AT_HAND + 1):
        remember(f"a-long-enough-secret-{number:04}")

    assert redact_text("a-long-enough-secret-0000") == "a-long-enough-secret-0000"
    assert redact_text(f"a-long-enough-secret-{MOST_AT_HAND:04}") == "***"


def test_log_lines_and_tracebacks_lose_them_too():
    remember(TOKEN)
    try:
        raise ValueError(f"refused {TOKEN}")
    except ValueError as error:
        record = logging.LogRecord(
            "x", 40, "x.py", 1, "asked with %s", (TOKEN,), (type(error), error, error.__traceback__)
        )

    assert RedactSecrets().filter(record)
    assert record.getMessage() == "asked with ***"
    assert "refused ***" in (record.exc_text or "")
    assert TOKEN not in (record.exc_text or "").replace("raise ValueError(f", "")
