"""One request with what was looked up for it: the person's token, and the object that the address names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stratum.sandbox.call import Call
from stratum.sandbox.models import Object, ObjectQuerySet, Token

from . import access, errors


@dataclass
class SnapRequest:
    """A call that has been let in; `node` is the object named in its address, `account` the ad account it belongs to."""

    call: Call
    token: Token
    node: Object | None = None
    account: Object | None = None

    @property
    def owner(self) -> Object:
        assert self.account is not None
        return self.account

    @property
    def subject(self) -> Object:
        assert self.node is not None
        return self.node

    def rows(self, kind: str) -> ObjectQuerySet:
        """All objects of a kind, those left out that a lagging read does not show."""
        rows = Object.objects.filter(platform="snapchat", kind=kind)
        return rows.seen(self.call.stale_seconds if self.call.method == "GET" else 0)


Handler = Callable[[SnapRequest], dict[str, Any]]


def find(call: Call, token: Token, kind: str, external_id: str) -> SnapRequest:
    """The request about an object; raises Refused 404 for what is not there or was deleted."""
    if kind == Object.Kind.ACCOUNT:
        account = access.account(external_id)
        return SnapRequest(call, token, account, account)
    request = SnapRequest(call, token)
    found = request.rows(kind).filter(external_id=external_id, deleted_at=None).first()
    if found is None:
        raise errors.not_found(external_id)
    request.node = found
    if found.account:
        request.account = access.account(found.account)
    return request
