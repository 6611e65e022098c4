"""What we send Google, read strictly by the official protobuf messages of v26: no unknown field, no unknown enum value.

The queries are checked against the same messages: each field that is asked for exists in the resource it names.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import responses

from integrations.contracts import Action, Level, Step, TargetingKind, Tokens
from integrations.http import Http
from integrations.platforms.google.adapter import GooglePlatform
from integrations.platforms.google.capabilities import AGE_RANGES
from integrations.platforms.google.meanings import MEANINGS
from tests.google.drafts import (
    FILM,
    MAIN,
    SQUARE,
    TALL,
    WIDE,
    ad,
    ad_set,
    draft,
    open_media,
    order,
    search_ad_set,
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    json_format = pytest.importorskip("google.protobuf.json_format")
    from google.ads.googleads.v26.enums.types import age_range_type
    from google.ads.googleads.v26.errors.types import errors as error_types
    from google.ads.googleads.v26.services.types import (
        geo_target_constant_service,
        google_ads_service,
        youtube_video_upload_service,
    )

BASE = "https://googleads.googleapis.com"
MUTATE = re.compile(rf"{BASE}/v26/customers/\d+/googleAds:mutate")
SEARCH = re.compile(rf"{BASE}/v26/customers/\d+/googleAds:search")
SUGGEST = re.compile(rf"{BASE}/v26/geoTargetConstants:suggest")
ROW = google_ads_service.GoogleAdsRow.pb().DESCRIPTOR


@pytest.fixture
def google(settings: Any) -> GooglePlatform:
    urls = {"api_url": BASE, "token_url": "https://oauth2.googleapis.com"}
    settings.PLATFORMS = {**settings.PLATFORMS, "google": {**settings.PLATFORMS["google"], **urls}}
    return GooglePlatform(Http("google", lambda exchange: None), Tokens("ya29.token"))


def parsed(message: Any, body: Any) -> Any:
    """Read a JSON body into a message; ParseError for what the message does not have."""
    return json_format.ParseDict(body, message.pb()(), ignore_unknown_fields=False)


def bodies(pattern: re.Pattern[str]) -> list[dict[str, Any]]:
    return [json.loads(call.request.body) for call in responses.calls if pattern.match(call.request.url)]


ORDERS = {
    "demand gen, pictures": order(draft(ad_set(ads=[ad(media=[SQUARE, WIDE, TALL])], targeting={"genders": ["male"]}))),
    "demand gen, film": order(draft(ad_set(ads=[ad(type="video", media=[FILM])]))),
    "demand gen, all over": order(
        draft(
            ad_set(
                optimization="link_clicks",
                targeting={
                    "locations": ["US", {"kind": "city", "id": "1014221"}],
                    "excluded_locations": [{"kind": "region", "id": "21176"}],
                    "languages": [{"id": "1000"}],
                },
            ),
            objective="traffic",
            budget={"amount": "9000", "type": "lifetime"},
            declarations={"eu_political": True},
        )
    ),
    "search": order(draft(search_ad_set(targeting={"excluded_locations": ["CA"]}))),
    "search, value": order(draft(search_ad_set(optimization="conversion_value"))),
}


@responses.activate
@pytest.mark.parametrize("name", ORDERS)
def test_creations_are_messages_of_the_api(google: GooglePlatform, name: str) -> None:
    steps = google.plan(ORDERS[name])
    upload = {step.key: "55" for step in steps if "film" in step.payload}
    responses.post(SEARCH, json={"results": [_processed(key) for key in upload.values()]})
    responses.post(MUTATE, json={})

    for call in google.calls([step for step in steps if step.key not in upload], upload, MAIN):
        google.send(call, MAIN, open_media)

    (body,) = bodies(MUTATE)
    request = parsed(google_ads_service.MutateGoogleAdsRequest, body)
    assert len(request.mutate_operations) == len(body["mutateOperations"]) > 3
    assert not request.partial_failure


def _processed(upload: str) -> dict[str, Any]:
    name = f"customers/{MAIN.external_id}/youTubeVideoUploads/{upload}"
    return {"youTubeVideoUpload": {"resourceName": name, "state": "PROCESSED", "videoId": "abcdefghijk"}}


@responses.activate
@pytest.mark.parametrize("action", [Action.SWITCH_ON, Action.SWITCH_OFF, Action.END, Action.REMOVE])
def test_changes_are_messages_of_the_api(google: GooglePlatform, action: Action) -> None:
    responses.post(SEARCH, json={"results": [{"campaign": {"id": "1", "startDateTime": "2026-01-01 00:00:00"}}]})
    responses.post(MUTATE, json={})

    for level, external_id in ((Level.CAMPAIGN, "1"), (Level.AD_SET, "2"), (Level.AD, "2~3")):
        step = Step(f"k-{level}", action, level, level, "name", external_id=external_id)
        for call in google.calls([step], {}, MAIN):
            google.send(call, MAIN, open_media)

    sent = bodies(MUTATE)
    assert len(sent) == 3
    for body in sent:
        (operation,) = parsed(google_ads_service.MutateGoogleAdsRequest, body).mutate_operations
        assert operation.WhichOneof("operation")


@responses.activate
def test_the_upload_of_a_film_is_a_message_of_the_api(google: GooglePlatform) -> None:
    address = f"{BASE}/resumable/upload/v26/customers/{MAIN.external_id}/youTubeVideoUploads:create"
    responses.post(address, json={}, headers={"X-Goog-Upload-URL": f"{BASE}/upload/1"})
    responses.post(f"{BASE}/upload/1", json={"resourceName": "customers/1234567890/youTubeVideoUploads/55"})
    (upload, *_) = google.plan(ORDERS["demand gen, film"])

    (call,) = google.calls([upload], {}, MAIN)
    outcome = google.send(call, MAIN, open_media)[upload.key]

    assert outcome.external_id == "55"
    (start,) = bodies(re.compile(re.escape(address)))
    parsed(youtube_video_upload_service.CreateYouTubeVideoUploadRequest, start)


@responses.activate
def test_queries_name_fields_that_exist(google: GooglePlatform) -> None:
    responses.get(f"{BASE}/v26/customers:listAccessibleCustomers", json={"resourceNames": ["customers/1234567890"]})
    responses.add_callback("POST", SEARCH, callback=_answer, content_type="application/json")
    responses.post(SUGGEST, json={})
    steps = google.plan(ORDERS["search"])
    ids = {step.key: "1" if step.level is not Level.AD else "1~2" for step in steps}

    list(google.list_accounts())
    google.list_assets(MAIN)
    for kind in TargetingKind:
        google.search_targeting(MAIN, kind, "shoes")
    google.read_status("1", MAIN)
    google.read(ids, steps, MAIN)
    google.find(steps, ids, MAIN)

    queries = [body["query"] for body in bodies(SEARCH)]
    assert {resource_of(query) for query in queries} >= {
        "customer", "customer_client", "currency_constant", "asset", "conversion_action", "language_constant",
        "user_interest", "campaign", "campaign_criterion", "ad_group", "ad_group_criterion", "ad_group_ad",
    }  # fmt: skip
    assert [name for query in queries for name in names_in(query) if not exists(name)] == []
    for body in bodies(SUGGEST):
        parsed(geo_target_constant_service.SuggestGeoTargetConstantsRequest, body)
    for body in bodies(SEARCH):
        parsed(google_ads_service.SearchGoogleAdsRequest, body)


def _answer(request: Any) -> tuple[int, dict[str, str], str]:
    """As much of an answer as leads to the next question."""
    customer = {"id": "1234567890", "manager": True, "currencyCode": "USD", "timeZone": "UTC", "status": "ENABLED"}
    found = {"customer": [{"customer": customer}], "campaign": [{"campaign": {"id": "1", "status": "PAUSED"}}]}
    rows = found.get(resource_of(json.loads(request.body)["query"]), [])
    return 200, {}, json.dumps({"results": rows} if rows else {})


def resource_of(query: str) -> str:
    found = re.search(r" FROM (\w+)", query)
    assert found
    return found[1]


def names_in(query: str) -> Iterator[str]:
    without_texts = re.sub(r"'(?:\\.|[^'])*'", "", query)
    yield from re.findall(r"\b[a-z_]+(?:\.[a-z_0-9]+)+", without_texts)


def exists(name: str) -> bool:
    """Say whether a GAQL name leads to a field of GoogleAdsRow."""
    descriptor = ROW
    for part in name.split("."):
        if descriptor is None:
            return False
        # What GAQL calls `type` the messages of this package call `type_`.
        field = descriptor.fields_by_name.get(part) or descriptor.fields_by_name.get(f"{part}_")
        if field is None:
            return False
        descriptor = field.message_type
    return True


def test_a_field_that_does_not_exist_is_noticed() -> None:
    assert exists("campaign.start_date_time")
    assert not exists("campaign.start_date")
    for wrong in ({"x": 1}, {"status": "ACTIVE"}):
        body = {"mutateOperations": [{"campaignOperation": {"create": wrong}}]}
        with pytest.raises(json_format.ParseError):
            parsed(google_ads_service.MutateGoogleAdsRequest, body)


def test_age_groups_are_those_of_google() -> None:
    ages = set(age_range_type.AgeRangeTypeEnum.AgeRangeType.__members__)

    assert {name for name, _, _ in AGE_RANGES} < ages


def test_error_codes_of_our_table_exist() -> None:
    codes = error_types.ErrorCode.pb().DESCRIPTOR.fields
    by_name = {field.json_name: field.enum_type for field in codes}
    wrong = [
        (category, value)
        for category, value in MEANINGS
        if category not in by_name or (value and value not in by_name[category].values_by_name)
    ]

    assert wrong == []
