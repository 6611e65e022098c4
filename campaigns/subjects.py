"""Names the drafts and templates that events are about, for the audit trail."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from campaigns.models import CampaignDraft, CampaignTemplate, MediaAsset, SavedAudience
from stratum.audit import Thing


def media(idents: Iterable[str]) -> dict[str, Thing]:
    """Return the names and pages of the files with these ids; a deleted one has none."""
    wanted = [int(ident) for ident in idents if ident.isdecimal()]
    found = MediaAsset.objects.filter(pk__in=wanted)
    return {
        str(asset.pk): Thing(asset.filename, reverse("campaigns:media_details", args=[asset.sha256])) for asset in found
    }


def drafts(idents: Iterable[str]) -> dict[str, Thing]:
    """Return the titles and pages of the drafts with these ids."""
    wanted = [int(ident) for ident in idents if ident.isdecimal()]
    found = CampaignDraft.objects.filter(pk__in=wanted).only("pk", "name", "status")
    return {str(draft.pk): Thing(f"“{draft.title}”", draft.get_absolute_url()) for draft in found}


def templates(idents: Iterable[str]) -> dict[str, Thing]:
    """Return the names and pages of the templates with these ids."""
    wanted = [int(ident) for ident in idents if ident.isdecimal()]
    found = CampaignTemplate.objects.filter(pk__in=wanted).only("pk", "name")
    return {str(template.pk): Thing(f"“{template.name}”", template.get_absolute_url()) for template in found}


def audiences(idents: Iterable[str]) -> dict[str, Thing]:
    """Return the names of the saved audiences with these ids; they have no page of their own."""
    wanted = [int(ident) for ident in idents if ident.isdecimal()]
    found = SavedAudience.objects.filter(pk__in=wanted).only("pk", "name")
    return {str(audience.pk): Thing(f"“{audience.name}”", "") for audience in found}
