"""One place for calls to the Graph API: version, proof of the app secret, encoding, paging, batches, errors.

Reference: Graph API v26.0, "Secure Graph API calls", "Paginated results", "Batch requests".
"""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
import logging
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from django.conf import settings

from integrations.contracts import Deadline
from integrations.errors import ErrorKind, PlatformError
from integrations.http import Answer, Http, Upload
from integrations.platforms.meta import refusals
from integrations.platforms.meta.refusals import Blame

log = logging.getLogger(__name__)

#: Marketing API versions live about eight months. Raise it here and nowhere else, then run the contract tests.
VERSION = "v26.0"
MAX_BATCH = 50
MAX_PAGES = 1_000
_REFERENCE = re.compile(r"\{result=([\w-]+):\$\.id\}")


@dataclass(frozen=True)
class Item:
    """One request of a batch. Values of `fields` may hold `{result=<name>:$.id}`, the answer of an earlier item."""

    method: str
    path: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True)
class Reply:
    """What became of one item: its own status and parsed body; `text` if it could not be parsed."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300 and isinstance(self.body, Mapping) and "error" not in self.body


@dataclass(frozen=True)
class Batch:
    """A batch's replies in the order of its items; None where Meta said nothing about an item."""

    replies: list[Reply | None]
    headers: Mapping[str, str]


class Graph:
    """Speaks the Graph API with one access token. Raises PlatformError for every answer that is no success."""

    def __init__(self, http: Http, access_token: str) -> None:
        self._http = http
        self._token = access_token

    def within(self, seconds: float) -> Graph:
        """Return the same voice, none of whose requests lasts beyond so many seconds from now."""
        http = copy.copy(self._http)
        http.end_by(time.monotonic() + seconds)
        return Graph(http, self._token)

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Read one object or one page."""
        answer = self._ask("GET", url(path), deadline=Deadline.READ, params=self._signed(params or {}))
        return checked(answer, is_write=False)

    def pages(self, path: str, params: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Read all rows of a list. Pages are asked for by cursor: Meta's own `next` address carries the token."""
        return self.rest(path, params, self.get(path, params))

    def rest(self, path: str, params: Mapping[str, Any], page: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Return the rows of a first page that is there already, then those of all following pages."""
        for _ in range(MAX_PAGES):
            yield from rows(page)
            after = _next_cursor(page)
            if not after:
                return
            page = self.get(path, {**params, "after": after})
        raise PlatformError(
            ErrorKind.TRANSIENT, "TOO_MANY_PAGES", f"Meta's list of {path} does not end. Try again later."
        )

    def post(
        self,
        path: str,
        fields: Mapping[str, Any],
        *,
        deadline: Deadline = Deadline.CREATE,
        host: str = "api_url",
        uploads: tuple[Upload, ...] = (),
        upload_bytes: int = 0,
        blame: Blame | None = None,
    ) -> tuple[dict[str, Any], Mapping[str, str]]:
        """Write; return the answer and its headers."""
        answer = self._ask(
            "POST",
            url(path, host),
            deadline=deadline,
            form=self._signed(fields),
            uploads=uploads,
            upload_bytes=upload_bytes,
        )
        return checked(answer, is_write=True, blame=blame), answer.headers

    def delete(self, path: str) -> dict[str, Any]:
        answer = self._ask("DELETE", url(path), deadline=Deadline.CREATE, params=self._signed({}))
        return checked(answer, is_write=True)

    def batch(self, items: Sequence[Item], deadline: Deadline) -> Batch:
        """Send up to 50 requests in one. It is not atomic: each item has its own fate."""
        if len(items) > MAX_BATCH:
            raise ValueError(f"A batch holds at most {MAX_BATCH} requests, not {len(items)}.")
        names = frozenset(item.name for item in items if item.name)
        written = [_batch_item(item, names) for item in items]
        form = self._signed({"include_headers": False, "batch": written})
        answer = self._ask("POST", url(""), deadline=deadline, form=form)
        is_write = any(item.method != "GET" for item in items)
        if not isinstance(answer.json, list):
            checked(answer, is_write=is_write)  # an error stands alone, in the place of the list
            raise refusals.unreadable(answer.status, answer.json, is_write=is_write)
        replies = [_reply(raw) for raw in answer.json[: len(items)]]
        return Batch(replies + [None] * (len(items) - len(replies)), answer.headers)

    def read_all(self, queries: Sequence[tuple[str, Mapping[str, Any]]]) -> list[dict[str, Any] | PlatformError]:
        """Read many objects or first pages, 50 to a round trip; each answer is a body or its own error."""
        found: list[dict[str, Any] | PlatformError] = []
        for start in range(0, len(queries), MAX_BATCH):
            part = queries[start : start + MAX_BATCH]
            try:
                batch = self.batch([Item("GET", path, params) for path, params in part], Deadline.READ)
            except PlatformError as error:
                raise as_read(error) from error
            found += [
                self._read_reply(query, reply, batch.headers) for query, reply in zip(part, batch.replies, strict=True)
            ]
        return found

    def lists(self, queries: Sequence[tuple[str, Mapping[str, Any]]]) -> list[list[dict[str, Any]] | PlatformError]:
        """Read many lists completely; their first pages come in one round trip."""
        return [
            first if isinstance(first, PlatformError) else list(self.rest(path, params, first))
            for (path, params), first in zip(queries, self.read_all(queries), strict=True)
        ]

    def _ask(self, method: str, address: str, **request: Any) -> Answer:
        answer = self._http.request(method, address, **request)
        if warning := answer.headers.get("x-ad-api-version-warning"):
            log.warning("Meta warns about the version of its API that we speak (%s): %s", VERSION, warning)
        return answer

    def _read_reply(
        self, query: tuple[str, Mapping[str, Any]], reply: Reply | None, headers: Mapping[str, str]
    ) -> dict[str, Any] | PlatformError:
        if reply is None:  # Meta ran out of time for this item
            return self.get(*query)
        if reply.is_ok:
            return dict(reply.body)
        return refusals.translate(reply.status, reply.body, reply.headers or headers, is_write=False)

    def _signed(self, fields: Mapping[str, Any]) -> dict[str, str]:
        """Encode the fields and add token and proof. The locale keeps Meta's texts for people in English."""
        signed = {"access_token": self._token, "appsecret_proof": proof(self._token), "locale": "en_US"}
        return encoded(fields) | signed


def url(path: str, host: str = "api_url") -> str:
    """Return the address of a path at the current version; the empty path is where batches go."""
    return f"{settings.PLATFORMS['meta'][host]}/{VERSION}/{path}"


def proof(access_token: str) -> str:
    """Return the hex HMAC-SHA256 of the token under the app's secret: shows that the call comes from our server."""
    secret = settings.PLATFORMS["meta"]["client_secret"]
    return hmac.new(secret.encode(), access_token.encode(), hashlib.sha256).hexdigest()


def encoded(fields: Mapping[str, Any]) -> dict[str, str]:
    """Write form values as Meta reads them: objects, lists and booleans as JSON, the rest as text; None is left out."""
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        for name, value in fields.items()
        if value is not None
    }


