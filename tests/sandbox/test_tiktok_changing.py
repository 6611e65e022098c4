"""Switching, changing and deleting at the sandbox's TikTok, its media library, and its page for people."""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests

from .process import SandboxProcess
from .tiktok_client import (
    EUROPE,
    MAIN,
    SHARED_BUDGET,
    TEST,
    TikTokClient,
    film,
    picture,
    utc,
)

PERF = "tiktok/web/i18n/perf/campaign"


@pytest.fixture
def tree(tiktok: TikTokClient) -> dict[str, str]:
    """A campaign with an ad group and an ad, all off."""
    campaign_id = tiktok.campaign()
    group = tiktok.ad_group(campaign_id)
    return {"campaign": campaign_id, "adgroup": group, "ad": tiktok.ads(group, tiktok.carousel())[0]}


def switched(tiktok: TikTokClient, level: str, ids: list[Any], status: str, **more: Any) -> Any:
    return tiktok.ask("POST", f"{level}/status/update/", **{f"{level}_ids": ids}, operation_status=status, **more)


# Switching ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["campaign", "adgroup", "ad"])
def test_a_switch_answers_what_it_switched(tiktok: TikTokClient, tree: dict[str, str], level: str) -> None:
    answer = switched(tiktok, level, [tree[level]], "ENABLE")

    assert answer["data"] == {f"{level}_ids": [tree[level]], "status": "ENABLE"}
    assert tiktok.get(f"{level}/get/")["list"][0]["operation_status"] == "ENABLE"


def test_when_something_first_went_on_is_remembered(
    sandbox: SandboxProcess, tiktok: TikTokClient, tree: dict[str, str]
) -> None:
    def first_on() -> Any:
        return sandbox.get("objects", platform="tiktok", kind="campaign")[0]["first_on_at"]

    assert first_on() is None
    switched(tiktok, "campaign", [tree["campaign"]], "ENABLE")
    went_on = first_on()
    switched(tiktok, "campaign", [tree["campaign"]], "DISABLE")
    switched(tiktok, "campaign", [tree["campaign"]], "ENABLE")

    assert went_on
    assert first_on() == went_on


@pytest.mark.parametrize(
    ("ids", "status", "code"),
    [
        ([], "ENABLE", 40002),
        (["{campaign}", "{campaign}"], "ENABLE", 40002),
        (["180"], "ENABLE", 40007),
        (["{adgroup}"], "ENABLE", 40007),  # an ad group is no campaign
        ([180], "ENABLE", 40002),
        (["{campaign}"], "PAUSE", 40002),
        (["{campaign}"], None, 40002),
        ([str(n) for n in range(21)], "ENABLE", 40002),
    ],
)
def test_a_switch_that_cannot_be_carried_out_is_refused(
    tiktok: TikTokClient, tree: dict[str, str], ids: list[Any], status: str, code: int
) -> None:
    named = [value.format(**tree) if isinstance(value, str) else value for value in ids]

    assert switched(tiktok, "campaign", named, status)["code"] == code


def test_a_switch_is_carried_out_for_all_or_for_none(tiktok: TikTokClient, tree: dict[str, str]) -> None:
    both = [tree["adgroup"], "180"]

    assert switched(tiktok, "adgroup", both, "ENABLE")["code"] == 40007
    assert tiktok.get("adgroup/get/")["list"][0]["operation_status"] == "DISABLE"
    assert switched(tiktok, "adgroup", both, "ENABLE", allow_partial_success=False)["code"] == 40007

    partly = switched(tiktok, "adgroup", both, "ENABLE", allow_partial_success=True)["data"]
    assert partly["adgroup_ids"] == [tree["adgroup"]]
    assert [row["adgroup_id"] for row in partly["error_list"]] == ["180"]


def test_deleting_takes_what_is_below_and_is_for_good(
    sandbox: SandboxProcess, tiktok: TikTokClient, tree: dict[str, str]
) -> None:
    switched(tiktok, "campaign", [tree["campaign"]], "DELETE")

    kinds = {row["kind"] for row in sandbox.get("objects", platform="tiktok")}
    assert not kinds & {"campaign", "ad_set", "ad"}
    for status in ("ENABLE", "DELETE"):
        assert switched(tiktok, "campaign", [tree["campaign"]], status)["code"] == 40002
    deleted = tiktok.get("campaign/get/", filtering={"primary_status": "STATUS_DELETE"})["list"]
    assert [row["campaign_id"] for row in deleted] == [tree["campaign"]]
    assert tiktok.get("campaign/get/")["list"] == []


