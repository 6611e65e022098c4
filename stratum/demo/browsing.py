"""A person at a browser without JavaScript: opens pages, fills in forms by their fields' names, presses buttons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import requests

SECONDS = 30
#: Field name → (file name, bytes, content type).
Files = Mapping[str, tuple[str, bytes, str]]


class Lost(Exception):
    """The page is not what the journey expects; the text says what is missing, and where."""


@dataclass
class Form:
    """A form as it stands on a page, with what its fields hold."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # label, name, value
    options: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # field → (value, word)

    def leads_to(self, action: str) -> bool:
        return self.action.split("#")[0].endswith(action)

    def offers(self, button: str) -> bool:
        return not button or any(button in label for label, _, _ in self.buttons)

    def holds(self, name: str) -> bool:
        return not name or name in self.fields or name in self.options

    def option(self, name: str, word: str) -> str:
        """Return the value of the option of a select that contains the word."""
        found = next((value for value, text in self.options.get(name, []) if word in text), None)
        if found is None:
            raise Lost(f"no option “{word}” in {name}: {[text for _, text in self.options.get(name, [])]}")
        return found


class _Reader(HTMLParser):
    """Collects the forms of a page, and its words."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.forms: list[Form] = []
        self.words: list[str] = []
        self._named: dict[str, Form] = {}
        self._early: list[tuple[str, tuple[str, str, str]]] = []  # buttons that stand before the form they belong to
        self._form: Form | None = None
        self._select = self._area = ""
        self._option: tuple[str, bool] | None = None
        self._button: tuple[str, str, str] | None = None  # id of its form, name, value
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {name: value if value is not None else name for name, value in attrs}
        if tag == "form":
            self._form = Form(urljoin(self.url, a.get("action") or self.url), a.get("method", "get").lower())
            self.forms.append(self._form)
            if "id" in a:
                self._named[a["id"]] = self._form
        if tag == "button":
            self._button, self._text = (a.get("form", ""), a.get("name", ""), a.get("value", "")), []
        form = self._named.get(a.get("form", "")) or self._form
        if form is None:
            return
        if tag == "input":
            self._input(form, a)
        elif tag == "select":
            self._select = a.get("name", "")
            form.options[self._select] = []
        elif tag == "option":
            self._option, self._text = (a.get("value", ""), "selected" in a), []
        elif tag == "textarea":
            self._area, self._text = a.get("name", ""), []

    @staticmethod
    def _input(form: Form, a: dict[str, str]) -> None:
        kind, name = a.get("type", "text"), a.get("name", "")
        if kind in {"checkbox", "radio"}:
            form.options.setdefault(name, []).append((a.get("value", "on"), a.get("value", "on")))
            if "checked" not in a:
                return
        if kind == "submit":
            form.buttons.append((a.get("value", ""), name, a.get("value", "")))
        elif name and kind not in {"file", "image", "button", "reset"} and "disabled" not in a:
            form.fields.setdefault(name, []).append(a.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        text = " ".join("".join(self._text).split())
        if tag == "option" and self._option and self._form:
            value, is_selected = self._option
            self._form.options[self._select].append((value, text))
            if is_selected or self._select not in self._form.fields:
                self._form.fields[self._select] = [value]
            self._option = None
        elif tag == "textarea" and self._form:
            self._form.fields.setdefault(self._area, []).append("".join(self._text).removeprefix("\n"))
            self._area = ""
        elif tag == "button" and self._button:
            owner, name, value = self._button
            form = self._named.get(owner) if owner else self._form
            if form is not None:
                form.buttons.append((text, name, value))
            elif owner:
                self._early.append((owner, (text, name, value)))
            self._button = None
        elif tag == "form":
            self._form = None

    def close(self) -> None:
        super().close()
        for owner, button in self._early:
            if owner in self._named:
                self._named[owner].buttons.append(button)

    def handle_data(self, data: str) -> None:
        self._text.append(data)
        self.words.append(data)


class Page:
    """A page that was opened."""

    def __init__(self, response: requests.Response) -> None:
        reader = _Reader(response.url)
        reader.feed(response.text)
        reader.close()
        self.url = response.url
        self.status = response.status_code
        self.forms = reader.forms
        self.text = " ".join(" ".join(reader.words).split())

    def form(self, *, action: str = "", button: str = "", has: str = "") -> Form:
        """Return the form whose action ends so, or that has such a button or field; Lost if there is none."""
        for form in self.forms:
            if form.leads_to(action) and form.offers(button) and form.holds(has):
                return form
        raise Lost(f"{self.url} ({self.status}) has no form {action} {button} {has}: {self.text[:600]}")


class Person:
    """Somebody with a browser of their own."""

    def __init__(self, name: str, base_url: str) -> None:
        self.name = name
        self._base_url = base_url
        self._session = requests.Session()
        self._session.trust_env = False

    def open(self, path: str) -> Page:
        """Open a page; Lost unless it is there."""
        response = self._session.get(urljoin(self._base_url, path), timeout=SECONDS)
        if response.status_code != 200:
            raise Lost(f"{self.name}: {response.url} answers {response.status_code}")
        return Page(response)

    def data(self, path: str) -> Any:
        """Return what a page says as JSON."""
        headers = {"Accept": "application/json"}
        response = self._session.get(urljoin(self._base_url, path), headers=headers, timeout=SECONDS)
        return response.json()["data"]

    def send(
        self, form: Form, values: Mapping[str, Any] | None = None, *, button: str = "", files: Files | None = None
    ) -> Page:
        """Fill in the named fields, leave the others as they are, press the button and follow where it leads."""
        data = {**form.fields, **{name: _listed(value) for name, value in (values or {}).items()}}
        pressed = next(((n, v) for label, n, v in form.buttons if button and button in label), None)
        if button and pressed is None:
            raise Lost(f"no button “{button}” at {form.action}: {[label for label, _, _ in form.buttons]}")
        if pressed and pressed[0]:
            data[pressed[0]] = [pressed[1]]
        headers = {"Referer": form.action, "Origin": form.action.split("/", 3)[0] + "//" + form.action.split("/", 3)[2]}
        if form.method == "get":
            response = self._session.get(form.action, params=data, timeout=SECONDS)
        else:
            response = self._session.post(form.action, data=data, files=files, headers=headers, timeout=SECONDS)
        if response.status_code >= 500:
            raise Lost(f"{self.name}: {response.url} answers {response.status_code}")
        return Page(response)

    def log_in(self, password: str) -> None:
        page = self.open("/login")
        after = self.send(page.form(has="password"), {"username": self.name, "password": password})
        if "/login" in after.url:
            raise Lost(f"{self.name} could not log in: {after.text[:300]}")


def _listed(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]
