"""A campaign from connecting to removal, over real HTTP: created paused, read back as approved, on, off, ended, gone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from integrations.contracts import Account, Action, Delivery, Level
from integrations.draft import Draft
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.snapchat import sending
from integrations.platforms.snapchat.adapter import SnapchatPlatform
from tests.snapchat.conftest import Sandbox
from tests.snapchat.drafts import BERLIN, BLUE, FILM, HOMES, MAIN, RED, SQUARE, TOKYO, ad, ad_set, draft, order
from tests.snapchat.publisher import Publisher

ALL_SWITCHED = [Level.CAMPAIGN, Level.AD_SET, Level.AD]


def ahead(days: int) -> str:
    return f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%dT09:00}"


SCHEDULE = {"start": ahead(10), "end": ahead(40)}


def publisher(snapchat: SnapchatPlatform, content: Draft, account: Account = MAIN) -> Publisher:
    return Publisher(snapchat, order(content, account, now=datetime.now(UTC)))


@pytest.fixture
def summer(snapchat: SnapchatPlatform) -> Publisher:
    """The flows' example, created and not yet switched on."""
    return publisher(snapchat, draft(schedule=SCHEDULE)).create()


def test_the_example_is_created_in_as_few_writes_as_possible(sandbox: Sandbox, summer: Publisher) -> None:
    assert sandbox.writes() == [
        "POST adaccounts/*/media",
        "POST media/*/upload",
        "POST adaccounts/*/campaigns",
        "POST adaccounts/*/creatives",
        "POST campaigns/*/adsquads",
        "POST adsquads/*/ads",
    ]
    assert summer.differences() == []


def test_nothing_is_on_before_it_is_switched_on(sandbox: Sandbox, summer: Publisher) -> None:
    objects = [row for row in sandbox.look("objects") if row["kind"] in ("campaign", "ad_set", "ad")]

    assert len(objects) == 3
    assert {row["status"] for row in objects} == {"PAUSED"}
    assert {row["first_on_at"] for row in objects} == {None}
    assert {node.is_on for node in summer.read().values()} == {False}
    assert summer.snapchat.read_status(summer.campaign_id, MAIN).is_on is False


def test_going_live_switches_the_campaign_last(sandbox: Sandbox, summer: Publisher) -> None:
    before = sandbox.look("requests")[-1]["id"]
    summer.go_live()
    objects = {row["kind"]: row for row in sandbox.look("objects")}

    assert sandbox.writes(since=before) == [
        "PUT adsquads/*/ads",
        "PUT campaigns/*/adsquads",
        "PUT adaccounts/*/campaigns",
    ]
    assert {objects[kind]["status"] for kind in ("campaign", "ad_set", "ad")} == {"ACTIVE"}
    assert objects["campaign"]["first_on_at"] > objects["ad_set"]["first_on_at"] > objects["ad"]["first_on_at"]
    status = summer.snapchat.read_status(summer.campaign_id, MAIN)
    assert (status.is_on, status.delivery) == (True, Delivery.SCHEDULED)


def test_switching_changes_nothing_but_the_switch(sandbox: Sandbox, summer: Publisher) -> None:
    """A PUT that forgot a field would reset it: budget, schedule, targeting, placement must all survive."""
    before = {row["id"]: row["data"] for row in sandbox.look("objects")}
    summer.go_live()

    assert {row["id"]: row["data"] for row in sandbox.look("objects")} == before
    assert summer.differences() == []


def test_a_campaign_without_a_start_is_live_at_once(snapchat: SnapchatPlatform) -> None:
    publication = publisher(snapchat, draft(schedule={})).create()
    publication.go_live()

    assert publication.differences() == []
    assert snapchat.read_status(publication.campaign_id, MAIN).delivery is Delivery.LIVE


