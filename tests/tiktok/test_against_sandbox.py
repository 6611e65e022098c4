"""A campaign from log-in to removal, over real HTTP: created off, read back as approved, switched on, ended, removed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from integrations.contracts import Account, Action, AssetKind, Delivery, Level
from integrations.draft import Draft
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.tiktok.adapter import TikTokPlatform
from tests.tiktok.conftest import Sandbox
from tests.tiktok.drafts import (
    BERLIN,
    BLUE,
    CUSTOM,
    FILM,
    GREY,
    IDENTITY,
    MAIN,
    PIXEL,
    RED,
    SHARED,
    SQUARE_FILM,
    TEST,
    TOKYO,
    ad,
    ad_set,
    draft,
    order,
    video,
)
from tests.tiktok.publisher import Publisher
from tests.tiktok.test_login import CALLBACK, consent

ALL_LEVELS = [Level.CAMPAIGN, Level.AD_SET, Level.AD]


def ahead(days: int) -> str:
    return f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%dT09:00}"


SCHEDULE = {"start": ahead(10), "end": ahead(40)}
ASSETS = {"identity": IDENTITY, "pixel": PIXEL}


def publisher(tiktok: TikTokPlatform, content: Draft, account: Account = MAIN) -> Publisher:
    return Publisher(tiktok, order(content, account, now=datetime.now(UTC)))


@pytest.fixture
def summer(tiktok: TikTokPlatform) -> Publisher:
    """The flows' example, created and not yet switched on."""
    publication = publisher(tiktok, draft(schedule=SCHEDULE))
    publication.create()
    return publication


def campaign_id(publication: Publisher) -> str:
    return publication.ids[publication.key("c")]


# The whole way --------------------------------------------------------------------------------------------------------


def test_from_log_in_to_removal(sandbox: Sandbox, visitor: TikTokPlatform) -> None:
    grant = visitor.exchange(consent(visitor.authorize_url("s", "", CALLBACK)), "", CALLBACK)
    visitor.tokens = grant.tokens
    account = next(found for found in visitor.list_accounts() if found.external_id == MAIN.external_id)
    chosen = {asset.kind: asset.external_id for asset in reversed(visitor.list_assets(account))}
    assets = {name: chosen[AssetKind(name)] for name in ("identity", "music", "pixel")}
    publication = publisher(visitor, draft(schedule=SCHEDULE, assets=assets), account)

    publication.create()
    assert publication.differences() == []

    publication.go_live()
    assert visitor.read_status(campaign_id(publication), account).delivery is Delivery.SCHEDULED

    publication.change(Action.SWITCH_OFF, [Level.CAMPAIGN])
    assert visitor.read_status(campaign_id(publication), account).delivery is Delivery.PAUSED

    publication.change(Action.END, [Level.CAMPAIGN])
    assert visitor.read_status(campaign_id(publication), account).is_on is False

    publication.change(Action.REMOVE, TikTokPlatform.removal_levels)
    assert visitor.read_status(campaign_id(publication), account).delivery is Delivery.ENDED
    assert publication.read() == {}

    visitor.revoke(grant.tokens, grant.external_user_id)
    with pytest.raises(PlatformError):
        visitor.read_status(campaign_id(publication), account)


# Creating -------------------------------------------------------------------------------------------------------------


def test_the_example_takes_five_writes_and_reads_back_as_approved(sandbox: Sandbox, summer: Publisher) -> None:
    assert [len(wave) for wave in summer.waves] == [2, 1, 1, 1]
    assert sorted(sandbox.calls()[:2]) == ["/file/image/ad/upload/"] * 2
    assert sandbox.calls()[2:] == ["/campaign/create/", "/adgroup/create/", "/ad/create/"]
    assert summer.differences() == []


def test_nothing_is_on_before_it_is_switched_on(sandbox: Sandbox, summer: Publisher) -> None:
    objects = [row for kind in ("campaign", "ad_set", "ad") for row in sandbox.of_kind(kind)]

    assert len(objects) == 3
    assert {(row["status"], row["first_on_at"]) for row in objects} == {("DISABLE", None)}
    assert {node.is_on for node in summer.read().values()} == {False}
    assert summer.tiktok.read_status(campaign_id(summer), MAIN).is_on is False


