"""Several people at once. Real transactions and real threads: SQLite locks the whole file and hides these races."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum

from adaccounts import caps
from adaccounts.models import AdAccount, CapCommitment
from campaigns import authoring, rules, workflow
from campaigns.models import Approval, CampaignDraft
from stratum.models import Notification
from stratum.ui import Refusal
from tests.campaigns.drive import fresh
from tests.factories import make_account, make_draft, make_draft_json
from tests.people import person

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(*calls: Callable[[], Any]) -> list[str]:
    """Run the calls in threads that start together; return each one's refusal code, or done."""
    gate, answers = threading.Barrier(len(calls)), [""] * len(calls)

    def run(number: int, call: Callable[[], Any]) -> None:
        try:
            gate.wait(timeout=10)
            call()
            answers[number] = "done"
        except Refusal as refusal:
            answers[number] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)
    return sorted(answers)


def approval_of(draft: CampaignDraft, name: str = "anne") -> Callable[[], Any]:
    user, content_hash = person(name), draft.content_hash
    return lambda: workflow.approve(draft.pk, by=user, content_hash=content_hash)


@pytest.fixture
def slow_rules(monkeypatch):
    """Leave time between the check of the caps and the reservation: where the race would be."""
    check = rules.require_ready

    def slow(draft: CampaignDraft, **kwargs: Any) -> None:
        check(draft, **kwargs)
        time.sleep(0.3)

    monkeypatch.setattr(rules, "require_ready", slow)


def two_for_one_cap() -> list[CampaignDraft]:
    account = make_account(daily_cap="1500")
    names = ["First", "Second"]
    return [make_draft("submitted", account=account, draft_json=make_draft_json(name=name)) for name in names]


def committed() -> Any:
    return CapCommitment.objects.aggregate(total=Sum("per_day"))["total"]


def test_two_approvals_at_once_never_pass_one_cap(slow_rules):
    drafts = two_for_one_cap()

    answers = at_once(*[approval_of(draft) for draft in drafts])

    assert answers == ["BUDGET_EXCEEDS_CAP", "done"]
    assert (committed(), Approval.objects.count()) == (1000, 1)


def test_without_the_accounts_lock_both_would_be_approved(slow_rules, monkeypatch):
    monkeypatch.setattr(caps, "lock", lambda account_id: AdAccount.objects.get(pk=account_id))
    drafts = two_for_one_cap()

    answers = at_once(*[approval_of(draft) for draft in drafts])

    assert answers == ["done", "done"]
    assert committed() == 2000


def test_two_people_approving_one_draft_make_one_approval(slow_rules):
    draft = make_draft("submitted")

    answers = at_once(approval_of(draft, "anne"), approval_of(draft, "ada"))

    assert answers == ["INVALID_STATUS_TRANSITION", "done"]
    assert (Approval.objects.count(), CapCommitment.objects.count()) == (1, 1)
    assert Notification.objects.filter(event__code="draft.approved", user=person("carl")).count() == 1


def test_one_draft_is_approved_or_rejected_but_never_both():
    draft = make_draft("submitted")
    ada = person("ada")

    answers = at_once(approval_of(draft), lambda: workflow.reject(draft.pk, by=ada, reason="Too dear."))

    assert answers == ["INVALID_STATUS_TRANSITION", "done"]
    assert Approval.objects.get().decision == fresh(draft).status


def test_an_approval_beside_a_withdrawal_leaves_one_of_the_two():
    draft = make_draft("submitted")
    carl = person("carl")

    answers = at_once(approval_of(draft), lambda: workflow.withdraw(draft.pk, by=carl))

    assert answers == ["INVALID_STATUS_TRANSITION", "done"]
    assert (fresh(draft).status == "approved") == CapCommitment.objects.exists()


def test_a_cap_that_is_lowered_while_an_approval_waits_is_the_one_that_counts(monkeypatch):
    draft = make_draft("submitted", account=make_account(daily_cap="1500"))
    lock = caps.lock

    def lock_after_somebody_lowered_it(account_id: int) -> AdAccount:
        thread = threading.Thread(target=lower)
        thread.start()
        thread.join(timeout=10)
        return lock(account_id)

    def lower() -> None:
        AdAccount.objects.update(daily_cap="500")
        connection.close()

    monkeypatch.setattr(caps, "lock", lock_after_somebody_lowered_it)

    with pytest.raises(Refusal) as refused:
        approval_of(draft)()

    assert refused.value.code == "BUDGET_EXCEEDS_CAP"


def test_pressing_publish_twenty_times_is_one_run():
    draft = make_draft("approved")
    paul = person("paul")

    answers = at_once(*[lambda: workflow.publish(draft.pk, by=paul)] * 20)

    assert answers == ["done"] * 20
    assert fresh(draft).runs.count() == 1


def test_duplicating_twice_by_one_press_is_one_copy():
    draft = make_draft("approved")
    carl = person("carl")

    at_once(*[lambda: authoring.duplicate(draft.pk, by=carl, once="abc")] * 2)

    assert CampaignDraft.objects.count() == 2
