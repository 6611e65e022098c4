"""Every form of every page, as it stands on the page, sent as it is: it carries the token by which we know it is ours."""

from __future__ import annotations

from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import Client

from stratum.demo.browsing import Form
from stratum.demo.browsing import Page as Opened
from tests.people import person
from tests.walks import pages
from tests.walks.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
OUT_OF_DATE = "This form is out of date."
TOKEN = "csrfmiddlewaretoken"


def visitor(page: Page) -> Client:
    client = Client(enforce_csrf_checks=True)
    if page.who:
        client.force_login(person(page.who))
    return client


def forms(client: Client, page: Page) -> list[Form]:
    """Return the forms of the page that change something."""
    url = f"http://testserver{page.url()}"
    answer = client.get(page.url())
    assert answer.status_code == page.status
    opened = Opened(SimpleNamespace(url=url, text=answer.content.decode(), status_code=200))  # type: ignore[arg-type]
    return [form for form in opened.forms if form.method == "post"]


def send(client: Client, form: Form, fields: dict[str, list[str]]) -> str:
    """Send the form, take back what it changed, and return what was answered."""
    action = urlsplit(form.action)
    with transaction.atomic():
        answer = client.post(f"{action.path}?{action.query}", fields)
        transaction.set_rollback(True)
    assert answer.status_code < 500
    return "" if answer.streaming else answer.content.decode()


def of_pages() -> list[Page]:
    return [page for page in pages.PAGES if page.name not in {"403", "404"}]


@pytest.mark.parametrize("page", of_pages(), ids=str)
def test_every_form_of_a_page_is_accepted_as_it_stands(page):
    pages.fill()
    client = visitor(page)

    refused = [form.action for form in forms(client, page) if OUT_OF_DATE in send(client, form, form.fields)]

    assert refused == []


def test_there_are_forms_to_try_and_one_without_its_token_is_refused():
    pages.fill()
    page = next(page for page in pages.PAGES if page.note == "submitted")
    client = visitor(page)
    found = forms(client, page)

    names = [urlsplit(form.action).path.rsplit("/", 1)[-1] for form in found]
    assert names == ["logout", "reject", "comments", "approve"]
    for form in found:
        without = {name: values for name, values in form.fields.items() if name != TOKEN}
        assert OUT_OF_DATE in send(client, form, without)