def test_going_live_takes_three_calls_the_campaign_last(sandbox: Sandbox, summer: Publisher) -> None:
    before = sandbox.look("requests")[-1]["id"]
    summer.go_live()
    found = {kind: sandbox.of_kind(kind)[0] for kind in ("campaign", "ad_set", "ad")}

    assert sandbox.calls(before) == ["/ad/status/update/", "/adgroup/status/update/", "/campaign/status/update/"]
    assert {row["status"] for row in found.values()} == {"ENABLE"}
    assert found["campaign"]["first_on_at"] > found["ad"]["first_on_at"]
    status = summer.tiktok.read_status(campaign_id(summer), MAIN)
    assert (status.is_on, status.delivery) == (True, Delivery.SCHEDULED)


def test_a_campaign_without_a_start_is_live_at_once(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    publication = publisher(tiktok, draft(schedule={}))
    publication.create()
    publication.go_live()

    assert publication.differences() == []
    status = tiktok.read_status(campaign_id(publication), MAIN)
    assert (status.delivery, status.detail) == (Delivery.LIVE, "1 ad is in review at TikTok.")


CONTENTS: dict[str, tuple[Draft, Account]] = {
    "all kinds of ads": (
        draft(
            ad_set("s1", ads=[ad("a1", media=[RED, BLUE, GREY]), ad("a2", type="image", media=[GREY])]),
            ad_set("s2", budget="250", ads=[video("v1"), video("v2", media=[SQUARE_FILM])]),
            schedule=SCHEDULE, url_tags="utm_source=tiktok&utm_campaign=__CAMPAIGN_ID__",
        ),
        MAIN,
    ),
    "music that TikTok recommends": (draft(schedule=SCHEDULE, assets=ASSETS), MAIN),
    "a picture twice in a carousel": (draft(ad_set(ads=[ad(media=[RED, BLUE, RED])]), schedule=SCHEDULE), MAIN),
    "a shared identity": (draft(schedule=SCHEDULE, assets={**ASSETS, "identity": SHARED}), MAIN),
    "a made-up name": (draft(schedule=SCHEDULE, assets={**ASSETS, "identity": CUSTOM}), TEST),
    "campaign budget in yen": (
        draft(
            ad_set("s1", budget=None, targeting={"locations": ["JP"]}), ad_set("s2", budget=None), budget={"amount": "5000"},
            schedule=SCHEDULE,
        ),
        TOKYO,
    ),
    "lifetime budget of the campaign in the EU": (
        draft(
            ad_set(budget=None, targeting={"locations": ["DE", "FR"], "genders": ["male"]}),
            budget={"amount": "3000.5", "type": "lifetime"}, schedule=SCHEDULE,
        ),
        BERLIN,
    ),
    "lifetime budget of an ad set": (
        draft(ad_set(budget="3000"), budget={"amount": "3000", "type": "lifetime"}, schedule=SCHEDULE), MAIN,
    ),
    "special category": (
        draft(
            ad_set(targeting={"age_min": None, "age_max": None, "interests": []}), schedule=SCHEDULE,
            declarations={"special_ad_categories": ["housing", "credit"]},
        ),
        MAIN,
    ),
    "smaller places and languages": (
        draft(
            ad_set(targeting={"locations": [{"kind": "region", "id": "5332921"}, "CA"], "languages": ["en", "zh-Hant"]}),
            schedule=SCHEDULE,
        ),
        MAIN,
    ),
    "minors where they may be reached": (
        draft(ad_set(budget="5000", targeting={"locations": ["JP"], "age_min": 13, "age_max": 24}), schedule=SCHEDULE),
        TOKYO,
    ),
    "bare link": (draft(ad_set(ads=[ad(link_url="https://example.com")]), schedule=SCHEDULE), MAIN),
    "no end": (draft(schedule={"start": ahead(3)}), MAIN),
    "a campaign name in Japanese": (draft(ad_set(budget="5000"), name="夏のセール" * 60, schedule=SCHEDULE), TOKYO),
}  # fmt: skip
for _objective, _goal, _ads in [
    ("awareness", "reach", [ad("a1")]), ("traffic", "link_clicks", [ad("a1"), video()]),
    ("video_views", "video_views", [video()]), ("leads", "leads", [ad("a1")]), ("leads", "link_clicks", [video()]),
    ("conversions", "conversions", [video(media=[SQUARE_FILM])]),
]:  # fmt: skip
    for _budget in (None, "400"):
        CONTENTS[f"{_objective} by {_goal}, budget {'of the ad set' if _budget else 'of the campaign'}"] = (
            draft(
                ad_set(optimization=_goal, ads=_ads, budget=_budget),
                objective=_objective,
                schedule=SCHEDULE,
                assets=ASSETS,
            ),
            MAIN,
        )


@pytest.mark.parametrize("name", CONTENTS)
def test_every_kind_of_content_reads_back_as_approved(tiktok: TikTokPlatform, name: str) -> None:
    content, account = CONTENTS[name]
    publication = publisher(tiktok, content, account)

    publication.create()

    assert publication.differences() == []


def test_a_large_campaign_is_made_and_read_in_few_round_trips(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    sets = [ad_set(f"s{n}", budget="50", ads=[ad(f"a{n}x{m}") for m in range(45)]) for n in range(3)]
    publication = publisher(tiktok, draft(*sets, schedule=SCHEDULE))
    publication.create()
    before = sandbox.look("requests")[-1]["id"]

    assert [len(wave) for wave in publication.waves] == [2, 1, 3, 9]
    assert publication.differences() == []
    assert sandbox.calls(before, "GET") == ["/campaign/get/", "/adgroup/get/", "/ad/get/"]
    switched = [len(call.keys) for call in publication.go_live()]
    assert switched == [*[20] * 6, 15, 3, 1]


def test_a_start_that_passes_while_publishing_is_no_difference(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    """Planned in time, sent too late, as after a long wait: the ad group begins at once, and that is what was meant."""
    start = datetime.now(UTC) - timedelta(hours=30)
    wall_clock = f"{start.astimezone(ZoneInfo(MAIN.time_zone)):%Y-%m-%dT%H:%M}"
    content = draft(schedule={"start": wall_clock, "end": ahead(40)})
    publication = Publisher(tiktok, order(content, now=start - timedelta(hours=1)))

    publication.create()

    [made] = sandbox.of_kind("ad_set")
    began = datetime.strptime(made["data"]["schedule_start_time"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    assert abs(began - datetime.now(UTC)) < timedelta(minutes=2)
    assert publication.differences() == []


def test_a_country_that_cannot_be_reached_stops_everything_before_anything_is_made(
    sandbox: Sandbox, tiktok: TikTokPlatform
) -> None:
    content = draft(ad_set("s1"), ad_set("s2", targeting={"locations": ["GB"]}), schedule=SCHEDULE)

    with pytest.raises(PlatformError, match="ads in United Kingdom") as caught:
        publisher(tiktok, content).create()

    assert (caught.value.kind, caught.value.path) == (ErrorKind.INVALID, "ad_sets[s2].targeting.locations")
    assert sandbox.of_kind("campaign") == []


def test_special_categories_outside_their_regions_are_refused_with_the_reason(tiktok: TikTokPlatform) -> None:
    content = draft(
        ad_set(targeting={"locations": ["DE"], "age_min": None, "age_max": None}),
        schedule=SCHEDULE,
        declarations={"special_ad_categories": ["housing"]},
    )

    with pytest.raises(PlatformError, match="allowlist-only feature in your region") as caught:
        publisher(tiktok, content, BERLIN).create()

    assert (caught.value.code, caught.value.path) == (
        "FEATURE_NOT_ALLOWED",
        "campaign.declarations.special_ad_categories",
    )


# What is read back ----------------------------------------------------------------------------------------------------


def tamper(sandbox: Sandbox, tiktok: TikTokPlatform, path: str, **body: Any) -> dict[str, Any]:
    """Change an object as a person in Ads Manager would."""
    assert tiktok.tokens
    answer = requests.post(
        f"{sandbox.url}/tiktok/api/open_api/v1.3/{path}",
        json={"advertiser_id": MAIN.external_id, **body},
        headers={"Access-Token": tiktok.tokens.access_token},
        timeout=10,
    ).json()
    assert answer["code"] == 0, answer
    return dict(answer["data"])


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"budget": 5000.5}, "s1 budget: $500.00 a day -> $5,000.50 a day"),
        ({"adgroup_name": "Another"}, "s1 name: US - 25-54 s1 -> Another"),
        (
            {"age_groups": ["AGE_18_24", "AGE_25_34"]},
            "s1 age groups: AGE_25_34, AGE_35_44, AGE_45_54 -> AGE_18_24, AGE_25_34",
        ),
        ({"gender": "GENDER_MALE"}, "s1 gender: none -> GENDER_MALE"),
        ({"location_ids": ["6252001", "6251999"]}, "s1 locations: US -> CA, US"),
        ({"location_ids": ["5332921"]}, "s1 locations: US -> 5332921"),
        ({"interest_category_ids": ["18"]}, "s1 interests: 15 -> 18"),
        ({"languages": ["en"]}, "s1 languages: none -> en"),
    ],
)
def test_what_somebody_changed_at_an_ad_group_is_a_difference(
    sandbox: Sandbox, summer: Publisher, change: dict[str, Any], difference: str
) -> None:
    tamper(sandbox, summer.tiktok, "adgroup/update/", adgroup_id=summer.ids[summer.key("s1")], **change)

    assert summer.differences() == [difference]


def test_a_moved_end_is_a_difference(sandbox: Sandbox, summer: Publisher) -> None:
    moved = f"{datetime.now(UTC) + timedelta(days=60):%Y-%m-%d} 00:00:00"
    tamper(sandbox, summer.tiktok, "adgroup/update/", adgroup_id=summer.ids[summer.key("s1")], schedule_end_time=moved)

    assert [text.split(":")[0] for text in summer.differences()] == ["s1 end"]


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"ad_text": "Half price"}, "a1 text: Everything must go: up to 50% off. -> Half price"),
        ({"ad_name": "Another"}, "a1 name: Summer Sale - Carousel a1 -> Another"),
        ({"call_to_action": "LEARN_MORE"}, "a1 button: SHOP_NOW -> LEARN_MORE"),
        (
            {"landing_page_url": "https://evil.example/"},
            "a1 link: https://shop.example.com/summer?x=1&y=%C3%A4 -> https://evil.example/",
        ),
    ],
)
def test_what_somebody_changed_at_an_ad_is_a_difference(
    sandbox: Sandbox, summer: Publisher, change: dict[str, Any], difference: str
) -> None:
    creatives = [{"ad_id": summer.ids[summer.key("a1")], **change}]
    body = {"adgroup_id": summer.ids[summer.key("s1")], "creatives": creatives, "patch_update": True}
    tamper(sandbox, summer.tiktok, "ad/update/", **body)

    assert summer.differences() == [difference]


