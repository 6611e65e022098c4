"""Ad accounts, and what their ads need besides: TikTok accounts to speak as, music and pixels.

Reference: TikTok API for Business v1.3, /oauth2/advertiser/get/, /advertiser/info/, /identity/get/, /file/music/get/,
/pixel/list/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

from integrations.contracts import Account, Asset, AssetKind
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.tiktok import identities, music
from integrations.platforms.tiktok.client import Ads, listed

#: Accounts asked about in one request. TikTok's document names no bound; 100 is what others use.
ACCOUNTS_PER_CALL = 100
IDENTITIES_PER_PAGE, PIXELS_PER_PAGE = 100, 20
_FIELDS = [
    "advertiser_id",
    "name",
    "currency",
    "timezone",
    "display_timezone",
    "country",
    "status",
    "company",
    "owner_bc_id",
]
_USABLE_STATUS = "STATUS_ENABLE"
_REVIEW, _FAILED = "TikTok still reviews this account", "This account did not pass TikTok's review"
_STATUS_REASONS = {
    "STATUS_PENDING_CONFIRM": _REVIEW,
    "STATUS_PENDING_CONFIRM_MODIFY": _REVIEW,
    "STATUS_PENDING_VERIFIED": "TikTok waits for this account to be verified",
    "STATUS_WAIT_FOR_BPM_AUDIT": _REVIEW,
    "STATUS_WAIT_FOR_PUBLIC_AUTH": _REVIEW,
    "STATUS_SELF_SERVICE_UNAUDITED": _REVIEW,
    "STATUS_CONTRACT_PENDING": "The account's contract with TikTok is not in force yet",
    "STATUS_CONFIRM_FAIL": _FAILED,
    "STATUS_CONFIRM_FAIL_END": _FAILED,
    "STATUS_CONFIRM_MODIFY_FAIL": _FAILED,
    "STATUS_LIMIT": "TikTok has restricted this account for a breach of its rules",
    "STATUS_DISABLE": "The account is closed",
}


def list_accounts(ads: Ads) -> Iterator[Account]:
    """Yield every ad account the connection reaches, those that cannot be used with the reason."""
    app = settings.PLATFORMS["tiktok"]
    page = ads.get("oauth2/advertiser/get/", {"app_id": app["client_id"], "secret": app["client_secret"]})
    ids = [str(row["advertiser_id"]) for row in listed(page, "list")]
    for start in range(0, len(ids), ACCOUNTS_PER_CALL):
        part = ids[start : start + ACCOUNTS_PER_CALL]
        # Asked for together, the flag makes TikTok leave every other field out.
        flags = _info(ads, part, ["can_use_custom_identity"])
        for external_id, row in _info(ads, part, _FIELDS).items():
            yield _account(row, is_custom_allowed=flags.get(external_id, {}).get("can_use_custom_identity") is True)


def list_assets(ads: Ads, account: Account) -> list[Asset]:
    """Return the TikTok accounts, the music and the pixels that ads of this account may use."""
    advertiser = {"advertiser_id": account.external_id}
    found = identities.assets(
        ads.pages("identity/get/", advertiser, "identity_list", IDENTITIES_PER_PAGE),
        is_custom_allowed=account.extra.get("can_use_custom_identity") is True,
    )
    found += _music(ads, account)
    for row in ads.pages("pixel/list/", advertiser, "pixels", PIXELS_PER_PAGE):
        found.append(Asset(AssetKind.PIXEL, str(row["pixel_id"]), str(row.get("pixel_name") or row["pixel_id"])))
    return found


def _info(ads: Ads, ids: Sequence[str], fields: Sequence[str]) -> dict[str, dict[str, Any]]:
    page = ads.get("advertiser/info/", {"advertiser_ids": list(ids), "fields": list(fields)})
    return {str(row.get("advertiser_id")): row for row in listed(page, "list")}


def _account(row: Mapping[str, Any], *, is_custom_allowed: bool) -> Account:
    # `timezone` may be Etc/GMT+5, whose sign is the other way round; the other one is a place.
    zone = str(row.get("display_timezone") or row.get("timezone") or "")
    extra = {
        "country": str(row.get("country") or ""),
        "business": str(row.get("company") or ""),
        "can_use_custom_identity": is_custom_allowed,
    }
    external_id = str(row["advertiser_id"])
    name, currency = str(row.get("name") or external_id), str(row.get("currency") or "")
    return Account(external_id, name, currency, zone, _unusable_reason(row, currency, zone), extra)


def _unusable_reason(row: Mapping[str, Any], currency: str, zone: str) -> str:
    """Say why campaigns cannot run on the account; empty if they can. A status we do not know counts as unusable."""
    status = str(row.get("status") or "")
    if status != _USABLE_STATUS:
        reason = _STATUS_REASONS.get(status, f"TikTok gives the account a status we do not know ({status or 'none'})")
        return f"{reason}. Open it in TikTok Ads Manager to see what to do."
    if not currency:
        return "TikTok names no currency for this account."
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return f"TikTok gives the account a time zone we do not know ({zone or 'none'})."
    return ""


def _music(ads: Ads, account: Account) -> list[Asset]:
    """Return the music that people of the account marked as favourite or uploaded, for carousels."""
    try:
        return music.own(ads, account)
    except PlatformError as error:
        # Music can be left to TikTok, so an account that is shown none goes without a choice.
        if error.kind in (ErrorKind.PERMISSION, ErrorKind.INVALID):
            return []
        raise
