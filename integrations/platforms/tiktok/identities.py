"""The TikTok accounts that ads may speak as ("identities"), and how a draft names one.

An ad needs type, id and, for an account shared through a Business Center, that Business Center's id. A draft holds one
word, so the three are joined: BC_AUTH_TT:<id>:<Business Center>. Reference: TikTok API for Business v1.3, /identity/get/.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from integrations.contracts import Asset, AssetKind

LINKED, SHARED, CUSTOM = "TT_USER", "BC_AUTH_TT", "CUSTOMIZED_USER"


@dataclass(frozen=True)
class Identity:
    """One identity as ads name it; `business_center` is empty unless it is shared through one."""

    type: str
    id: str
    business_center: str = ""

    @property
    def word(self) -> str:
        return ":".join(part for part in (self.type, self.id, self.business_center) if part)

    @property
    def fields(self) -> dict[str, str]:
        """Return the fields of a creative that name this identity."""
        named = {"identity_type": self.type, "identity_id": self.id}
        return named | ({"identity_authorized_bc_id": self.business_center} if self.business_center else {})


def read(word: str) -> Identity | None:
    """Return the identity that a draft names; None for what is none."""
    kind, _, rest = word.partition(":")
    identity, _, center = rest.partition(":")
    if not identity or kind not in (LINKED, SHARED, CUSTOM) or (kind == SHARED) != bool(center):
        return None
    return Identity(kind, identity, center)


def assets(rows: Iterable[Mapping[str, Any]], *, is_custom_allowed: bool) -> list[Asset]:
    """Return the identities that new ads on TikTok may use."""
    return [_asset(row) for row in rows if _is_usable(row, is_custom_allowed=is_custom_allowed)]


def _is_usable(row: Mapping[str, Any], *, is_custom_allowed: bool) -> bool:
    kind = row.get("identity_type")
    if kind == CUSTOM:
        # A made-up name is being withdrawn: only accounts that TikTok says so about may still use one.
        return is_custom_allowed
    if kind == SHARED and not row.get("identity_authorized_bc_id"):
        return False
    may_post = row.get("available_status") == "AVAILABLE" and row.get("can_push_video") is True
    return kind in (LINKED, SHARED) and may_post and row.get("is_gpppa") is not True


def _asset(row: Mapping[str, Any]) -> Asset:
    kind, center = str(row["identity_type"]), str(row.get("identity_authorized_bc_id") or "")
    identity = Identity(kind, str(row["identity_id"]), center if kind == SHARED else "")
    name = str(row.get("display_name") or row.get("user_name") or identity.id)
    how = {SHARED: " (shared through the Business Center)", CUSTOM: " (made-up name, being withdrawn by TikTok)"}
    return Asset(AssetKind.IDENTITY, identity.word, f"{name}{how.get(kind, '')}", {"identity_type": kind})
