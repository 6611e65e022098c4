"""One place for calls to Snapchat: addresses, the bearer token, envelopes at both levels, paging, errors.

Every answer is an envelope with a status of its own around entries with a status each: a request that succeeded may
hold objects that were refused. Reference: Ads API v1, "API patterns".
"""

from __future__ import annotations

import copy
import io
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings

from integrations.contracts import Deadline, Level
from integrations.errors import ErrorKind, PlatformError
from integrations.http import Answer, Http, Upload
from integrations.platforms.snapchat import refusals
from integrations.platforms.snapchat.refusals import Blame

VERSION = "v1"
#: Rows of a page: 50 to 1,000 may be asked for. Without a limit a list is neither paged nor sorted.
PAGE, SMALLEST_PAGE = 1_000, 50
MAX_PAGES = 500
#: How many reads may be under way at once: ten requests a second are allowed per token, on average.
PARALLEL_READS = 3
Row = dict[str, Any]
_T = TypeVar("_T")


@dataclass(frozen=True)
class Kind:
    """How objects are called: in the plural (addresses, envelopes), one of them, and the plural of what they hang on."""

    plural: str
    singular: str
    parent: str = ""


ORGANIZATION, AD_ACCOUNT = Kind("organizations", "organization"), Kind("adaccounts", "adaccount", "organizations")
PIXEL, PROFILE = Kind("pixels", "pixel", "adaccounts"), Kind("public_profiles", "public_profile", "organizations")
KINDS: dict[Level, Kind] = {
    Level.MEDIA: Kind("media", "media", "adaccounts"),
    Level.CREATIVE: Kind("creatives", "creative", "adaccounts"),
    Level.CAMPAIGN: Kind("campaigns", "campaign", "adaccounts"),
    Level.AD_SET: Kind("adsquads", "adsquad", "campaigns"),
    Level.AD: Kind("ads", "ad", "adsquads"),
}


