from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ

from stratum.models import Heartbeat

HEALTHY = {f"{cluster}:{part}": 3 for cluster in ("publish", "default") for part in ("worker", "monitor")}


@pytest.fixture
def queues_work(db: None) -> None:
    for name, age in HEALTHY.items():
        Heartbeat.objects.create(name=name, seen_at=timezone.now() - timedelta(seconds=age))


def healthz(query: str = "") -> tuple[int, dict[str, Any]]:
    answer = Client().get(f"/healthz{query}")
    return answer.status_code, json.loads(answer.content)


def test_all_is_well(queues_work: None) -> None:
    status, body = healthz()

    assert (status, body["status"], body["problems"]) == (200, "ok", [])
    assert 3 <= body["queue_publish"]["worker_age"] < 10
    assert body["runs"] == {"oldest_due_age": None, "expired_leases": 0}


@pytest.mark.parametrize("name", HEALTHY)
def test_an_old_stamp_fails(queues_work: None, name: str) -> None:
    Heartbeat.objects.filter(name=name).update(seen_at=timezone.now() - timedelta(seconds=151))
    cluster, part = name.split(":")

    status, body = healthz()

    assert status == 503
    assert body["problems"] == [f"The {part} of the queue {cluster} gives no sign of life."]


@pytest.mark.parametrize("name", HEALTHY)
def test_a_missing_stamp_fails(queues_work: None, name: str) -> None:
    Heartbeat.objects.filter(name=name).delete()

    assert healthz()[0] == 503


@pytest.mark.parametrize(("seconds", "status"), [(590, 200), (610, 503)])
def test_a_task_that_nobody_takes_fails_after_ten_minutes(queues_work: None, seconds: int, status: int) -> None:
    OrmQ.objects.create(key="default", payload="", lock=timezone.now() - timedelta(seconds=seconds))

    answered, body = healthz()

    assert answered == status
    assert body["queue_default"]["oldest_due_task_age"] == pytest.approx(seconds, abs=5)


def test_a_task_that_is_being_worked_on_does_not_fail(queues_work: None) -> None:
    OrmQ.objects.create(key="default", payload="", lock=timezone.now() + timedelta(seconds=900))

    assert healthz()[0] == 200


def test_a_web_host_is_well_without_queues(db: None) -> None:
    assert healthz()[0] == 503
    assert healthz("?part=web")[0] == 200


def test_an_unreachable_database_is_said_without_its_address(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("connection to postgres://stratum:hunter2@db/stratum failed")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", refuse)
        status, body = healthz()

    assert status == 503
    assert body["problems"] == ["The database cannot be reached."]
    assert "hunter2" not in json.dumps(body)


def test_nobody_may_cache_it_and_nobody_must_log_in(queues_work: None) -> None:
    answer = Client().get("/healthz")

    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]


def test_it_is_served_to_plain_http_where_all_else_is_redirected(queues_work: None, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True

    assert Client().get("/healthz").status_code == 200
    assert Client().get("/login").status_code == 301


def test_it_tells_no_secret(queues_work: None) -> None:
    text = Client().get("/healthz").content.decode()

    assert configured.SECRET_KEY not in text
    assert not any(key in text for key in configured.TOKEN_KEYS)
    assert "@" not in text


def test_only_reading_is_allowed(queues_work: None) -> None:
    assert Client().post("/healthz").status_code == 405
