"""What must never be changed behind the workflow's back, and the trail that it leaves."""

from __future__ import annotations

import pytest
from django.db import transaction
from django_fsm import TransitionNotAllowed

from campaigns.models import Approval, CampaignDraft
from stratum import events
from stratum.models import Event
from tests.campaigns.drive import draft_in, fresh, press
from tests.factories import make_draft
from tests.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return events.record(person("carl"), "draft.saved", make_draft())


def test_a_status_cannot_be_set_by_an_update():
    draft = make_draft()

    with pytest.raises(TypeError, match="workflow"):
        CampaignDraft.objects.filter(pk=draft.pk).update(status="approved")
    with pytest.raises(TypeError, match="workflow"), transaction.atomic():
        CampaignDraft.objects.bulk_update([draft], ["status"])

    assert fresh(draft).status == "draft"


def test_other_columns_can_be_updated():
    draft = make_draft()

    assert CampaignDraft.objects.filter(pk=draft.pk).update(delivery="live") == 1


def test_a_status_cannot_be_assigned():
    with pytest.raises(AttributeError):
        make_draft().status = "approved"


def test_a_transition_from_the_wrong_state_is_refused():
    with pytest.raises(TransitionNotAllowed):
        make_draft().mark_approved(person("anne"))


@pytest.mark.parametrize(
    "change",
    [
        lambda event: event.save(),
        lambda event: event.delete(),
        lambda event: Event.objects.filter(pk=event.pk).update(code="x"),
        lambda event: Event.objects.filter(pk=event.pk).delete(),
        lambda event: Event.objects.bulk_update([event], ["code"]),
    ],
)
def test_an_event_is_never_changed_or_deleted(event, change):
    with pytest.raises(TypeError, match="Events are never"), transaction.atomic():
        change(event)

    assert Event.objects.filter(pk=event.pk, code="draft.saved").exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda approval: approval.save(),
        lambda approval: approval.delete(),
        lambda approval: Approval.objects.filter(pk=approval.pk).update(decision="rejected"),
        lambda approval: Approval.objects.filter(pk=approval.pk).delete(),
    ],
)
def test_an_approval_is_never_changed_or_deleted(change):
    make_draft("approved")
    approval = Approval.objects.get()

    with pytest.raises(TypeError, match="Approvals are never"):
        change(approval)

    assert Approval.objects.get().decision == "approved"


@pytest.mark.parametrize(
    ("action", "state", "name", "code"),
    [
        ("submit", "draft", "carl", "draft.submitted"),
        ("withdraw", "submitted", "carl", "draft.withdrawn"),
        ("approve", "submitted", "anne", "draft.approved"),
        ("reject", "submitted", "anne", "draft.rejected"),
        ("revise", "approved", "carl", "draft.revised"),
        ("publish", "approved", "paul", "draft.publishing"),
        ("retry", "failed", "paul", "draft.retried"),
        ("roll_back", "failed", "carl", "draft.revised"),
        ("cancel", "publishing", "paul", "draft.cancel_requested"),
        ("pause", "published", "paul", "draft.pause_requested"),
        ("end", "published", "paul", "draft.end_requested"),
        ("duplicate", "published", "cora", "draft.duplicated"),
    ],
)
def test_every_action_leaves_who_what_and_when(action, state, name, code):
    draft = draft_in(state)

    press(action, draft, name)

    found = Event.objects.about(draft.event_subject).get()
    assert (found.code, found.actor) == (code, person(name))
    assert found.at is not None


def test_a_refused_action_leaves_no_trace_of_having_been_done():
    draft = make_draft("submitted")

    press("approve", draft, "anne", content_hash="0" * 64)

    assert not Event.objects.about(draft.event_subject).exists()


def test_a_rejected_content_stays_readable_after_it_was_changed():
    draft = make_draft("submitted")
    press("reject", draft, "anne")
    press("revise", fresh(draft), "carl")
    content = fresh(draft).draft_json | {"ad_sets": []}
    press("save", fresh(draft), "carl", draft_json=content)

    assert Approval.objects.get().snapshot["draft_json"] == draft.draft_json
