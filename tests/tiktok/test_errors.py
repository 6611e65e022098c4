"""TikTok's errors in our words."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from integrations.contracts import Level
from integrations.errors import ErrorKind, PlatformError
from integrations.http import Answer
from integrations.platforms.tiktok import client, refusals
from integrations.platforms.tiktok.refusals import Blame

AUTH, PERMISSION, INVALID, LIMITED = ErrorKind.AUTH, ErrorKind.PERMISSION, ErrorKind.INVALID, ErrorKind.RATE_LIMITED
TRANSIENT, AMBIGUOUS, GONE = ErrorKind.TRANSIENT, ErrorKind.AMBIGUOUS, ErrorKind.GONE


def translate(
    code: int, message: str = "No", *, is_write: bool = True, blame: Blame | None = None, status: int = 200
) -> PlatformError:
    body = {"code": code, "message": message, "request_id": "20261124TRACE", "data": {}}
    return refusals.translate(status, body, is_write=is_write, blame=blame)


@pytest.mark.parametrize(
    ("code", "kind", "ours"),
    [
        (40000, INVALID, "PLATFORM_REFUSED"),
        (40001, PERMISSION, "PERMISSION_DENIED"),
        (40002, INVALID, "PLATFORM_REFUSED"),
        (40006, INVALID, "API_VERSION_RETIRED"),
        (40007, GONE, "OBJECT_NOT_FOUND"),
        (40010, INVALID, "API_VERSION_RETIRED"),
        (40016, LIMITED, "RATE_LIMIT_EXCEEDED"),
        (40050, AMBIGUOUS, "DUPLICATE_REQUEST"),
        (40051, INVALID, "API_VERSION_RETIRED"),
        (40100, LIMITED, "RATE_LIMIT_EXCEEDED"),
        (40101, INVALID, "APP_REFUSED"),
        (40102, AUTH, "TOKEN_EXPIRED"),
        (40104, AUTH, "TOKEN_EXPIRED"),
        (40105, AUTH, "TOKEN_EXPIRED"),
        (40106, AUTH, "TOKEN_EXPIRED"),
        (40110, INVALID, "CODE_REFUSED"),
        (40113, PERMISSION, "APP_REFUSED"),
        (40115, INVALID, "CODE_REFUSED"),
        (40118, PERMISSION, "FEATURE_NOT_ALLOWED"),
        (40124, PERMISSION, "APP_REFUSED"),
        (40125, PERMISSION, "APP_REFUSED"),
        (40133, LIMITED, "RATE_LIMIT_EXCEEDED"),
        (40200, TRANSIENT, "PLATFORM_BUSY"),
        (40202, TRANSIENT, "PLATFORM_BUSY"),
        (40300, PERMISSION, "PERMISSION_DENIED"),
        (40301, PERMISSION, "PERMISSION_DENIED"),
        (40502, INVALID, "TOO_MANY_ADS"),
        (40900, INVALID, "MEDIA_REFUSED"),
        (40901, TRANSIENT, "MEDIA_PROCESSING"),
        (40902, TRANSIENT, "PLATFORM_BUSY"),
        (40905, INVALID, "MEDIA_REFUSED"),
        (40911, TRANSIENT, "PLATFORM_BUSY"),
        (40915, INVALID, "MEDIA_REFUSED"),
        (41001, INVALID, "API_VERSION_RETIRED"),
        (49999, INVALID, "PLATFORM_REFUSED"),
        (60001, TRANSIENT, "PLATFORM_MAINTENANCE"),
    ],
)
def test_codes_decide(code: int, kind: ErrorKind, ours: str) -> None:
    error = translate(code)

    assert (error.kind, error.code) == (kind, ours)
    assert error.message.endswith((".", "!", "?"))


@pytest.mark.parametrize("code", [40700, 50000, 50002, 51305, 0, 20001])
def test_an_unclear_write_may_have_happened_and_an_unclear_read_may_be_repeated(code: int) -> None:
    assert translate(code, is_write=True).kind is AMBIGUOUS
    assert translate(code, is_write=False).kind is TRANSIENT


def test_a_repeat_of_a_read_is_simply_asked_again() -> None:
    assert translate(40050, is_write=False).kind is TRANSIENT


@pytest.mark.parametrize(
    ("status", "body", "is_write", "kind"),
    [
        (502, "<html>down</html>", True, AMBIGUOUS),
        (502, "<html>down</html>", False, TRANSIENT),
        (200, "<html>hello</html>", True, AMBIGUOUS),
        (200, ["a"], True, AMBIGUOUS),
        (200, {"message": "no code"}, True, AMBIGUOUS),
        (200, {"code": "0"}, True, AMBIGUOUS),
        (200, None, False, TRANSIENT),
        (404, "404 page not found", True, INVALID),
        (405, "405 method not allowed", True, INVALID),
        (429, "slow down", True, LIMITED),
    ],
)
def test_what_is_not_tiktoks_answer_is_judged_by_its_status(
    status: int, body: Any, is_write: bool, kind: ErrorKind
) -> None:
    assert refusals.translate(status, body, is_write=is_write).kind is kind


@pytest.mark.parametrize(
    ("message", "is_write", "kind"),
    [
        ("campaign_name: The campaign name already exists.", True, AMBIGUOUS),
        ("Campaign name already exists, please rename", True, AMBIGUOUS),
        ("campaign_name: The campaign name already exists.", False, INVALID),
        ("campaign_name: Longer than maximum length 512.", True, INVALID),
    ],
)
def test_a_name_that_is_taken_is_looked_up_for_it_bears_our_mark(message: str, is_write: bool, kind: ErrorKind) -> None:
    blame = Blame(Level.CAMPAIGN, "campaign")

    assert translate(40002, message, is_write=is_write, blame=blame).kind is kind


# Limits ---------------------------------------------------------------------------------------------------------------


@time_machine.travel("2027-05-01 22:30:00+00:00", tick=False)
@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("Too many requests. The limit is QPS.", 1.5),
        ("Too many requests in one second", 1.5),
        ("Too many requests. The limit is QPM.", 300.0),
        ("Request limit per minute reached", 300.0),
        ("Too many requests. The limit is QPD.", 5400.0),
        ("Daily limit reached", 5400.0),
        ("Too many requests", 60.0),
    ],
)
def test_a_limit_says_when_to_come_back(message: str, seconds: float) -> None:
    assert translate(40100, message).retry_after == seconds


# Blame ----------------------------------------------------------------------------------------------------------------

CAMPAIGN, AD_SET = Blame(Level.CAMPAIGN, "campaign"), Blame(Level.AD_SET, "ad_sets[s1]")
ONE_AD = Blame(Level.AD, "ad_sets[s1]", ["ad_sets[s1].ads[a1]"])
TWO_ADS = Blame(Level.AD, "ad_sets[s1]", ["ad_sets[s1].ads[a1]", "ad_sets[s1].ads[a2]"])


@pytest.mark.parametrize(
    ("blame", "message", "path", "code"),
    [
        (CAMPAIGN, "campaign_name: Emoji is not supported.", "campaign.name", "INVALID_NAME"),
        (CAMPAIGN, "budget: The budget must be at least 50 USD.", "campaign.budget.amount", "INVALID_BUDGET"),
        (CAMPAIGN, "objective_type: Unknown.", "campaign.objective", "INVALID_OBJECTIVE"),
        (CAMPAIGN, "special_industries: No.", "campaign.declarations.special_ad_categories", "INVALID_DECLARATION"),
        (CAMPAIGN, "Something new", "campaign", "PLATFORM_REFUSED"),
        (AD_SET, "budget: Too low.", "ad_sets[s1].budget", "INVALID_BUDGET"),
        (AD_SET, "schedule_end_time: Passed.", "campaign.schedule.end", "INVALID_SCHEDULE"),
        (AD_SET, "schedule_start_time: Passed.", "campaign.schedule.start", "INVALID_SCHEDULE"),
        (AD_SET, "Invalid location_ids", "ad_sets[s1].targeting.locations", "INVALID_TARGETING"),
        (AD_SET, "age_groups: No.", "ad_sets[s1].targeting.age_min", "INVALID_TARGETING"),
        (AD_SET, "interest_category_ids: No.", "ad_sets[s1].targeting.interests", "INVALID_TARGETING"),
        (AD_SET, "pixel_id: Not yours.", "campaign.assets.pixel", "INVALID_ASSET"),
        (AD_SET, "optimization_event: No.", "campaign.assets.conversion_event", "INVALID_ASSET"),
        (AD_SET, "optimization_goal: No.", "ad_sets[s1].optimization", "INVALID_OPTIMIZATION"),
        (AD_SET, "No field named", "ad_sets[s1]", "PLATFORM_REFUSED"),
        (ONE_AD, "ad_text: Too long.", "ad_sets[s1].ads[a1].creative.primary_text", "INVALID_CREATIVE"),
        (ONE_AD, "music_id: No.", "campaign.assets.music", "INVALID_ASSET"),
        (ONE_AD, "identity_id: No.", "campaign.assets.identity", "INVALID_ASSET"),
        (ONE_AD, "Incorrect source field", "campaign.assets.identity", "INVALID_ASSET"),
        (ONE_AD, "You must upload an image", "ad_sets[s1].ads[a1].creative.media", "INVALID_CREATIVE"),
        (ONE_AD, "landing_page_url: Not a valid URL.", "ad_sets[s1].ads[a1].creative.link_url", "INVALID_CREATIVE"),
        (TWO_ADS, "creatives.1.ad_text: Too long.", "ad_sets[s1].ads[a2].creative.primary_text", "INVALID_CREATIVE"),
        (TWO_ADS, "creatives[0].image_ids: No.", "ad_sets[s1].ads[a1].creative.media", "INVALID_CREATIVE"),
        (TWO_ADS, "creatives.7.ad_text: Too long.", "ad_sets[s1]", "INVALID_CREATIVE"),
        (TWO_ADS, "ad_text: Too long.", "ad_sets[s1]", "INVALID_CREATIVE"),
        (TWO_ADS, "Something new", "ad_sets[s1]", "PLATFORM_REFUSED"),
        (None, "budget: Too low.", "", "PLATFORM_REFUSED"),
    ],
)  # fmt: skip
def test_the_field_that_the_message_names_becomes_a_draft_path(
    blame: Blame | None, message: str, path: str, code: str
) -> None:
    error = translate(40002, message, blame=blame)

    assert (error.path, error.code) == (path, code)


def test_a_known_code_keeps_the_field_that_is_blamed() -> None:
    error = translate(40118, "special_industries: Not in your region.", blame=CAMPAIGN)

    assert (error.code, error.path) == ("FEATURE_NOT_ALLOWED", "campaign.declarations.special_ad_categories")
    assert error.message == (
        "special_industries: Not in your region. TikTok gives this to chosen accounts only. "
        "Ask your TikTok representative."
    )


# What is kept ---------------------------------------------------------------------------------------------------------


def test_the_trace_and_the_raw_answer_are_kept_without_secrets() -> None:
    error = translate(40002, "bad access_token=abcdefsecret here")

    assert (error.trace_id, error.http_status) == ("20261124TRACE", 200)
    assert "abcdefsecret" not in f"{error.raw!r} {error.message}"
    assert error.raw["code"] == 40002


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("", "TikTok refused this without saying why."),
        ("no way!", "No way!"),
        ("ad_text: Longer than maximum length 100.", "ad_text: Longer than maximum length 100."),
    ],
)
def test_a_message_is_a_sentence(said: str, told: str) -> None:
    assert translate(40002, said).message == told


@pytest.mark.parametrize("data", [[], "text", 7])
def test_data_of_another_kind_is_not_taken_for_an_empty_answer(data: Any) -> None:
    answer = Answer(200, {}, {"code": 0, "message": "OK", "data": data})

    with pytest.raises(PlatformError) as caught:
        client.checked(answer, is_write=True)

    assert caught.value.kind is AMBIGUOUS


def test_a_page_without_rows_is_not_taken_for_an_empty_list() -> None:
    assert client.listed({"list": []}, "list") == []
    with pytest.raises(PlatformError) as caught:
        client.listed({"page_info": {}}, "list")

    assert caught.value.kind is TRANSIENT
