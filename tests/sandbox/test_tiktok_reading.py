"""What the sandbox's TikTok lists and looks up: accounts, assets, places, campaigns to ads, pages and what is secret."""

from __future__ import annotations

from typing import Any

import pytest

from .process import SandboxProcess
from .tiktok_client import (
    APP_ID,
    CALIFORNIA,
    CLOSED,
    EUROPE,
    GERMANY,
    MAIN,
    MUSIC,
    SECRET,
    SHARED_BUDGET,
    TEST,
    UK,
    US,
    TikTokClient,
    utc,
)

PLACES: dict[str, Any] = {"placements": ["PLACEMENT_TIKTOK"], "objective_type": "TRAFFIC"}


@pytest.fixture
def tree(tiktok: TikTokClient) -> dict[str, str]:
    """A campaign with an ad group and an ad, all off."""
    campaign_id = tiktok.campaign()
    group = tiktok.ad_group(campaign_id)
    return {"campaign": campaign_id, "adgroup": group, "ad": tiktok.ads(group, tiktok.carousel())[0]}


# Accounts and what belongs to them ------------------------------------------------------------------------------------


def test_every_account_is_listed_by_id_and_name(tiktok: TikTokClient) -> None:
    listed = tiktok.get("oauth2/advertiser/get/", app_id=APP_ID, secret=SECRET, advertiser_id=None)["list"]

    assert [row["advertiser_id"] for row in listed] == [MAIN, TEST, EUROPE, "7012345678901234564", CLOSED]
    assert {"advertiser_id": MAIN, "advertiser_name": "Acme Corp Main"} in listed


def test_the_list_of_accounts_wants_the_apps_secret(tiktok: TikTokClient) -> None:
    wrong = {"app_id": APP_ID, "secret": "wrong", "advertiser_id": None}

    assert tiktok.refusal("oauth2/advertiser/get/", "GET", **wrong)[0] == 40101
    assert tiktok.refusal("oauth2/advertiser/get/", "GET", app_id=APP_ID, advertiser_id=None)[0] == 40002


def info(tiktok: TikTokClient, *fields: str, ids: list[str] | None = None) -> Any:
    query = {"advertiser_ids": ids or [MAIN], "fields": list(fields), "advertiser_id": None}
    return tiktok.ask("GET", "advertiser/info/", **query)


def test_an_account_is_described_by_the_fields_asked_for(tiktok: TikTokClient) -> None:
    rows = info(tiktok, "advertiser_id", "name", "currency", "display_timezone", "status", ids=[EUROPE, CLOSED])

    assert rows["data"]["list"] == [
        {
            "advertiser_id": EUROPE,
            "name": "Acme Corp Europe",
            "currency": "EUR",
            "display_timezone": "Europe/Berlin",
            "status": "STATUS_ENABLE",
        },
        {
            "advertiser_id": CLOSED,
            "name": "Acme Corp Legacy (closed shop)",
            "currency": "USD",
            "display_timezone": "America/New_York",
            "status": "STATUS_DISABLE",
        },
    ]


def test_a_flag_drives_every_other_field_out(tiktok: TikTokClient) -> None:
    found = info(tiktok, "name", "currency", "can_use_custom_identity", ids=[TEST])["data"]["list"]

    assert found == [{"advertiser_id": TEST, "can_use_custom_identity": True}]


@pytest.mark.parametrize("fields", [["advertiser_name"], ["time_zone"]])
def test_an_accounts_name_is_called_name(tiktok: TikTokClient, fields: list[str]) -> None:
    assert info(tiktok, *fields)["code"] == 40002


@pytest.mark.parametrize(("count", "code"), [(0, 40002), (100, 0), (101, 40002)])
def test_a_hundred_accounts_are_described_at_once(
    sandbox: SandboxProcess, tiktok: TikTokClient, count: int, code: int
) -> None:
    sandbox.post("seed", platform="tiktok", accounts=120)
    listed = tiktok.get("oauth2/advertiser/get/", app_id=APP_ID, secret=SECRET, advertiser_id=None)["list"]
    ids = [row["advertiser_id"] for row in listed][:count]

    query = {"advertiser_ids": ids, "fields": ["advertiser_id"], "advertiser_id": None}
    answer = tiktok.ask("GET", "advertiser/info/", **query)

    assert answer["code"] == code
    if not code:
        assert len(answer["data"]["list"]) == count


def test_identities_tell_whether_ads_may_use_them(tiktok: TikTokClient) -> None:
    rows = {row["display_name"]: row for row in tiktok.get("identity/get/")["identity_list"]}

    assert rows["Acme Corp"]["identity_type"] == "TT_USER"
    assert rows["Acme Outlet"]["identity_authorized_bc_id"] == "6900000000000000003"
    assert rows["Acme Private"]["available_status"] != "AVAILABLE"
    assert set(rows["Acme (made-up)"]) == {"identity_id", "identity_type", "display_name"}


