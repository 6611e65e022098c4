"""Snapchat's errors in our words."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.contracts import Level
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.snapchat import refusals
from integrations.platforms.snapchat.refusals import Blame

AUTH, PERMISSION, INVALID, LIMITED = ErrorKind.AUTH, ErrorKind.PERMISSION, ErrorKind.INVALID, ErrorKind.RATE_LIMITED
TRANSIENT, AMBIGUOUS, GONE = ErrorKind.TRANSIENT, ErrorKind.AMBIGUOUS, ErrorKind.GONE
SQUAD = Blame(Level.AD_SET, "ad_sets[s1]")
CREATIVE = Blame(Level.CREATIVE, "ad_sets[s1].ads[a1].creative")


def whole(status: int, *, is_write: bool = True, headers: Any = None, **body: Any) -> PlatformError:
    said = {"request_status": "ERROR", "request_id": "r1", **body}
    return refusals.translate(status, said, headers or {}, is_write=is_write)


def one(reason: str, blame: Blame = SQUAD, status: int = 200, **more: Any) -> PlatformError:
    entry = {"sub_request_status": "ERROR", "sub_request_error_reason": reason, **more}
    return refusals.of_object(entry, status, "r1", is_write=True, blame=blame)


@pytest.mark.parametrize(
    ("status", "code", "kind", "ours"),
    [
        (401, "", AUTH, "TOKEN_EXPIRED"),
        (403, "", PERMISSION, "PERMISSION_DENIED"),
        (404, "", GONE, "OBJECT_NOT_FOUND"),
        (404, "E3003", GONE, "OBJECT_NOT_FOUND"),
        (400, "E3003", GONE, "OBJECT_NOT_FOUND"),
        (429, "", LIMITED, "RATE_LIMIT_EXCEEDED"),
        (400, "E3002", LIMITED, "RATE_LIMIT_EXCEEDED"),
        (400, "E1001", INVALID, "PLATFORM_REFUSED"),
        (400, "E1008", INVALID, "INVALID_CREATIVE"),
        (400, "E2002", INVALID, "PLATFORM_REFUSED"),
        (400, "E2023", INVALID, "PLATFORM_REFUSED"),
        (400, "E2025", INVALID, "PLATFORM_REFUSED"),
        (400, "E2601", INVALID, "MEDIA_REFUSED"),
        (400, "E2652", INVALID, "INVALID_ASSET"),
        (400, "E2840", INVALID, "INVALID_CREATIVE"),
        (400, "E21011", INVALID, "INVALID_PLACEMENT"),
        (400, "E39400", INVALID, "INVALID_PLACEMENT"),
        (400, "E99999", INVALID, "PLATFORM_REFUSED"),
        (400, "", INVALID, "PLATFORM_REFUSED"),
    ],
)
def test_status_and_code_decide(status: int, code: str, kind: ErrorKind, ours: str) -> None:
    error = whole(status, error_code=code, display_message="No.")

    assert (error.kind, error.code) == (kind, ours)
    assert error.trace_id == "r1"
    assert error.message.endswith((".", "!", "?"))


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_fault_of_theirs_may_have_done_something_only_where_something_was_asked(status: int) -> None:
    assert whole(status).kind is AMBIGUOUS
    assert whole(status, is_write=False).kind is TRANSIENT


@pytest.mark.parametrize(
    ("headers", "seconds"), [({}, 30.0), ({"retry-after": "7"}, 7.0), ({"retry-after": "soon"}, 30.0)]
)
def test_a_limit_says_how_long(headers: dict[str, str], seconds: float) -> None:
    assert whole(429, headers=headers).retry_after == seconds


@pytest.mark.parametrize(
    ("reason", "kind", "ours", "path"),
    [
        ("E1001: unknown parameter objective", INVALID, "PLATFORM_REFUSED", "ad_sets[s1]"),
        ("E1001: daily_budget_micro 1 is below the minimum", INVALID, "INVALID_BUDGET", "ad_sets[s1].budget"),
        (
            "E1001: targeting.geos.country_code xx is not a country", INVALID, "INVALID_TARGETING",
            "ad_sets[s1].targeting.locations",
        ),
        (
            "E1001: targeting.demographics.min_age is above max_age", INVALID, "INVALID_TARGETING",
            "ad_sets[s1].targeting.age_min",
        ),
        (
            "E1001: targeting.interests.category_id X does not exist", INVALID, "INVALID_TARGETING",
            "ad_sets[s1].targeting.interests",
        ),
        ("E1001: pixel_id is required", INVALID, "INVALID_ASSET", "campaign.assets.pixel"),
        ("E1001: end_time must be after start_time", INVALID, "INVALID_SCHEDULE", "campaign.schedule.end"),
        ("E1001: optimization_goal X", INVALID, "INVALID_OPTIMIZATION", "ad_sets[s1].optimization"),
        ("Ad account has no funding source", INVALID, "PLATFORM_REFUSED", "ad_sets[s1]"),
        ("Internal server error", AMBIGUOUS, "PLATFORM_ERROR", ""),
        ("Request timed out, please try again later", AMBIGUOUS, "PLATFORM_ERROR", ""),
    ],
)  # fmt: skip
def test_an_object_s_refusal_blames_a_part_of_the_draft(reason: str, kind: ErrorKind, ours: str, path: str) -> None:
    error = one(reason)

    assert (error.kind, error.code, error.path) == (kind, ours, path)


@pytest.mark.parametrize(
    ("reason", "ours", "path"),
    [
        ("E2601: Top snap media must be 1080x1920", "MEDIA_REFUSED", "ad_sets[s1].ads[a1].creative.media"),
        ("E2652: A Public Profile is required", "INVALID_ASSET", "campaign.assets.profile"),
        ("E1001: headline exceeds the maximum length", "INVALID_CREATIVE", "ad_sets[s1].ads[a1].creative.headlines"),
        ("E1001: call_to_action X", "INVALID_CREATIVE", "ad_sets[s1].ads[a1].creative.call_to_action"),
        ("E1001: web_view_properties.url must be https", "INVALID_CREATIVE", "ad_sets[s1].ads[a1].creative.link_url"),
        ("E1001: brand_name too long", "INVALID_CREATIVE", "campaign.assets.business_name"),
    ],
)
def test_a_creative_s_refusal_blames_a_part_of_the_ad(reason: str, ours: str, path: str) -> None:
    error = one(reason, CREATIVE)

    assert (error.code, error.path) == (ours, path)


def test_a_file_that_is_still_processed_is_no_refusal() -> None:
    error = one("E1001: media m1 hasn't been uploaded yet", CREATIVE)

    assert (error.kind, error.code) == (TRANSIENT, "MEDIA_PROCESSING")


def test_a_limit_that_hides_in_an_object_s_status_is_one() -> None:
    assert one("", sub_request_status="RATE_LIMIT_EXCEEDED").kind is LIMITED


@pytest.mark.parametrize(
    "said",
    [
        {"sub_request_error_reason": "E1001: Too dear"},
        {"message": "Too dear", "error_type": "E1001"},
        {"error": {"message": "Too dear"}},
        {"errors": [{"error_code": "E1001", "message": "Too dear"}]},
        {"debug_message": "Too dear"},
    ],
)
def test_the_reason_is_found_wherever_it_stands(said: dict[str, Any]) -> None:
    entry = {"sub_request_status": "FAILURE", **said}

    assert refusals.of_object(entry, 200, "", is_write=True, blame=SQUAD).message == "Too dear."


def test_the_sentence_for_people_comes_first() -> None:
    error = whole(400, error_code="E1001", display_message="Bad request parameter.", debug_message="name is required")

    assert error.message == "Bad request parameter. – name is required."


def test_silence_is_told() -> None:
    assert whole(400).message == "Snapchat refused this without saying why."


@pytest.mark.parametrize("body", [None, "text", ["list"]])
def test_what_is_no_envelope_is_unclear(body: Any) -> None:
    assert refusals.translate(400, body, {}, is_write=True).kind is AMBIGUOUS
    assert refusals.translate(400, body, {}, is_write=False).kind is TRANSIENT


def test_secrets_in_an_answer_are_not_kept() -> None:
    error = whole(400, debug_message="bad Authorization: Bearer abcdefghijkl")

    assert "abcdefghijkl" not in repr(error.raw) + error.message
