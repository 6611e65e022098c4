"""Which days an approval commits, on the account's own clock; and what happens to the money of campaigns whose account
does not stay as it was."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import timezone

from adaccounts.models import AdAccount, CapCommitment
from integrations.models import Connection
from tests.campaigns.drive import draft_in, fresh, press
from tests.factories import make_account, make_draft, make_draft_json

pytestmark = pytest.mark.django_db

NEW_YORK, TOKYO, LONDON = "America/New_York", "Asia/Tokyo", "Europe/London"


@pytest.mark.parametrize(
    ("zone", "now", "start", "end", "first", "last"),
    [
        pytest.param(
            NEW_YORK, "2027-05-01T03:30Z", None, None, "2027-04-30", None,
            id="it is still yesterday, and last month, where the account is",
        ),
        pytest.param(
            TOKYO, "2027-04-30T15:30Z", None, "2027-05-02T09:00", "2027-05-01", "2027-05-02", id="or tomorrow already"
        ),
        pytest.param(
            NEW_YORK, "2027-05-01T12:00Z", "2027-05-10T23:59", "2027-05-12T00:00", "2027-05-10", "2027-05-12",
            id="a minute of a first day and the midnight of a last are days",
        ),
        pytest.param(
            NEW_YORK, "2027-03-14T06:59Z", "2027-03-14T02:30", "2027-11-07T01:30", "2027-03-14", "2027-11-07",
            id="clocks go forward and back: an hour that is not there, and one that is there twice",
        ),
        pytest.param(
            LONDON, "2027-10-30T23:30Z", None, "2027-11-02T12:00", "2027-10-31", "2027-11-02",
            id="the day on which summer time ends has begun",
        ),
        pytest.param(
            NEW_YORK, "2027-12-31T12:00Z", "2027-12-31T10:00", "2028-02-29T10:00", "2027-12-31", "2028-02-29",
            id="across years to a leap day",
        ),
        pytest.param(
            NEW_YORK, "2027-05-31T12:00Z", "2027-05-01T00:00", "2027-06-30T23:59", "2027-05-31", "2027-06-30",
            id="no day of the past",
        ),
    ],
)  # fmt: skip
def test_an_approval_commits_the_days_of_the_accounts_clock(time_machine, zone, now, start, end, first, last):
    time_machine.move_to(datetime.fromisoformat(now), tick=False)
    account = make_account(time_zone=zone)
    draft = make_draft("submitted", account=account, draft_json=make_draft_json(schedule={"start": start, "end": end}))

    assert press("approve", draft, "anne").status_code == 200

    row = CapCommitment.objects.get()
    assert (str(row.from_day), row.to_day and str(row.to_day)) == (first, last)


def disable() -> None:
    AdAccount.objects.update(is_enabled=False)


def close() -> None:
    AdAccount.objects.update(unusable_reason="The account is closed.")


def lose() -> None:
    AdAccount.objects.update(stale_since=timezone.now())


def disconnect() -> None:
    Connection.objects.update(status=Connection.Status.DISCONNECTED)


MEANWHILE = [
    (disable, "AD_ACCOUNT_NOT_ENABLED"),
    (close, "AD_ACCOUNT_NOT_ENABLED"),
    (lose, "AD_ACCOUNT_NOT_ENABLED"),
    (disconnect, "PLATFORM_NOT_CONNECTED"),
]


@pytest.mark.parametrize(("happens", "code"), MEANWHILE)
@pytest.mark.parametrize(
    ("action", "state"),
    [("approve", "submitted"), ("publish", "approved"), ("retry", "failed"), ("resume", "published")],
)
def test_whatever_happened_to_the_account_nothing_more_is_ordered_and_nothing_is_freed(action, state, happens, code):
    draft = draft_in(state, **({"delivery": "paused"} if state == "published" else {}))
    before = list(CapCommitment.objects.values())
    happens()

    answer = press(action, draft, "ada")

    assert (answer.json()["error"]["code"], fresh(draft).status) == (code, state)
    assert list(CapCommitment.objects.values()) == before


@pytest.mark.parametrize("happens", [happens for happens, _ in MEANWHILE])
@pytest.mark.parametrize("action", ["pause", "end"])
def test_stopping_is_asked_for_all_the_same(action, happens):
    draft = draft_in("published")
    happens()

    assert press(action, draft, "ada").status_code == 200


@pytest.mark.parametrize(("action", "state"), [("publish", "approved"), ("retry", "failed"), ("resume", "published")])
def test_what_was_approved_in_yen_is_not_spent_in_dollars(action, state):
    make_account(currency="JPY")
    draft = draft_in(state, **({"delivery": "paused"} if state == "published" else {}))
    AdAccount.objects.update(currency="USD")

    error = press(action, fresh(draft), "ada").json()["error"]

    assert error["code"] == "APPROVAL_STALE"
    assert "approved in JPY" in error["message"]


def test_an_approval_keeps_its_currency():
    draft = make_draft("submitted", account=make_account(currency="JPY"))

    press("approve", draft, "anne")

    assert draft.approvals.get().snapshot["account"]["currency"] == "JPY"
