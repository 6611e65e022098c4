"""Whatever is sent with any form of any page: no page breaks, a refusal names its field, and what was typed is there."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from stratum.demo.browsing import Form
from stratum.demo.browsing import Page as Opened
from tests.contract_http.test_forms import TOKEN, of_pages, visitor
from tests.walks import pages
from tests.walks.pages import Page

pytestmark = pytest.mark.django_db
FEW = settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking would cost more than it explains
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
words = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=40),
    st.sampled_from(
        ["", " ", "0", "-1", "1e309", "NaN", "٣", "99999999999999999999", "10.0000000001", "2027-02-30T25:61",
         "0001-01-01", "[]", "null", "\x00", "x" * 5_000, "../../etc", "http://[::1", "a@b", "{x}", "{", "%s"]
    ),
)  # fmt: skip
#: Forms of which every page has one, or whose answer is not a page of ours to look at.
ELSEWHERE = re.compile(r"/logout$|^/admin/")


def read(answer: Any, page: Page) -> Opened:
    url = f"http://testserver{page.url()}"
    return Opened(SimpleNamespace(url=url, text=answer.content.decode(), status_code=200))  # type: ignore[arg-type]


def typed_into(html: str) -> set[str]:
    """Return the names of the fields that take any text: a browser lets nothing else into the others."""
    tags = re.findall(r"<(?:input|textarea)[^>]*>", html)
    free = [tag for tag in tags if tag.startswith("<textarea") or re.search(r'type="(text|email|search|url)"', tag)]
    return {found[1] for tag in free if (found := re.search(r'name="([^"]*)"', tag))}


def send(client: Client, form: Form, fields: dict[str, list[str]]) -> Any:
    action = urlsplit(form.action)
    with transaction.atomic():
        if form.method == "post":
            answer = client.post(f"{action.path}?{action.query}", fields)
        else:
            answer = client.get(action.path, fields)
        transaction.set_rollback(True)
    return answer


def plain(text: str) -> str:
    """A text as a field keeps it: what no database stores is gone, white space is not compared."""
    return "".join(text.replace("\x00", "").split())


@FEW
@given(data=st.data())
def sent_anything(page: Page, client: Client, html: str, forms: list[Form], data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(forms))
    names = sorted({*form.fields, *form.options} - {TOKEN})
    typed = data.draw(st.dictionaries(st.sampled_from(names), words, max_size=4)) if names else {}
    pressed = data.draw(st.sampled_from(form.buttons)) if form.buttons else ("", "", "")
    fields = {**form.fields, **{name: [text] for name, text in typed.items()}}

    answer = send(client, form, fields | ({pressed[1]: [pressed[2]]} if pressed[1] else {}))

    assert answer.status_code < 500
    # Who changes what a browser keeps from being changed is refused; only a person's own words are owed more than that.
    if answer.status_code != 422 or not typed or not typed.keys() <= typed_into(html):
        return
    text = answer.content.decode()
    assert 'aria-invalid="true"' in text or page.name == "login", f"a refusal names no field: {form.action} {typed}"
    shown = [held for again in read(answer, page).forms for held in again.fields.items()]
    for name, wrote in typed.items():
        held = {plain(value) for field, values in shown if field == name for value in values}
        assert plain(wrote) in held, f"{form.action} lost what was typed into {name}: {wrote!r}"


@pytest.mark.parametrize("page", of_pages(), ids=str)
def test_no_form_of_a_page_breaks_or_loses_what_was_typed(page: Page) -> None:
    pages.fill()
    client = visitor(page)
    answer = client.get(page.url())
    forms = [form for form in read(answer, page).forms if not ELSEWHERE.search(urlsplit(form.action).path)]

    if forms:
        sent_anything(page, client, answer.content.decode(), forms)
