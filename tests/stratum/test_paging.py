from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from django.http import Http404
from django.test import RequestFactory

from stratum.models import Event
from stratum.paging import page

ORDER = ["-at", "-id"]


def ask(url: str = "/events"):
    return page(RequestFactory().get(url), Event.objects.all(), ORDER, size=4)


@pytest.fixture
def ten(db: None) -> list[int]:
    """Ten events, most at one moment, some within one millisecond; newest first."""
    moments = ["2026-01-01T00:00:00.000001Z"] * 4 + ["2026-01-01T00:00:00.000002Z"] * 3 + ["2026-01-02T00:00:00Z"] * 3
    for moment in moments:
        Event.objects.create(code="x", subject="y:1", at=moment)
    return list(Event.objects.order_by(*ORDER).values_list("pk", flat=True))


def keys(found) -> list[int]:
    return [row.pk for row in found.items]


def test_forwards_and_back_again_shows_every_row_once_in_order(ten):
    first = ask()
    second = ask(first.next_url)
    third = ask(second.next_url)

    assert keys(first) + keys(second) + keys(third) == ten
    assert (first.previous_url, third.next_url) == ("", "")
    assert keys(ask(third.previous_url)) == keys(second)
    assert keys(ask(ask(third.previous_url).previous_url)) == keys(first)
    assert ask(ask(third.previous_url).previous_url).previous_url == ""


def test_a_row_that_is_added_meanwhile_moves_nothing(ten):
    first = ask()
    Event.objects.create(code="x", subject="y:1", at="2026-02-01T00:00Z")

    assert keys(ask(first.next_url)) == ten[4:8]


def test_what_else_is_in_the_address_stays(ten):
    found = ask("/events?" + urlencode({"status": "draft", "after": json.dumps(["2026-01-02T00:00:00+00:00", ten[1]])}))

    assert "status=draft" in found.next_url
    assert found.next_url.count("after=") == 1


@pytest.mark.parametrize(
    "position", ["x", "[]", "[1]", "{}", '["yesterday", 1]', '["2026-01-01", "x"]', "null", "[[],{}]"]
)
def test_a_position_that_was_not_made_here_is_not_found(ten, position):
    with pytest.raises(Http404):
        ask("/events?" + urlencode({"after": position}))


def test_an_empty_list_has_no_other_pages(db):
    assert ask() == type(ask())([], "", "")