def test_what_somebody_changed_at_the_campaign_is_a_difference(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    content = draft(
        ad_set(budget=None, targeting={"age_min": None, "age_max": None}), schedule=SCHEDULE,
        declarations={"special_ad_categories": ["housing"]},
    )  # fmt: skip
    publication = publisher(tiktok, content)
    publication.create()

    change: dict[str, Any] = {"budget": 9000, "campaign_name": "Another", "special_industries": []}
    tamper(sandbox, tiktok, "campaign/update/", campaign_id=campaign_id(publication), **change)

    assert publication.differences() == [
        "c name: Summer Sale [st-abcd2345-1-c] -> Another",
        "c budget: $1,000.00 a day -> $9,000.00 a day",
        "c special ad categories: HOUSING -> none",
    ]


def test_an_object_that_nobody_approved_is_a_difference(sandbox: Sandbox, summer: Publisher) -> None:
    twin = Publisher(summer.tiktok, summer.order)
    twin.ids = {key: value for key, value in summer.ids.items() if key != summer.key("a1")}
    twin.wave()

    stranger = twin.ids[summer.key("a1")]
    assert summer.differences() == [f"c an object that nobody approved: none -> {stranger}"]


def test_a_deleted_object_is_missing(sandbox: Sandbox, summer: Publisher) -> None:
    ids = [summer.ids[summer.key("a1")]]
    tamper(sandbox, summer.tiktok, "ad/status/update/", ad_ids=ids, operation_status="DELETE")

    assert summer.key("a1") not in summer.read()
    assert summer.differences() == ["a1 existence: there -> not there"]


def test_a_deleted_campaign_takes_everything_with_it(sandbox: Sandbox, summer: Publisher) -> None:
    ids = [campaign_id(summer)]
    tamper(sandbox, summer.tiktok, "campaign/status/update/", campaign_ids=ids, operation_status="DELETE")

    assert [text.split(":")[0] for text in summer.differences()] == ["c existence", "s1 existence", "a1 existence"]


def test_ads_are_read_without_their_campaign_too(summer: Publisher) -> None:
    ads = [step for step in summer.steps if step.level is Level.AD]
    ids = {step.key: summer.ids[step.key] for step in ads}

    nodes = summer.tiktok.read(ids, ads, MAIN)

    assert {key: node.parent_id for key, node in nodes.items()} == {summer.key("a1"): summer.ids[summer.key("s1")]}


# Ending and removing --------------------------------------------------------------------------------------------------


def test_pausing_and_resuming_take_one_call_each(sandbox: Sandbox, summer: Publisher) -> None:
    summer.go_live()
    before = sandbox.look("requests")[-1]["id"]

    summer.change(Action.SWITCH_OFF, [Level.CAMPAIGN])
    paused = summer.tiktok.read_status(campaign_id(summer), MAIN)
    summer.change(Action.SWITCH_ON, [Level.CAMPAIGN])

    assert sandbox.calls(before) == ["/campaign/status/update/"] * 2
    assert (paused.is_on, paused.delivery) == (False, Delivery.PAUSED)
    assert summer.tiktok.read_status(campaign_id(summer), MAIN).is_on is True


def test_an_ended_campaign_is_off_with_its_ad_groups(sandbox: Sandbox, summer: Publisher) -> None:
    summer.go_live()

    summer.change(Action.END, [Level.CAMPAIGN])

    assert {row["status"] for kind in ("campaign", "ad_set") for row in sandbox.of_kind(kind)} == {"DISABLE"}


def test_an_end_whose_second_half_fails_leaves_the_campaign_off(sandbox: Sandbox, summer: Publisher) -> None:
    summer.go_live()
    sandbox.fault("status", "/adgroup/status/update/", 500)

    summer.change(Action.END, [Level.CAMPAIGN])

    assert summer.tiktok.read_status(campaign_id(summer), MAIN).is_on is False


def test_removing_the_campaign_leaves_nothing_but_files(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    publication = publisher(tiktok, draft(ad_set(ads=[ad("a1"), video()]), schedule=SCHEDULE))
    publication.create()

    publication.change(Action.REMOVE, [*TikTokPlatform.removal_levels, Level.MEDIA])

    assert [row for kind in ("campaign", "ad_set", "ad") for row in sandbox.of_kind(kind)] == []
    assert len(sandbox.of_kind("media")) == 4  # two pictures, the film, its cover
    status = tiktok.read_status(campaign_id(publication), MAIN)
    assert (status.is_on, status.delivery) == (False, Delivery.ENDED)


@pytest.mark.parametrize("level", ALL_LEVELS)
def test_removing_what_is_gone_is_done(sandbox: Sandbox, summer: Publisher, level: Level) -> None:
    summer.change(Action.REMOVE, [level])

    summer.change(Action.REMOVE, [level])

    assert summer.differences() != []


def test_what_is_gone_already_does_not_keep_the_rest(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    publication = publisher(tiktok, draft(ad_set(ads=[ad("a1"), ad("a2")]), schedule=SCHEDULE))
    publication.create()
    ids = [publication.ids[publication.key("a1")]]
    tamper(sandbox, tiktok, "ad/status/update/", ad_ids=ids, operation_status="DELETE")

    with pytest.raises(PlatformError) as caught:  # the one that is left is asked for again
        publication.change(Action.REMOVE, [Level.AD])
    assert caught.value.code == "NOT_CARRIED_OUT"
    assert len(sandbox.of_kind("ad")) == 1


def test_a_refusal_to_remove_is_no_removal(sandbox: Sandbox, summer: Publisher) -> None:
    sandbox.refuse("/campaign/status/update/", 40002, "Not now")

    with pytest.raises(PlatformError, match="Not now"):
        summer.change(Action.REMOVE, [Level.CAMPAIGN])

    assert len(sandbox.of_kind("campaign")) == 1


def test_a_campaign_that_never_was_is_gone(tiktok: TikTokPlatform) -> None:
    with pytest.raises(PlatformError) as caught:
        tiktok.read_status("180000000000000000", MAIN)

    assert caught.value.kind is ErrorKind.GONE


def test_a_campaign_we_may_not_see_any_more_may_still_spend(sandbox: Sandbox, summer: Publisher) -> None:
    sandbox.order("seed", platform="tiktok", remove_accounts=[MAIN.external_id])

    with pytest.raises(PlatformError) as caught:
        summer.tiktok.read_status(campaign_id(summer), MAIN)

    assert caught.value.kind is ErrorKind.PERMISSION


def test_the_dashboard_leads_to_the_campaign(summer: Publisher) -> None:
    page = requests.get(summer.tiktok.dashboard_url(campaign_id(summer), MAIN), timeout=10)

    assert page.status_code == 200
    assert "Summer Sale" in page.text


def test_no_secret_is_in_what_is_recorded(sandbox: Sandbox, summer: Publisher, exchanges: list[Any]) -> None:
    summer.differences()
    secrets = [row["value"] for row in sandbox.look("secrets")]

    assert exchanges
    assert secrets
    assert [secret for secret in secrets if secret in json.dumps([vars(exchange) for exchange in exchanges])] == []


def test_a_film_waits_for_tiktok_and_then_goes_on(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    sandbox.order("settings", tiktok_video_seconds=1)
    publication = publisher(tiktok, draft(ad_set(ads=[video(media=[FILM])]), schedule=SCHEDULE))

    publication.create()

    assert publication.differences() == []
