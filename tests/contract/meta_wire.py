"""Answers as Meta's Graph API does whatever is sent, and remembers it request by request, batches taken apart."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from integrations.platforms.meta import client

#: As much of an object as leads to the next question.
_FOUND = {"uri": "https://cdn.example.com/1.jpg", "created_time": "2027-05-01T12:00:00+0000"}


@dataclass(frozen=True)
class Sent:
    """One request: the edge it goes to, or that the object it goes to was made on, and its form, files by name alone."""

    method: str
    edge: str
    form: Mapping[str, str]
    is_new: bool


@dataclass
class Wire:
    """A Graph API that takes everything."""

    requests: list[Sent] = field(default_factory=list)
    edges: dict[str, str] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: count(120_330_000_000_001))

    def answer(self, request: Any) -> tuple[int, dict[str, str], str]:
        """Stand in the place of Meta's server, for `responses`."""
        url = urlsplit(request.url)
        assert url.path.startswith(f"/{client.VERSION}/")
        path = url.path.removeprefix(f"/{client.VERSION}/")
        form = dict(parse_qsl(url.query)) if request.method == "GET" else _body(request)
        if "batch" not in form:
            return 200, {}, json.dumps(self._one(request.method, path, form))
        assert path == ""
        return 200, {}, json.dumps(self._batch(json.loads(form["batch"])))

    def of_edge(self, edge: str, *, is_new: bool = True) -> list[Mapping[str, str]]:
        """Return the forms that created something on the edge, or changed something that was made there."""
        found = [sent for sent in self.requests if (sent.method, sent.edge, sent.is_new) == ("POST", edge, is_new)]
        return [sent.form for sent in found]

    def _batch(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        named: dict[str, str] = {}
        replies = []
        for item in items:
            url = urlsplit(item["relative_url"])
            text = re.sub(r"\{result=(\w+):\$\.id\}", lambda found: named[found[1]], item.get("body", url.query))
            path = url.path.removeprefix(f"{client.VERSION}/")
            answer = self._one(item["method"], path, dict(parse_qsl(text, strict_parsing=bool(text))))
            named[item.get("name", "")] = answer.get("id", "")
            replies.append({"code": 200, "body": json.dumps(answer)})
        return replies

    def _one(self, method: str, path: str, form: Mapping[str, str]) -> dict[str, Any]:
        node, _, edge = path.partition("/")
        self.requests.append(Sent(method, edge or self.edges.get(node, ""), form, is_new=bool(edge)))
        if method == "GET":
            made = [number for number, where in self.edges.items() if where == edge] or [node]
            listed = [{"id": number} | _FOUND for number in made]
            is_film = self.edges.get(node) == "advideos"
            return {"id": node, "status": {"video_status": "ready"} if is_film else "PAUSED", "data": listed}
        if not edge:
            return {"success": True}
        if edge == "adimages":
            return {"images": {"1": {"hash": "0123456789abcdef0123456789abcdef"}}}
        number = str(next(self._numbers))
        self.edges[number] = edge
        is_begun = form.get("upload_phase") == "start"
        pieces = {"upload_session_id": "7", "video_id": number, "start_offset": "0", "end_offset": "9"}
        return {"id": number, "success": True} | (pieces if is_begun else {"start_offset": "9", "end_offset": "9"})


def _body(request: Any) -> dict[str, str]:
    kind, body = str(request.headers.get("Content-Type")), request.body or b""
    if not kind.startswith("multipart/"):
        text = body.decode() if isinstance(body, bytes) else str(body)
        return dict(parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text)))
    content = body if isinstance(body, bytes) else b"".join(body)
    message: Any = BytesParser().parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + content)
    return {
        str(part.get_param("name", header="Content-Disposition")): part.get_filename() or part.get_payload()
        for part in message.get_payload()
    }
