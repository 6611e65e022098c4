"""Targeting look-ups for whoever builds an ad set, through the connection; the same question is asked once an hour."""

from __future__ import annotations

from integrations import connections
from integrations.contracts import Account, TargetingKind, TargetingOption
from integrations.memory import HOUR, remembered


def search(slug: str, account: Account, kind: TargetingKind, text: str) -> list[TargetingOption]:
    """Return what the platform offers for the text; PlatformError when it cannot be asked."""

    def ask() -> list[TargetingOption]:
        record = connections.record_exchange(slug)
        return connections.ask(slug, record, lambda platform: platform.search_targeting(account, kind, text))

    return remembered(("targeting", slug, account.external_id, kind, text.casefold()), HOUR, ask)
