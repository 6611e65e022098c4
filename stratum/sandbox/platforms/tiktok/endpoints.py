"""The front of the API: version, path, method, token, permission and advertiser, before an endpoint runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stratum.sandbox.call import Call
from stratum.sandbox.models import Object, Token

from . import access, errors
from .errors import NoSuchAddressError, TikTokError
from .parameters import Parameters

VERSION = "v1.3"


@dataclass(frozen=True)
class ApiRequest:
    """A call that has been let in. `advertiser` is the ad account it names, where the endpoint takes one."""

    call: Call
    token: Token
    values: Mapping[str, Any]
    account: Object | None = None

    @property
    def advertiser(self) -> Object:
        assert self.account is not None
        return self.account

    def parameters(self, *allowed: str) -> Parameters:
        """The fields, of which the endpoint takes these and the advertiser's id."""
        return Parameters(self.values, {"advertiser_id", *allowed}, is_text=self.call.method == "GET")


Handler = Callable[[ApiRequest], Any]


@dataclass(frozen=True)
class Endpoint:
    """A handler with its method and the permissions of which one is needed; what writes needs a usable advertiser."""

    method: str
    handler: Handler
    scopes: tuple[str, ...] = ()
    of_advertiser: bool = True
    writes: bool = False


Open = Callable[[Call, Mapping[str, Any]], Any]


def dispatch(call: Call, endpoints: Mapping[str, Endpoint], without_token: Mapping[str, Open]) -> Any:
    """Hands over to the endpoint and returns its data; raises TikTokError or NoSuchAddressError."""
    name = _name(call.path)
    if name in without_token:
        _require_method(call, "POST")
        return without_token[name](call, _values(call))
    endpoint = endpoints.get(name)
    if endpoint is None:
        raise NoSuchAddressError(404, "404 page not found")
    _require_method(call, endpoint.method)
    token = access.authenticated(call)
    access.require_scope(token, endpoint.scopes)
    values = _values(call)
    account = _advertiser(token, values) if endpoint.of_advertiser else None
    if endpoint.writes and account is not None:
        access.require_writable(account)
    return endpoint.handler(ApiRequest(call, token, values, account))


def _name(path: str) -> str:
    """The endpoint in the path; without the slash at its end there is no such page."""
    found = re.fullmatch(r"/open_api/(v\d+\.\d+)/(.+)/", path)
    if found is None:
        raise NoSuchAddressError(404, "404 page not found")
    if found[1] != VERSION:
        raise TikTokError(40006, f"The API version {found[1]} is no longer supported. Please use {VERSION}")
    return found[2]


def _require_method(call: Call, method: str) -> None:
    if call.method != method:
        raise NoSuchAddressError(405, "405 method not allowed")


def _values(call: Call) -> Mapping[str, Any]:
    """The fields of the request: the query of a GET, the body of a POST. A query beside a body is not read."""
    if call.method == "GET":
        return call.query
    if call.body_kind == "multipart":
        return call.form
    if call.body_kind != "json":
        raise TikTokError(errors.INVALID, "The content type must be application/json")
    if not isinstance(call.json, dict):
        raise TikTokError(errors.INVALID, "The request body must be a JSON object")
    return call.json


def _advertiser(token: Token, values: Mapping[str, Any]) -> Object:
    external_id = values.get("advertiser_id")
    if external_id in (None, ""):
        raise errors.missing("advertiser_id")
    if not isinstance(external_id, str):
        raise errors.field("advertiser_id", "Not a valid string.")
    return access.advertiser(token, external_id)
