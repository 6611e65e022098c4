from __future__ import annotations

from campaigns.landing.models import LandingCheck
from campaigns.models.approvals import Approval
from campaigns.models.conversation import Comment, GuestLink, Look
from campaigns.models.drafts import (
    SHORT_ID_CHARACTERS,
    SHORT_ID_LENGTH,
    CampaignDraft,
    DraftQuerySet,
    is_short_id,
    new_short_id,
)
from campaigns.models.media import MediaAsset, MediaUse
from campaigns.models.runs import PublishRun, PublishStep
from campaigns.starting.models import CampaignTemplate, SavedAudience

__all__ = [
    "SHORT_ID_CHARACTERS",
    "SHORT_ID_LENGTH",
    "Approval",
    "CampaignDraft",
    "CampaignTemplate",
    "Comment",
    "DraftQuerySet",
    "GuestLink",
    "LandingCheck",
    "Look",
    "MediaAsset",
    "MediaUse",
    "PublishRun",
    "PublishStep",
    "SavedAudience",
    "is_short_id",
    "new_short_id",
]
