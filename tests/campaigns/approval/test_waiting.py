"""By when a draft is needed, who is reminded of it, and who is looking at it now."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from campaigns import deadlines, looking, tasks, workflow
from campaigns.models import Look
from stratum.models import Event, Notification
from tests.campaigns.drive import ask, client_of, fresh, press
from tests.factories import make_draft
from tests.people import person

pytestmark = pytest.mark.django_db
#: Evening of Nov 28 in the account's zone, America/New_York; Nov 29 in UTC.
NOW = datetime(2026, 11, 29, 2, 0, tzinfo=UTC)
WANTED = date(2026, 11, 30)


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


def hurried(status: str = "submitted", needed_by: date = WANTED):
    person("anne")
    draft = make_draft(status)
    return deadlines.set_needed_by(draft.pk, by=draft.created_by, needed_by=needed_by)


def reminded() -> list[str]:
    rows = Notification.objects.filter(event__code="draft.reminded").order_by("event_id", "user__username")
    return [f"{row.user.username}: {row.title}" for row in rows]


# A day ----------------------------------------------------------------------------------------------------------------


def test_the_creator_says_by_when_and_the_lists_and_the_page_say_it():
    draft = make_draft("submitted")

    client_of("carl").post(f"/campaign-drafts/{draft.pk}/needed-by", {"needed_by": "2026-11-30"})

    for url in ("/campaigns", "/campaigns/pending-approval", draft.get_absolute_url()):
        assert "Needed by Nov 30, 2026" in client_of("anne").get(url).content.decode()
    assert ask("anne", "get", draft.get_absolute_url()).json()["data"]["needed_by"] == "2026-11-30"
    assert Event.objects.get(code="draft.needed_by_changed").data == {"before": None, "after": "2026-11-30"}


def test_it_is_no_part_of_the_content_so_it_changes_no_hash():
    draft = make_draft("submitted")

    assert hurried().content_hash == draft.content_hash


@pytest.mark.parametrize(
    ("typed", "message"), [("2026-11-27", "This day has passed."), ("soon", "Write a day such as")]
)
def test_a_day_that_makes_no_sense_is_refused_and_kept(typed, message):
    draft = make_draft("submitted")

    answer = client_of("carl").post(f"/campaign-drafts/{draft.pk}/needed-by", {"needed_by": typed})

    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert f'value="{typed}"' in answer.content.decode()


def test_today_is_the_accounts_today_and_an_empty_day_takes_it_back():
    draft = make_draft("submitted")
    url = f"/campaign-drafts/{draft.pk}/needed-by"

    assert ask("carl", "post", url, {"needed_by": "2026-11-28"}).json()["data"]["needed_by"] == "2026-11-28"
    assert deadlines.when(fresh(draft)) == "Needed today"
    assert ask("carl", "post", url, {"needed_by": ""}).json()["data"]["needed_by"] is None


# Reminders ------------------------------------------------------------------------------------------------------------


def test_whom_it_waits_for_is_reminded_once_the_day_before_and_once_on_the_day(now):
    hurried()
    tasks.remind()
    assert reminded() == []

    for hours in (24, 25, 48, 49, 96):
        now.move_to(NOW + timedelta(hours=hours), tick=False)
        tasks.remind()

    assert reminded() == [
        "ada: “Summer Sale 2024” waits for you. Needed tomorrow.",
        "anne: “Summer Sale 2024” waits for you. Needed tomorrow.",
        "ada: “Summer Sale 2024” waits for you. Needed today.",
        "anne: “Summer Sale 2024” waits for you. Needed today.",
    ]


def test_one_reminder_is_enough_when_both_days_were_missed(now):
    hurried()
    now.move_to(NOW + timedelta(days=5), tick=False)

    assert [tasks.remind(), tasks.remind()] == [1, 0]
    assert reminded()[0].endswith("Was needed by Nov 30, 2026.")


@pytest.mark.parametrize("status", ["draft", "approved"])
def test_nobody_is_reminded_of_what_waits_for_nobody(now, status):
    draft = hurried("draft" if status == "draft" else "submitted")
    if status == "approved":
        workflow.approve(draft.pk, by=person("anne"), content_hash=draft.content_hash)
    now.move_to(NOW + timedelta(days=2), tick=False)

    assert tasks.remind() == 0


def test_a_new_day_and_a_new_submission_remind_anew(now):
    draft = hurried(needed_by=date(2026, 11, 29))
    assert tasks.remind() == 1
    deadlines.set_needed_by(draft.pk, by=person("carl"), needed_by=date(2026, 11, 29))
    assert tasks.remind() == 0
    press("withdraw", draft, "carl")
    workflow.submit(draft.pk, by=person("carl"))

    assert tasks.remind() == 1


# Who is looking -------------------------------------------------------------------------------------------------------


def look(draft, name: str) -> str:
    sentence = ask(name, "post", f"/campaign-drafts/{draft.pk}/look").json()["data"]["reviewing"]
    assert isinstance(sentence, str)
    return sentence


def test_others_read_who_reviews_it_until_the_signs_stop(now):
    draft = make_draft("submitted")

    assert look(draft, "anne") == ""
    assert look(draft, "ada") == "Anne Approver is reviewing this."
    assert look(draft, "carl") == "Ada Admin and Anne Approver are reviewing this."
    assert "Anne Approver is reviewing this." in client_of("ada").get(draft.get_absolute_url()).content.decode()
    now.move_to(NOW + looking.LASTS, tick=False)
    assert look(draft, "carl") == ""


def test_who_cannot_decide_is_not_said_to_review_it():
    draft = make_draft("submitted")

    assert [look(draft, name) for name in ("carl", "vera", "anne")] == ["", "", ""]
    assert Look.objects.count() == 1


def test_a_sign_writes_one_row_over_and_over(now):
    draft = make_draft("submitted")
    look(draft, "anne")
    now.move_to(NOW + timedelta(seconds=30), tick=False)
    look(draft, "anne")

    assert Look.objects.get().seen_at == timezone.now()


def test_the_fragment_and_a_decided_draft_say_nothing_of_it():
    draft = make_draft("approved")
    client: Client = client_of("anne")

    assert client.post(f"/campaign-drafts/{draft.pk}/look").content.strip() == b""
    assert not Look.objects.exists()
