"""Ad accounts and what their ads need besides (Ads API v1, "Organizations", "Ad accounts", "Pixels"; Public Profile API).

Public profiles live on a host of their own, which Snap opens only to apps it has allowed. Where it does not, they are
taken from the account's own creatives, and from SNAPCHAT_PUBLIC_PROFILES.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

from integrations.contracts import Account, Asset, AssetKind, Level
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.snapchat.client import AD_ACCOUNT, KINDS, ORGANIZATION, PAGE, PIXEL, PROFILE, Ads, Row

_STATUS_REASONS = {
    "PENDING": "Snapchat has not approved the account yet, or it has no payment method",
    "PAUSED": "The account is paused",
    "DISABLED": "Snapchat has disabled the account",
    "INACTIVE": "The account is not active",
    "CLOSED": "The account is closed",
}
#: Roles on an ad account that may look, but not make campaigns (Ads API v1, "Roles").
_LOOKING_ROLES = frozenset({"reports", "creative", "audience"})
#: The profile host answers these to an app it does not know, however good the token is.
_CLOSED = (ErrorKind.AUTH, ErrorKind.PERMISSION, ErrorKind.GONE)


def list_accounts(ads: Ads) -> Iterator[Account]:
    """Yield every ad account the connected person reaches, those that cannot be used with the reason."""
    for organizations in ads.pages("me/organizations", ORGANIZATION):
        for organization in organizations:
            yield from _of_organization(ads, organization)


def list_assets(ads: Ads, account: Account) -> list[Asset]:
    """Return the pixels and public profiles that ads of this account may use."""
    # The pixels first: where the token is not good any more, they say so, and the other host need not be understood.
    pixels = [row for page in ads.pages(f"adaccounts/{account.external_id}/pixels", PIXEL) for row in page]
    found = [
        Asset(AssetKind.PIXEL, str(row["id"]), str(row.get("name") or row["id"]))
        for row in pixels
        if str(row.get("status") or "").upper() != "DELETED"
    ]
    profiles = _written_profiles() | (_listed_profiles(ads, account) or _profiles_in_use(ads, account))
    return [*found, *(Asset(AssetKind.PROFILE, external_id, name) for external_id, name in profiles.items())]


def _of_organization(ads: Ads, organization: Row) -> Iterator[Account]:
    address = f"organizations/{organization['id']}/adaccounts"
    try:
        for page in ads.pages(address, AD_ACCOUNT, {"limit": PAGE}):
            for row in page:
                yield _account(row, organization)
    except PlatformError as error:
        # A member without a role on any of an organization's accounts may not list them: there are none to reach.
        if error.kind is not ErrorKind.PERMISSION:
            raise


def _account(row: Row, organization: Row) -> Account:
    zone, currency = str(row.get("timezone") or ""), str(row.get("currency") or "")
    regulations = row.get("regulations")
    extra = {
        "organization_id": str(row.get("organization_id") or organization["id"]),
        "organization": str(organization.get("name") or ""),
        "country": str(organization.get("country") or "").upper(),
        "restricted_delivery": bool(
            isinstance(regulations, Mapping) and regulations.get("restricted_delivery_signals") in (True, "true")
        ),
    }
    return Account(
        str(row["id"]), str(row.get("name") or row["id"]), currency, zone, _unusable_reason(row, zone, currency), extra
    )


def _unusable_reason(row: Row, zone: str, currency: str) -> str:
    """Say why campaigns cannot run on the account; empty if they can. A status we do not know counts as unusable."""
    status = str(row.get("status") or "")
    if status.upper() != "ACTIVE":
        reason = _STATUS_REASONS.get(status.upper(), f"Snapchat gives the account a status we do not know ({status})")
        return f"{reason}. Open it in Snapchat Ads Manager to see what to do."
    roles = row.get("roles")
    if isinstance(roles, list) and roles and {str(role).lower() for role in roles} <= _LOOKING_ROLES:
        return (
            "The connected person may only look at this account. Snap Business Manager gives the role Campaign Manager."
        )
    if row.get("funding_source_ids") == []:
        return "The account has no payment method. Add one in Snap Business Manager."
    if not currency:
        return "Snapchat names no currency for this account."
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return f"Snapchat gives the account a time zone we do not know ({zone or 'none'})."
    return ""


def _listed_profiles(ads: Ads, account: Account) -> dict[str, str]:
    """Return the organization's public profiles by id; none where Snap has not opened their host to the app."""
    address = f"organizations/{account.extra.get('organization_id', '')}/public_profiles"
    try:
        listed = [row for page in ads.pages(address, PROFILE, host="profile_url") for row in page]
    except PlatformError as error:
        if error.kind in _CLOSED:
            return {}
        raise
    return {str(row["id"]): str(row.get("display_name") or row["id"]) for row in listed}


def _profiles_in_use(ads: Ads, account: Account) -> dict[str, str]:
    """Return the profiles that the account's latest creatives speak for, under the brand name they show."""
    address, kind = f"adaccounts/{account.external_id}/creatives", KINDS[Level.CREATIVE]
    newest = next(ads.pages(address, kind, {"limit": PAGE, "sort": "created_at-desc"}))
    found: dict[str, str] = {}
    for row in newest:
        properties = row.get("profile_properties")
        external_id = str(properties.get("profile_id") or "") if isinstance(properties, Mapping) else ""
        if external_id and not found.get(external_id):
            found[external_id] = str(row.get("brand_name") or "")
    return {external_id: name or f"Public profile {external_id}" for external_id, name in found.items()}


def _written_profiles() -> dict[str, str]:
    """Return the profiles that the operator wrote down: id=Name, comma separated."""
    found = {}
    for entry in settings.PLATFORMS["snapchat"]["public_profiles"].split(","):
        external_id, _, name = (part.strip() for part in entry.partition("="))
        if external_id:
            found[external_id] = name or external_id
    return found
