"""Filling the sandbox, emptying it, and changing what it holds the way the world outside would."""

from __future__ import annotations

import shutil
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from . import registry, tokens
from .models import Fault, JournalEntry, Object, Setting
from .platform import Platform


class SeedError(ValueError):
    """The order cannot be carried out; the message says why."""


def seed_what_is_empty() -> None:
    """Gives each platform that has nothing its usual accounts."""
    for platform in registry.all_platforms():
        if not Object.objects.filter(platform=platform.slug).exists():
            with transaction.atomic():
                platform.seed()


def reset(keep: set[str]) -> None:
    """Back to the first start, except for what is to be kept: tokens, journal, settings."""
    with transaction.atomic():
        Object.objects.all().delete()
        Fault.objects.all().delete()
        if "settings" not in keep:
            Setting.objects.all().delete()
        if "journal" not in keep:
            JournalEntry.objects.all().delete()
        for platform in registry.all_platforms():
            if "tokens" not in keep:
                tokens.revoke(platform.slug)
            platform.seed()
    shutil.rmtree(settings.UPLOADS_FOLDER, ignore_errors=True)


def apply(platform: Platform, order: dict[str, Any]) -> list[Object]:
    """Carries out a seed order (see control.py) and returns the accounts that are there then; raises SeedError."""
    with transaction.atomic():
        try:
            _change_accounts(platform, order)
            for kind, assets in order.get("assets", {}).items():
                platform.replace_assets(kind, assets)
        except (ValueError, TypeError, AttributeError) as error:
            raise SeedError(str(error)) from error
        _change_tokens(platform, order.get("tokens"))
    return list(_accounts(platform))


def _change_accounts(platform: Platform, order: dict[str, Any]) -> None:
    for wishes in order.get("add_accounts", []):
        platform.new_account(_next_number(platform), wishes)
    for external_id in order.get("remove_accounts", []):
        _remove(_account(platform, external_id))
    for external_id in order.get("restore_accounts", []):
        _restore(_account(platform, external_id))
    for external_id, changes in order.get("update_accounts", {}).items():
        platform.change_account(_account(platform, external_id), changes)
    if "accounts" in order:
        _have_accounts(platform, int(order["accounts"]))


def _have_accounts(platform: Platform, wanted: int) -> None:
    """Adds or takes away accounts, the last ones first, until there are as many as wanted."""
    present = list(_accounts(platform))
    for account in present[wanted:]:
        _remove(account)
    for _ in range(wanted - len(present)):
        platform.new_account(_next_number(platform), {})


def _change_tokens(platform: Platform, order: str | None) -> None:
    if order == "expire":
        tokens.expire(platform.slug)
    elif order == "revoke":
        tokens.revoke(platform.slug)
    elif order is not None:
        raise SeedError(f"tokens must be expire or revoke, not {order}")


def _accounts(platform: Platform) -> Any:
    return Object.objects.present().filter(platform=platform.slug, kind=Object.Kind.ACCOUNT).order_by("id")


def _next_number(platform: Platform) -> int:
    """Counts what was removed as well, so that a number is never given twice."""
    return Object.objects.filter(platform=platform.slug, kind=Object.Kind.ACCOUNT).count() + 1


def _account(platform: Platform, external_id: str) -> Object:
    account = Object.objects.filter(platform=platform.slug, kind=Object.Kind.ACCOUNT, external_id=external_id).first()
    if account is None:
        raise SeedError(f"there is no account {external_id}")
    return account


def _remove(account: Object) -> None:
    account.deleted_at = timezone.now()
    account.save(update_fields=["deleted_at"])


def _restore(account: Object) -> None:
    account.deleted_at = None
    account.save(update_fields=["deleted_at"])