def test_identities_of_one_type_can_be_asked_for(tiktok: TikTokClient) -> None:
    listed = tiktok.get("identity/get/", identity_type="TT_USER")["identity_list"]

    assert {row["identity_type"] for row in listed} == {"TT_USER"}
    assert tiktok.refusal("identity/get/", "GET", identity_type="BC_AUTH_TT")[0] == 40002
    assert tiktok.refusal("identity/get/", "GET", identity_type="TIKTOK")[0] == 40002


def test_pixels_belong_to_advertisers(tiktok: TikTokClient) -> None:
    assert [row["pixel_id"] for row in tiktok.get("pixel/list/")["pixels"]] == ["7200000000000000001"]
    tiktok.advertiser = TEST
    assert len(tiktok.get("pixel/list/")["pixels"]) == 2


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ({"search_type": "SEARCH_BY_LIKED"}, [MUSIC]),
        ({"search_type": "SEARCH_BY_SOURCE", "filtering": {"sources": ["USER"]}}, ["7300000000000000003"]),
        ({"search_type": "SEARCH_BY_KEYWORD", "filtering": {"keyword": "upbeat"}}, ["7300000000000000002"]),
        ({"search_type": "SEARCH_BY_MUSIC_ID", "filtering": {"music_ids": [MUSIC]}}, [MUSIC]),
        ({"search_type": "SEARCH_BY_HISTORY"}, []),
    ],
)
def test_music_is_searched_for_in_several_ways(tiktok: TikTokClient, search: dict[str, Any], found: list[str]) -> None:
    listed = tiktok.get("file/music/get/", music_scene="CAROUSEL_ADS", **search)["musics"]

    assert [row["music_id"] for row in listed] == found


@pytest.mark.parametrize(
    "search",
    [
        {"music_scene": "CREATIVE_ASSET", "search_type": "SEARCH_BY_LIKED"},
        {"music_scene": "CAROUSEL_ADS"},
        {"music_scene": "CAROUSEL_ADS", "search_type": "SEARCH_BY_KEYWORD"},
        {"music_scene": "CAROUSEL_ADS", "search_type": "SEARCH_BY_SOURCE"},
        {
            "music_scene": "CAROUSEL_ADS",
            "search_type": "SEARCH_BY_RECOMMEND",
            "filtering": {"image_urls": ["https://a.example/1"]},
        },
    ],
)
def test_a_search_for_music_that_says_too_little_is_refused(tiktok: TikTokClient, search: dict[str, Any]) -> None:
    assert tiktok.refusal("file/music/get/", "GET", **search)[0] == 40002


# Look-ups -------------------------------------------------------------------------------------------------------------


def test_countries_are_those_of_the_accounts_region(tiktok: TikTokClient) -> None:
    rows = tiktok.get("tool/region/", **PLACES, level_range="TO_COUNTRY")["region_info"]
    by_code = {row["region_code"]: row["location_id"] for row in rows}

    assert by_code["US"] == US
    assert "GB" not in by_code
    assert {row["level"] for row in rows} == {"COUNTRY"}
    tiktok.advertiser = EUROPE
    european = tiktok.get("tool/region/", **PLACES, level_range="TO_COUNTRY")["region_info"]
    assert UK in {row["location_id"] for row in european}
    assert US not in {row["location_id"] for row in european}


@pytest.mark.parametrize("missing", ["placements", "objective_type"])
def test_places_depend_on_placement_and_objective(tiktok: TikTokClient, missing: str) -> None:
    assert missing in tiktok.refusal("tool/region/", "GET", **(PLACES | {missing: None}))[1]


def test_places_are_found_by_name_with_what_may_not_be_used(tiktok: TikTokClient) -> None:
    query = {**PLACES, "search_type": "FUZZY_SEARCH"}
    [found] = tiktok.get("tool/targeting/search/", keywords=["calif"], **query)["targeting_tag_list"]
    [barred] = tiktok.get("tool/targeting/search/", keywords=["united k"], **query)["targeting_tag_list"]

    assert (found["geo"]["geo_id"], found["geo"]["geo_type"]) == (CALIFORNIA, "PROVINCE")
    assert (found["status_info"]["status"], barred["status_info"]["status"]) == ("ENABLED", "DISABLED")
    assert tiktok.refusal("tool/targeting/search/", "GET", **query)[0] == 40002


def test_languages_and_interests_have_ids(tiktok: TikTokClient) -> None:
    languages = tiktok.get("tool/language/")["languages"]
    interests = tiktok.get("tool/interest_category/", version=2)["interest_categories"]

    assert {"code": "en", "name": "English"} in languages
    parts = {row["interest_category_id"]: row["sub_category_ids"] for row in interests}
    assert "25100" in parts["25"]
    assert parts["25100"] == []


