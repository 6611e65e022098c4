"""The only place that opens a socket to a platform.

One request in, one Answer or one PlatformError out. Nothing is retried here: whether a request may be sent again is the
ledger's decision. Every exchange is handed to `record`, redacted, whatever came of it.
"""

from __future__ import annotations

import ipaddress
import json as jsonlib
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import IO, Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from urllib3.exceptions import NewConnectionError, SSLError

from integrations.contracts import Deadline
from integrations.errors import ErrorKind, PlatformError
from stratum.redaction import redact, redact_text

#: Seconds for a call as a whole. Uploads get more by size, see deadline_seconds().
SECONDS = {Deadline.READ: 20.0, Deadline.CREATE: 40.0, Deadline.MUTATE: 90.0, Deadline.UPLOAD: 40.0}
UPLOAD_BYTES_PER_SECOND = 256 * 1024
CONNECT_SECONDS = 5.0
MAX_ANSWER_BYTES = 16 * 1024 * 1024
MAX_KEPT_TEXT = 20_000
USER_AGENT = "Stratum-Campaign-Builder/1"


def deadline_seconds(deadline: Deadline, upload_bytes: int = 0) -> float:
    """Return how many seconds a call may take as a whole, from the first byte out to the last byte in."""
    return (SECONDS[deadline] + upload_bytes / UPLOAD_BYTES_PER_SECOND) * settings.PUBLISH_DEADLINE_FACTOR


@dataclass(frozen=True)
class Exchange:
    """A request and what came back, redacted: what the publish log shows."""

    method: str
    url: str
    request: Mapping[str, Any]
    status: int | None
    response: Any
    error: str
    trace_id: str
    took_ms: int


@dataclass(frozen=True)
class Answer:
    """A platform's answer. `json` is None when the body is not JSON; `text` holds it then."""

    status: int
    headers: Mapping[str, str]
    json: Any
    text: str = field(repr=False, default="")

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300


Record = Callable[[Exchange], None]


@dataclass(frozen=True)
class Upload:
    """A part of a multipart form, without a filename an ordinary field; `open` is called when the request is made."""

    field: str
    filename: str | None
    content_type: str
    open: Callable[[], IO[bytes]]


@dataclass(frozen=True)
class Content:
    """A body that is a file and nothing else; `open` is called when the request is made."""

    content_type: str
    open: Callable[[], IO[bytes]]


class Http:
    """Speaks HTTP for one platform. Safe to use from several threads: a connection serves one request at a time, and the
    next one that comes along, from whatever thread.
    """

    def __init__(self, platform: str, record: Record, trace_headers: tuple[str, ...] = ()) -> None:
        self.platform = platform
        self._record = record
        self._trace_headers = trace_headers
        self._idle: SimpleQueue[requests.Session] = SimpleQueue()
        self._ends: float | None = None

    def end_by(self, moment: float) -> None:
        """Let no request last beyond the moment, in seconds of time.monotonic(): for readers who must answer by then.

        What does not fit raises PlatformError OUT_OF_TIME.
        """
        self._ends = moment

    def request(
        self,
        method: str,
        url: str,
        *,
        deadline: Deadline,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        form: Mapping[str, Any] | None = None,
        json: Any = None,
        uploads: tuple[Upload, ...] = (),
        content: Content | None = None,
        upload_bytes: int = 0,
    ) -> Answer:
        """Send one request and return the answer, whatever its status.

        Raises PlatformError: transient when nothing reached the platform, or when a read got no answer; ambiguous when
        a write may have arrived. A GET is a read, everything else a write.
        """
        _require_allowed(url)
        started = time.monotonic()
        seconds = self._seconds_left(deadline_seconds(deadline, upload_bytes))
        answer: Answer | None = None
        problem = ""
        try:
            answer = self._send(method, url, seconds, headers, params, form, json, uploads, content)
            return answer
        except requests.RequestException as error:
            problem = _in_words(error)
            if method == "GET":
                self._seconds_left(seconds)
            raise _translate(error, method, problem) from error
        finally:
            took_ms = round((time.monotonic() - started) * 1000)
            self._record(self._exchange(method, url, params, form, json, uploads, answer, problem, took_ms))

    def _send(
        self,
        method: str,
        url: str,
        seconds: float,
        headers: Mapping[str, str] | None,
        params: Mapping[str, Any] | None,
        form: Mapping[str, Any] | None,
        json: Any,
        uploads: tuple[Upload, ...],
        content: Content | None,
    ) -> Answer:
        ends = time.monotonic() + seconds
        files = [(upload.field, (upload.filename, upload.open(), upload.content_type)) for upload in uploads]
        whole = content.open() if content else None
        if content:
            headers = {**(headers or {}), "Content-Type": content.content_type}
        session = self._session()
        try:
            response = session.request(
                method,
                url,
                headers={"User-Agent": USER_AGENT, **(headers or {})},
                params=params,
                data=form if whole is None else whole,
                json=json,
                files=files or None,
                timeout=(min(CONNECT_SECONDS, seconds), seconds),
                allow_redirects=False,
                stream=True,
            )
            with response:
                body = _read_until(response, ends)
        finally:
            for handle in [*(handle for _, (_, handle, _) in files), *([whole] if whole else [])]:
                handle.close()
            self._idle.put(session)
        text = body.decode(response.encoding or "utf-8", "replace")
        return Answer(response.status_code, response.headers, _parse(text), text)

    def _seconds_left(self, seconds: float) -> float:
        """Return how long a request may take that would have these seconds; PlatformError OUT_OF_TIME if it may not."""
        if self._ends is None:
            return seconds
        left = self._ends - time.monotonic()
        if left <= 0:
            raise PlatformError(ErrorKind.TRANSIENT, "OUT_OF_TIME", "The platform takes longer than there is time.")
        return min(seconds, left)

    def _session(self) -> requests.Session:
        """Take a session whose connection may still be open; a new one when all are in use."""
        with suppress(Empty):
            return self._idle.get_nowait()
        session = requests.Session()
        session.trust_env = False  # no proxy, no .netrc from the environment
        return session

    def _exchange(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None,
        form: Mapping[str, Any] | None,
        json: Any,
        uploads: tuple[Upload, ...],
        answer: Answer | None,
        problem: str,
        took_ms: int,
    ) -> Exchange:
        request: dict[str, Any] = {}
        if params:
            request["query"] = redact(dict(params))
        if form:
            request["form"] = _short(redact(dict(form)))
        if json is not None:
            request["json"] = _short(redact(json))
        if uploads:
            request["files"] = [{"field": u.field, "filename": u.filename, "type": u.content_type} for u in uploads]
        response = None if answer is None else (answer.json if answer.json is not None else answer.text[:MAX_KEPT_TEXT])
        trace = next((answer.headers[h] for h in self._trace_headers if answer and h in answer.headers), "")
        return Exchange(
            method, redact_text(url), request, answer.status if answer else None, _short(redact(response)),
            redact_text(problem), str(trace)[:200], took_ms,
        )  # fmt: skip


