"""Targeting look-ups go to the platform once an hour for the same words; a failure is not remembered."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from integrations import connections, lookups
from integrations.contracts import TargetingKind, TargetingOption
from integrations.errors import ErrorKind, PlatformError
from tests.factories import make_account, make_connection

pytestmark = pytest.mark.django_db
SHOES = [TargetingOption("6003", "Shoes", "Shopping", 1, 2)]


@pytest.fixture
def asked(monkeypatch):
    """What the platform was asked; its answers, the next one first, are in `answers`."""
    cache.clear()
    questions: list[str] = []

    def ask(slug, record, question):
        questions.append(slug)
        if len(questions) == 1:
            raise PlatformError(ErrorKind.TRANSIENT, "PLATFORM_UNREACHABLE", "Meta did not answer.")
        return SHOES

    monkeypatch.setattr(connections, "ask", ask)
    return questions


def test_the_same_words_are_asked_once_and_failures_again(asked):
    make_connection()
    account = make_account().contract
    other = make_account("act_2").contract

    with pytest.raises(PlatformError):
        lookups.search("meta", account, TargetingKind.INTEREST, "shoes")
    assert lookups.search("meta", account, TargetingKind.INTEREST, "shoes") == SHOES
    assert lookups.search("meta", account, TargetingKind.INTEREST, "Shoes") == SHOES
    assert len(asked) == 2

    lookups.search("meta", account, TargetingKind.INTEREST, "shoe")
    lookups.search("meta", account, TargetingKind.LANGUAGE, "shoes")
    lookups.search("meta", other, TargetingKind.INTEREST, "shoes")
    assert len(asked) == 5
