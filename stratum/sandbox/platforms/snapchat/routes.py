"""Every address of the Ads API that the sandbox serves, by method, and the way from a call to its handler."""

from __future__ import annotations

import re
from typing import Any

from stratum.sandbox.call import Call
from stratum.sandbox.models import Object

from . import access, accounts, ads, adsquads, campaigns, creatives, errors, lookups, media, storing, view
from .view import Handler, SnapRequest

_ACCOUNT, _ORGANIZATION = Object.Kind.ACCOUNT, Object.Kind.ORGANIZATION
_CAMPAIGN, _AD_SET, _AD = Object.Kind.CAMPAIGN, Object.Kind.AD_SET, Object.Kind.AD
_CREATIVE, _MEDIA = Object.Kind.CREATIVE, Object.Kind.MEDIA
_PLURALS = {
    "organizations": _ORGANIZATION,
    "adaccounts": _ACCOUNT,
    "campaigns": _CAMPAIGN,
    "adsquads": _AD_SET,
    "ads": _AD,
    "creatives": _CREATIVE,
    "media": _MEDIA,
}
_WITH_PLACEMENT = adsquads.WITH_PLACEMENT

#: Addresses without an object in them.
_PLAIN: dict[tuple[str, str], Handler] = {
    ("GET", "me"): accounts.me,
    ("GET", "me/organizations"): accounts.my_organizations,
    ("GET", "targeting/geo/country"): lookups.countries,
    ("GET", "targeting/demographics/languages"): lookups.languages,
    ("GET", "targeting/demographics/age_group"): lookups.age_groups,
    ("GET", "targeting/v1/interests/scls"): lookups.interests,
}
#: Method, kind of the object that the address names, and what follows it.
_OF_OBJECTS: dict[tuple[str, str, str], Handler] = {
    ("GET", _ORGANIZATION, "adaccounts"): accounts.ad_accounts,
    ("GET", _ACCOUNT, ""): accounts.ad_account,
    ("GET", _ACCOUNT, "pixels"): accounts.pixels,
    ("GET", _ACCOUNT, "campaigns"): storing.listed(campaigns.ENTITY),
    ("POST", _ACCOUNT, "campaigns"): storing.create(campaigns.ENTITY),
    ("PUT", _ACCOUNT, "campaigns"): storing.replace(campaigns.ENTITY),
    ("GET", _ACCOUNT, "creatives"): storing.listed(creatives.ENTITY),
    ("POST", _ACCOUNT, "creatives"): storing.create(creatives.ENTITY),
    ("GET", _ACCOUNT, "media"): storing.listed(media.ENTITY),
    ("POST", _ACCOUNT, "media"): storing.create(media.ENTITY),
    ("GET", _ACCOUNT, "adsquads"): storing.listed(adsquads.ENTITY, _WITH_PLACEMENT),
    ("GET", _ACCOUNT, "ads"): storing.listed(ads.ENTITY),
    ("GET", _CAMPAIGN, ""): storing.shown(campaigns.ENTITY),
    ("DELETE", _CAMPAIGN, ""): storing.delete,
    ("GET", _CAMPAIGN, "adsquads"): storing.listed(adsquads.ENTITY, _WITH_PLACEMENT),
    ("POST", _CAMPAIGN, "adsquads"): storing.create(adsquads.ENTITY),
    ("PUT", _CAMPAIGN, "adsquads"): storing.replace(adsquads.ENTITY),
    ("GET", _AD_SET, ""): storing.shown(adsquads.ENTITY, _WITH_PLACEMENT),
    ("DELETE", _AD_SET, ""): storing.delete,
    ("GET", _AD_SET, "ads"): storing.listed(ads.ENTITY),
    ("POST", _AD_SET, "ads"): storing.create(ads.ENTITY),
    ("PUT", _AD_SET, "ads"): storing.replace(ads.ENTITY),
    ("GET", _AD, ""): storing.shown(ads.ENTITY),
    ("DELETE", _AD, ""): storing.delete,
    ("GET", _CREATIVE, ""): storing.shown(creatives.ENTITY),
    ("GET", _MEDIA, ""): storing.shown(media.ENTITY),
    ("POST", _MEDIA, "upload"): media.upload,
    ("POST", _MEDIA, "multipart-upload-v2"): media.multipart,
}


def ads_api(call: Call) -> dict[str, Any]:
    """The envelope that answers a call to the Ads API; raises Refused."""
    rest = _versioned(call)
    token = access.authenticated(call)
    access.require_scope(token, access.MARKETING)
    if (call.method, rest) in _PLAIN:
        return _PLAIN[(call.method, rest)](SnapRequest(call, token))
    if region := re.fullmatch(r"targeting/geo/([a-z]{2})/region", rest):
        return dict(lookups.regions(region[1])(SnapRequest(call, token)))
    plural, external_id, edge = _parts(rest)
    handler = _OF_OBJECTS.get((call.method, _PLURALS.get(plural, ""), edge))
    if handler is None:
        raise _no_route(call.method, plural, edge)
    return handler(view.find(call, token, _PLURALS[plural], external_id))


def profile_api(call: Call) -> dict[str, Any]:
    """The envelope that answers a call to the host of public profiles; raises Refused."""
    plural, external_id, edge = _parts(_versioned(call))
    token = access.authenticated(call)
    if (call.method, plural, edge) != ("GET", "organizations", "public_profiles"):
        raise _no_route(call.method, plural, edge)
    return accounts.public_profiles(view.find(call, token, _ORGANIZATION, external_id))


def _versioned(call: Call) -> str:
    """What follows the version; uploads may stand below a region as well."""
    match = re.fullmatch(r"(?:/us)?/v1/(.+)", call.path)
    if match is None:
        raise errors.Refused(404, "", f"no such path {call.path}", "Not found")
    return match[1]


def _parts(rest: str) -> tuple[str, str, str]:
    plural, _, below = rest.partition("/")
    external_id, _, edge = below.partition("/")
    return plural, external_id, edge


def _no_route(method: str, plural: str, edge: str) -> errors.Refused:
    if any(kind == _PLURALS.get(plural) and known == edge for _, kind, known in _OF_OBJECTS):
        return errors.Refused(405, "", f"method {method} is not allowed here", "Method not allowed")
    return errors.Refused(404, "", f"no such resource {plural}/…/{edge}", "Not found")
