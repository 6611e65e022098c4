"""Keeps what ads of an account need besides: pages, Instagram users, pixels.

Assets are read for enabled accounts only, when one is enabled and after each sync: an agency reaches hundreds of
accounts and uses a few. What a failed reading did not show stays as it was. An account that has exactly one usable
asset of a kind gets it as its default.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_q.tasks import async_task

from adaccounts.models import AccountAsset, AdAccount
from integrations import connections, platforms
from integrations.contracts import Asset, Platform
from integrations.errors import ErrorKind, PlatformError
from stratum import events

#: So long may the reading of one account's assets hold a page up.
ENABLING_SECONDS = 8.0
#: A task reads for so long, then leaves the rest to the next one.
TASK_SECONDS = 120.0


def refresh(account: AdAccount, *, seconds: float | None = None) -> str:
    """Read the account's assets and keep them; answers why they could not be read, or an empty text.

    `seconds` is how long it may take; nothing is changed by a reading that fails.
    """
    record = connections.record_exchange(account.platform)
    ends = None if seconds is None else time.monotonic() + seconds
    try:
        found = connections.ask(account.platform, record, lambda platform: _read(platform, account, ends))
    except PlatformError as error:
        AdAccount.objects.filter(pk=account.pk).update(assets_error=error.message[:300])
        if error.kind is ErrorKind.AUTH:
            raise
        return error.message
    _keep(account.pk, found)
    return ""


def refresh_enabled(slug: str, *, before: datetime, ends: float | None) -> None:
    """Read the assets of the platform's enabled accounts that were last read before a moment.

    What does not fit until `ends`, in seconds of time.monotonic(), goes to the queue.
    """
    for account in _outdated(slug, before, after=0):
        if ends is not None and time.monotonic() > ends - 1:
            _leave_to_queue(slug, before, account.pk - 1)
            return
        seconds = None if ends is None else ends - time.monotonic()
        try:
            refresh(account, seconds=seconds)
        except PlatformError:
            return  # the connection needs a person; the account's page says so


def refresh_queued(slug: str, before: datetime, after: int) -> None:
    """Go on with what refresh_enabled() left, from the account after this id on."""
    ends = time.monotonic() + TASK_SECONDS
    for account in _outdated(slug, before, after):
        if time.monotonic() > ends:
            _leave_to_queue(slug, before, account.pk - 1)
            return
        try:
            refresh(account)
        except PlatformError:
            return


def _read(platform: Platform, account: AdAccount, ends: float | None) -> list[Asset]:
    if ends is not None:
        platform.http.end_by(ends)
    return list(platform.list_assets(account.contract))


def _outdated(slug: str, before: datetime, after: int) -> QuerySet[AdAccount]:
    old = Q(assets_synced_at=None) | Q(assets_synced_at__lt=before)
    return AdAccount.objects.filter(old, platform=slug, is_enabled=True, stale_since=None, pk__gt=after).order_by("pk")


def _leave_to_queue(slug: str, before: datetime, after: int) -> None:
    async_task("adaccounts.tasks.refresh_assets", slug, before.isoformat(), after, cluster="default")


def _keep(account_id: int, found: Sequence[Asset]) -> None:
    with transaction.atomic():
        account = AdAccount.objects.select_for_update().get(pk=account_id)
        rows = {(asset.kind, asset.external_id): _row(account, asset) for asset in found}
        AccountAsset.objects.filter(account=account).update(is_stale=True)
        AccountAsset.objects.bulk_create(
            list(rows.values()),
            update_conflicts=True,
            unique_fields=["account", "kind", "external_id"],
            update_fields=["name", "extra", "is_stale"],
        )
        account.assets_synced_at, account.assets_error = timezone.now(), ""
        _choose_defaults(account, list(rows))
        account.save(update_fields=["assets_synced_at", "assets_error", "defaults"])


def _row(account: AdAccount, asset: Asset) -> AccountAsset:
    extra = json.loads(json.dumps(dict(asset.extra), cls=DjangoJSONEncoder).replace("\\u0000", ""))
    name = asset.name.replace("\x00", "")[:300] or asset.external_id
    return AccountAsset(account=account, kind=str(asset.kind), external_id=asset.external_id, name=name, extra=extra)


def _choose_defaults(account: AdAccount, found: Sequence[tuple[str, str]]) -> None:
    """Take the only asset of a kind as the account's default, where nobody has chosen one."""
    chosen: dict[str, str] = {}
    for rule in platforms.platform_class(account.platform).capabilities.assets:
        ids = [external_id for kind, external_id in found if kind == rule.kind]
        if len(ids) == 1 and rule.kind not in account.defaults:
            chosen[rule.kind] = ids[0]
    if chosen:
        account.defaults = account.defaults | chosen
        events.record(None, "account.defaults_chosen", account.event_subject, after=chosen)
