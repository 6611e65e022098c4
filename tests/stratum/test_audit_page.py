from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from stratum import audit, audit_export, audit_views, events, spreadsheets
from stratum.models import Event
from stratum.tasks import seal_events
from tests.factories import make_account, make_draft

ADDRESS = "/settings/audit"


def shown(client, **query) -> list[str]:
    """The subjects of the rows on the page."""
    return [row.event.subject for row in client.get(ADDRESS, query).context["rows"]]


def exported(client, kind="csv", **data) -> str:
    answer = client.post(reverse("audit_export", args=[kind]), data)
    return b"".join(answer.streaming_content).decode()


def test_a_row_says_who_what_and_what_was_before_and_after(ada, carl, as_user):
    events.record(
        ada, "person.changed", carl, before={"roles": ["Creator"], "name": "C"}, after={"roles": [], "name": "C"}
    )

    page = as_user(ada).get(ADDRESS)
    (row,) = page.context["rows"]
    assert (row.who, row.what, row.thing.name) == ("Ada Admin", "Person: changed", "Carl Creator")
    assert row.changes == (audit.Change("roles", "Creator", "none"),)
    assert 'class="before">' in page.content.decode()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"before": 3, "after": 4}, "3 → 4"),
        ({"before": None, "after": "x"}, "– → x"),
        ({"before": {"a": 1}, "after": None}, "a: 1 → –"),
        ({"reason": "Too dear", "empty": ""}, "reason: Too dear"),
        ({"may_be_live": False}, "may be live: no"),
        ({"counts": {"new_ones": 2}}, "counts: new ones 2"),
        ({}, ""),
    ],
)
def test_what_an_event_holds_is_told_in_words(ada, data, told):
    event = events.record(ada, "x.y", "x:1", **data)

    assert audit.rows([event])[0].told == told


def test_things_are_named_and_lead_to_their_pages(ada, carl, as_user):
    account = make_account()
    draft = make_draft(created_by=carl, account=account)
    for subject in (draft.event_subject, account.event_subject, "connection:meta", "person:999", "draft:999", "odd"):
        events.record(None, "x.y", subject)

    rows = as_user(ada).get(ADDRESS).context["rows"]
    named = {row.event.subject: row.thing for row in rows}
    assert named[draft.event_subject].url == draft.get_absolute_url()
    assert draft.title in named[draft.event_subject].name
    assert named[account.event_subject].name == account.name
    assert named["connection:meta"].name == "Meta"
    assert [named[subject].name for subject in ("person:999", "draft:999", "odd")] == ["person:999", "draft:999", "odd"]
    assert rows[0].who == audit.SYSTEM


@pytest.fixture
def four(ada, anne, as_user):
    """Four events of three days, and the client of an Approver."""
    day = datetime(2026, 6, 1, 12, 0, tzinfo=ZoneInfo("UTC"))
    rows = [
        (ada, "draft.saved", 0),
        (anne, "draft.approved", 1),
        (None, "draft.published", 1),
        (ada, "account.changed", 2),
    ]
    for number, (actor, code, later) in enumerate(rows):
        Event.objects.create(actor=actor, code=code, subject=f"draft:{number}", at=day + timedelta(days=later))
    return as_user(anne)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [3, 2, 1, 0]),
        ({"person": "ada"}, [3, 0]),
        ({"person": "system"}, [2]),
        ({"code": "draft.approved"}, [1]),
        ({"code": "draft."}, [2, 1, 0]),
        ({"subject": "draft:3"}, [3]),
        ({"first": "2026-06-02"}, [3, 2, 1]),
        ({"last": "2026-06-02"}, [2, 1, 0]),
        ({"first": "2026-06-02", "last": "2026-06-02", "person": "system"}, [2]),
        ({"code": "nothing.like.it"}, []),
    ],
)
def test_filters_narrow_and_combine(four, ada, query, found):
    query = {name: str(ada.pk) if value == "ada" else value for name, value in query.items()}

    assert shown(four, **query) == [f"draft:{number}" for number in found]


@pytest.mark.parametrize("query", [{"first": "soon"}, {"person": "999"}, {"first": "2026-06-02", "last": "2026-06-01"}])
def test_a_filter_that_makes_no_sense_is_named_and_shows_nothing(four, query):
    answer = four.get(ADDRESS, query)

    assert answer.status_code == 422
    assert answer.context["rows"] == []
    assert answer.context["form"].errors


def test_days_are_those_of_the_site(four, settings):
    settings.TIME_ZONE = "Pacific/Kiritimati"  # noon in UTC is the next day there

    assert shown(four, first="2026-06-02", last="2026-06-02") == ["draft:0"]


