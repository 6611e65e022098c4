"""The person, the organizations and ad accounts they reach, pixels, and public profiles (Ads API v1; Public Profile API)."""

from __future__ import annotations

from typing import Any

from stratum.sandbox.models import Object

from . import access, errors, lists
from .fields import written
from .seed import PERSON
from .view import SnapRequest


def me(request: SnapRequest) -> dict[str, Any]:
    return {"request_status": "success", "me": PERSON}


def my_organizations(request: SnapRequest) -> dict[str, Any]:
    """GET /me/organizations, with their ad accounts in them if that is asked for."""
    lists.refuse_unknown(request.call, "with_ad_accounts")
    inside = request.call.query.get("with_ad_accounts") == "true"
    rows = request.rows(Object.Kind.ORGANIZATION).present()

    def render(organization: Object) -> dict[str, Any]:
        found = _organization(organization)
        accounts = [_account(account) for account in _accounts(request).order_by("pk")] if inside else []
        return found | ({"ad_accounts": accounts} if inside else {})

    # Written in small letters here, and only here among the lists.
    envelope = lists.page(request.call, rows, "organizations", "organization", render)
    return envelope | {"request_status": "success"}


def ad_accounts(request: SnapRequest) -> dict[str, Any]:
    """GET /organizations/{id}/adaccounts"""
    lists.refuse_unknown(request.call)
    return lists.page(request.call, _accounts(request), "adaccounts", "adaccount", _account)


def ad_account(request: SnapRequest) -> dict[str, Any]:
    lists.refuse_unknown(request.call)
    return lists.wrapped("adaccounts", "adaccount", [_account(request.owner)])


def pixels(request: SnapRequest) -> dict[str, Any]:
    """GET /adaccounts/{id}/pixels"""
    lists.refuse_unknown(request.call)
    account = request.owner.external_id
    usable = [row.pk for row in request.rows(Object.Kind.PIXEL).present() if is_usable(row, account)]
    rows = request.rows(Object.Kind.PIXEL).filter(pk__in=usable)
    return lists.page(request.call, rows, "pixels", "pixel", _pixel)


def public_profiles(request: SnapRequest) -> dict[str, Any]:
    """GET /organizations/{id}/public_profiles on the business host, which is not open to every app."""
    lists.refuse_unknown(request.call)
    match request.call.settings["snapchat_profiles"]:
        case "closed":
            raise errors.Refused(401, "", "unauthorized", "unauthorized")
        case "scope":
            access.require_scope(request.token, access.PROFILES)
    rows = request.rows(Object.Kind.PROFILE).present()
    return lists.page(request.call, rows, "public_profiles", "public_profile", _profile)


def is_usable(asset: Object, account: str) -> bool:
    return account in asset.data.get("accounts", [account])


def _accounts(request: SnapRequest) -> Any:
    return request.rows(Object.Kind.ACCOUNT).present()


def _organization(organization: Object) -> dict[str, Any]:
    return _base(organization) | organization.data | {"my_display_name": PERSON["display_name"], "roles": ["admin"]}


def _account(account: Object) -> dict[str, Any]:
    return (
        _base(account)
        | account.data
        | {"organization_id": account.parent, "billing_type": "REVOLVING", "advertiser": "Acme Corp"}
    )


def _pixel(pixel: Object) -> dict[str, Any]:
    return _base(pixel) | {"status": "ACTIVE", "effective_status": "ACTIVE"}


def _profile(profile: Object) -> dict[str, Any]:
    dates = {name: value for name, value in _base(profile).items() if name != "name"}
    return dates | {"display_name": profile.name, "profile_type": "BRAND", "organization_id": profile.parent}


def _base(stored: Object) -> dict[str, Any]:
    return {
        "id": stored.external_id,
        "created_at": written(stored.created_at),
        "updated_at": written(stored.updated_at),
        "name": stored.name,
    }
