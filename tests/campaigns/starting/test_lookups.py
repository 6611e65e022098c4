"""Which answer of a platform is the place, interest or language that was meant."""

from __future__ import annotations

import time
from dataclasses import replace
from types import SimpleNamespace

import pytest

from campaigns.starting import lookups
from campaigns.starting.audience import Wanted
from integrations.contracts import Account, TargetingKind, TargetingOption
from integrations.errors import ErrorKind, PlatformError

CITY, INTEREST, LANGUAGE = TargetingKind.LOCATION, TargetingKind.INTEREST, TargetingKind.LANGUAGE
PARIS = [
    TargetingOption("1", "Paris", "Ile-de-France, France", kind="city"),
    TargetingOption("2", "Paris", "Texas, United States", kind="city"),
    TargetingOption("3", "Paris", "Ile-de-France, France", kind="region"),
    TargetingOption("4", "Parisot", "Tarn, France", kind="city"),
]
ENGLISH = [TargetingOption("1", "English (All)"), TargetingOption("2", "English (US)")]


@pytest.mark.parametrize(
    ("name", "options", "best"),
    [
        (Wanted(CITY, "Paris, Texas, United States", "city"), PARIS, ["2"]),
        (Wanted(CITY, "Paris, Île-de-France, France", "city"), PARIS, ["1"]),
        (Wanted(CITY, "Paris", "region"), PARIS, ["3"]),
        (Wanted(CITY, "Paris", "city"), PARIS, ["1", "2"]),
        (
            Wanted(CITY, "Paris", "city", "FR"),
            [replace(PARIS[0], country="FR"), replace(PARIS[1], country="US")],
            ["1"],
        ),
        (Wanted(CITY, "Paris, Ontario, Canada", "city"), PARIS, []),  # another place of the same name is no answer
        (Wanted(INTEREST, "fashion"), [TargetingOption("5", "Fashion"), TargetingOption("6", "Fast fashion")], ["5"]),
        (Wanted(LANGUAGE, "English (UK)"), ENGLISH, ["1"]),
        (Wanted(LANGUAGE, "English (US)"), ENGLISH, ["2"]),
        (Wanted(LANGUAGE, "English (US)"), [TargetingOption("en", "English")], ["en"]),
    ],
)
def test_the_best_answers_are_those_that_are_meant(name, options, best):
    assert [option.external_id for option in lookups.best_of(name, options)] == best


class Answering:
    """A platform that knows Paris, and stops answering at the second question of a stuck one."""

    def __init__(self, trouble: PlatformError | None = None) -> None:
        self.questions: list[str] = []
        self.trouble = trouble
        self.ends = 0.0
        self.http = SimpleNamespace(end_by=self._end_by)

    def _end_by(self, moment: float) -> None:
        self.ends = moment

    def search_targeting(self, account, kind, text):
        self.questions.append(text)
        if self.trouble and len(self.questions) > 1:
            raise self.trouble
        return PARIS if text.startswith("Paris") else []


def look_up(monkeypatch, platform, names):
    monkeypatch.setattr(lookups.connections, "ask", lambda slug, record, question: question(platform))
    return lookups.look_up("google", Account("1", "Acme", "USD", "UTC"), names)


def test_a_name_is_asked_for_bare_and_then_with_its_country(monkeypatch):
    platform = Answering()
    names = [Wanted(CITY, "Paris, France", "city"), Wanted(CITY, "Atlantis, Greece", "city")]
    found = look_up(monkeypatch, platform, names)

    assert found[names[0].key].part == {
        "kind": "city", "id": "1", "name": "Paris, Ile-de-France, France", "country": "",
    }  # fmt: skip
    assert found[names[1].key].part is None
    assert "none of that name" in found[names[1].key].why
    assert platform.questions == ["Paris", "Atlantis", "Atlantis, Greece"]
    assert platform.ends - time.monotonic() <= lookups.PATIENCE


def test_what_was_answered_before_the_platform_fell_silent_is_kept(monkeypatch):
    silent = PlatformError(ErrorKind.TRANSIENT, "NO_ANSWER", "Google did not answer in time.")
    names = [Wanted(CITY, "Paris, France", "city"), Wanted(CITY, "Lyon, France", "city")]
    found = look_up(monkeypatch, Answering(silent), names)

    assert found[names[0].key].part
    assert found[names[1].key].why == "It could not be looked up: Google did not answer in time."


def test_of_very_many_names_the_rest_is_said_not_to_be_looked_up(monkeypatch):
    platform = Answering()
    names = [Wanted(INTEREST, f"Thing {number}") for number in range(lookups.MOST + 1)]
    found = look_up(monkeypatch, platform, names)

    assert len(platform.questions) == lookups.MOST
    assert "too many names" in found[names[-1].key].why