def test_what_belongs_to_another_advertiser_is_not_there(tiktok: TikTokClient, tree: dict[str, str]) -> None:
    tiktok.advertiser = TEST

    assert switched(tiktok, "campaign", [tree["campaign"]], "ENABLE")["code"] == 40007


# Changing -------------------------------------------------------------------------------------------------------------


def test_names_and_budgets_can_be_changed(tiktok: TikTokClient, tree: dict[str, str]) -> None:
    shared = tiktok.campaign(**SHARED_BUDGET)
    tiktok.post("campaign/update/", campaign_id=shared, budget=99.5, campaign_name="Renamed")
    tiktok.post("adgroup/update/", adgroup_id=tree["adgroup"], budget=45, schedule_end_time=utc(40))

    rows = {row["campaign_id"]: row for row in tiktok.get("campaign/get/")["list"]}
    [group] = tiktok.get("adgroup/get/", filtering={"adgroup_ids": [tree["adgroup"]]})["list"]
    assert (rows[shared]["campaign_name"], rows[shared]["budget"]) == ("Renamed", 99.5)
    assert (group["budget"], group["schedule_type"]) == (45, "SCHEDULE_START_END")


def test_a_change_leaves_the_rest_of_the_audience_as_it_was(tiktok: TikTokClient, tree: dict[str, str]) -> None:
    tiktok.post("adgroup/update/", adgroup_id=tree["adgroup"], gender="GENDER_MALE")
    [group] = tiktok.get("adgroup/get/")["list"]

    assert (group["gender"], group["age_groups"]) == ("GENDER_MALE", ["AGE_18_24", "AGE_25_34"])


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        ("campaign/update/", {"campaign_id": "{campaign}", "budget": 100}),  # it has none
        ("campaign/update/", {"campaign_id": "{campaign}", "budget_mode": "BUDGET_MODE_DAY"}),
        ("campaign/update/", {"campaign_id": "{campaign}", "objective_type": "REACH"}),
        ("campaign/update/", {"campaign_id": "{campaign}", "special_industries": ["HOUSING"]}),
        ("campaign/update/", {"campaign_id": "180", "campaign_name": "x"}),
        ("adgroup/update/", {"adgroup_id": "{adgroup}", "budget": 19}),
        ("adgroup/update/", {"adgroup_id": "{adgroup}", "schedule_end_time": utc(-1)}),
        ("adgroup/update/", {"adgroup_id": "{adgroup}", "placements": ["PLACEMENT_PANGLE"]}),
        ("adgroup/update/", {"adgroup_id": "{adgroup}", "optimization_goal": "VALUE"}),
        ("ad/update/", {"adgroup_id": "{adgroup}", "creatives": [{"ad_id": "1"}], "patch_update": True}),
        ("ad/update/", {"adgroup_id": "{adgroup}", "creatives": [{"ad_text": "x"}]}),
    ],
)
def test_what_cannot_be_changed_is_refused(
    tiktok: TikTokClient, tree: dict[str, str], path: str, changes: dict[str, Any]
) -> None:
    named = {name: value.format(**tree) if isinstance(value, str) else value for name, value in changes.items()}

    assert tiktok.refusal(path, **named)[0] in (40002, 40007)


def test_special_industries_can_only_be_taken_away(tiktok: TikTokClient) -> None:
    campaign_id = tiktok.campaign(special_industries=["HOUSING", "CREDIT"])

    tiktok.post("campaign/update/", campaign_id=campaign_id, special_industries=["CREDIT"])
    again = {"campaign_id": campaign_id, "special_industries": ["HOUSING"]}
    assert tiktok.refusal("campaign/update/", **again)[0] == 40002


# Media ----------------------------------------------------------------------------------------------------------------


