from __future__ import annotations

import copy

import pytest
from django.urls import reverse

from adaccounts import caps
from adaccounts.models import AdAccount, CapCommitment
from campaigns import authoring, workflow
from campaigns.models import Approval
from stratum.models import Event, Notification
from tests.campaigns.drive import client_of, fresh, press, press_on_page
from tests.factories import make_account, make_draft, make_draft_json
from tests.people import person

pytestmark = pytest.mark.django_db


def change_after_it_was_seen(draft) -> None:
    """Withdraw the draft, change its budget and submit it again, as its creator would."""
    workflow.withdraw(draft.pk, by=draft.created_by)
    content = copy.deepcopy(draft.draft_json)
    content["campaign"]["budget"]["amount"] = "9000.00"
    authoring.save(draft.pk, by=draft.created_by, draft_json=content, version=draft.version)
    workflow.submit(draft.pk, by=draft.created_by)


def test_approving_stores_who_and_when_the_hash_and_the_whole_content():
    draft = make_draft("submitted")

    press("approve", draft, "anne", comment="Good.")

    stored, approval = fresh(draft), Approval.objects.get()
    assert (stored.status, stored.approved_by_user) == ("approved", person("anne"))
    assert stored.approved_at is not None
    assert (approval.number, approval.decision, approval.by, approval.reason) == (
        1,
        "approved",
        person("anne"),
        "Good.",
    )
    assert approval.content_hash == draft.content_hash
    assert approval.snapshot["draft_json"] == draft.draft_json


def test_approving_reserves_the_money_for_every_day_of_the_schedule():
    draft = make_draft("submitted")

    press("approve", draft, "anne")

    row = CapCommitment.objects.get()
    assert (row.draft_id, row.approval_number, row.per_day) == (draft.pk, 1, 1000)
    assert (row.from_day, row.to_day) == (draft.starts_on, draft.ends_on)


def test_a_lifetime_budget_is_reserved_spread_over_its_days():
    draft = make_draft("submitted", draft_json=make_draft_json(budget={"amount": "9200", "type": "lifetime"}))

    press("approve", draft, "anne")

    row = CapCommitment.objects.get()
    assert (row.per_day, row.is_spread) == (100, True)


def test_the_creator_is_told_but_not_who_approved():
    draft = make_draft("submitted")

    press("approve", draft, "anne")

    row = Notification.objects.get()
    assert (row.user, row.title, row.url) == (
        person("carl"),
        "Anne Approver approved “Summer Sale 2024”",
        draft.get_absolute_url(),
    )


# The hash -----------------------------------------------------------------------------------------------------------


def test_a_change_between_looking_and_pressing_is_not_approved():
    seen = make_draft("submitted")
    change_after_it_was_seen(seen)

    answer = press("approve", seen, "anne")

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "APPROVAL_STALE")
    assert answer.json()["error"]["details"] == {"content_hash": fresh(seen).content_hash}
    assert (fresh(seen).status, Approval.objects.count(), CapCommitment.objects.count()) == ("submitted", 0, 0)


@pytest.mark.parametrize("sent", ["", "0" * 64, "f364"])
def test_an_approval_without_the_right_hash_is_refused(sent):
    answer = press("approve", make_draft("submitted"), "anne", content_hash=sent)

    assert answer.json()["error"]["code"] == "APPROVAL_STALE"


@pytest.mark.parametrize("shown_on", ["detail", "pending"])
def test_page_and_row_post_the_hash_they_showed(shown_on):
    draft = make_draft("submitted")
    anne = client_of("anne")
    address = reverse("campaigns:pending") if shown_on == "pending" else draft.get_absolute_url()
    shown = anne.get(address).content.decode()
    change_after_it_was_seen(draft)

    answer = press_on_page("approve", draft, "anne", content_hash=draft.content_hash, next=address)

    assert f'name="content_hash" value="{draft.content_hash}"' in shown
    assert "This is not the content that was on your screen." in answer.content.decode()
    assert answer.redirect_chain[-1][0] == address
    assert fresh(draft).status == "submitted"


def test_without_the_check_the_changed_content_would_have_been_approved(monkeypatch):
    monkeypatch.setattr(workflow, "require_shown", lambda draft, content_hash: None)
    seen = make_draft("submitted")
    change_after_it_was_seen(seen)

    press("approve", seen, "anne")

    assert fresh(seen).status == "approved"


