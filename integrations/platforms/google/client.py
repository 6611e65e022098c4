"""One place for calls to the Google Ads API: version, headers, paging, GAQL, errors.

Reference: Google Ads API v26 (REST), "REST interface", "Search", "Mutating resources"; names as in the official protos.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace
from typing import Any

from django.conf import settings

from integrations.contracts import Account, Deadline
from integrations.errors import ErrorKind, PlatformError
from integrations.http import Answer, Http
from integrations.platforms.google import refusals

#: A major version lives about a year. Raise it here and nowhere else, then run the contract tests.
VERSION = "v26"
MAX_PAGES = 1_000
#: How many searches may be under way at once: a whole campaign is read with so many.
PARALLEL_SEARCHES = 5

Row = dict[str, Any]


class Ads:
    """Speaks the Google Ads API with one access token. Raises PlatformError for every answer that is no success."""

    def __init__(self, http: Http, access_token: str) -> None:
        self._http = http
        self._token = access_token

    def accessible_customers(self) -> list[str]:
        """Return the ids of the accounts the connected person reaches directly."""
        answer = self._http.request(
            "GET",
            url("customers:listAccessibleCustomers"),
            deadline=Deadline.READ,
            headers=self._headers(""),
        )
        names = checked(answer, is_write=False).get("resourceNames", [])
        return [last_part(str(name)) for name in names]

    def search(self, customer_id: str, login_id: str, query: str) -> Iterator[Row]:
        """Yield all rows a GAQL query finds, page by page."""
        token = ""
        for _ in range(MAX_PAGES):
            # The size of a page is fixed; naming one is an error.
            body = {"query": query} | ({"pageToken": token} if token else {})
            page = self._ask(f"customers/{customer_id}/googleAds:search", login_id, body)
            yield from rows(page)
            token = str(page.get("nextPageToken") or "")
            if not token:
                return
        raise PlatformError(ErrorKind.TRANSIENT, "TOO_MANY_PAGES", "Google's list does not end. Try again later.")

    def search_all(self, account: Account, queries: Sequence[str]) -> list[list[Row]]:
        """Run several queries on an account side by side; all rows of each."""

        def ask(query: str) -> list[Row]:
            return list(self.search(account.external_id, login_of(account), query))

        with ThreadPoolExecutor(PARALLEL_SEARCHES) as pool:
            waiting = [pool.submit(copy_context().run, ask, query) for query in queries]
            return [future.result() for future in waiting]

    def suggest_places(self, names: Sequence[str]) -> list[Row]:
        """Ask for the places that people call by one of the names, Google's best first."""
        body = {"locale": "en", "locationNames": {"names": list(names)}}
        page = self._ask("geoTargetConstants:suggest", "", body)
        return [dict(row.get("geoTargetConstant") or {}) for row in page.get("geoTargetConstantSuggestions", [])]

    def mutate(
        self, account: Account, operations: Sequence[Mapping[str, Any]], *, upload_bytes: int = 0
    ) -> tuple[list[dict[str, Any]], Mapping[str, str]]:
        """Carry out all operations or none; return their results in the same order, and the answer's headers."""
        answer = self._mutate(account, {"mutateOperations": list(operations)}, upload_bytes)
        body = checked(answer, is_write=True)
        results = body.get("mutateOperationResponses")
        if not isinstance(results, list) or len(results) != len(operations):
            raise refusals.unreadable(answer.status, body, is_write=True)
        return [dict(result) for result in results], answer.headers

    def validate(self, account: Account, operations: Sequence[Mapping[str, Any]], *, upload_bytes: int = 0) -> None:
        """Have all operations checked, temporary ids included, and none carried out; PlatformError if one is refused."""
        answer = self._mutate(account, {"mutateOperations": list(operations), "validateOnly": True}, upload_bytes)
        try:
            checked(answer, is_write=False)
        except PlatformError as error:
            raise as_read(error) from error

    def post(
        self,
        address: str,
        login_id: str,
        *,
        headers: Mapping[str, str],
        deadline: Deadline,
        json: Any = None,
        content: Any = None,
        upload_bytes: int = 0,
    ) -> Answer:
        """Write to an address of Google's other than a method of the API; return whatever it answers."""
        return self._http.request(
            "POST",
            address,
            deadline=deadline,
            headers=self._headers(login_id) | dict(headers),
            json=json,
            content=content,
            upload_bytes=upload_bytes,
        )

    def _mutate(self, account: Account, body: Mapping[str, Any], upload_bytes: int) -> Answer:
        return self._http.request(
            "POST",
            url(f"customers/{account.external_id}/googleAds:mutate"),
            deadline=Deadline.MUTATE,
            headers=self._headers(login_of(account)),
            json=dict(body),
            upload_bytes=upload_bytes,
        )

    def _ask(self, path: str, login_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Send a POST that only reads: whatever came of it, it created nothing."""
        try:
            answer = self._http.request(
                "POST", url(path), deadline=Deadline.READ, headers=self._headers(login_id), json=dict(body)
            )
            return checked(answer, is_write=False)
        except PlatformError as error:
            raise as_read(error) from error

    def _headers(self, login_id: str) -> dict[str, str]:
        """Return the headers of every call; the login customer is the account through which access comes."""
        headers = {"Authorization": f"Bearer {self._token}"}
        return headers | ({"login-customer-id": login_id} if login_id else {})


def url(path: str) -> str:
    """Return the address of a method at the current version."""
    return f"{settings.PLATFORMS['google']['api_url']}/{VERSION}/{path}"


def login_of(account: Account) -> str:
    """Return the id of the account through which this one is reached; its own when access is direct."""
    return str(account.extra.get("login_customer_id") or account.external_id)


def checked(answer: Answer, *, is_write: bool) -> dict[str, Any]:
    """Return the answer's object; PlatformError for a refusal, a fault, or what cannot be read."""
    if answer.is_ok and isinstance(answer.json, dict) and "error" not in answer.json:
        return answer.json
    if answer.is_ok and answer.json is None:
        raise refusals.unreadable(answer.status, answer.text[:2_000], is_write=is_write)
    raise refusals.translate(answer.status, answer.json, answer.headers, is_write=is_write)


def rows(page: Mapping[str, Any]) -> list[Row]:
    """Return a page's rows. A page without any has no `results` at all."""
    listed = page.get("results", [])
    if not isinstance(listed, list):
        raise refusals.unreadable(200, page, is_write=False)
    return [row for row in listed if isinstance(row, dict)]


def as_read(error: PlatformError) -> PlatformError:
    """Turn the error of a POST that only reads into a read's."""
    if error.kind is not ErrorKind.AMBIGUOUS:
        return error
    message = "Google could not answer at the moment. Try again in a few minutes."
    return replace(error, kind=ErrorKind.TRANSIENT, message=message)


def last_part(resource_name: str) -> str:
    """Return the id at the end of a resource name: customers/1/adGroupAds/2~3 → 2~3."""
    return resource_name.rpartition("/")[2]


def dig(row: Mapping[str, Any], path: str) -> Any:
    """Return what stands in a row at a dotted path; None where a part of it is missing."""
    found: Any = row
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