def test_a_picture_is_stored_under_its_name(tiktok: TikTokClient) -> None:
    row = tiktok.upload_image(picture(300, 200), file_name="sale.png")["data"]

    assert row["image_id"].startswith("ad-site-i18n-sg/")
    assert row["material_id"] != row["image_id"]
    assert (row["width"], row["height"], row["format"], row["file_name"]) == (300, 200, "png", "sale.png")
    assert row["displayable"] is False
    assert requests.get(row["image_url"], timeout=5).content == picture(300, 200)


@pytest.mark.parametrize(
    ("content", "form", "code"),
    [
        (picture(), {"image_signature": "0" * 32}, 40904),
        (picture(), {"image_signature": None}, 40002),
        (picture(), {"upload_type": "UPLOAD_BY_MAGIC"}, 40002),
        (picture(), {"file_name": "x" * 101}, 40002),
        (picture(), {"colour": "red"}, 40002),
        (picture(kind="GIF"), {}, 40905),
        (picture()[:500], {}, 40905),
        (b"no picture", {}, 40905),
        (picture(1921, 1920), {}, 40906),
    ],
)
def test_a_picture_is_refused(tiktok: TikTokClient, content: bytes, form: dict[str, Any], code: int) -> None:
    assert tiktok.upload_image(content, **form)["code"] == code


@pytest.mark.parametrize("content", [picture(1920, 1920), picture(kind="JPEG")])
def test_a_picture_at_the_bounds_is_taken(tiktok: TikTokClient, content: bytes) -> None:
    assert tiktok.upload_image(content)["code"] == 0


def test_a_name_of_a_file_is_taken_once_in_an_account(tiktok: TikTokClient) -> None:
    assert tiktok.upload_image(picture(), file_name="sale.png")["code"] == 0
    assert tiktok.upload_image(picture(), file_name="sale.png")["code"] == 40911
    assert tiktok.upload_video(film(), file_name="sale.png")["code"] == 40911
    assert tiktok.upload_image(picture(), file_name="sale 2.png")["code"] == 0
    tiktok.advertiser = TEST
    assert tiktok.upload_image(picture(), file_name="sale.png")["code"] == 0


def test_pictures_are_searched_by_size_and_not_by_name(tiktok: TikTokClient) -> None:
    wide, tall = tiktok.image(300, 200), tiktok.image(200, 300)

    found = tiktok.get("file/image/ad/search/", filtering={"width": 300, "height": 200})["list"]

    assert [row["image_id"] for row in found] == [wide]
    assert tiktok.refusal("file/image/ad/search/", "GET", filtering={"file_name": "x"})[0] == 40002
    assert len(tiktok.get("file/image/ad/info/", image_ids=[wide, tall])["list"]) == 2


def test_a_picture_can_come_from_its_own_address_only(tiktok: TikTokClient) -> None:
    own = tiktok.get("file/image/ad/info/", image_ids=[tiktok.image()])["list"][0]["image_url"]
    fetched = {"upload_type": "UPLOAD_BY_URL", "file_name": "again.png", "image_url": own}

    assert tiktok.post("file/image/ad/upload/", **fetched)["image_id"]
    elsewhere = {**fetched, "file_name": "x.png", "image_url": "http://127.0.0.1:1/x.png"}
    assert tiktok.refusal("file/image/ad/upload/", **elsewhere)[0] == 40902


def test_a_film_has_no_cover_before_it_was_processed(sandbox: SandboxProcess, tiktok: TikTokClient) -> None:
    sandbox.post("settings", tiktok_video_seconds=3600)
    [uploaded] = tiktok.upload_video(film(1080, 1080))["data"]
    query = {"video_id": uploaded["video_id"], "poster_number": 1}

    assert uploaded["video_id"].startswith("v10033g50000")
    assert (uploaded["width"], uploaded["height"], "video_cover_url" in uploaded) == (1080, 1080, False)
    assert tiktok.get("file/video/suggestcover/", **query)["list"] == []

    sandbox.post("settings", tiktok_video_seconds=0)
    [shown] = tiktok.get("file/video/ad/info/", video_ids=[uploaded["video_id"]])["list"]
    [cover] = tiktok.get("file/video/suggestcover/", **query)["list"]
    assert requests.get(shown["video_cover_url"], timeout=5).headers["Content-Type"] == "image/jpeg"
    assert (cover["width"], cover["height"]) == (1080, 1080)


