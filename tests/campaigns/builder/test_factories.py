from __future__ import annotations

import pytest

from adaccounts.models import CapCommitment
from campaigns.models import Approval, CampaignDraft
from tests.factories import make_draft, make_large_draft_json, make_media

Status = CampaignDraft.Status

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", Status.values)
def test_a_draft_can_be_made_in_every_state(status):
    draft = make_draft(status)

    stored = CampaignDraft.objects.get(pk=draft.pk)
    assert stored.status == status
    assert stored.reading.unread == ()
    assert stored.title == "Summer Sale 2024"


def test_an_approved_draft_has_its_approval_and_holds_its_money():
    draft = make_draft(Status.APPROVED)

    assert Approval.objects.get().content_hash == draft.content_hash
    assert CapCommitment.objects.get().per_day == 1000


def test_a_draft_that_nobody_decided_holds_no_money():
    make_draft(Status.SUBMITTED)

    assert not Approval.objects.exists()
    assert not CapCommitment.objects.exists()


def test_the_same_picture_is_stored_once():
    assert make_media() == make_media()
    assert make_media(colour="#123456") != make_media()


def test_a_large_draft_is_whole():
    draft = make_draft(draft_json=make_large_draft_json(50, 10))

    assert len(list(draft.content.ads())) == 500
