"""One place for calls to TikTok's API: address, token, encoding, paging, and the envelope around every answer.

Reference: TikTok API for Business v1.3, "API conventions" and "Return codes". HTTP says 200 for refusals too; the code in
the envelope decides. Every path ends with a slash.
"""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings

from integrations.contracts import Deadline
from integrations.errors import ErrorKind, PlatformError
from integrations.http import Answer, Http, Upload
from integrations.platforms.tiktok import refusals
from integrations.platforms.tiktok.refusals import Blame

VERSION = "v1.3"
OK, PARTLY_OK = 0, 20001
MAX_PAGES = 1_000
#: How many objects a list gives at once at most: campaigns, ad groups and ads.
PAGE_SIZE = 1_000
#: How many ids a filter holds at most.
MOST_FILTERED = 100


class Ads:
    """Speaks TikTok's API with one access token. Raises PlatformError for every answer that is no success."""

    def __init__(self, http: Http, access_token: str = "") -> None:
        self._http = http
        self._token = access_token

    def within(self, seconds: float) -> Ads:
        """Return the same voice, none of whose requests lasts beyond so many seconds from now."""
        http = copy.copy(self._http)
        http.end_by(time.monotonic() + seconds)
        return Ads(http, self._token)

    def get(self, path: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Read; return the answer's data."""
        answer = self._http.request(
            "GET", url(path), deadline=Deadline.READ, headers=self._headers(), params=encoded(params)
        )
        return checked(answer, is_write=False)

    def pages(self, path: str, params: Mapping[str, Any], rows: str = "list", size: int = PAGE_SIZE) -> Iterator[Any]:
        """Read all rows of a list, page by page."""
        for number in range(1, MAX_PAGES + 1):
            page = self.get(path, {**params, "page": number, "page_size": size})
            yield from listed(page, rows)
            info = page.get("page_info")
            if not isinstance(info, Mapping) or number >= int(info.get("total_page") or 1):
                return
        raise PlatformError(
            ErrorKind.TRANSIENT, "TOO_MANY_PAGES", f"TikTok's list {path} does not end. Try again later."
        )

    def filtered(self, path: str, advertiser: str, name: str, ids: Sequence[str], **more: Any) -> Iterator[Any]:
        """Read all rows whose `name` is one of the ids, a hundred ids to a round trip; `more` are further parameters."""
        further = dict(more.pop("filtering", {}))
        for start in range(0, len(ids), MOST_FILTERED):
            filtering = {name: list(ids[start : start + MOST_FILTERED]), **further}
            yield from self.pages(path, {"advertiser_id": advertiser, "filtering": filtering, **more})

    def post(
        self,
        path: str,
        body: Mapping[str, Any],
        *,
        deadline: Deadline = Deadline.CREATE,
        blame: Blame | None = None,
    ) -> dict[str, Any]:
        """Write; return the answer's data, also where only a part was done: the caller compares what came back."""
        answer = self._http.request("POST", url(path), deadline=deadline, headers=self._headers(), json=dict(body))
        return checked(answer, is_write=True, blame=blame)

    def upload(self, path: str, form: Mapping[str, str], upload: Upload, size: int, blame: Blame) -> Any:
        """Upload a file of so many bytes; return the answer's data, an object or a list."""
        answer = self._http.request(
            "POST",
            url(path),
            deadline=Deadline.UPLOAD,
            headers=self._headers(),
            form=form,
            uploads=(upload,),
            upload_bytes=size,
        )
        return data_of(answer, is_write=True, blame=blame)

    def _headers(self) -> dict[str, str]:
        return {"Access-Token": self._token} if self._token else {}


def url(path: str) -> str:
    """Return the address of an endpoint like campaign/create/."""
    return f"{settings.PLATFORMS['tiktok']['api_url']}/open_api/{VERSION}/{path}"


def encoded(params: Mapping[str, Any]) -> dict[str, str]:
    """Write a query as TikTok reads it: lists, objects and booleans as JSON, the rest as text; None is left out."""
    return {name: _text(value) for name, value in params.items() if value is not None}


def checked(answer: Answer, *, is_write: bool, blame: Blame | None = None) -> dict[str, Any]:
    """Return the answer's data, an object; PlatformError for a refusal, a fault, or what cannot be read."""
    data = data_of(answer, is_write=is_write, blame=blame)
    if isinstance(data, dict):
        return data
    if data is None:
        return {}
    raise refusals.unreadable(answer.status, answer.json, is_write=is_write)


def data_of(answer: Answer, *, is_write: bool, blame: Blame | None = None) -> Any:
    """Return what the envelope holds, of any kind; PlatformError as checked() raises it."""
    body = answer.json
    if answer.is_ok and isinstance(body, Mapping) and body.get("code") in (OK, PARTLY_OK):
        return body.get("data")
    raise refusals.translate(
        answer.status, body if body is not None else answer.text[:2_000], is_write=is_write, blame=blame
    )


def listed(page: Mapping[str, Any], rows: str) -> list[dict[str, Any]]:
    """Return a page's rows; a page without a list of them is no page, and must not look like an empty one."""
    found = page.get(rows)
    if not isinstance(found, list):
        raise refusals.unreadable(200, dict(page), is_write=False)
    return [row for row in found if isinstance(row, dict)]


def as_read(error: PlatformError) -> PlatformError:
    """Turn the error of a POST that creates nothing into a read's."""
    if error.kind is not ErrorKind.AMBIGUOUS:
        return error
    return refusals.unclear(is_write=False, status=error.http_status, raw=error.raw, trace_id=error.trace_id)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