CONTENTS: dict[str, tuple[Draft, Account]] = {
    "several of everything": (
        draft(
            ad_set("s1", ads=[ad("a1"), ad("a2", media=[BLUE], headlines=["Now"], call_to_action="learn_more")]),
            ad_set("s2", budget="250", ads=[ad("a3", type="video", media=[FILM]), ad("a4", type="video", media=[FILM])]),
            schedule=SCHEDULE, url_tags="utm_source=snapchat&utm_campaign={{campaign.id}}",
        ),
        MAIN,
    ),
    "the campaign's budget, in yen": (
        draft(ad_set(budget=None, targeting={"locations": ["JP"]}), budget={"amount": "5000"}, schedule=SCHEDULE), TOKYO,
    ),
    "lifetime budget in several countries": (
        draft(
            ad_set(
                budget=None,
                targeting={"locations": ["DE", "FR"], "excluded_locations": ["AT"], "genders": ["male"],
                           "languages": [{"id": "de"}, {"id": "fr"}]},
            ),
            budget={"amount": "3000.50", "type": "lifetime"}, schedule=SCHEDULE,
        ),
        BERLIN,
    ),
    "below the least spending cap": (
        draft(ad_set(budget="6"), budget={"amount": "6"}, schedule=SCHEDULE), MAIN,
    ),
    "regions": (
        draft(
            ad_set(targeting={"locations": ["US"], "excluded_locations": [{"kind": "region", "id": "us:44"}]}),
            ad_set("s2", targeting={"locations": [{"kind": "region", "id": "us:5"}, {"kind": "region", "id": "us:33"}]},
                   ads=[ad("a2")]),
            schedule=SCHEDULE,
        ),
        MAIN,
    ),
    "housing": (
        draft(
            ad_set(targeting={"age_min": None, "age_max": None, "interests": []}), schedule=SCHEDULE,
            declarations={"special_ad_categories": ["housing"]},
        ),
        HOMES,
    ),
    "bare ad": (
        draft(ad_set(ads=[ad(link_url="https://example.com")]), schedule=SCHEDULE,
              assets={"profile": "7b1e4d90-2c8f-4a53-b6e7-d9f0c3a2e815", "pixel": "c7d2e8f1-0a4b-4c6d-9e35-1f8b7a6c2d03"}),
        MAIN,
    ),
}  # fmt: skip
for _objective, _goal in [
    ("awareness", "impressions"), ("awareness", "video_views"), ("traffic", "link_clicks"),
    ("traffic", "landing_page_views"), ("traffic", "impressions"), ("engagement", "engagement"),
    ("engagement", "video_views"), ("video_views", "video_views"), ("leads", "leads"), ("leads", "link_clicks"),
    ("conversions", "link_clicks"), ("conversions", "landing_page_views"),
]:  # fmt: skip
    CONTENTS[f"{_objective} by {_goal}"] = (
        draft(ad_set(optimization=_goal), objective=_objective, schedule=SCHEDULE), MAIN,
    )  # fmt: skip


@pytest.mark.parametrize("name", CONTENTS)
def test_every_kind_of_content_reads_back_as_approved(sandbox: Sandbox, snapchat: SnapchatPlatform, name: str) -> None:
    content, account = CONTENTS[name]
    publication = publisher(snapchat, content, account).create()

    assert publication.differences() == []
    publication.go_live()
    assert publication.differences() == []


def test_a_large_campaign_takes_one_request_for_twenty_objects(sandbox: Sandbox, snapchat: SnapchatPlatform) -> None:
    sets = [ad_set(f"s{n}", budget="10", ads=[ad(f"a{n}x{m}") for m in range(23)]) for n in range(3)]
    publication = publisher(snapchat, draft(*sets, schedule=SCHEDULE)).create()

    assert [len(wave) for wave in publication.waves] == [1, 5, 1, 6]
    assert publication.differences() == []
    calls = publication.go_live()
    assert [call.request["level"] for call in calls] == ["ad"] * 6 + ["ad_set", "campaign"]
    assert publication.differences() == []


def test_a_start_that_passes_while_publishing_is_no_difference(sandbox: Sandbox, snapchat: SnapchatPlatform) -> None:
    """Planned in time, sent too late, as after a long wait: everything begins at once, and that is what was meant."""
    start = datetime.now(UTC) - timedelta(hours=1)
    wall_clock = f"{start.astimezone(ZoneInfo(MAIN.time_zone)):%Y-%m-%dT%H:%M}"
    content = draft(schedule={"start": wall_clock, "end": ahead(40)})
    publication = Publisher(snapchat, order(content, now=start - timedelta(hours=1)))
    assert "start_time" in publication.steps[1].payload["fields"]

    publication.create()

    assert publication.differences() == []


# What is read back ------------------------------------------------------------------------------------------------------


def tamper(sandbox: Sandbox, publication: Publisher, key: str, **fields: Any) -> None:
    """Change an object as a person in Ads Manager would."""
    step = next(step for step in publication.steps if step.key == publication.key(key))
    plural = {"campaign": "campaigns", "ad_set": "adsquads", "ad": "ads"}[step.level]
    parent = {
        "campaign": f"adaccounts/{MAIN.external_id}",
        "ad_set": f"campaigns/{publication.campaign_id}",
        "ad": f"adsquads/{publication.ids[publication.key('s1')]}",
    }[step.level]
    assert publication.snapchat.tokens
    sandbox.edit(publication.snapchat.tokens.access_token, parent, plural, publication.ids[step.key], **fields)