def test_the_account_is_part_of_what_is_approved():
    draft = make_draft("submitted")
    other = make_account("act_2")
    type(draft).objects.filter(pk=draft.pk).update(account=other)

    assert press("approve", draft, "anne").json()["error"]["code"] == "APPROVAL_STALE"


def test_a_rejection_of_content_that_was_not_on_the_screen_is_refused():
    seen = make_draft("submitted")
    change_after_it_was_seen(seen)

    answer = press("reject", seen, "anne", content_hash=seen.content_hash)

    assert answer.json()["error"]["code"] == "APPROVAL_STALE"


def test_a_save_that_changes_nothing_keeps_the_hash():
    draft = make_draft()

    authoring.save(draft.pk, by=person("carl"), draft_json=copy.deepcopy(draft.draft_json), version=draft.version)

    assert (fresh(draft).version, fresh(draft).content_hash) == (draft.version, draft.content_hash)


# Four eyes ----------------------------------------------------------------------------------------------------------


def created(draft) -> None:
    type(draft).objects.filter(pk=draft.pk).update(created_by=person("ada"))


def edited(draft) -> None:
    draft.edited_by.add(person("ada"))


def submitted(draft) -> None:
    workflow.withdraw(draft.pk, by=person("carl"))
    workflow.submit(draft.pk, by=person("ada"))


def submitted_before_it_was_withdrawn(draft) -> None:
    submitted(draft)
    workflow.withdraw(draft.pk, by=person("carl"))
    workflow.submit(draft.pk, by=person("carl"))


@pytest.mark.parametrize("hand", [created, edited, submitted, submitted_before_it_was_withdrawn])
@pytest.mark.parametrize("action", ["approve", "reject"])
def test_nobody_decides_on_what_they_had_a_hand_in(action, hand):
    draft = make_draft("submitted")
    hand(draft)

    assert press(action, fresh(draft), "ada").status_code == 403
    assert press(action, fresh(draft), "anne").status_code == 200


@pytest.mark.parametrize(
    ("hand", "sentence"),
    [
        (created, "You created this campaign: somebody else must decide."),
        (edited, "You edited this campaign: somebody else must decide."),
        (submitted, "You submitted this campaign: somebody else must decide."),
    ],
)
@pytest.mark.parametrize("shown_on", ["detail", "pending"])
def test_the_pages_say_why_somebody_may_not_decide(shown_on, hand, sentence):
    draft = make_draft("submitted")
    hand(draft)
    address = reverse("campaigns:pending") if shown_on == "pending" else draft.get_absolute_url()

    shown = client_of("ada").get(address).content.decode()

    assert sentence in shown
    assert reverse("campaigns:approve", args=[draft.pk]) not in shown
    assert reverse("campaigns:reject", args=[draft.pk]) not in shown


def test_a_team_of_one_may_allow_itself_to_approve(settings):
    settings.ALLOW_SELF_APPROVAL = True
    draft = make_draft("submitted", created_by=person("ada"))

    assert press("approve", draft, "ada").status_code == 200


# Caps ---------------------------------------------------------------------------------------------------------------


def test_two_drafts_that_fit_alone_do_not_both_fit():
    account = make_account(daily_cap="1500")
    first, second = make_draft("submitted", account=account), make_draft("submitted", account=account)

    answers = [press("approve", draft, "anne") for draft in (first, second)]

    assert [answer.status_code for answer in answers] == [200, 422]
    assert answers[1].json()["error"]["code"] == "BUDGET_EXCEEDS_CAP"
    assert (fresh(second).status, Approval.objects.count(), CapCommitment.objects.count()) == ("submitted", 1, 1)


def test_a_cap_lowered_below_what_is_committed_refuses_only_the_next_one():
    account = make_account(daily_cap="3000")
    first, second = make_draft("submitted", account=account), make_draft("submitted", account=account)
    press("approve", first, "anne")
    AdAccount.objects.update(daily_cap="500")

    answer = press("approve", second, "anne")

    assert (answer.status_code, fresh(first).status, CapCommitment.objects.count()) == (422, "approved", 1)


def test_revising_an_approved_draft_frees_its_money_and_ends_its_approval():
    draft = make_draft("approved")

    press("revise", draft, "carl")

    assert (fresh(draft).status, fresh(draft).approved_by_user) == ("draft", None)
    assert not CapCommitment.objects.exists()
    assert press("publish", fresh(draft), "paul").status_code == 409


def test_a_second_approval_counts_on_and_reserves_under_its_own_number():
    draft = make_draft("approved")
    press("revise", draft, "carl")
    press("submit", fresh(draft), "carl")

    press("approve", fresh(draft), "anne")

    assert list(Approval.objects.values_list("number", flat=True)) == [2, 1]
    assert CapCommitment.objects.get().approval_number == 2


