from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.views import review
from tests.campaigns.drive import ask, client_of
from tests.factories import make_account, make_draft, make_draft_json
from tests.people import person

pytestmark = pytest.mark.django_db

PENDING = "/campaigns/pending-approval"


def test_the_address_is_the_contracts():
    assert reverse("campaigns:pending") == PENDING


def test_a_line_says_what_how_much_when_and_by_whom():
    draft = make_draft("submitted")

    html = client_of("anne").get(PENDING).content.decode()

    for part in (
        "Summer Sale 2024",
        "$1,000.00 a day",
        "Jun 1 – Aug 31",
        "Submitted by:",
        "Carl Creator",
        "Acme Corp Main",
    ):
        assert part in html
    for action in ("approve", "reject"):
        assert reverse(f"campaigns:{action}", args=[draft.pk]) in html


def test_only_submitted_drafts_are_listed_and_counted_in_the_sidebar():
    names = ["draft", "submitted", "approved", "rejected", "failed"]
    for name in names:
        make_draft(name, draft_json=make_draft_json(name=f"The {name} one"))

    html = client_of("anne").get(PENDING).content.decode()

    assert [name for name in names if f"The {name} one" in html] == ["submitted"]
    assert client_of("anne").get(PENDING).context["pending_count"].number == 1


def test_an_approval_that_is_refused_names_its_campaign():
    draft = make_draft(
        "submitted", draft_json=make_draft_json(name="The expensive one"), account=make_account(daily_cap=1)
    )
    sent = {"content_hash": draft.content_hash, "next": PENDING}

    page = client_of("anne").post(reverse("campaigns:approve", args=[draft.pk]), sent, follow=True)

    assert "“The expensive one” is not approved. The ad account’s daily cap" in page.content.decode().replace(
        "&#x27;", "’"
    )


def test_nothing_to_approve_says_what_comes_next():
    assert "Nothing waits for approval" in client_of("anne").get(PENDING).content.decode()


def test_who_may_not_decide_sees_the_list_without_the_buttons():
    draft = make_draft("submitted")

    html = client_of("vera").get(PENDING).content.decode()

    assert "Only an Approver or an Admin may decide." in html
    assert reverse("campaigns:approve", args=[draft.pk]) not in html
    assert draft.get_absolute_url() in html


def test_json_lists_the_longest_waiting_first_with_the_hash_and_who_may_decide():
    late = make_draft("submitted", submitted_at=timezone.now())
    early = make_draft("submitted", submitted_at=timezone.now() - timedelta(days=1))

    data = ask("anne", "get", PENDING).json()["data"]

    assert [row["id"] for row in data["drafts"]] == [early.pk, late.pk]
    assert data["drafts"][0]["content_hash"] == early.content_hash
    assert data["drafts"][0]["may_decide"] is True
    assert ask("carl", "get", PENDING).json()["data"]["drafts"][0]["may_decide"] is False


def test_pages_follow_each_other_without_gaps(monkeypatch):
    monkeypatch.setattr(review, "PENDING_PAGE", 2)
    wanted = [make_draft("submitted", submitted_at=timezone.now() + timedelta(minutes=n)).pk for n in range(5)]

    first = ask("anne", "get", PENDING).json()["data"]
    second = ask("anne", "get", first["next"]).json()["data"]
    third = ask("anne", "get", second["next"]).json()["data"]

    assert [row["id"] for page in (first, second, third) for row in page["drafts"]] == wanted
    assert third["next"] == ""


def test_the_number_of_queries_does_not_grow_with_the_list(django_assert_max_num_queries):
    for _ in range(12):
        make_draft("submitted", created_by=person("cora"))
    client = client_of("anne")
    client.get(PENDING)

    with django_assert_max_num_queries(13):
        client.get(PENDING)
