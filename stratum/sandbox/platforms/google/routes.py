"""The front of the Google Ads API: version, path and method, then whoever answers."""

from __future__ import annotations

import re

from stratum.sandbox.call import Answer, Call

from . import access, mutate, search, videos
from .errors import Fault, Plain, Refusal

VERSIONS = ("v23", "v24", "v25", "v26")
_CUSTOMER = re.compile(r"customers/([^/:]+)/(googleAds:search|googleAds:mutate)")
_UPLOAD = re.compile(r"/resumable/upload/(v\d+)/customers/([^/:]+)/youTubeVideoUploads:create")


def dispatch(call: Call) -> Answer:
    """Answers a call; raises Refusal or Plain."""
    if match := _UPLOAD.fullmatch(call.path):
        _require_version(match[1])
        access.authenticated(call)
        account = access.customer(call, match[2])
        access.require_writable(account)
        return videos.receive(call, account) if "upload_id" in call.query else videos.start(call, account)
    version, _, rest = call.path.lstrip("/").partition("/")
    if not re.fullmatch(r"v\d+", version):
        raise Plain(404, "Requested entity was not found.")
    _require_version(version)
    access.authenticated(call)
    access.login_of(call)
    return Answer(_body(call, rest))


def _body(call: Call, rest: str) -> dict[str, object]:
    if rest == "customers:listAccessibleCustomers":
        _require(call, "GET")
        return {"resourceNames": [f"customers/{account.external_id}" for account in access.directly_accessible()]}
    _require(call, "POST")
    if call.body_kind != "json":
        raise Plain(400, "The request needs a JSON body with Content-Type: application/json.")
    if rest == "geoTargetConstants:suggest":
        return search.suggest(call)
    match = _CUSTOMER.fullmatch(rest)
    if match is None:
        raise Plain(404, "Requested entity was not found.")
    account = access.customer(call, match[1])
    return search.search(call, account) if match[2].endswith("search") else mutate.run(call, account)


def _require_version(version: str) -> None:
    if version not in VERSIONS:
        message = f"Version {version} is deprecated. Requests to this version will be blocked."
        raise Refusal(Fault("requestError", "UNSUPPORTED_VERSION", message))


def _require(call: Call, method: str) -> None:
    if call.method != method:
        raise Plain(404, "Requested entity was not found.")
