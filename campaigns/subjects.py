"""Names the drafts that events are about, for the audit trail."""

from __future__ import annotations

from collections.abc import Iterable

from campaigns.models import CampaignDraft
from stratum.audit import Thing


def drafts(idents: Iterable[str]) -> dict[str, Thing]:
    """Return the titles and pages of the drafts with these ids."""
    wanted = [int(ident) for ident in idents if ident.isdecimal()]
    found = CampaignDraft.objects.filter(pk__in=wanted).only("pk", "name", "status")
    return {str(draft.pk): Thing(f"“{draft.title}”", draft.get_absolute_url()) for draft in found}
