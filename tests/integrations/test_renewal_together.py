"""Several workers need new tokens at once: one refresh token is spent once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from integrations import connections, renewal
from integrations.errors import PlatformError
from integrations.models import Connection

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

WORKERS = 8


def in_threads(count, call):
    """Run the call in so many threads; answers what each returned or the error it raised."""

    def one(_: int):
        try:
            return call()
        except PlatformError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def needed_token() -> str:
    return connections.platform_for("meta", connections.record_exchange("meta")).tokens.access_token


def test_eight_workers_with_ended_tokens_spend_one_refresh_token(connected, stage):
    connected(ends_in=timedelta(hours=-1))

    got = in_threads(WORKERS, needed_token)

    assert len(stage.refreshed) == 1
    assert set(got) == {Connection.objects.get().access_token}


def test_eight_workers_whose_token_was_refused_spend_one_refresh_token(connected, stage):
    used = connected().access_token

    got = in_threads(WORKERS, lambda: connections.refresh_after_refusal("meta", used).access_token)

    assert len(stage.refreshed) == 1
    assert set(got) == {Connection.objects.get().access_token}
    assert Connection.objects.get().is_usable


def test_without_the_lease_they_would_spend_it_several_times(connected, stage, monkeypatch):
    connected(ends_in=timedelta(hours=-1))
    stage.gate = threading.Event()
    monkeypatch.setattr(renewal, "_claim", lambda connection: True)

    def open_gate():
        for _ in range(2):
            assert stage.at_gate.acquire(timeout=20)
        stage.gate.set()

    opener = threading.Thread(target=open_gate)
    opener.start()
    in_threads(WORKERS, needed_token)
    opener.join()

    assert len(stage.refreshed) > 1


def test_disconnecting_while_a_renewal_is_under_way_keeps_no_tokens(connected, stage, ada):
    connected(ends_in=timedelta(hours=-1))
    stage.gate = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(in_threads, 1, needed_token)
        assert stage.at_gate.acquire(timeout=20)
        connections.disconnect("meta", ada)
        stage.gate.set()
        [got] = waiting.result(timeout=20)

    assert isinstance(got, PlatformError)
    left = Connection.objects.get()
    assert (left.status, left.access_token, left.refresh_token) == ("disconnected", "", "")
