"""No sequence of actions by any people publishes what nobody entitled saw, or commits more than a cap allows.

`PROPERTY_EXAMPLES=2000 pytest tests/publishing/test_any_sequence.py` plays longer, and other sequences each time.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from adaccounts import caps
from campaigns import levels, permissions, workflow
from stratum import events
from stratum.roles import ApprovalLevel
from tests.publishing.people_machine import prepare

EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "0"))

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(1800 if EXAMPLES else 300)]

long_ones = pytest.mark.skipif(not EXAMPLES, reason="takes long: set PROPERTY_EXAMPLES")
USUAL: dict[str, Any] = {
    "deadline": None,
    "database": None,
    "stateful_step_count": 30,
    "suppress_health_check": list(HealthCheck),
}


def test_no_sequence_of_actions_breaks_a_promise(world):
    play = settings(**USUAL, max_examples=EXAMPLES or 10, derandomize=not EXAMPLES)

    run_state_machine_as_test(prepare(world), settings=play)


def no_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflow, "require_shown", lambda draft, content_hash: None)


def no_hands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permissions, "had_a_hand_in", lambda user, draft: False)


def naive_caps(monkeypatch: pytest.MonkeyPatch) -> None:
    find = caps.find_loads
    monkeypatch.setattr(caps, "find_loads", lambda account, candidate, others: find(account, candidate, []))


def money_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caps, "release", lambda draft_id, approval_number: None)


def no_levels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(levels, "required", lambda draft: [ApprovalLevel.APPROVER])


def forgotten_levels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask by the rules of the moment only: what was asked at submit is forgotten when a rule is dropped."""
    monkeypatch.setattr(
        levels,
        "required",
        lambda draft: [level for level in levels.ORDER if level in {ApprovalLevel.APPROVER, *levels.asked_now(draft)}],
    )


def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    record = events.record

    def forget(actor: Any, code: str, subject: Any, /, **data: Any) -> Any:
        return record(actor, "draft.seen" if code == "draft.withdrawn" else code, subject, **data)

    monkeypatch.setattr(events, "record", forget)


@pytest.mark.parametrize(
    ("switch_off", "found"),
    [
        (no_hash, "approved what was not on the screen"),
        (naive_caps, "the cap is"),
        (no_levels, "without its levels"),
        pytest.param(forgotten_levels, "without its levels", marks=long_ones),
        pytest.param(no_hands, "had a hand in it, and decided", marks=long_ones),
        pytest.param(money_stays, "is_committed_is_what", marks=long_ones),
        pytest.param(silent, "state_is_without", marks=long_ones),
    ],
)
def test_with_a_guard_switched_off_the_machine_finds_what_goes_wrong(
    world, monkeypatch, switch_off: Callable[[pytest.MonkeyPatch], None], found: str
):
    if connection.vendor == "postgresql" and not EXAMPLES:
        pytest.skip("one database shows it")
    machine = prepare(world)
    if switch_off is no_hash:  # levels keep campaigns waiting: without them a wrong approval is found sooner
        machine = type("WithoutLevels", (machine,), {"an_admin_changes_a_level_while_one_waits": None})
    switch_off(monkeypatch)
    play = settings(
        **USUAL,
        max_examples=300,
        derandomize=True,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        print_blob=False,
    )

    with pytest.raises(AssertionError) as failed:
        run_state_machine_as_test(machine, settings=play)

    assert found in "".join(traceback.format_exception(failed.value))
