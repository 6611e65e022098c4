"""Reads forms out of pages and sends them as a browser without JavaScript would."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.http import QueryDict
from django.test import Client

NODE_FORM = "node-form"


@dataclass
class Form:
    """A form's address, its fields as they would be sent, and the values of its buttons named `do`."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)

    def send(self, client: Client, *, do: str = "save", files: dict[str, Any] | None = None, **changes: Any) -> Any:
        """Send the form with changes; a double underscore stands for a point, None leaves a field out."""
        data: dict[str, Any] = dict(self.fields)
        for name, value in changes.items():
            data[name.replace("__", ".")] = value
        sent = {name: value for name, value in data.items() if value is not None}
        return client.post(self.action, sent | {"do": do} | (files or {}))


class _Reader(HTMLParser):
    def __init__(self, wanted: str) -> None:
        super().__init__()
        self.wanted, self.form, self.inside = wanted, Form(""), False
        self.select = self.textarea = ""

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attrs = {name: value or "" for name, value in pairs}
        if tag == "form" and attrs.get("id", attrs.get("action")) == self.wanted:
            self.form.action, self.inside = attrs["action"], True
        elif tag == "button" and attrs.get("name") == "do" and (self.inside or attrs.get("form") == self.wanted):
            self.form.buttons.append(attrs.get("value", ""))
        elif self.inside or attrs.get("form") == self.wanted:
            self._control(tag, attrs)

    def _control(self, tag: str, attrs: dict[str, str]) -> None:
        name = attrs.get("name", "")
        if tag == "input" and attrs.get("type") in {"checkbox", "radio"}:
            if "checked" in attrs:
                self._add(name, attrs["value"])
        elif tag == "input" and name and attrs.get("type") != "file":
            self._add(name, attrs.get("value", ""))
        elif tag == "select":
            self.select = name
            self.form.fields.setdefault(name, [])
        elif tag == "option" and self.select and (not self.form.fields[self.select] or "selected" in attrs):
            self.form.fields[self.select] = [attrs.get("value", "")]
        elif tag == "textarea":
            self.textarea = name
            self._add(name, "")

    def _add(self, name: str, value: str) -> None:
        self.form.fields.setdefault(name, []).append(value)

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.form.fields[self.textarea][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = ""
        elif tag == "textarea" and self.textarea:
            texts = self.form.fields[self.textarea]
            texts[-1] = texts[-1].removeprefix("\n")
            self.textarea = ""


def form_in(html: str, wanted: str = NODE_FORM) -> Form:
    """Return the form with this id or action."""
    reader = _Reader(wanted)
    reader.feed(html)
    assert reader.form.action, f"the page has no form {wanted}"
    return reader.form


def open_node(client: Client, draft: Any, node: str = "campaign") -> Form:
    """Open a draft's page in the builder and return the node's form."""
    response = client.get(f"/campaign-drafts/{draft.pk}", {"node": node})
    assert response.status_code == 200, response.status_code
    return form_in(response.content.decode())


def query_of(url: str) -> dict[str, str]:
    return QueryDict(url.partition("?")[2]).dict()
