from __future__ import annotations

import pytest
from django.urls import reverse

from adaccounts.models import CapCommitment
from campaigns.models import Approval
from stratum.models import Notification
from tests.campaigns.drive import client_of, fresh, press, press_on_page
from tests.factories import make_draft
from tests.people import person

pytestmark = pytest.mark.django_db

REASON = "Budget too high for test campaign"


def test_rejecting_stores_who_when_and_why():
    draft = make_draft("submitted")

    data = press("reject", draft, "anne", reason=REASON).json()["data"]

    stored = fresh(draft)
    assert (stored.status, stored.rejected_by_user, stored.rejection_reason) == ("rejected", person("anne"), REASON)
    assert (data["status"], data["rejected_by_user_id"], data["rejection_reason"]) == (
        "rejected",
        person("anne").pk,
        REASON,
    )
    assert (Approval.objects.get().decision, CapCommitment.objects.count()) == ("rejected", 0)


def test_the_creator_reads_the_reason():
    press("reject", make_draft("submitted"), "anne", reason=REASON)

    row = Notification.objects.get()
    assert (row.user, row.title, row.body) == (person("carl"), "Anne Approver rejected “Summer Sale 2024”", REASON)


@pytest.mark.parametrize("reason", ["", "   ", "\x00"])
def test_a_rejection_needs_a_reason(reason):
    draft = make_draft("submitted")

    answer = press("reject", draft, "anne", reason=reason)

    assert (answer.status_code, answer.json()["error"]["details"][0]["path"]) == (422, "reason")
    assert fresh(draft).status == "submitted"


def test_who_may_not_reject_hears_that_before_anything_about_the_reason():
    assert press("reject", make_draft("submitted"), "vera", reason="").status_code == 403


def test_without_a_reason_the_page_comes_back_with_the_field_and_its_problem():
    draft = make_draft("submitted")

    page = client_of("anne").post(reverse("campaigns:reject", args=[draft.pk]), {"reason": " "})

    html = page.content.decode()
    assert page.status_code == 422
    assert "The campaign is not rejected yet" in html
    assert "Say why: the creator needs a reason." in html


def test_a_reason_that_is_too_long_is_kept_on_the_page():
    draft = make_draft("submitted")
    long = "Too dear. " * 201

    page = client_of("anne").post(reverse("campaigns:reject", args=[draft.pk]), {"reason": long})

    assert page.status_code == 422
    assert long in page.content.decode()


def test_a_rejected_draft_shows_the_reason_and_can_be_revised_and_submitted_again():
    draft = make_draft("submitted")
    press("reject", draft, "anne", reason=REASON)
    page = client_of("carl").get(draft.get_absolute_url()).content.decode()

    press("revise", draft, "carl")
    press("submit", fresh(draft), "carl")

    assert REASON in page
    assert "Revise" in page
    assert (fresh(draft).status, fresh(draft).rejection_reason) == ("submitted", "")


def test_from_the_list_one_comes_back_to_the_list():
    draft = make_draft("submitted")
    pending = reverse("campaigns:pending")

    page = press_on_page("reject", draft, "anne", reason=REASON, content_hash=draft.content_hash, next=pending)

    assert page.redirect_chain[-1][0] == pending


def test_a_reason_is_escaped_everywhere_it_is_shown():
    draft = make_draft("submitted")

    press("reject", draft, "anne", reason="<script>alert(1)</script>")

    assert "<script>alert" not in client_of("carl").get(draft.get_absolute_url()).content.decode()
