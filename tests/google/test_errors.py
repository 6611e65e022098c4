"""Google's refusals in our words: kind, code, draft path, message, wait, trace id."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.google import refusals
from integrations.platforms.google.refusals import Place

PLACES = [
    Place("p-c", "campaign.budget.amount", "campaignBudgetOperation"),
    Place("p-c", "campaign", "campaignOperation"),
    Place("p-s1", "ad_sets[s1]", "adGroupOperation"),
    Place("p-s1", "ad_sets[s1].targeting.keywords", "adGroupCriterionOperation"),
    Place("p-a1", "ad_sets[s1].ads[a1]", "adGroupAdOperation"),
]


def failure(*errors: dict[str, Any], code: int = 400, status: str = "INVALID_ARGUMENT") -> dict[str, Any]:
    detail = {"@type": "type.googleapis.com/google.ads.googleads.v26.errors.GoogleAdsFailure", "errors": list(errors)}
    return {"error": {"code": code, "status": status, "message": "x", "details": [detail | {"requestId": "R42"}]}}


def fault(category: str, value: str, *fields: Any, message: str = "Google says so", **more: Any) -> dict[str, Any]:
    """One error; of `fields` the first number is the operation's index."""
    index = next((field for field in fields if isinstance(field, int)), None)
    elements = [{"fieldName": "mutate_operations"} | ({"index": index} if index else {})] if index is not None else []
    elements += [{"fieldName": field} for field in fields if isinstance(field, str)]
    location = {"location": {"fieldPathElements": elements}} if elements else {}
    return {"errorCode": {category: value}, "message": message, **location, **more}


def told(
    body: Any, status: int = 400, *, is_write: bool = True, headers: dict[str, str] | None = None
) -> PlatformError:
    return refusals.translate(status, body, headers or {}, is_write=is_write)


@pytest.mark.parametrize(
    ("category", "value", "status", "kind", "code"),
    [
        ("authenticationError", "OAUTH_TOKEN_EXPIRED", 401, "auth", "TOKEN_EXPIRED"),
        ("authenticationError", "OAUTH_TOKEN_REVOKED", 401, "auth", "TOKEN_EXPIRED"),
        ("authenticationError", "NOT_ADS_USER", 401, "permission", "PERMISSION_DENIED"),
        ("authorizationError", "USER_PERMISSION_DENIED", 403, "permission", "PERMISSION_DENIED"),
        ("authorizationError", "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION", 403, "permission", "APP_NOT_APPROVED"),
        ("authorizationError", "CUSTOMER_NOT_ENABLED", 403, "permission", "AD_ACCOUNT_UNUSABLE"),
        ("authorizationError", "ACTION_NOT_PERMITTED", 403, "permission", "PERMISSION_DENIED"),
        ("operationAccessDeniedError", "ACTION_NOT_PERMITTED", 400, "permission", "PERMISSION_DENIED"),
        ("quotaError", "RESOURCE_TEMPORARILY_EXHAUSTED", 429, "rate_limited", "RATE_LIMIT_EXCEEDED"),
        ("internalError", "TRANSIENT_ERROR", 500, "ambiguous", "PLATFORM_ERROR"),
        ("internalError", "DEADLINE_EXCEEDED", 504, "ambiguous", "PLATFORM_ERROR"),
        ("databaseError", "CONCURRENT_MODIFICATION", 409, "transient", "CONCURRENT_CHANGE"),
        ("campaignError", "DUPLICATE_CAMPAIGN_NAME", 400, "ambiguous", "ALREADY_EXISTS"),
        ("mutateError", "RESOURCE_NOT_FOUND", 400, "gone", "OBJECT_NOT_FOUND"),
        ("operationAccessDeniedError", "OPERATION_NOT_PERMITTED_FOR_REMOVED_RESOURCE", 400, "gone", "OBJECT_NOT_FOUND"),
        ("requestError", "UNSUPPORTED_VERSION", 400, "invalid", "API_VERSION_RETIRED"),
        ("campaignBudgetError", "BUDGET_BELOW_PER_DAY_MINIMUM", 400, "invalid", "INVALID_BUDGET"),
        ("criterionError", "INVALID_CRITERION_ID", 400, "invalid", "INVALID_TARGETING"),
        ("policyFindingError", "POLICY_FINDING", 400, "invalid", "POLICY_VIOLATION"),
        ("imageError", "ASPECT_RATIO_NOT_ALLOWED", 400, "invalid", "INVALID_CREATIVE"),
        ("someNewError", "WHAT_NOBODY_KNOWS", 400, "invalid", "PLATFORM_REFUSED"),
    ],
)
def test_codes_have_their_meaning(category: str, value: str, status: int, kind: str, code: str) -> None:
    error = told(failure(fault(category, value)), status)

    assert (error.kind, error.code, error.trace_id, error.http_status) == (kind, code, "R42", status)