def test_publishing_counts_the_days_from_today_when_the_start_has_passed():
    draft = make_draft("approved", draft_json=make_draft_json(schedule={"start": "2020-01-01T00:00", "end": None}))
    CapCommitment.objects.update(from_day="2020-01-01", to_day=None)

    press("publish", draft, "paul")

    assert CapCommitment.objects.get().from_day == workflow.today_in(draft.account)


def test_publishing_refuses_content_that_is_not_the_approved_one():
    draft = make_draft("approved")
    content = copy.deepcopy(draft.draft_json)
    content["campaign"]["budget"]["amount"] = "1.00"
    type(draft).objects.filter(pk=draft.pk).update(draft_json=content)

    answer = press("publish", draft, "paul")

    assert (answer.json()["error"]["code"], fresh(draft).status) == ("APPROVAL_STALE", "approved")


def test_resuming_leaves_the_money_of_past_days_counted():
    draft = make_draft("published", delivery="paused")
    CapCommitment.objects.update(from_day="2026-01-01", to_day=None)

    answer = press("resume", draft, "paul")

    assert answer.status_code == 200
    assert str(CapCommitment.objects.get().from_day) == "2026-01-01"


def test_a_paused_campaign_resumes_although_others_filled_the_cap():
    draft = make_draft("published", delivery="paused")
    AdAccount.objects.update(daily_cap="1")

    assert press("resume", draft, "paul").status_code == 200


def test_a_campaign_whose_end_has_passed_cannot_be_resumed():
    past = {"start": "2020-01-01T00:00", "end": "2020-02-01T00:00"}
    draft = make_draft("published", delivery="paused", draft_json=make_draft_json(schedule=past))

    details = press("resume", draft, "paul").json()["error"]["details"]

    assert [detail["code"] for detail in details] == ["END_PASSED"]


def test_pausing_is_possible_whatever_happened_to_the_stored_content():
    draft = make_draft("published", delivery="live")
    type(draft).objects.filter(pk=draft.pk).update(draft_json=make_draft_json(name="Changed behind our back"))

    assert press("pause", draft, "paul").status_code == 200


def test_resuming_is_not_when_the_stored_content_is_another_one():
    draft = make_draft("published", delivery="paused")
    type(draft).objects.filter(pk=draft.pk).update(draft_json=make_draft_json(name="Changed behind our back"))

    assert press("resume", draft, "paul").json()["error"]["code"] == "APPROVAL_STALE"


# Pressed twice, and broken input ------------------------------------------------------------------------------------


def test_pressed_twice_on_the_page_it_is_approved_once():
    draft = make_draft("submitted")

    press_on_page("approve", draft, "anne", content_hash=draft.content_hash)
    second = press_on_page("approve", draft, "anne", content_hash=draft.content_hash)

    assert "pressing twice changed nothing" in second.content.decode()
    assert (Approval.objects.count(), CapCommitment.objects.count()) == (1, 1)
    assert Event.objects.about(draft.event_subject).filter(code="draft.approved").count() == 1


def test_somebody_elses_press_before_mine_is_told_as_what_it_is():
    draft = make_draft("submitted")
    press("approve", draft, "ada")

    page = press_on_page("approve", draft, "anne", content_hash=draft.content_hash).content.decode()

    assert "Only a submitted campaign can be approved. This campaign is approved." in page


@pytest.mark.parametrize("comment", ["\x00nul", "\ud800 half", "z" * 2000])
def test_a_comment_is_stored_as_every_database_can(comment):
    draft = make_draft("submitted")

    assert press("approve", draft, "anne", comment=comment).status_code == 200
    assert "\x00" not in Approval.objects.get().reason


@pytest.mark.parametrize(("name", "value"), [("comment", "z" * 2001), ("comment", {"a": 1}), ("content_hash", 7)])
def test_a_comment_that_is_too_long_or_no_text_is_refused_at_its_field(name, value):
    answer = press("approve", make_draft("submitted"), "anne", **{name: value})

    assert answer.status_code == 422
    assert answer.json()["error"]["details"][0]["path"] == name


def test_a_span_of_an_account_without_caps_is_reserved_all_the_same():
    draft = make_draft("submitted", account=make_account(daily_cap=None, monthly_cap=None))

    press("approve", draft, "anne")

    assert caps.usage(draft.account, draft.starts_on).day == 1000
