"""The border between HTTP and a platform: a platform sees a Call and gives an Answer, never a Django request."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import IO, Any, TypeVar

from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParserError

from .faults import ITEMS, LiveFaults

T = TypeVar("T")


@dataclass(frozen=True)
class Upload:
    """A file as it came in a multipart body."""

    field: str
    filename: str
    size: int
    file: IO[bytes]

    def read(self) -> bytes:
        self.file.seek(0)
        return self.file.read()

    def sha256(self) -> str:
        return hashlib.sha256(self.read()).hexdigest()


@dataclass(frozen=True)
class Call:
    """One API call as the real platform would see it; `path` begins with a slash and carries no host and no query."""

    surface: str
    method: str
    path: str
    base_url: str
    settings: dict[str, Any]
    faults: LiveFaults
    headers: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)
    json: Any = None
    body_kind: str = "none"
    # A body of another type than these: the bytes of a file.
    content: bytes = b""
    uploads: tuple[Upload, ...] = ()
    stale_seconds: float = 0
    # What was looked up for this call and is good for all the calls it carries.
    memo: dict[str, Any] = field(default_factory=dict)

    @property
    def params(self) -> dict[str, str]:
        """Query and form together; where both name a parameter the form's value holds."""
        return self.query | self.form

    def remembered(self, key: str, look_up: Callable[[], T]) -> T:
        """What the look-up gave when it was first asked for within this call or a call that carries it."""
        if key not in self.memo:
            self.memo[key] = look_up()
        found: T = self.memo[key]
        return found

    def refused_item(self) -> int | None:
        """The place in this call's list of objects at which one is to be refused, if a test ordered it."""
        fault = self.faults.claim([(self.method, self.path)], ITEMS)
        return int(fault.value) if fault else None

    def seeing(self, stale_seconds: float) -> Call:
        """The same call, blind to what was created within the last so many seconds."""
        return replace(self, stale_seconds=stale_seconds)


@dataclass
class Answer:
    """What a platform sends back; a dict or list goes out as JSON, text as it is."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json; charset=UTF-8"

    def content(self) -> bytes:
        text = self.body if isinstance(self.body, str) else json.dumps(self.body, separators=(",", ":"))
        return text.encode()


class UnreadableBodyError(Exception):
    """The body is not what its content type says."""


def read_call(request: HttpRequest, surface: str, path: str, settings: dict[str, Any], faults: LiveFaults) -> Call:
    """Reads the whole request; raises UnreadableBodyError for a body that cannot be parsed."""
    call = Call(
        surface=surface,
        method=request.method or "",
        path=path,
        base_url=f"{request.scheme}://{request.get_host()}",
        settings=settings,
        faults=faults,
        headers={name.lower(): value for name, value in request.headers.items()},
        query=_flat(request.GET),
    )
    return _with_body(call, request)


def _with_body(call: Call, request: HttpRequest) -> Call:
    content_type = request.content_type or ""
    if content_type == "multipart/form-data":
        return _with_multipart(call, request)
    if not request.body:
        return call
    try:
        if content_type == "application/json":
            return replace(call, json=json.loads(request.body), body_kind="json")
        if content_type == "application/x-www-form-urlencoded":
            form = QueryDict(request.body.decode(), encoding="utf-8")
            return replace(call, form=_flat(form), body_kind="form")
    except (ValueError, UnicodeDecodeError) as error:
        raise UnreadableBodyError(str(error)) from error
    return replace(call, content=request.body)


def _with_multipart(call: Call, request: HttpRequest) -> Call:
    try:
        post, files = request.parse_file_upload(request.META, request)
    except MultiPartParserError as error:
        raise UnreadableBodyError(str(error)) from error
    uploads = tuple(
        Upload(field=name, filename=file.name or "", size=file.size or 0, file=file)
        for name in files
        for file in files.getlist(name)
    )
    return replace(call, form=_flat(post), uploads=uploads, body_kind="multipart")


def _flat(values: QueryDict) -> dict[str, str]:
    return dict(_last_values(values))


def _last_values(values: QueryDict) -> Iterator[tuple[str, str]]:
    for name in values:
        value = values.get(name)
        yield name, value if isinstance(value, str) else ""
