"""Every address by everybody, against the tables in rows.py. The tables know nothing of permissions in the code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from campaigns.models import PublishStep
from integrations.contracts import Action, Level
from tests.contract_http.rows import ADMIN_PAGES, RECORDS, ROWS, Row
from tests.contract_http.scene import ANYBODY, EVERYBODY, JSON, Scene
from tests.people import person
from tests.stages import connected, stage

__all__ = ["connected", "stage"]
pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
RECORD_PAGES = ["changelist", "add", "history", "delete", "change"]


def names(patterns: list[Any], space: str = "") -> Iterator[str]:
    """Every name of the URLconf with its namespace; what has no name is told by its pattern."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name or pattern.pattern}"


def in_tables() -> set[str]:
    records = {f"admin:{record}_{page}" for record in RECORDS for page in RECORD_PAGES}
    return {row.name for row in ROWS} | records | {f"admin:{page}" for page in ADMIN_PAGES}


#: Django's own redirect from an old address of a record, and its catch-all for what is not there.
UNNAMED = {"admin:<path:object_id>/", "admin:(?P<url>.*)$"}


def test_every_address_has_a_row_and_every_row_an_address():
    found = set(names(get_resolver().url_patterns))

    assert found - UNNAMED == in_tables()


def test_an_address_without_a_row_would_be_found():
    assert set(names([*get_resolver().url_patterns, URLPattern("new", lambda request: None, name="new")])) > in_tables()  # type: ignore[arg-type]


def act(row: Row, name: str) -> Any:
    scene = Scene(name, row.state)
    if row.state == "needs_attention":
        _unclear_step(scene)
    return scene.ask(row.name, row.args(scene), row.method, row.sent(scene), as_json=row.as_json)


def _unclear_step(scene: Scene) -> None:
    run = scene.draft.runs.get()
    PublishStep.objects.create(
        run=run, key="x-1-c", node="campaign", level=Level.CAMPAIGN, action=Action.CREATE, state="sending", position=0
    )


@pytest.mark.parametrize("name", EVERYBODY)
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_everybody_is_answered_as_the_table_says(connected, row, name):
    connected()
    answer = act(row, name)

    assert answer.status_code == row.answer(name), answer.content[:500]
    is_sent_to_log_in = answer.status_code == 302 and answer["Location"].startswith("/login?next=")
    assert is_sent_to_log_in == (name == ANYBODY and row.answer(name) == 302 and row.asks_to_log_in)
    if row.as_json:
        assert answer.json()["success"] is (answer.status_code < 400)


def opens(name: str, url: str) -> bool:
    client = Client()
    if user := Scene(name).user:
        client.force_login(user)
    answer = client.get(url, follow=True)
    return answer.status_code == 200 and not answer.redirect_chain


@pytest.mark.parametrize("page", ADMIN_PAGES)
def test_the_records_let_in_whom_the_table_names(page):
    args = {"app_list": ["campaigns"], "view_on_site": [1, 1]}.get(page, [])
    url = reverse(f"admin:{page}", args=args)
    answers = {}
    for name in EVERYBODY:
        client = Client()
        if user := Scene(name).user:
            client.force_login(user)
        answers[name] = client.get(url, follow=True)

    forbidden = {name for name, answer in answers.items() if answer.status_code in {403, 404}}
    at_log_in = {name for name, answer in answers.items() if answer.request["PATH_INFO"] == "/login"}
    assert set(EVERYBODY) - forbidden - at_log_in == ADMIN_PAGES[page]


@pytest.mark.parametrize("record", RECORDS)
def test_records_are_looked_at_by_whom_the_table_names_and_changed_by_nobody(record):
    changelist = reverse(f"admin:{record}_changelist")

    assert {name for name in EVERYBODY if opens(name, changelist)} == RECORDS[record]
    assert {name for name in EVERYBODY if opens(name, reverse(f"admin:{record}_add"))} == set()


@pytest.mark.parametrize("page", ["history", "delete", "change"])
def test_a_campaigns_record_has_a_page_and_a_history_and_no_way_to_delete_it(page):
    draft = Scene("carl").draft
    url = reverse(f"admin:campaigns_campaigndraft_{page}", args=[draft.pk])

    assert {name for name in EVERYBODY if opens(name, url)} == (set() if page == "delete" else {"ada", "anne"})


# Negative controls ---------------------------------------------------------------------------------------------------


def test_a_permission_too_many_would_be_found(connected):
    connected()
    row = next(row for row in ROWS if str(row) == "POST adaccounts:sync")
    person("vera").user_permissions.add(Permission.objects.get(codename="change_adaccount"))

    assert act(row, "vera").status_code != row.answer("vera")


# What is not there ---------------------------------------------------------------------------------------------------

MISSING = {
    "campaigns:detail": [999_999],
    "campaigns:preview": [999_999],
    "campaigns:decided": [999_999, 1],
    "campaigns:progress": [999_999],
    "campaigns:targeting": [999_999],
    "campaigns:media_file": ["0" * 64],
    "campaigns:media_thumbnail": ["0" * 64],
    "campaigns:media_details": ["0" * 64],
    "campaigns:media_crop": ["0" * 64],
    "campaigns:stop_account": [999_999],
    "adaccounts:detail": ["meta", "act_0"],
    "adaccounts:sync": ["nowhere"],
    "notification": [999_999],
    "person": [999_999],
}
OF_A_DRAFTS_PART = {"campaigns:comment_resolve", "campaigns:comment_reopen", "campaigns:guest_link_revoke"}
MISSING_POSTS = {
    **{
        row.name: [999_999, 1] if row.name in OF_A_DRAFTS_PART else [999_999]
        for row in ROWS
        if row.name.startswith("campaigns:") and row.method == "post" and row.as_json
    },
    "campaigns:save_node": [999_999, "campaign"],
    "integrations:connect": ["nowhere"],
    "integrations:disconnect": ["nowhere"],
    "integrations:refresh": ["nowhere"],
    "adaccounts:sync": ["nowhere"],
    "adaccounts:detail": ["meta", "act_0"],
    "adaccounts:approval_rules": ["meta", "act_0"],
    "person_password": [999_999],
    "person_deactivate": [999_999],
    "person_reactivate": [999_999],
}


@pytest.mark.parametrize("name", MISSING)
def test_what_is_not_there_is_404(name):
    assert Scene("ada").ask(name, MISSING[name], "get", None).status_code == 404


@pytest.mark.parametrize("name", MISSING_POSTS)
def test_what_is_not_there_cannot_be_acted_on(name):
    answer = Scene("ada").ask(name, MISSING_POSTS[name], "post", {}, as_json=True)

    assert (answer.status_code, answer.json()["success"]) == (404, False)


def test_somebody_elses_notification_is_404(ada):
    theirs = Scene("vera").notification
    client = Client()
    client.force_login(ada)

    assert client.get(reverse("notification", args=[theirs.pk])).status_code == 404
    assert client.get(reverse("notification", args=[theirs.pk]), headers=JSON).status_code == 404
