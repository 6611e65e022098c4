"""The token store: issue, look up, spend once, revoke."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from .models import Token


def issue(
    platform: str,
    kind: Token.Kind,
    value: str,
    *,
    lifetime: float | None,
    user: str,
    client_id: str,
    scopes: list[str],
    **data: Any,
) -> Token:
    """Stores a new token that lives for so many seconds, or for ever without a lifetime."""
    expires_at = timezone.now() + timedelta(seconds=lifetime) if lifetime is not None else None
    return Token.objects.create(
        platform=platform,
        kind=kind,
        value=value,
        expires_at=expires_at,
        user=user,
        client_id=client_id,
        scopes=scopes,
        data=data,
    )


def find(platform: str, kind: Token.Kind, value: str) -> Token | None:
    """The token of that value, whatever became of it."""
    return Token.objects.filter(platform=platform, kind=kind, value=value).first()


def spend(token: Token) -> bool:
    """True for the one caller that uses the token or code first."""
    return Token.objects.filter(pk=token.pk, used_at=None).update(used_at=timezone.now()) == 1


def revoke(platform: str, user: str | None = None) -> None:
    """Takes back what was issued on the platform, to one person or to all."""
    live = Token.objects.filter(platform=platform, revoked_at=None)
    (live.filter(user=user) if user else live).update(revoked_at=timezone.now())


def expire(platform: str) -> None:
    """Lets the lifetime of every access token of the platform end now."""
    Token.objects.filter(platform=platform, kind=Token.Kind.ACCESS, revoked_at=None).update(expires_at=timezone.now())