def checked(answer: Answer, *, is_write: bool, blame: Blame | None = None) -> dict[str, Any]:
    """Return the answer's object; PlatformError for a refusal, a fault, or what cannot be read."""
    if answer.is_ok and isinstance(answer.json, dict) and "error" not in answer.json:
        return answer.json
    if answer.is_ok and answer.json is None:
        raise refusals.unreadable(answer.status, answer.text[:2_000], is_write=is_write)
    raise refusals.translate(answer.status, answer.json, answer.headers, is_write=is_write, blame=blame)


def rows(page: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a page's rows; a page without a list of them is no page, and must not look like an empty one."""
    data = page.get("data")
    if not isinstance(data, list):
        raise refusals.unreadable(200, page, is_write=False)
    return [row for row in data if isinstance(row, dict)]


def as_read(error: PlatformError) -> PlatformError:
    """Turn the error of a POST that only reads into a read's: whatever it did, it created nothing."""
    if error.kind is not ErrorKind.AMBIGUOUS:
        return error
    message = "Meta could not answer at the moment. Try again in a few minutes."
    return replace(error, kind=ErrorKind.TRANSIENT, message=message)


def _next_cursor(page: Mapping[str, Any]) -> str:
    paging = page.get("paging")
    if not isinstance(paging, Mapping) or not paging.get("next"):
        return ""
    return str((paging.get("cursors") or {}).get("after") or "")


def _batch_item(item: Item, names: frozenset[str]) -> dict[str, Any]:
    body = "&".join(f"{name}={_quoted(value, names)}" for name, value in encoded(item.fields).items())
    written: dict[str, Any] = {
        "method": item.method,
        "relative_url": f"{VERSION}/{item.path}",
        # Without this an item that others refer to answers null when it succeeds, just as one that was never run.
        "omit_response_on_success": False,
    }
    if item.name:
        written["name"] = item.name
    if body and item.method == "POST":
        written["body"] = body
    elif body:
        written["relative_url"] += f"?{body}"
    return written


def _quoted(value: str, names: frozenset[str]) -> str:
    """Percent-encode a value, but not its references to other items: Meta looks for them before it decodes."""
    parts, end = [], 0
    for reference in _REFERENCE.finditer(value):
        if reference[1] in names:
            parts += [quote(value[end : reference.start()], safe=""), reference[0]]
            end = reference.end()
    return "".join([*parts, quote(value[end:], safe="")])


def _reply(raw: Any) -> Reply | None:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("code"), int):
        return None
    text = raw.get("body")
    headers = {str(h.get("name", "")).lower(): str(h.get("value", "")) for h in raw.get("headers") or [] if h}
    try:
        return Reply(raw["code"], json.loads(text) if isinstance(text, str) else text, headers)
    except ValueError:
        return Reply(raw["code"], None, headers, str(text)[:2_000])
