"""Several people and several workers at once, on PostgreSQL with real transactions and threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from campaigns import workflow
from campaigns.models import CampaignDraft, PublishRun
from campaigns.publishing import runner
from stratum.ui import Refusal
from tests.factories import make_draft
from tests.people import person
from tests.publishing.conftest import two_by_two, work_until_settled

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run the jobs in threads that start together; return what each returned or raised."""
    barrier = threading.Barrier(len(jobs))

    def one(job: Callable[[], Any]) -> Any:
        try:
            barrier.wait()
            return job()
        except Exception as error:  # noqa: BLE001  (the error is the result)
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(one, jobs))


@pytest.fixture
def approved(world) -> CampaignDraft:
    return make_draft(CampaignDraft.Status.APPROVED, draft_json=two_by_two())


def test_twenty_clicks_are_one_run(world, approved):
    paul = person("paul")

    results = at_once(*[lambda: workflow.publish(approved.pk, by=paul)] * 20)

    assert {run.pk for run in results} == {PublishRun.objects.get().pk}


def test_two_workers_on_one_run_make_everything_once(world, approved):
    run = workflow.publish(approved.pk, by=person("paul"))

    at_once(*[lambda: runner.work(run.pk)] * 6)

    assert work_until_settled(run).state == PublishRun.State.SUCCEEDED
    assert world.duplicates == 0
    assert len(world.writes) == len(set(world.writes))


def test_publish_against_revise_ends_as_one_of_both(world, approved):
    paul, carl = person("paul"), person("carl")

    results = at_once(lambda: workflow.publish(approved.pk, by=paul), lambda: workflow.revise(approved.pk, by=carl))

    refusals = [result for result in results if isinstance(result, Refusal)]
    assert [refusal.code for refusal in refusals] == ["INVALID_STATUS_TRANSITION"]
    status = CampaignDraft.objects.get(pk=approved.pk).status
    assert PublishRun.objects.exists() is (status == CampaignDraft.Status.PUBLISHING)


def test_cancel_while_the_run_ends_never_deadlocks(world, approved):
    paul = person("paul")
    run = workflow.publish(approved.pk, by=paul)

    results = at_once(lambda: runner.work(run.pk), *[lambda: workflow.cancel(approved.pk, by=paul) for _ in range(5)])

    assert all(r is None or isinstance(r, PublishRun | Refusal) for r in results), results
    assert work_until_settled(run).state in {PublishRun.State.SUCCEEDED, PublishRun.State.FAILED}
