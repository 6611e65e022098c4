"""What JSON callers get from the addresses of the seven flows: the envelope, names, stable codes, forms and JSON alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from adaccounts.models import AdAccount
from campaigns.models import CampaignDraft
from integrations.errors import ErrorKind, PlatformError
from integrations.models import ApiCall, Connection
from tests.campaigns.drive import draft_in
from tests.contract_http.scene import JSON
from tests.factories import make_account, make_connection, make_draft, make_draft_json, make_large_draft_json
from tests.people import person
from tests.stages import connected, stage

__all__ = ["connected", "stage"]
pytestmark = pytest.mark.django_db

ACCOUNT_NAMES = {
    "id", "platform", "platform_account_id", "name", "currency", "timezone", "status", "unusable_reason", "is_enabled",
    "daily_budget_cap", "monthly_budget_cap", "count_real_days", "approval_levels", "defaults", "naming_pattern",
    "url_tags_rule", "last_synced_at",
}  # fmt: skip
ROW_NAMES = {
    "id", "platform", "platform_account_id", "name", "status", "version", "created_by_user_id", "submitted_at",
    "submitted_by_user_id", "approved_at", "approved_by_user_id", "rejected_at", "rejected_by_user_id",
    "rejection_reason", "needed_by", "published_at", "platform_campaign_id", "error_code", "error_message",
    "may_be_live", "delivery",
}  # fmt: skip
DRAFT_NAMES = ROW_NAMES | {"content_hash", "draft_json", "approval_levels", "problems", "available_actions"}
SYNC_NAMES = {
    "platform", "state", "found", "new", "updated", "unchanged", "restored", "stale", "started_at", "finished_at",
    "error_code", "message",
}  # fmt: skip
RUN_NAMES = {
    "run", "kind", "state", "attempt", "draft_status", "steps_done", "steps_failed", "steps_total", "waiting_until",
    "error_code", "error_message", "error_path", "retry_helps", "title", "text",
}  # fmt: skip
CALL_NAMES = {
    "id", "at", "platform", "run", "method", "url", "status", "took_ms", "error", "trace_id", "request", "response",
}  # fmt: skip
CARD_NAMES = {
    "platform", "label", "available", "configured", "status", "connected_at", "connected_as", "last_refreshed_at",
    "expires_at", "scopes", "last_error",
}  # fmt: skip


def client_of(name: str) -> Client:
    client = Client()
    if name:
        client.force_login(person(name))
    return client


def act_on(action: str, draft: CampaignDraft) -> str:
    return reverse(f"campaigns:{action}", args=[draft.pk])


# Reading --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "names", "below"),
    [
        ("/settings/integrations", CARD_NAMES, ""),
        ("/settings/ad-accounts", ACCOUNT_NAMES, ""),
        ("/ad-accounts/meta/act_123456789", ACCOUNT_NAMES, ""),
        ("/campaigns", ROW_NAMES, "drafts"),
        (
            "/campaigns/pending-approval",
            ROW_NAMES
            | {"content_hash", "approval_levels", "budget", "schedule", "may_decide", "reason_against_deciding"},
            "drafts",
        ),
        ("/campaign-drafts/{draft}", DRAFT_NAMES, ""),
        ("/campaign-drafts/{run}/progress", RUN_NAMES, ""),
        (
            "/publish-logs",
            CALL_NAMES,
            "calls",
        ),
    ],
)  # fmt: skip
def test_what_can_be_read_has_the_contracts_names(connected, path, names, below):
    connected()
    draft, published = draft_in("submitted"), draft_in("published")
    client_of("ada").post("/ad-accounts/meta/sync", headers=JSON)
    ApiCall.objects.create(platform="meta", method="GET", url="https://graph.facebook.com/me")

    answer = client_of("vera").get(path.format(draft=draft.pk, run=published.pk), headers=JSON)

    assert (answer.status_code, answer.json()["success"], set(answer.json())) == (200, True, {"success", "data"})
    data = answer.json()["data"]
    found = data[below] if below else data
    assert set(found[0] if isinstance(found, list) else found) == names


# Acting ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Act:
    """Something a person does: who, the state of the draft it is about, where to, what is sent, and what comes back."""

    who: str
    path: str
    names: set[str]
    state: str = "draft"
    sent: Callable[[CampaignDraft], dict[str, str]] = lambda draft: {}
    status: int = 200


ACTS = {
    "connect": Act("ada", "/settings/integrations/meta/connect", {"oauth_url", "message"}),
    "refresh": Act("ada", "/settings/integrations/meta/refresh", {"platform", "message"}),
    "disconnect": Act("ada", "/settings/integrations/meta/disconnect", {"platform", "revoked_at_platform", "message"}),
    "sync": Act("ada", "/ad-accounts/meta/sync", SYNC_NAMES),
    "enable": Act(
        "ada",
        "/ad-accounts/meta/act_123456789",
        ACCOUNT_NAMES | {"message", "warnings"},
        sent=lambda draft: {"is_enabled": "true", "daily_budget_cap": "1000", "monthly_budget_cap": "30000"},
    ),
    "submit": Act("carl", "submit", DRAFT_NAMES),
    "withdraw": Act("carl", "withdraw", DRAFT_NAMES, "submitted"),
    "approve": Act("anne", "approve", DRAFT_NAMES, "submitted", lambda draft: {"content_hash": draft.content_hash}),
    "reject": Act("anne", "reject", DRAFT_NAMES, "submitted", lambda draft: {"reason": "Budget too high"}),
    "revise": Act("carl", "revise", DRAFT_NAMES, "rejected"),
    "publish": Act("paul", "publish", DRAFT_NAMES, "approved"),
    "retry": Act("paul", "retry", DRAFT_NAMES, "failed"),
    "roll back": Act("carl", "roll_back", DRAFT_NAMES, "failed"),
    "cancel": Act("paul", "cancel", DRAFT_NAMES, "publishing"),
    "pause": Act("paul", "pause", DRAFT_NAMES, "published"),
    "end": Act("paul", "end", DRAFT_NAMES, "published"),
    "duplicate": Act("cora", "duplicate", DRAFT_NAMES, "published", status=201),
}


@pytest.mark.parametrize("body", ["form", "json"])
@pytest.mark.parametrize("act", ACTS)
def test_an_action_takes_a_form_and_json_and_answers_alike(connected, act, body):
    connected()
    wanted = ACTS[act]
    draft = draft_in(wanted.state)
    url = wanted.path if wanted.path.startswith("/") else act_on(wanted.path, draft)
    kind = {"content_type": "application/json"} if body == "json" else {}

    answer = client_of(wanted.who).post(url, wanted.sent(draft), headers=JSON, **kind)

    assert (answer.status_code, answer.json()["success"]) == (wanted.status, True), answer.content
    assert set(answer.json()["data"]) == wanted.names


def test_a_draft_is_made_from_json_and_from_a_form(connected):
    connected()
    make_account()
    named = {"platform": "meta", "platform_account_id": "act_123456789", "draft_json": make_draft_json()}
    as_json = client_of("carl").post("/campaign-drafts", named, content_type="application/json", headers=JSON)
    form = {"platform": "meta", "account": "act_123456789", "name": "Summer Sale"}
    as_form = client_of("carl").post("/campaign-drafts", form, headers=JSON)

    assert [answer.status_code for answer in (as_json, as_form)] == [201, 201]
    assert [set(answer.json()["data"]) for answer in (as_json, as_form)] == [DRAFT_NAMES, DRAFT_NAMES]
    assert [answer.json()["data"]["status"] for answer in (as_json, as_form)] == ["draft", "draft"]


# Being refused --------------------------------------------------------------------------------------------------------


def post(name: str, url: str, body: Any = None) -> Any:
    return client_of(name).post(url, body or {}, content_type="application/json", headers=JSON)


def put(name: str, url: str, body: Any) -> Any:
    return client_of(name).put(url, body, content_type="application/json", headers=JSON)


def without_a_connection() -> Any:
    draft = make_draft()
    Connection.objects.update(status=Connection.Status.DISCONNECTED)
    return post("carl", act_on("submit", draft))


def with_ended_access() -> Any:
    draft = make_draft()
    make_connection(status=Connection.Status.NEEDS_RECONNECT)
    return post("carl", act_on("submit", draft))


def on_a_disabled_account() -> Any:
    draft = make_draft()
    AdAccount.objects.update(is_enabled=False)
    return post("carl", act_on("submit", draft))


def on_an_unknown_account() -> Any:
    return put("ada", "/ad-accounts/meta/act_0", {"is_enabled": True})


def of_an_unknown_draft() -> Any:
    return post("carl", "/campaign-drafts/999999/submit")


def in_the_wrong_state() -> Any:
    return post("paul", act_on("publish", draft_in("submitted")))


def incomplete() -> Any:
    return post("carl", act_on("submit", make_draft(draft_json=make_draft_json(objective=None))))


def over_the_cap() -> Any:
    return post("carl", act_on("submit", make_draft(account=make_account(daily_cap=999))))


def too_large() -> Any:
    make_account()
    make_connection()
    content = make_large_draft_json(50, 10)
    ads = content["ad_sets"][0]["ads"]
    ads.append({**ads[0], "key": "a501", "name": "The 501st"})
    sent = {"platform": "meta", "platform_account_id": "act_123456789", "draft_json": content}
    return post("carl", "/campaign-drafts", sent)


def of_other_content() -> Any:
    return post("anne", act_on("approve", make_draft("submitted")), {"content_hash": "0" * 64})


def from_an_old_version() -> Any:
    draft = make_draft()
    url = reverse("campaigns:detail", args=[draft.pk])
    put("carl", url, {"draft_json": make_draft_json(name="First"), "version": draft.version})
    return put("carl", url, {"draft_json": make_draft_json(name="Second"), "version": draft.version})


def by_the_wrong_person() -> Any:
    return post("vera", act_on("approve", make_draft("submitted")), {"content_hash": "0" * 64})


def by_nobody() -> Any:
    return post("", act_on("submit", make_draft()))


REFUSALS: dict[tuple[int, str], Callable[[], Any]] = {
    (401, "FORBIDDEN"): by_nobody,
    (403, "FORBIDDEN"): by_the_wrong_person,
    (404, "DRAFT_NOT_FOUND"): of_an_unknown_draft,
    (404, "AD_ACCOUNT_NOT_FOUND"): on_an_unknown_account,
    (409, "PLATFORM_NOT_CONNECTED"): without_a_connection,
    (409, "TOKEN_EXPIRED"): with_ended_access,
    (409, "AD_ACCOUNT_NOT_ENABLED"): on_a_disabled_account,
    (409, "INVALID_STATUS_TRANSITION"): in_the_wrong_state,
    (409, "APPROVAL_STALE"): of_other_content,
    (409, "EDIT_CONFLICT"): from_an_old_version,
    (422, "VALIDATION_FAILED"): incomplete,
    (422, "BUDGET_EXCEEDS_CAP"): over_the_cap,
    (422, "CAMPAIGN_TOO_LARGE"): too_large,
}


@pytest.mark.parametrize(("expected", "act"), REFUSALS.items(), ids=[f"{s} {c}" for s, c in REFUSALS])
def test_a_refusal_has_its_code_a_sentence_and_details(expected, act):
    answer = act()

    assert (answer.status_code, answer.json()["error"]["code"]) == expected
    assert set(answer.json()) == {"success", "error"}
    assert answer.json()["success"] is False
    assert set(answer.json()["error"]) == {"code", "message", "details"}
    assert answer.json()["error"]["message"].endswith(".")


def test_a_platforms_limit_is_429_with_its_code(connected, stage):
    connected()
    stage.fail(
        "list_accounts", PlatformError(ErrorKind.RATE_LIMITED, "RATE_LIMIT_EXCEEDED", "Too often.", retry_after=60)
    )

    answer = post("ada", "/ad-accounts/meta/sync")

    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "RATE_LIMIT_EXCEEDED")


def test_refused_fields_are_named_one_by_one():
    details = incomplete().json()["error"]["details"]

    assert [(problem["path"], set(problem)) for problem in details] == [
        ("campaign.objective", {"code", "path", "message", "fix"})
    ]


# Whose request it is --------------------------------------------------------------------------------------------------


def test_a_token_of_the_page_is_good_as_a_header_and_without_one_nothing_is_done():
    draft = make_draft()
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("carl"))

    refused = client.post(act_on("submit", draft), {}, content_type="application/json", headers=JSON)
    client.get(draft.get_absolute_url())
    token = {"x-csrftoken": client.cookies["csrftoken"].value}
    done = client.post(act_on("submit", draft), {}, content_type="application/json", headers=JSON | token)

    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "FORBIDDEN")
    assert (done.status_code, done.json()["data"]["status"]) == (200, "submitted")
