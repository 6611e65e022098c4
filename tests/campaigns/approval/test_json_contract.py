"""What JSON callers may rely on: names, envelopes, codes."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.campaigns.drive import ask, draft_in, press
from tests.factories import make_draft, make_draft_json
from tests.people import person

pytestmark = pytest.mark.django_db

ALWAYS = {
    "id",
    "platform",
    "platform_account_id",
    "name",
    "status",
    "version",
    "content_hash",
    "draft_json",
    "approval_levels",
    "needed_by",
    "problems",
    "available_actions",
    "created_by_user_id",
    "submitted_at",
    "submitted_by_user_id",
    "approved_at",
    "approved_by_user_id",
    "rejected_at",
    "rejected_by_user_id",
    "rejection_reason",
    "published_at",
    "platform_campaign_id",
    "error_code",
    "error_message",
    "may_be_live",
    "delivery",
}
STATES = ["draft", "submitted", "approved", "rejected", "publishing", "published", "failed"]


def detail(draft) -> str:
    return reverse("campaigns:detail", args=[draft.pk])


@pytest.mark.parametrize("state", STATES)
def test_a_draft_in_any_state_has_all_the_contracts_names(state):
    answer = ask("vera", "get", detail(draft_in(state)))

    assert answer.json()["success"] is True
    assert set(answer.json()["data"]) == ALWAYS
    assert answer.json()["data"]["status"] == state


@pytest.mark.parametrize(
    ("state", "filled"),
    [
        ("submitted", {"submitted_at", "submitted_by_user_id"}),
        ("approved", {"approved_at", "approved_by_user_id"}),
        ("rejected", {"rejected_at", "rejected_by_user_id", "rejection_reason"}),
        ("published", {"published_at", "platform_campaign_id", "delivery"}),
        ("failed", {"error_code", "error_message"}),
    ],
)
def test_each_state_fills_its_own_names(state, filled):
    data = ask("vera", "get", detail(draft_in(state))).json()["data"]

    assert [name for name in filled if not data[name]] == []


def test_actions_are_sorted_and_problems_say_where_and_how_bad():
    draft = make_draft(draft_json=make_draft_json(objective=None, schedule={"start": "2020-01-01T00:00", "end": None}))

    data = ask("carl", "get", detail(draft)).json()["data"]

    assert data["available_actions"] == ["ask_guest", "duplicate", "edit", "set_needed_by", "submit"]
    assert [(problem["path"], problem["severity"]) for problem in data["problems"]] == [
        ("campaign.objective", "error"),
        ("campaign.schedule.start", "warning"),
    ]


@pytest.mark.parametrize(
    ("action", "state", "name"),
    [("submit", "draft", "carl"), ("approve", "submitted", "anne"), ("publish", "approved", "paul")],
)
def test_an_action_answers_the_draft_as_it_is_now(action, state, name):
    answer = press(action, draft_in(state), name).json()

    assert (answer["success"], set(answer["data"])) == (True, ALWAYS)


def test_a_copy_answers_201_with_the_copy():
    draft = draft_in("published")

    answer = press("duplicate", draft, "cora")

    data = answer.json()["data"]
    assert (answer.status_code, data["status"], data["name"]) == (201, "draft", "Summer Sale 2024 (copy)")
    assert data["id"] != draft.pk
    assert data["created_by_user_id"] == person("cora").pk


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", ["submit", "approve", "publish", "duplicate"])
def test_an_unknown_draft_is_404(action, state):
    draft = make_draft()
    draft.pk = 999_999

    answer = press(action, draft, "ada")

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "DRAFT_NOT_FOUND")


def test_an_unknown_draft_is_404_to_look_at():
    person("vera")
    answer = ask("vera", "get", "/campaign-drafts/999999")

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "DRAFT_NOT_FOUND")


@pytest.mark.parametrize("sent", [{}, {"version": "1", "draft_json": {}}, {"version": 1}, {"version": True}])
def test_put_wants_the_whole_draft_and_its_version(sent):
    answer = ask("carl", "put", detail(make_draft()), sent)

    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "VALIDATION_FAILED")


def test_put_stores_the_content_and_answers_it():
    draft = make_draft()
    content = make_draft_json(name="Autumn Sale")

    data = ask("carl", "put", detail(draft), {"version": draft.version, "draft_json": content}).json()["data"]

    assert (data["name"], data["version"]) == ("Autumn Sale", draft.version + 1)


def test_put_from_an_old_version_is_a_conflict_with_both_contents():
    draft = make_draft()
    press("save", draft, "carl", draft_json=make_draft_json(name="First"))

    error = press("save", draft, "carl", draft_json=make_draft_json(name="Second")).json()["error"]

    assert error["code"] == "EDIT_CONFLICT"
    assert error["details"]["theirs"]["campaign"]["name"] == "First"
    assert error["details"]["yours"]["campaign"]["name"] == "Second"


@pytest.mark.parametrize("body", ["{", "[]", '"text"'])
def test_an_approval_that_is_no_json_object_is_refused(body):
    client = Client()
    client.force_login(person("anne"))
    url = reverse("campaigns:approve", args=[make_draft("submitted").pk])

    answer = client.post(url, body, content_type="application/json", headers={"accept": "application/json"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "VALIDATION_FAILED")


def test_without_a_log_in_nothing_is_answered():
    answer = Client().get(detail(make_draft()), headers={"accept": "application/json"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "FORBIDDEN")


def test_without_a_csrf_token_nothing_is_done():
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("anne"))
    draft = make_draft("submitted")

    answer = client.post(
        reverse("campaigns:approve", args=[draft.pk]),
        {"content_hash": draft.content_hash},
        headers={"accept": "application/json"},
    )

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "FORBIDDEN")


@pytest.mark.parametrize("action", ["submit", "approve", "reject", "publish", "end", "duplicate"])
def test_actions_are_posts(action):
    answer = ask("ada", "get", reverse(f"campaigns:{action}", args=[make_draft().pk]))

    assert answer.status_code == 405


def test_a_person_without_a_role_sees_nothing():
    client = Client()
    client.force_login(type(person("vera")).objects.create_user("nora", "nora@example.com"))
    draft = make_draft()

    answers = [client.get(url).status_code for url in (detail(draft), reverse("campaigns:pending"))]

    assert answers == [403, 403]