class Ads:
    """Speaks the Ads API with one access token. Raises PlatformError for every answer that is no success."""

    def __init__(self, http: Http, access_token: str) -> None:
        self._http = http
        self._token = access_token

    def within(self, seconds: float) -> Ads:
        """Return the same voice, none of whose requests lasts beyond so many seconds from now."""
        http = copy.copy(self._http)
        http.end_by(time.monotonic() + seconds)
        return Ads(http, self._token)

    # Reading
    def get(self, path: str, params: Mapping[str, Any] | None = None, host: str = "api_url") -> Row:
        """Read one envelope."""
        return checked(self._ask("GET", url(path, host), deadline=Deadline.READ, params=params), is_write=False)

    def one(self, kind: Kind, external_id: str, params: Mapping[str, Any] | None = None) -> Row:
        """Read one object; PlatformError of kind gone if there is none."""
        body = self.get(f"{kind.plural}/{external_id}", params)
        found = rows(body, kind)
        if not found:
            raise refusals.translate(404, body, {}, is_write=False)
        return found[0]

    def pages(
        self, path: str, kind: Kind, params: Mapping[str, Any] | None = None, host: str = "api_url"
    ) -> Iterator[list[Row]]:
        """Read a list page by page, as they arrive."""
        body = self.get(path, params, host)
        for _ in range(MAX_PAGES):
            yield rows(body, kind)
            following = _next_link(body)
            if not following:
                return
            _require_ours(following, host)
            body = checked(self._ask("GET", following, deadline=Deadline.READ), is_write=False)
        raise PlatformError(
            ErrorKind.TRANSIENT, "TOO_MANY_PAGES", f"Snapchat's list of {kind.plural} does not end. Try again later."
        )

    def side_by_side(self, asked: Sequence[str], question: Callable[[str], _T]) -> list[_T]:
        """Ask the same of several objects, named by their ids, a few at once; answers in their order."""
        with ThreadPoolExecutor(PARALLEL_READS) as pool:
            waiting = [pool.submit(copy_context().run, question, one) for one in asked]
            return [future.result() for future in waiting]

    def listed(self, path: str, kind: Kind, params: Mapping[str, Any] | None = None) -> Iterator[Row]:
        """Read all rows of a list, sorted by their making; the next page is asked for when it is wanted."""
        for page in self.pages(path, kind, {"limit": PAGE, **(params or {})}):
            yield from page

    # Writing
    def write(
        self, method: str, path: str, kind: Kind, items: Sequence[Row], blames: Sequence[Blame]
    ) -> list[Row | PlatformError]:
        """Create (POST) or replace (PUT) objects under one parent; answers each object, or why it was refused.

        Raises PlatformError when the request came to nothing as a whole, or when it is not known what it came to.
        """
        answer = self._ask(method, url(path), deadline=Deadline.MUTATE, json={kind.plural: list(items)})
        entries = answer.json.get(kind.plural) if isinstance(answer.json, Mapping) else None
        if answer.status in (401, 403, 404, 429) or not isinstance(entries, list) or not entries:
            checked(answer, is_write=True, blame=blames[0] if len(blames) == 1 else None)
            raise refusals.unreadable(answer.status, answer.json, is_write=True)
        request_id = str(answer.json.get("request_id") or "")
        found = _matched(items, entries, kind)
        return [
            _written(entry, answer.status, request_id, kind, blame) for entry, blame in zip(found, blames, strict=True)
        ]

    def delete(self, kind: Kind, external_id: str) -> None:
        """Delete one object, with what is below it; PlatformError of kind gone if it is deleted already."""
        answer = self._ask("DELETE", url(f"{kind.plural}/{external_id}"), deadline=Deadline.CREATE)
        body = checked(answer, is_write=True)
        rows(body, kind, is_write=True)

    def upload(self, address: str, parts: Mapping[str, str], file: Upload | None, size: int) -> Row:
        """Send a multipart form; the address is a whole one, as url() makes it or Snapchat names it."""
        fields = tuple(_field(name, value) for name, value in parts.items())
        uploads = (*fields, *([file] if file else []))
        answer = self._ask("POST", address, deadline=Deadline.UPLOAD, uploads=uploads, upload_bytes=size)
        return checked(answer, is_write=True)

    def _ask(self, method: str, address: str, **request: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        return self._http.request(method, address, headers=headers, **request)


def url(path: str, host: str = "api_url") -> str:
    """Return the address of a path at the current version."""
    return f"{settings.PLATFORMS['snapchat'][host]}/{VERSION}/{path}"


def named_address(text: str) -> str:
    """Return the whole address of a path that Snapchat named: from the host's top, from the version on, or whole."""
    base = settings.PLATFORMS["snapchat"]["api_url"]
    if text.startswith("/media/"):
        return url(text.lstrip("/"))
    address = f"{base}{text}" if text.startswith("/") else text
    _require_ours(address, "api_url")
    return address


def checked(answer: Answer, *, is_write: bool, blame: Blame | None = None) -> Row:
    """Return the answer's envelope; PlatformError for a refusal, a fault, or what cannot be read."""
    body = answer.json
    if answer.is_ok and not isinstance(body, dict):
        raise refusals.unreadable(answer.status, answer.text[:2_000], is_write=is_write)
    # Some answers say SUCCESS and some success; an envelope without a status is none.
    if answer.is_ok and _is_success(body.get("request_status")):
        return body
    raise refusals.translate(answer.status, body, answer.headers, is_write=is_write, blame=blame)


def rows(body: Mapping[str, Any], kind: Kind, *, is_write: bool = False) -> list[Row]:
    """Return an envelope's objects; PlatformError when one of them was refused."""
    entries = body.get(kind.plural)
    found = []
    for entry in entries if isinstance(entries, list) else []:
        if not isinstance(entry, Mapping) or not _is_success(entry.get("sub_request_status", "SUCCESS")):
            said = entry if isinstance(entry, Mapping) else {}
            raise refusals.of_object(said, 200, str(body.get("request_id") or ""), is_write=is_write)
        row = entry.get(kind.singular)
        if isinstance(row, dict):
            found.append(row)
    return found


def _is_success(status: Any) -> bool:
    return str(status or "").upper() == "SUCCESS"


def _next_link(body: Mapping[str, Any]) -> str:
    paging = body.get("paging")
    return str(paging.get("next_link") or "") if isinstance(paging, Mapping) else ""


def _require_ours(address: str, host: str) -> None:
    """The token goes nowhere but to the host it is for, whatever an answer says."""
    base = settings.PLATFORMS["snapchat"][host]
    if not address.startswith(f"{base}/"):
        message = "Snapchat sent us to an address that is not its own, so we did not follow. Try again later."
        raise PlatformError(ErrorKind.TRANSIENT, "FOREIGN_ADDRESS", message)


def _matched(items: Sequence[Row], entries: Sequence[Any], kind: Kind) -> list[Mapping[str, Any] | None]:
    """Return the entry of each item: by id, else by name, else by place, because a refused object may not be echoed."""
    field = "id" if "id" in items[0] else "name"
    wanted = {str(item[field]) for item in items}
    by_mark: dict[str, Mapping[str, Any]] = {}
    unmarked: dict[int, Mapping[str, Any]] = {}
    for place, entry in enumerate(entries):
        row = entry.get(kind.singular) if isinstance(entry, Mapping) else None
        mark = str(row.get(field)) if isinstance(row, Mapping) else ""
        if mark in wanted:
            by_mark[mark] = entry
        elif isinstance(entry, Mapping):
            unmarked[place] = entry
    is_whole = len(entries) == len(items)
    return [
        by_mark.get(str(item[field])) or (unmarked.get(place) if is_whole else None) for place, item in enumerate(items)
    ]


def _written(
    entry: Mapping[str, Any] | None, status: int, request_id: str, kind: Kind, blame: Blame
) -> Row | PlatformError:
    if entry is None or not entry.get("sub_request_status"):
        return refusals.unreadable(status, entry and dict(entry), is_write=True)
    row = entry.get(kind.singular)
    if not _is_success(entry["sub_request_status"]):
        return refusals.of_object(entry, status, request_id, is_write=True, blame=blame)
    if not isinstance(row, dict) or not row.get("id"):
        return refusals.unreadable(status, dict(entry), is_write=True)
    return row


def _field(name: str, value: str) -> Upload:
    """An ordinary field of a multipart form."""
    return Upload(name, None, "", lambda: io.BytesIO(value.encode()))
