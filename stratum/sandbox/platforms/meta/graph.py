"""The Graph API's front: version, then the route for method, node and edge."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stratum.sandbox.call import Call
from stratum.sandbox.models import Object, Token

from . import access, errors
from .errors import GraphError
from .seed import PERSON
from .view import View

VERSIONS = ("v26.0", "v25.0")
# Removed for every version in v26 ("five old Graph protocol habits"); `ids` is the multi-read at the root.
REMOVED = ("pretty", "debug", "date_format", "ids")
# Writes that change nothing that is there already, so that what was looked up stays true.
ADDING_EDGES = frozenset({"campaigns", "adsets", "adcreatives", "ads"})
EVERYWHERE = frozenset({"access_token", "appsecret_proof", "locale", "include_headers"})


@dataclass
class GraphRequest:
    """A call that has been let in: the node it is about, and its parameters without those that every call may carry.

    `item` is what follows the edge in the path: the permission in /me/permissions/ads_read.
    """

    view: View
    token: Token
    node: Object | None
    params: dict[str, str]
    item: str = ""

    @property
    def call(self) -> Call:
        return self.view.call

    @property
    def account(self) -> Object:
        """The ad account the node is or belongs to."""
        assert self.node is not None
        return self.node if self.node.kind == Object.Kind.ACCOUNT else self.view.account_of(self.node)


Handler = Callable[[GraphRequest], Any]


@dataclass(frozen=True)
class Route:
    """A handler with the permissions of which one is needed; what writes needs an account that can be written to."""

    handler: Handler
    scopes: tuple[str, ...]
    writes: bool = False


Routes = Mapping[tuple[str, str, str], Route]


def split_version(path: str) -> tuple[str, str]:
    """Version and rest of the path; raises GraphError 2635 for a version that is not served or not named."""
    match = re.fullmatch(r"/(v\d+\.\d+)(?:/(.*))?", path)
    if match is None or match.group(1) not in VERSIONS:
        raise errors.unsupported_version(match.group(1) if match else "none")
    return match.group(1), (match.group(2) or "").strip("/")


def refuse_removed(params: dict[str, str]) -> None:
    """Raises GraphError 100 for query parameters that no version takes any more."""
    for name in REMOVED:
        if name in params:
            raise GraphError(100, f"(#100) The parameter {name} is no longer supported", blame=name)


def dispatch(call: Call, rest: str, token: Token, routes: Routes) -> Any:
    """Finds the node, checks permission, and hands over to the route; raises GraphError."""
    name, _, below = rest.partition("/")
    edge, _, item = below.partition("/")
    node, kind = _node(call, name, token)
    route = routes.get((call.method, kind, edge))
    if route is None or (item and edge != "permissions"):
        raise _no_route(call.method, rest, below)
    if route.scopes:
        access.require_scope(token, *route.scopes)
    params = {name: value for name, value in call.params.items() if name not in EVERYWHERE}
    request = GraphRequest(View(call), token, node, params, item)
    if route.writes:
        access.require_writable(request.account)
    answer = route.handler(request)
    if route.writes and edge not in ADDING_EDGES:
        call.memo.clear()
    return answer


def _node(call: Call, name: str, token: Token) -> tuple[Object | None, str]:
    if name in ("me", token.user):
        return None, "user"
    if name == "search":
        return None, "search"
    if name.startswith("act_"):
        return access.account(call, name), Object.Kind.ACCOUNT
    stored = Object.objects.filter(platform="meta", external_id=name).exclude(kind=Object.Kind.ACCOUNT)
    found = stored.seen(call.stale_seconds if call.method == "GET" else 0).first()
    if found is None:
        raise errors.no_such_object(call.method, name)
    if found.account:
        access.account(call, found.account)
    return found, found.kind


def _no_route(method: str, rest: str, edge: str) -> GraphError:
    if method == "GET" and edge:
        return GraphError(2500, f"Unknown path components: /{edge}")
    if method not in ("GET", "POST", "DELETE"):
        return GraphError(100, f"Unsupported method, {method}", kind="GraphMethodException")
    return errors.no_such_object(method, rest)


def me(request: GraphRequest) -> dict[str, Any]:
    """GET /me: the person the token stands for."""
    names = [name for name in request.params.get("fields", "id,name").split(",") if name]
    unknown = [name for name in names if name not in PERSON]
    if unknown:
        raise GraphError(100, f"(#100) Tried accessing nonexisting field ({unknown[0]}) on node type (User)")
    if "email" in names:
        access.require_scope(request.token, "email")
    return {name: PERSON[name] for name in [*names, "id"]}
