"""Names the ad accounts that events are about, for the audit trail."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from adaccounts.models import AdAccount
from stratum.audit import Thing


def accounts(idents: Iterable[str]) -> dict[str, Thing]:
    """Return the names and pages of the ad accounts with these ids."""
    wanted = [int(ident) for ident in idents if ident.isdecimal()]
    found = AdAccount.objects.filter(pk__in=wanted).only("pk", "name", "platform", "external_id")
    return {
        str(one.pk): Thing(one.name, reverse("adaccounts:detail", args=[one.platform, one.external_id]))
        for one in found
    }
