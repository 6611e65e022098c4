"""Meta's errors in our words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from integrations.contracts import Level
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.meta import refusals, usage
from integrations.platforms.meta.refusals import Blame

AUTH, PERMISSION, INVALID, LIMITED = ErrorKind.AUTH, ErrorKind.PERMISSION, ErrorKind.INVALID, ErrorKind.RATE_LIMITED
TRANSIENT, AMBIGUOUS, GONE = ErrorKind.TRANSIENT, ErrorKind.AMBIGUOUS, ErrorKind.GONE


def translate(status: int = 400, *, is_write: bool = True, headers: Any = None, **error: Any) -> PlatformError:
    blame = error.pop("blame", None)
    return refusals.translate(status, {"error": error}, headers or {}, is_write=is_write, blame=blame)


@pytest.mark.parametrize(
    ("code", "subcode", "kind", "ours"),
    [
        (190, 463, AUTH, "TOKEN_EXPIRED"),
        (190, 458, AUTH, "TOKEN_EXPIRED"),
        (190, None, AUTH, "TOKEN_EXPIRED"),
        (102, None, AUTH, "TOKEN_EXPIRED"),
        (190, 459, PERMISSION, "PLATFORM_CHECKPOINT"),  # the token itself stays good
        (4, None, LIMITED, "RATE_LIMIT_EXCEEDED"),
        (17, 2446079, LIMITED, "RATE_LIMIT_EXCEEDED"),
        (32, None, LIMITED, "RATE_LIMIT_EXCEEDED"),
        (341, None, LIMITED, "RATE_LIMIT_EXCEEDED"),
        (613, 1487742, LIMITED, "RATE_LIMIT_EXCEEDED"),
        (80004, 2446079, LIMITED, "RATE_LIMIT_EXCEEDED"),
        (80014, None, LIMITED, "RATE_LIMIT_EXCEEDED"),
        (3, None, PERMISSION, "PERMISSION_DENIED"),
        (10, None, PERMISSION, "PERMISSION_DENIED"),
        (200, None, PERMISSION, "PERMISSION_DENIED"),
        (294, None, PERMISSION, "PERMISSION_DENIED"),
        (368, None, PERMISSION, "BLOCKED_BY_PLATFORM"),
        (100, 33, GONE, "OBJECT_NOT_FOUND"),
        (100, 1885183, PERMISSION, "APP_NOT_LIVE"),
        (100, 1487694, INVALID, "INVALID_TARGETING"),
        (100, 1885364, INVALID, "INVALID_TARGETING"),
        (100, 1870227, INVALID, "INVALID_TARGETING"),
        (100, 1885621, INVALID, "INVALID_BUDGET"),
        (100, 2490408, INVALID, "INVALID_OPTIMIZATION"),
        (100, None, INVALID, "PLATFORM_REFUSED"),
        (2635, None, INVALID, "API_VERSION_RETIRED"),
        (506, None, INVALID, "DUPLICATE_CONTENT"),
        (99999, None, INVALID, "PLATFORM_REFUSED"),
    ],
)
def test_codes_decide(code: int, subcode: int | None, kind: ErrorKind, ours: str) -> None:
    error = translate(code=code, error_subcode=subcode, message="No.")

    assert (error.kind, error.code) == (kind, ours)
    assert error.message.endswith((".", "!", "?"))


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, {"code": 1, "message": "unknown"}),
        (500, {"code": 2, "message": "service", "is_transient": True}),
        (400, {"code": 99999, "message": "odd", "is_transient": True}),
        (503, {"code": 99999, "message": "odd"}),
    ],
)
def test_an_unclear_write_may_have_happened_and_an_unclear_read_may_be_repeated(
    status: int, error: dict[str, Any]
) -> None:
    assert translate(status, is_write=True, **error).kind is AMBIGUOUS
    assert translate(status, is_write=False, **error).kind is TRANSIENT


def test_a_limit_marked_as_transient_is_still_a_limit() -> None:
    assert translate(code=80004, is_transient=True, message="slow").kind is LIMITED


@pytest.mark.parametrize(
    ("body", "is_write", "kind"),
    [(None, True, AMBIGUOUS), (None, False, TRANSIENT), ([1], True, AMBIGUOUS), ({"ok": 1}, False, TRANSIENT)],
)
def test_what_is_not_metas_answer_is_no_verdict(body: Any, is_write: bool, kind: ErrorKind) -> None:
    assert refusals.translate(502, body, {}, is_write=is_write).kind is kind


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 300.0),
        ({"x-business-use-case-usage": json.dumps({"1": [{"estimated_time_to_regain_access": 7}]})}, 420.0),
        ({"x-ad-account-usage": json.dumps({"acc_id_util_pct": 100, "reset_time_duration": 90})}, 90.0),
        ({"x-business-use-case-usage": "not json"}, 300.0),
    ],
)
def test_a_limit_says_when_to_come_back(headers: dict[str, str], seconds: float) -> None:
    assert translate(code=80004, message="slow", headers=headers).retry_after == seconds


@pytest.mark.parametrize(
    ("headers", "percent"),
    [
        ({}, None),
        ({"x-app-usage": json.dumps({"call_count": 12, "total_time": 3, "total_cputime": 81})}, 81.0),
        ({"x-ad-account-usage": json.dumps({"acc_id_util_pct": 9.67})}, 9.67),
        ({"x-business-use-case-usage": json.dumps({"1": [{"call_count": 3}, {"call_count": 95}]})}, 95.0),
        ({"x-app-usage": "{"}, None),
    ],
)
def test_usage_is_the_highest_figure(headers: dict[str, str], percent: float | None) -> None:
    assert usage.percent(headers) == percent


AD_SET, CREATIVE = Blame(Level.AD_SET, "ad_sets[s1]"), Blame(Level.CREATIVE, "ad_sets[s1].ads[a1].creative")


@pytest.mark.parametrize(
    ("blame", "spec", "path", "code"),
    [
        (AD_SET, ["targeting"], "ad_sets[s1].targeting", "INVALID_TARGETING"),
        (AD_SET, ["targeting", "age_max"], "ad_sets[s1].targeting.age_max", "INVALID_TARGETING"),
        (AD_SET, ["targeting", "geo_locations", "cities"], "ad_sets[s1].targeting.locations", "INVALID_TARGETING"),
        (AD_SET, ["daily_budget"], "ad_sets[s1].budget", "INVALID_BUDGET"),
        (AD_SET, ["end_time"], "campaign.schedule.end", "INVALID_SCHEDULE"),
        (AD_SET, ["promoted_object", "pixel_id"], "campaign.assets.pixel", "INVALID_ASSET"),
        (AD_SET, ["dsa_payor"], "campaign.declarations.dsa_payor", "INVALID_DECLARATION"),
        (AD_SET, ["name"], "ad_sets[s1].name", "INVALID_NAME"),
        (AD_SET, ["something_new"], "ad_sets[s1]", "PLATFORM_REFUSED"),
        (AD_SET, [], "ad_sets[s1]", "PLATFORM_REFUSED"),
        (CREATIVE, ["object_story_spec", "link"], "ad_sets[s1].ads[a1].creative.link_url", "INVALID_CREATIVE"),
        (CREATIVE, ["object_story_spec", "link_data", "name"], "ad_sets[s1].ads[a1].creative.headlines", "INVALID_CREATIVE"),
        (CREATIVE, ["object_story_spec", "page_id"], "campaign.assets.page", "INVALID_ASSET"),
        (CREATIVE, ["url_tags"], "campaign.url_tags", "INVALID_CREATIVE"),
        (Blame(Level.CAMPAIGN, "campaign"), ["daily_budget"], "campaign.budget.amount", "INVALID_BUDGET"),
        (Blame(Level.CAMPAIGN, "campaign"), ["name"], "campaign.name", "INVALID_NAME"),
        (None, ["targeting"], "", "PLATFORM_REFUSED"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("as_text", [False, True], ids=["object", "text"])
def test_the_blamed_field_becomes_a_draft_path(
    blame: Blame | None, spec: list[str], path: str, code: str, as_text: bool
) -> None:
    data: Any = {"blame_field_specs": [spec]}

    error = translate(code=100, message="No.", blame=blame, error_data=json.dumps(data) if as_text else data)

    assert (error.path, error.code) == (path, code)


def test_a_known_subcode_keeps_the_field_that_is_blamed() -> None:
    data = {"blame_field_specs": [["targeting", "flexible_spec"]]}

    error = translate(code=100, error_subcode=1487694, message="x", blame=AD_SET, error_data=data)

    assert error.path == "ad_sets[s1].targeting.interests"


@pytest.mark.parametrize(
    ("title", "text", "told"),
    [
        (
            "Age range invalid",
            "The lowest is above the highest.",
            "Age range invalid: The lowest is above the highest.",
        ),
        ("Invalid parameter", "Age range invalid", "Age range invalid."),
        ("Age range invalid", "", "Age range invalid."),
        ("Too low", "Too low for this account.", "Too low for this account."),
        ("", "", "Invalid thing."),
    ],
)
def test_metas_words_for_people_are_preferred(title: str, text: str, told: str) -> None:
    error = translate(code=100, message="(#100) Invalid thing", error_user_title=title, error_user_msg=text)

    assert error.message == told


def test_a_number_in_front_is_no_message() -> None:
    assert translate(code=100, message="(#100) Param x must be y").message == "Param x must be y."


def test_the_trace_and_the_raw_answer_are_kept_without_secrets() -> None:
    error = translate(code=100, message="bad access_token=EAAGsecret here", fbtrace_id="Abc123")

    assert error.trace_id == "Abc123"
    assert "EAAGsecret" not in f"{error.raw!r} {error.message}"
    assert error.raw["error"]["code"] == 100