def test_a_fault_while_reading_created_nothing() -> None:
    assert told(failure(fault("internalError", "INTERNAL_ERROR")), 500, is_write=False).kind is ErrorKind.TRANSIENT


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"error": {"code": 401, "status": "UNAUTHENTICATED", "message": "no"}}, 401, "auth"),
        ({"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}, 429, "rate_limited"),
        ({"error": {"code": 503, "status": "UNAVAILABLE"}}, 503, "ambiguous"),
        ({"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": "Unknown name"}}, 400, "invalid"),
        (
            {"error": {"code": 403, "status": "PERMISSION_DENIED", "details": [{"reason": "SERVICE_DISABLED"}]}},
            403,
            "permission",
        ),
        (None, 502, "ambiguous"),
        (None, 429, "rate_limited"),
        ([1, 2], 200, "ambiguous"),
        ("nonsense", 500, "ambiguous"),
        ({"error": "text"}, 500, "ambiguous"),
        ({"error": {"details": "text", "status": 7}}, 500, "ambiguous"),
        ({"error": {"details": [{"errors": [{"errorCode": "x", "location": [], "details": 3}]}]}}, 400, "invalid"),
    ],
)
def test_answers_of_any_shape_are_understood(body: Any, status: int, kind: str) -> None:
    assert told(body, status).kind == kind


def test_google_says_how_long_to_wait() -> None:
    details = {"details": {"quotaErrorDetails": {"retryDelay": "7.5s"}}}

    assert told(failure(fault("quotaError", "RESOURCE_EXHAUSTED", **details)), 429).retry_after == 7.5
    assert told(failure(fault("quotaError", "RESOURCE_EXHAUSTED")), 429).retry_after == 10.0
    info = {"error": {"status": "RESOURCE_EXHAUSTED", "details": [{"retryDelay": "3s"}]}}
    assert told(info, 429).retry_after == 3.0


def test_the_header_names_the_request_when_the_body_does_not() -> None:
    assert told({"error": {"status": "INVALID_ARGUMENT"}}, headers={"request-id": "H1"}).trace_id == "H1"


def test_details_are_told() -> None:
    policy = {"policyFindingDetails": {"policyTopicEntries": [{"topic": "TRADEMARKS"}, {"topic": "CLICKBAIT"}]}}
    least = {"budgetPerDayMinimumErrorDetails": {"budgetPerDayMinimumMicros": "5000000", "currencyCode": "USD"}}

    assert (
        "Policy: TRADEMARKS, CLICKBAIT."
        in told(failure(fault("policyFindingError", "POLICY_FINDING", details=policy))).message
    )
    message = told(failure(fault("campaignBudgetError", "BUDGET_BELOW_PER_DAY_MINIMUM", details=least))).message
    assert "The least is 5.00 USD a day." in message


