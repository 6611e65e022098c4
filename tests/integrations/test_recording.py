from __future__ import annotations

import pytest
from django.db import DatabaseError

from integrations.http import Exchange
from integrations.models import ApiCall
from integrations.recording import record_exchange

pytestmark = pytest.mark.django_db


def exchange(**fields) -> Exchange:
    values = {
        "method": "POST",
        "url": "https://graph.facebook.com/v26.0/act_1/campaigns",
        "request": {"form": {"name": "Summer"}},
        "status": 200,
        "response": {"id": "1"},
        "error": "",
        "trace_id": "abc",
        "took_ms": 12,
    }
    return Exchange(**(values | fields))


def test_an_exchange_becomes_a_row_that_names_its_run():
    record_exchange("meta", "run:12", "c1")(exchange())

    row = ApiCall.objects.get()
    assert (row.platform, row.run, row.call_id, row.method, row.status) == ("meta", "run:12", "c1", "POST", 200)
    assert (row.request, row.response) == ({"form": {"name": "Summer"}}, {"id": "1"})


@pytest.mark.parametrize(
    "fields",
    [
        {"url": "https://graph.facebook.com/" + "x" * 900},
        {"error": "e" * 900},
        {"trace_id": "t" * 900},
        {"response": {"text": "a\x00b", "list": ["\x00"]}},
        {"response": None, "status": None},
        {"response": "plain text"},
    ],
)
def test_what_platforms_send_can_be_stored(fields):
    record_exchange("meta")(exchange(**fields))

    assert ApiCall.objects.count() == 1


def test_a_record_that_cannot_be_written_does_not_lose_the_answer(monkeypatch, caplog):
    def fail(self, **fields):
        raise DatabaseError("disk full")

    monkeypatch.setattr(ApiCall, "save", fail)

    record_exchange("meta")(exchange())

    assert "could not be stored" in caplog.text