# Campaigns, ad groups, ads --------------------------------------------------------------------------------------------


def test_what_was_sent_comes_back(tiktok: TikTokClient, tree: dict[str, str]) -> None:
    [campaign] = tiktok.get("campaign/get/", filtering={"campaign_ids": [tree["campaign"]]})["list"]
    [group] = tiktok.get("adgroup/get/", filtering={"campaign_ids": [tree["campaign"]]})["list"]
    [ad] = tiktok.get("ad/get/", filtering={"adgroup_ids": [tree["adgroup"]]})["list"]

    assert (campaign["campaign_name"], campaign["budget_mode"], campaign["operation_status"]) == (
        "Spring sale [p-8f3c2a]",
        "BUDGET_MODE_INFINITE",
        "DISABLE",
    )
    assert (group["budget"], group["location_ids"], group["age_groups"]) == (30, [US], ["AGE_18_24", "AGE_25_34"])
    assert group["smart_audience_enabled"] is False
    assert (ad["ad_format"], ad["music_id"], ad["adgroup_id"]) == ("CAROUSEL_ADS", MUSIC, tree["adgroup"])


def test_whether_a_budget_is_shared_out_is_shown_only_where_it_is(tiktok: TikTokClient) -> None:
    shared, apart = tiktok.campaign(**SHARED_BUDGET), tiktok.campaign()
    rows = {row["campaign_id"]: row for row in tiktok.get("campaign/get/")["list"]}

    assert rows[shared]["budget_optimize_on"] is True
    assert "budget_optimize_on" not in rows[apart]


def test_an_ad_group_of_a_shared_budget_has_none(sandbox: SandboxProcess, tiktok: TikTokClient) -> None:
    tiktok.ad_group(tiktok.campaign(**SHARED_BUDGET))
    [group] = tiktok.get("adgroup/get/")["list"]

    assert (group["budget_mode"], group["budget"]) == ("BUDGET_MODE_INFINITE", 0)
    budgets = {row["kind"]: row["budget"] for row in sandbox.get("objects", platform="tiktok") if row["budget"]}
    assert budgets == {"campaign": {"type": "daily", "amount": "80.00", "currency": "USD"}}


def test_without_an_end_one_ten_years_ahead_is_noted(tiktok: TikTokClient) -> None:
    tiktok.ad_group(tiktok.campaign())
    [group] = tiktok.get("adgroup/get/")["list"]

    assert group["schedule_type"] == "SCHEDULE_FROM_NOW"
    assert int(group["schedule_end_time"][:4]) - int(group["schedule_start_time"][:4]) in (9, 10)


def test_only_the_fields_asked_for_are_shown(tiktok: TikTokClient, tree: dict[str, str]) -> None:
    assert tiktok.get("ad/get/", fields=["ad_id", "ad_name"])["list"] == [{"ad_id": tree["ad"], "ad_name": "Ad A"}]
    assert tiktok.refusal("ad/get/", "GET", fields=["ad_title"])[0] == 40002


@pytest.mark.parametrize(
    ("path", "filtering", "count"),
    [
        ("campaign/get/", {"campaign_name": "spring"}, 1),
        ("campaign/get/", {"campaign_name": "Spring sale [p-other]"}, 1),  # a vague comparison
        ("campaign/get/", {"campaign_name": "Winter"}, 0),
        ("campaign/get/", {"campaign_ids": ["1800000000000000"]}, 0),
        ("campaign/get/", {"creation_filter_start_time": utc(-0.1)}, 1),
        ("campaign/get/", {"creation_filter_start_time": utc(0.1)}, 0),
        ("campaign/get/", {"primary_status": "STATUS_DELETE"}, 0),
        ("adgroup/get/", {"adgroup_name": "US"}, 1),
        ("ad/get/", {"ad_ids": ["1"]}, 0),
    ],
)
def test_lists_can_be_filtered(
    tiktok: TikTokClient, tree: dict[str, str], path: str, filtering: dict[str, Any], count: int
) -> None:
    assert len(tiktok.get(path, filtering=filtering)["list"]) == count


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("campaign/get/", {"filtering": {"name": "x"}}),
        ("campaign/get/", {"filtering": {"campaign_ids": []}}),
        ("campaign/get/", {"filtering": {"campaign_ids": [str(n) for n in range(101)]}}),
        ("campaign/get/", {"filtering": {"campaign_ids": "180"}}),
        ("campaign/get/", {"filtering": "campaign_ids"}),
        ("campaign/get/", {"filtering": [1]}),
        ("ad/get/", {"filtering": {"ad_name": "x"}}),
        ("campaign/get/", {"page_size": 1001}),
        ("campaign/get/", {"page_size": 0}),
        ("campaign/get/", {"page": 0}),
        ("campaign/get/", {"limit": 10}),
        ("campaign/get/", {"fields": "campaign_id"}),
    ],
)
def test_a_list_that_is_asked_for_wrongly_is_refused(tiktok: TikTokClient, path: str, query: dict[str, Any]) -> None:
    assert tiktok.refusal(path, "GET", **query)[0] == 40002