@pytest.mark.parametrize(
    ("fields", "category", "value", "key", "path", "code"),
    [
        (
            (0, "amount_micros"),
            "campaignBudgetError",
            "NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT",
            "p-c",
            "campaign.budget.amount",
            "INVALID_BUDGET",
        ),
        ((1, "name"), "campaignError", "INVALID_CAMPAIGN_NAME", "p-c", "campaign.name", "INVALID_NAME"),
        (
            (1, "end_date_time"),
            "dateRangeError",
            "START_DATE_AFTER_END_DATE",
            "p-c",
            "campaign.schedule.end",
            "INVALID_SCHEDULE",
        ),
        (
            (1, "contains_eu_political_advertising"),
            "fieldError",
            "REQUIRED",
            "p-c",
            "campaign.declarations.eu_political",
            "INVALID_DECLARATION",
        ),
        ((2, "name"), "adGroupError", "DUPLICATE_ADGROUP_NAME", "p-s1", "ad_sets[s1].name", "INVALID_NAME"),
        (
            (3, "keyword", "text"),
            "criterionError",
            "KEYWORD_HAS_INVALID_CHARS",
            "p-s1",
            "ad_sets[s1].targeting.keywords",
            "INVALID_TARGETING",
        ),
        (
            (4, "ad", "final_urls"),
            "urlFieldError",
            "MALFORMED_FINAL_URL",
            "p-a1",
            "ad_sets[s1].ads[a1].creative.link_url",
            "INVALID_CREATIVE",
        ),
        (
            (4, "ad", "demand_gen_multi_asset_ad", "headlines"),
            "stringLengthError",
            "TOO_LONG",
            "p-a1",
            "ad_sets[s1].ads[a1].creative.headlines",
            "INVALID_CREATIVE",
        ),
        (
            (4, "ad", "demand_gen_multi_asset_ad", "logo_images", "asset"),
            "imageError",
            "IMAGE_TOO_SMALL",
            "p-a1",
            "campaign.assets.logo",
            "INVALID_CREATIVE",
        ),
        ((4, "ad", "something_new"), "adError", "INVALID_INPUT", "p-a1", "ad_sets[s1].ads[a1]", "INVALID_CREATIVE"),
    ],
)
def test_a_fault_blames_its_part_of_the_draft(
    fields: Any, category: str, value: str, key: str, path: str, code: str
) -> None:
    error = told(failure(fault(category, value, *fields)))

    errors = refusals.spread(error, PLACES)

    assert (errors[key].kind, errors[key].path, errors[key].code) == (ErrorKind.INVALID, path, code)
    others = {other.code for name, other in errors.items() if name != key}
    assert others == {"NOT_CARRIED_OUT"}


def test_every_fault_is_told_and_echoes_are_not() -> None:
    error = told(
        failure(
            fault("stringLengthError", "TOO_LONG", 4, "headlines", message="Too long"),
            fault("urlFieldError", "MALFORMED_FINAL_URL", 4, "final_urls", message="Bad link"),
            fault("newResourceCreationError", "TEMP_ID_RESOURCE_HAD_ERRORS", 2, message="Echo"),
            fault("criterionError", "INVALID_CRITERION_ID", 3, message="No such place"),
        )
    )

    errors = refusals.spread(error, PLACES)

    assert errors["p-a1"].message == "Too long. Bad link."
    assert errors["p-s1"].message == "No such place."
    assert errors["p-a1"].trace_id == "R42"


def test_what_is_unclear_is_unclear_for_every_step() -> None:
    duplicate = told(
        failure(fault("campaignError", "DUPLICATE_CAMPAIGN_NAME", 1, "name"), fault("adError", "TOO_LONG", 4))
    )

    errors = refusals.spread(duplicate, PLACES)

    assert {key: error.kind.value for key, error in errors.items()} == dict.fromkeys(
        ("p-c", "p-s1", "p-a1"), "ambiguous"
    )


def test_a_fault_without_a_place_is_the_error_of_every_step() -> None:
    error = told(failure(fault("authorizationError", "ACTION_NOT_PERMITTED")), 403)

    assert {e.code for e in refusals.spread(error, PLACES).values()} == {"PERMISSION_DENIED"}


def test_tokens_in_an_answer_are_hidden() -> None:
    assert "ya29" not in repr(told({"error": {"message": "x", "access_token": "ya29.secret"}}).raw)
