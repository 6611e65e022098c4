"""Text as every database can keep it: PostgreSQL takes no NUL, and nothing takes half a character."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase, QueryDict

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def storable(text: str) -> str:
    """Return the text without NUL and lone surrogates, which nobody types."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


def storable_json(value: Any) -> Any:
    """Return parsed JSON with every text in it, keys included, as storable() makes it."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [storable_json(item) for item in value]
    if isinstance(value, dict):
        return {storable(key): storable_json(item) for key, item in value.items()}
    return value


class StorableRequests:
    """Cleans what addresses and forms bring, so that no view and no filter meets a text that cannot be stored.

    JSON is cleaned where it is read, see ui.body().
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _has_nul(request.GET):
            request.GET = _cleaned(request.GET)  # type: ignore[assignment]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        # Here, and not before: CsrfViewMiddleware has read the form by now, and refused what is not ours.
        if request.method == "POST" and request.content_type in FORMS and _has_nul(request.POST):
            request.POST = _cleaned(request.POST)  # type: ignore[assignment]


def _has_nul(data: QueryDict) -> bool:
    return any("\x00" in name or any("\x00" in value for value in values) for name, values in data.lists())


def _cleaned(data: QueryDict) -> QueryDict:
    cleaned = QueryDict(mutable=True, encoding=data.encoding)
    for name, values in data.lists():
        cleaned.setlist(storable(name), [storable(value) for value in values])
    cleaned._mutable = False
    return cleaned