def _require_allowed(url: str) -> None:
    """Refuse plain http, except to this machine where a development setting allows it."""
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and settings.ALLOW_INSECURE_LOOPBACK and is_loopback(url)):
        return
    raise PlatformError(
        ErrorKind.INVALID,
        "INSECURE_ADDRESS",
        f"The address {parts.scheme}://{parts.netloc} is not https. Correct it in the settings.",
    )


def is_loopback(url: str) -> bool:
    """Say whether the address names this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _read_until(response: requests.Response, ends: float) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(64 * 1024):
        body += chunk
        if time.monotonic() > ends:
            raise requests.ReadTimeout("The answer took longer than the call's deadline.")
        if len(body) > MAX_ANSWER_BYTES:
            raise requests.exceptions.ContentDecodingError("The answer is larger than any answer should be.")
    return bytes(body)


def _parse(text: str) -> Any:
    try:
        return jsonlib.loads(text)
    except ValueError:
        return None


def _short(value: Any) -> Any:
    """Keep what a person can read: long texts (a picture in base64) are cut and their length said."""
    if isinstance(value, str) and len(value) > MAX_KEPT_TEXT:
        return f"{value[:200]}… ({len(value)} characters)"
    if isinstance(value, dict):
        return {key: _short(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_short(item) for item in value]
    if isinstance(value, bytes):
        return f"({len(value)} bytes)"
    return value


def _in_words(error: requests.RequestException) -> str:
    return f"{type(error).__name__}: {redact_text(str(error))}"[:300]


def never_sent(error: requests.RequestException) -> bool:
    """Say whether the request surely did not reach the other side: no name, no route, refused, or no TLS."""
    if isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.InvalidURL):
        return True
    cause: BaseException | None = error
    while cause is not None:
        reason = getattr(cause, "reason", None)
        if isinstance(cause, NewConnectionError | SSLError) or isinstance(reason, NewConnectionError | SSLError):
            return True
        cause = cause.args[0] if cause.args and isinstance(cause.args[0], BaseException) else cause.__cause__
    return False


def _translate(error: requests.RequestException, method: str, problem: str) -> PlatformError:
    if never_sent(error):
        return PlatformError(
            ErrorKind.TRANSIENT, "PLATFORM_UNREACHABLE", "The platform cannot be reached at the moment.", raw=problem
        )
    if method == "GET":
        return PlatformError(ErrorKind.TRANSIENT, "NO_ANSWER", "The platform did not answer in time.", raw=problem)
    return PlatformError(
        ErrorKind.AMBIGUOUS, "NO_ANSWER", "The platform did not answer, so it is not known what it did.", raw=problem
    )