PEOPLE = {"min_age": "25", "max_age": "54"}
TARGETING = {
    "regulated_content": False, "geos": [{"country_code": "us"}], "demographics": [PEOPLE],
    "interests": [{"category_id": ["SLC_7"]}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("key", "change", "difference"),
    [
        ("s1", {"daily_budget_micro": 5_000_000_000}, "s1 daily budget: $500.00 -> $5,000.00"),
        ("s1", {"name": "Another"}, "s1 name: US - 25-54 s1 -> Another"),
        ("c", {"name": "Another"}, "c name: Summer Sale [st-abcd2345-1-c] -> Another"),
        ("c", {"daily_budget_micro": None}, "c daily spending cap: $1,000.00 -> none"),
        ("c", {"daily_budget_micro": 9_000_000_000}, "c daily spending cap: $1,000.00 -> $9,000.00"),
        (
            "c", {"objective_v2_properties": {"objective_v2_type": "TRAFFIC"}}, "c objective: SALES -> TRAFFIC",
        ),
        (
            "s1", {"targeting": TARGETING | {"demographics": [PEOPLE | {"min_age": "18"}]}},
            "s1 ages, gender and languages: 25 to 54, all genders -> 18 to 54, all genders",
        ),
        (
            "s1", {"targeting": TARGETING | {"demographics": [PEOPLE | {"gender": "MALE"}]}},
            "s1 ages, gender and languages: 25 to 54, all genders -> 25 to 54, MALE",
        ),
        (
            "s1",
            {"targeting": TARGETING | {"geos": [{"country_code": "us"}, {"country_code": "mx"}],
                                       "demographics": [PEOPLE | {"languages": ["en"]}]}},
            "s1 locations: us -> mx, us",
        ),
        ("s1", {"targeting": TARGETING | {"interests": []}}, "s1 interests: SLC_7 -> none"),
        ("s1", {"optimization_goal": "PIXEL_SIGNUP"}, "s1 optimization: PIXEL_PURCHASE -> PIXEL_SIGNUP"),
        ("s1", {"bid_strategy": "TARGET_COST", "bid_micro": 1_000_000}, "s1 bidding: AUTO_BID -> TARGET_COST"),
        (
            "s1", {"placement_v2": {"config": "CUSTOM", "snapchat_positions": ["FEED"]}},
            "s1 placements: AUTOMATIC -> CUSTOM",
        ),
    ],
)  # fmt: skip
def test_what_somebody_changed_is_a_difference(
    sandbox: Sandbox, summer: Publisher, key: str, change: dict[str, Any], difference: str
) -> None:
    tamper(sandbox, summer, key, **change)

    assert difference in summer.differences()


@pytest.mark.parametrize("name", ["start_time", "end_time"])
def test_a_moved_time_is_a_difference(sandbox: Sandbox, summer: Publisher, name: str) -> None:
    tamper(sandbox, summer, "s1", **{name: f"{ahead(20)}:00.000Z"})

    assert [text.split(":")[0] for text in summer.differences()] == [f"s1 {name.removesuffix('_time')}"]


def test_another_creative_is_a_difference(sandbox: Sandbox, snapchat: SnapchatPlatform) -> None:
    publication = publisher(snapchat, draft(ad_set(ads=[ad("a1"), ad("a2")]), schedule=SCHEDULE)).create()
    mine, other = publication.ids[publication.key("cr-a1")], publication.ids[publication.key("cr-a2")]

    tamper(sandbox, publication, "a1", creative_id=other)

    assert publication.differences() == [f"a1 creative: {mine} -> {other}"]


def test_an_object_that_nobody_approved_is_a_difference(sandbox: Sandbox, summer: Publisher) -> None:
    twin = Publisher(summer.snapchat, summer.order)
    twin.ids = {key: value for key, value in summer.ids.items() if key != summer.key("a1")}
    twin.wave()

    stranger = twin.ids[summer.key("a1")]
    assert summer.differences() == [f"c an object that nobody approved: none -> {stranger}"]


def test_a_deleted_object_is_missing(sandbox: Sandbox, summer: Publisher) -> None:
    (ad_step,) = summer.changes(Action.REMOVE, [Level.AD])
    (call,) = summer.snapchat.calls([ad_step], summer.ids, MAIN)
    summer.snapchat.send(call, MAIN, lambda sha: pytest.fail("nothing is uploaded"))

    assert summer.key("a1") not in summer.read()
    assert summer.differences() == ["a1 existence: there -> not there"]


def test_ads_are_read_without_their_campaign_too(summer: Publisher) -> None:
    ads = [step for step in summer.steps if step.level is Level.AD]
    nodes = summer.snapchat.read({step.key: summer.ids[step.key] for step in ads}, ads, MAIN)

    assert {key: node.parent_id for key, node in nodes.items()} == {summer.key("a1"): summer.ids[summer.key("s1")]}


def test_the_account_is_read_for_creatives_only_where_they_are_many(sandbox: Sandbox, summer: Publisher) -> None:
    before = sandbox.look("requests")[-1]["id"]
    summer.read()

    assert not [row for row in sandbox.look("requests", since=before) if row["path"].endswith("/creatives")]


# Switching, ending and removing -----------------------------------------------------------------------------------------


def test_pausing_and_resuming_write_once(sandbox: Sandbox, summer: Publisher) -> None:
    summer.go_live()
    before = sandbox.look("requests")[-1]["id"]
    summer.change(Action.SWITCH_OFF, [Level.CAMPAIGN])
    assert sandbox.writes(since=before) == ["PUT adaccounts/*/campaigns"]
    paused = summer.snapchat.read_status(summer.campaign_id, MAIN)
    summer.change(Action.SWITCH_ON, [Level.CAMPAIGN])

    assert (paused.is_on, paused.delivery) == (False, Delivery.PAUSED)
    assert summer.snapchat.read_status(summer.campaign_id, MAIN).is_on is True


def test_an_ended_campaign_is_off_and_has_an_end(sandbox: Sandbox, snapchat: SnapchatPlatform) -> None:
    content = draft(ad_set(budget=None), budget={"amount": "3000", "type": "lifetime"}, schedule={"end": ahead(40)})
    publication = publisher(snapchat, content).create()
    publication.go_live()

    publication.change(Action.END, [Level.CAMPAIGN])

    assert snapchat.read_status(publication.campaign_id, MAIN).is_on is False
    (campaign,) = sandbox.of_kind("campaign")
    assert datetime.fromisoformat(campaign["data"]["end_time"]) < datetime.now(UTC) + timedelta(minutes=5)


def test_a_campaign_that_has_not_begun_is_only_paused(sandbox: Sandbox, summer: Publisher) -> None:
    summer.go_live()
    before = sandbox.look("requests")[-1]["id"]

    summer.change(Action.END, [Level.CAMPAIGN])

    assert sandbox.writes(since=before) == ["PUT adaccounts/*/campaigns"]
    assert summer.snapchat.read_status(summer.campaign_id, MAIN).is_on is False


@pytest.mark.parametrize(
    ("effect", "value"), [("error_body", {"request_status": "ERROR", "error_code": "E1001"}), ("drop_after", None)]
)
def test_an_end_that_snapchat_does_not_take_leaves_the_campaign_paused(
    sandbox: Sandbox, snapchat: SnapchatPlatform, monkeypatch: pytest.MonkeyPatch, effect: str, value: Any
) -> None:
    publication = publisher(snapchat, draft(schedule={})).create()
    publication.go_live()

    def break_the_second_write(row: Any, end: str) -> bool:
        sandbox.fault(effect, "/campaigns$", value, method="PUT", times=1)
        return True

    monkeypatch.setattr(sending, "_runs_until_after", break_the_second_write)
    publication.change(Action.END, [Level.CAMPAIGN])

    assert snapchat.read_status(publication.campaign_id, MAIN).is_on is False


def test_removal_takes_the_tree_and_leaves_the_library(sandbox: Sandbox, summer: Publisher) -> None:
    summer.change(Action.REMOVE, [Level.CAMPAIGN])

    kinds = ("campaign", "ad_set", "ad", "creative", "media")
    left = [row["kind"] for row in sandbox.look("objects") if row["kind"] in kinds]
    assert sorted(left) == ["creative", "media"]
    with pytest.raises(PlatformError) as caught:
        summer.snapchat.read_status(summer.campaign_id, MAIN)
    assert caught.value.kind is ErrorKind.GONE


def test_surplus_twins_are_removed_one_by_one(sandbox: Sandbox, summer: Publisher) -> None:
    before = sandbox.look("requests")[-1]["id"]
    summer.change(Action.REMOVE, [Level.AD_SET, Level.CREATIVE, Level.MEDIA])

    assert sandbox.writes(since=before) == ["DELETE adsquads/*"]


def test_removing_what_is_gone_is_done(sandbox: Sandbox, summer: Publisher) -> None:
    summer.change(Action.REMOVE, [Level.CAMPAIGN])

    assert len(summer.change(Action.REMOVE, [Level.CAMPAIGN])) == 1


def test_a_campaign_we_may_not_see_any_more_may_still_spend(sandbox: Sandbox, summer: Publisher) -> None:
    sandbox.order("seed", platform="snapchat", remove_accounts=[MAIN.external_id])

    status = summer.snapchat.read_status(summer.campaign_id, MAIN)

    assert (status.delivery, status.is_on) == (Delivery.UNKNOWN, None)


def test_a_review_that_is_under_way_is_told(sandbox: Sandbox, snapchat: SnapchatPlatform) -> None:
    sandbox.order("settings", snapchat_review_seconds=60)
    publication = publisher(snapchat, draft(ad_set(ads=[ad("a1"), ad("a2")]), schedule={})).create()
    publication.go_live()

    assert snapchat.read_status(publication.campaign_id, MAIN).detail == "2 ads are in review at Snapchat."


def test_the_dashboard_leads_to_the_campaign(summer: Publisher) -> None:
    url = summer.snapchat.dashboard_url(summer.campaign_id, MAIN)
    page = requests.get(url, timeout=10)

    assert url.endswith(f"/{MAIN.external_id}/campaigns/{summer.campaign_id}")
    assert "Summer Sale" in page.text
    assert "USD 500.00 a day" in page.text


# Files ------------------------------------------------------------------------------------------------------------------


def test_an_ad_waits_until_its_film_is_processed(sandbox: Sandbox, snapchat: SnapchatPlatform) -> None:
    publication = publisher(snapchat, draft(ad_set(ads=[ad(type="video", media=[FILM])]), schedule=SCHEDULE))
    publication.wave()
    publication.wave()

    assert [error.code for error in publication.errors.values()] == ["MEDIA_PROCESSING"]
    assert publication.key("c") in publication.ids
    publication.create()
    assert publication.differences() == []


def test_a_film_snapchat_cannot_process_is_blamed_on_the_file(sandbox: Sandbox, snapchat: SnapchatPlatform) -> None:
    sandbox.order("settings", snapchat_media_outcome="FAILED", snapchat_processing_seconds=0)
    publication = publisher(snapchat, draft(ad_set(ads=[ad(type="video", media=[FILM])]), schedule=SCHEDULE))

    with pytest.raises(PlatformError) as caught:
        publication.create()

    assert (caught.value.code, caught.value.path) == ("MEDIA_REFUSED", "ad_sets[s1].ads[a1].creative.media")


def test_a_picture_of_another_shape_is_blamed_on_the_file(sandbox: Sandbox, snapchat: SnapchatPlatform) -> None:
    publication = publisher(snapchat, draft(ad_set(ads=[ad(media=[SQUARE])]), schedule=SCHEDULE))

    with pytest.raises(PlatformError, match="must be 1080x1920, not 1080x1080") as caught:
        publication.create()

    assert (caught.value.code, caught.value.path) == ("MEDIA_REFUSED", "ad_sets[s1].ads[a1].creative.media")


def test_files_go_two_at_a_time(sandbox: Sandbox, snapchat: SnapchatPlatform) -> None:
    content = draft(ad_set(ads=[ad("a1"), ad("a2", media=[BLUE]), ad("a3", type="video", media=[FILM])]))
    publication = publisher(snapchat, content)

    assert [len(snapchat.calls(publication.steps, publication.ids, MAIN))] == [2]


def test_the_same_file_is_uploaded_once(sandbox: Sandbox, snapchat: SnapchatPlatform) -> None:
    publisher(snapchat, draft(ad_set(ads=[ad("a1", media=[RED]), ad("a2", media=[RED])]), schedule=SCHEDULE)).create()

    assert len(sandbox.of_kind("media")) == 1


def test_no_secret_is_in_what_is_recorded(sandbox: Sandbox, summer: Publisher, exchanges: list[Any]) -> None:
    summer.differences()
    secrets = [row["value"] for row in sandbox.look("secrets")]

    assert exchanges
    assert [secret for secret in secrets if secret in json.dumps([vars(exchange) for exchange in exchanges])] == []
