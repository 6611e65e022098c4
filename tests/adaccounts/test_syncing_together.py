"""Several people press Sync Accounts at once: one sync runs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from adaccounts import syncing
from adaccounts.models import AdAccount, SyncRun
from stratum.ui import Refusal

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def in_threads(count, call):
    def one(_: int):
        try:
            return call()
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_of_eight_syncs_at_once_one_begins(connected):
    connected()

    got = in_threads(8, lambda: syncing.begin("meta", None).state)

    assert sorted(got) == ["SYNC_RUNNING"] * 7 + ["running"]
    assert SyncRun.objects.count() == 1


def test_a_queued_sync_is_carried_on_by_one_worker(connected):
    connected()
    run = SyncRun.objects.create(platform="meta", state="queued")

    got = in_threads(4, lambda: syncing.carry_on(run.pk))

    assert len([result for result in got if result is not None]) == 1
    assert AdAccount.objects.count() == 3