def test_lists_come_in_pages_the_newest_first(tiktok: TikTokClient) -> None:
    made = [tiktok.campaign(campaign_name=f"Campaign {n}") for n in range(12)]

    first, second = (tiktok.get("campaign/get/", page=n) for n in (1, 2))

    assert [row["campaign_id"] for row in first["list"] + second["list"]] == made[::-1]
    assert first["page_info"] == {"page": 1, "page_size": 10, "total_number": 12, "total_page": 2}
    assert len(tiktok.get("campaign/get/", page_size=1000)["list"]) == 12
    assert tiktok.get("campaign/get/", page=3)["list"] == []


def test_lists_hold_what_is_the_advertisers_own(tiktok: TikTokClient, tree: dict[str, str]) -> None:
    tiktok.advertiser = TEST

    for path in ("campaign/get/", "adgroup/get/", "ad/get/"):
        assert tiktok.get(path)["list"] == []
    assert tiktok.get("campaign/get/", filtering={"campaign_ids": [tree["campaign"]]})["list"] == []


def test_lists_that_lag_leave_out_what_is_new(
    sandbox: SandboxProcess, tiktok: TikTokClient, tree: dict[str, str]
) -> None:
    sandbox.fault("stale_reads", path="/campaign/get/", platform="tiktok", value=60, times=1)

    assert tiktok.get("campaign/get/")["list"] == []
    assert len(tiktok.get("campaign/get/")["list"]) == 1


# What a switch comes to -----------------------------------------------------------------------------------------------


def statuses(tiktok: TikTokClient) -> list[str]:
    paths = ("campaign/get/", "adgroup/get/", "ad/get/")
    query = {"filtering": {"primary_status": "STATUS_ALL"}}
    return [tiktok.get(path, **query)["list"][0]["secondary_status"].partition("_STATUS_")[2] for path in paths]


def switch(tiktok: TikTokClient, tree: dict[str, str], level: str, status: str) -> None:
    tiktok.post(f"{level}/status/update/", **{f"{level}_ids": [tree[level]]}, operation_status=status)


def test_what_is_above_decides_what_a_switch_comes_to(
    sandbox: SandboxProcess, tiktok: TikTokClient, tree: dict[str, str]
) -> None:
    sandbox.post("settings", tiktok_review_seconds=3600)
    seen = [statuses(tiktok)]
    for level, status in (
        ("ad", "ENABLE"), ("adgroup", "ENABLE"), ("campaign", "ENABLE"), ("adgroup", "DISABLE"), ("ad", "DELETE"),
        ("campaign", "DELETE"),
    ):  # fmt: skip
        switch(tiktok, tree, level, status)
        seen.append(statuses(tiktok))

    assert seen == [
        ["DISABLE", "CAMPAIGN_DISABLE", "CAMPAIGN_DISABLE"],
        ["DISABLE", "CAMPAIGN_DISABLE", "CAMPAIGN_DISABLE"],
        ["DISABLE", "CAMPAIGN_DISABLE", "CAMPAIGN_DISABLE"],
        ["ENABLE", "NOT_START", "AUDIT"],
        ["ENABLE", "DISABLE", "ADGROUP_DISABLE"],
        ["ENABLE", "DISABLE", "DELETE"],
        ["DELETE", "CAMPAIGN_DELETE", "CAMPAIGN_DELETE"],
    ]


def test_what_is_on_runs_once_it_was_reviewed(sandbox: SandboxProcess, tiktok: TikTokClient) -> None:
    sandbox.post("settings", tiktok_review_seconds=0)
    campaign_id = tiktok.campaign(operation_status="ENABLE")
    group = tiktok.ad_group(campaign_id, schedule_start_time=utc(0), operation_status="ENABLE")
    tiktok.ads(group, tiktok.carousel(operation_status="ENABLE"))

    assert statuses(tiktok) == ["ENABLE", "DELIVERY_OK", "DELIVERY_OK"]


def test_objects_of_another_country_are_listed_for_their_account(tiktok: TikTokClient) -> None:
    tiktok.advertiser = EUROPE
    tiktok.ad_group(tiktok.campaign(), location_ids=[GERMANY])

    assert tiktok.get("adgroup/get/")["list"][0]["location_ids"] == [GERMANY]