def test_films_are_found_by_name(tiktok: TikTokClient) -> None:
    tiktok.upload_video(film(), file_name="summer [st-k].mp4")

    [found] = tiktok.get("file/video/ad/search/", filtering={"video_name": "[st-k]"})["list"]
    assert found["file_name"] == "summer [st-k].mp4"
    assert tiktok.get("file/video/ad/search/", filtering={"video_name": "winter"})["list"] == []


@pytest.mark.parametrize(
    ("content", "form", "code"),
    [
        (film(), {"video_signature": "0" * 32}, 40904),
        (film(), {"video_signature": None}, 40002),
        (b"RIFF----AVI ", {}, 40905),
        (film(), {"upload_type": "UPLOAD_BY_URL"}, 40902),
    ],
)
def test_a_film_is_refused(tiktok: TikTokClient, content: bytes, form: dict[str, Any], code: int) -> None:
    assert tiktok.upload_video(content, **form)["code"] == code


def test_sixty_films_are_described_at_once(tiktok: TikTokClient) -> None:
    ids = [str(number) for number in range(61)]

    assert tiktok.get("file/video/ad/info/", video_ids=ids[:60])["list"] == []
    assert tiktok.refusal("file/video/ad/info/", "GET", video_ids=ids)[0] == 40002


# The page for people --------------------------------------------------------------------------------------------------


def page(sandbox: SandboxProcess, **query: str) -> requests.Response:
    return requests.get(f"{sandbox.url}/{PERF}", params=query, timeout=5)


def test_a_campaign_is_shown_with_all_that_is_below_it(sandbox: SandboxProcess, tiktok: TikTokClient) -> None:
    campaign_id = tiktok.campaign(campaign_name="Sale <b>& more</b>", **SHARED_BUDGET)
    group = tiktok.ad_group(campaign_id, interest_category_ids=["15"], languages=["en"])
    tiktok.ads(group, tiktok.carousel(ad_text="Half <price>"))
    switched(tiktok, "campaign", [campaign_id], "ENABLE")

    shown = page(sandbox, aadvid=MAIN, keyword=campaign_id)

    assert shown.status_code == 200
    assert "Sandbox – plays TikTok; nothing here is real" in shown.text
    assert "Sale &lt;b&gt;&amp; more&lt;/b&gt;" in shown.text
    assert "<b>" not in shown.text
    for text in ("Acme Corp Main", "USD 80.00 a day", "18-24, 25-34", "United States", "Apparel &amp; Accessories",
                 "English", "Summer Breeze", "Half &lt;price&gt;", "Shop now", "Active", "Ad group is off"):  # fmt: skip
        assert text in shown.text, text
    image = re.search(r'<img src="([^"]+)"', shown.text)
    assert image
    assert requests.get(image.group(1), timeout=5).headers["Content-Type"] == "image/png"


def test_an_accounts_campaigns_are_listed(sandbox: SandboxProcess, tiktok: TikTokClient) -> None:
    campaign_id = tiktok.campaign(campaign_name="One of many")

    shown = page(sandbox, aadvid=MAIN)

    assert "One of many" in shown.text
    assert f"keyword={campaign_id}" in shown.text
    assert "There are no campaigns" in page(sandbox, aadvid=EUROPE).text


def test_a_deleted_campaign_is_shown_as_deleted(sandbox: SandboxProcess, tiktok: TikTokClient) -> None:
    campaign_id = tiktok.campaign()
    switched(tiktok, "campaign", [campaign_id], "DELETE")

    assert "Deleted" in page(sandbox, aadvid=MAIN, keyword=campaign_id).text
    assert campaign_id not in page(sandbox, aadvid=MAIN).text


def test_what_is_not_there_is_not_found(sandbox: SandboxProcess, tiktok: TikTokClient) -> None:
    campaign_id = tiktok.campaign()

    assert page(sandbox, aadvid="1").status_code == 404
    assert page(sandbox, aadvid=MAIN, keyword="1").status_code == 404
    assert page(sandbox, aadvid=EUROPE, keyword=campaign_id).status_code == 404
