"""Where a file of the library is used, and when it may be deleted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from campaigns import permissions
from campaigns.models import CampaignDraft, MediaAsset, MediaUse
from stratum import events
from stratum.models import User
from stratum.ui import Refusal

#: Content in these states can be changed; in all others it stays as it was decided on.
OPEN = frozenset({CampaignDraft.Status.DRAFT, CampaignDraft.Status.REJECTED})


def drafts_with(asset: MediaAsset) -> QuerySet[CampaignDraft]:
    """Return the campaigns whose content names the file, those changed last first."""
    uses = MediaUse.objects.filter(sha256=asset.sha256)
    return CampaignDraft.objects.filter(pk__in=uses.values("draft_id")).defer("draft_json")


def may_change(user: User, asset: MediaAsset) -> bool:
    """Say whether the file is the user's to delete: who uploaded it, or an Admin."""
    own = asset.uploaded_by_id == user.pk and user.has_perm("campaigns.add_mediaasset")
    return own or user.has_perm(permissions.EDIT_ANY)


def reason_against_deleting(drafts: Sequence[CampaignDraft]) -> str:
    """Say why a file that these campaigns use cannot be deleted; empty if it can."""
    bound = next((draft for draft in drafts if draft.status not in OPEN), None)
    if bound is not None:
        state = CampaignDraft.Status(bound.status).label.lower()
        return f"It cannot be deleted: “{bound.title}” ({state}) shows it, and what was submitted stays as it was."
    if drafts:
        return f"It can be deleted when no campaign uses it. Take it out of “{drafts[0].title}” first."
    return ""


def delete(sha256: str, *, by: User) -> str:
    """Delete a file that nothing uses, with the frames that only it has; answers its name.

    Raises PermissionDenied, MediaAsset.DoesNotExist, and Refusal MEDIA_IN_USE.
    """
    with transaction.atomic():
        asset = MediaAsset.objects.select_for_update().get(sha256=sha256)
        if not may_change(by, asset):
            raise PermissionDenied("Only who uploaded a file, or an Admin, may delete it.")
        # The bound ones are told first: they are what no edit can change.
        drafts = sorted(drafts_with(asset)[:100], key=lambda draft: draft.status in OPEN)
        if reason := reason_against_deleting(drafts):
            raise Refusal("MEDIA_IN_USE", reason)
        events.record(by, "media.deleted", asset, filename=asset.filename, sha256=sha256)
        frames = asset.frames.filter(is_frame=True)
        orphans = [frame for frame in frames if frame.films.count() == 1 and not drafts_with(frame).exists()]
        for gone in [asset, *orphans]:
            _forget(gone)
    return asset.filename


def _forget(asset: MediaAsset) -> None:
    """Delete the row, and the bytes once that is certain."""
    for stored in (asset.file, asset.thumbnail):
        transaction.on_commit(partial(stored.storage.delete, str(stored.name)))
    asset.delete()
