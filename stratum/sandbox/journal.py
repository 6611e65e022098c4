"""The journal: each API call is a row as soon as it has been read, and is completed when it has been answered."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from time import perf_counter
from typing import Any

from . import redaction
from .call import Answer, Call
from .models import JournalEntry, iso
from .platform import Platform


class Recording:
    """The open row of a call that is being answered; as a context it notes a failure of the sandbox itself as 500."""

    def __init__(self, platform: Platform, call: Call) -> None:
        self._tokens = platform.tokens
        self._started = perf_counter()
        self._faults = call.faults.met
        body, files = _body(call, platform)
        self._entry = JournalEntry.objects.create(
            platform=platform.slug,
            method=call.method,
            path=call.path,
            query=redaction.sent(call.query, platform.tokens),
            headers=redaction.headers(call.headers),
            body=redaction.sent(body, platform.tokens),
            body_kind=call.body_kind,
            files=files,
        )

    def __enter__(self) -> Recording:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        if error is not None:
            self._complete(500, None)

    def answered(self, answer: Answer) -> None:
        """Completes the row with an answer that went out whole."""
        body = redaction.answered(answer.body, self._tokens)
        if "Location" in answer.headers:
            body = {"location": redaction.location(answer.headers["Location"], self._tokens)}
        self._complete(answer.status, body)

    def truncated(self, answer: Answer) -> None:
        """Completes the row with the half of the answer that went out."""
        masked = json.dumps(redaction.answered(answer.body, self._tokens), separators=(",", ":"))
        self._complete(answer.status, masked[: len(masked) // 2])

    def unanswered(self) -> None:
        """Completes the row of a call that got no answer."""
        self._complete(None, None)

    def _complete(self, status: int | None, response: Any) -> None:
        # A reset may have taken the row away meanwhile.
        JournalEntry.objects.filter(pk=self._entry.pk).update(
            status=status,
            response=response,
            fault=",".join(fault.effect for fault in self._faults),
            took_ms=round((perf_counter() - self._started) * 1000, 2),
        )


def as_json(entry: JournalEntry) -> dict[str, Any]:
    """The row as the control surface shows it."""
    return {
        "id": entry.pk,
        "at": iso(entry.at),
        "platform": entry.platform,
        "method": entry.method,
        "path": entry.path,
        "query": entry.query,
        "headers": entry.headers,
        "body": entry.body,
        "body_kind": entry.body_kind,
        "files": entry.files,
        "status": entry.status,
        "response": entry.response,
        "fault": entry.fault or None,
        "took_ms": entry.took_ms,
    }


def _body(call: Call, platform: Platform) -> tuple[Any, list[dict[str, Any]]]:
    files = [
        {"field": upload.field, "filename": upload.filename, "size": upload.size, "sha256": upload.sha256()}
        for upload in call.uploads
    ]
    if call.body_kind == "json":
        return call.json, files
    if call.body_kind == "none":
        return None, files + ([_whole_body(call.content)] if call.content else [])
    fields = dict(call.form)
    for name in platform.binary_fields & fields.keys():
        files.append(_inline_file(name, fields.pop(name)))
    return fields, files


def _whole_body(content: bytes) -> dict[str, Any]:
    """A file that was sent as a body of its own."""
    return {"field": None, "filename": None, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _inline_file(field: str, encoded: str) -> dict[str, Any]:
    """A file that was sent as base64 in a form field; what is not base64 counts as the bytes of its text."""
    try:
        content = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        content = encoded.encode()
    return {"field": field, "filename": None, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