def test_the_pages_hold_every_event_once_newest_first(ada, as_user):
    moment = timezone.now()
    Event.objects.bulk_create(Event(code="x.y", subject=f"x:{n}", at=moment) for n in range(120))
    client, url, seen = as_user(ada), ADDRESS, []
    for _ in range(3):
        context = client.get(url).context
        seen += [row.event.subject for row in context["rows"]]
        url = context["page"].next_url

    assert url == ""
    assert seen == [f"x:{n}" for n in range(119, -1, -1)]


def test_the_page_needs_the_same_queries_for_many_events(ada, carl, as_user, queries):
    client, account = as_user(ada), make_account()
    draft = make_draft(created_by=carl, account=account)
    for subject in (draft, account, carl):
        events.record(ada, "x.y", subject)
    few = queries(lambda: client.get(ADDRESS))
    for number in range(40):
        events.record(carl, "x.y", make_draft(created_by=carl, account=account) if number % 2 else ada)

    assert queries(lambda: client.get(ADDRESS)) == few


def test_what_people_typed_is_escaped(ada, as_user):
    events.record(ada, "x.y", "x:1", reason="<script>alert(1)</script>")

    assert "<script>alert" not in as_user(ada).get(ADDRESS).content.decode()


def test_the_page_says_so_when_there_is_nothing(ada, as_user):
    assert "Nothing happened yet" in as_user(ada).get(ADDRESS).content.decode()
    assert "No event like this" in as_user(ada).get(ADDRESS, {"code": "x"}).content.decode()


def test_sealed_and_unsealed_events_are_told_apart(ada, as_user):
    events.record(ada, "x.y", "x:1")
    client = as_user(ada)
    assert "not sealed yet" in client.get(ADDRESS).content.decode()

    seal_events()
    assert "not sealed yet" not in client.get(ADDRESS).content.decode()


# Export -------------------------------------------------------------------------------------------------------------


def test_the_csv_holds_the_events_with_their_seals(ada, carl, as_user):
    events.record(ada, "person.changed", carl, before={"roles": ["Creator"]}, after={"roles": ["Viewer"]})
    seal_events()

    text = exported(as_user(ada))
    assert text.startswith("\ufeff")
    (row, _) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    event = Event.objects.get(code="person.changed")
    assert row == {
        "id": str(event.pk), "at": event.at.isoformat(), "who": "Ada Admin", "user_name": "ada", "action": "person.changed",
        "subject": f"person:{carl.pk}", "name": "Carl Creator", "changes": "roles: Creator → Viewer",
        "position": "1", "seal": event.seal.digest,
    }  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_no_cell_is_a_formula(ada, as_user, text):
    events.record(ada, "x.y", text)

    (row, *_) = csv.DictReader(io.StringIO(exported(as_user(ada)).removeprefix("\ufeff"), newline=""))
    assert (row["subject"], row["name"]) == (f"'{text}", f"'{text}")


@pytest.mark.parametrize("value", ["draft:1", "a=b", "", 5])
def test_every_other_cell_stays_as_it_is(value):
    assert spreadsheets.harmless(value) == value


def test_json_lines_hold_the_data_as_it_is_stored(ada, as_user):
    events.record(None, "x.y", "x:1", deep={"n": [1, 2]}, text='a"\n“b”')
    seal_events()

    first = json.loads(exported(as_user(ada), "jsonl").splitlines()[0])
    assert (first["who"], first["action"], first["subject"]) == (audit.SYSTEM, "x.y", "x:1")
    assert first["data"] == {"deep": {"n": [1, 2]}, "text": 'a"\n“b”'}
    assert first["signature"] == Event.objects.get(code="x.y").signature


def test_an_export_is_filtered_like_the_page_and_is_itself_recorded(four, anne):
    text = exported(four, code="draft.approved")

    assert [row["subject"] for row in csv.DictReader(io.StringIO(text))] == ["draft:1"]
    event = Event.objects.get(code=audit_views.EXPORTED)
    assert (event.actor, event.data) == (anne, {"format": "csv", "action": "draft.approved"})


def test_a_long_export_is_complete_and_reads_in_portions(ada, as_user, monkeypatch, queries):
    monkeypatch.setattr(audit_export, "PORTION", 10)
    Event.objects.bulk_create(Event(code="x.y", subject=f"x:{n}") for n in range(35))

    rows = list(csv.DictReader(io.StringIO(exported(as_user(ada), code="x.y"))))
    assert [row["subject"] for row in rows] == [f"x:{n}" for n in range(35)]


def test_an_export_is_not_kept_by_anybody_in_between(ada, as_user):
    answer = as_user(ada).post(reverse("audit_export", args=["csv"]))

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="audit-')


def test_a_get_exports_nothing(ada, as_user):
    assert as_user(ada).get(reverse("audit_export", args=["csv"])).status_code == 405
