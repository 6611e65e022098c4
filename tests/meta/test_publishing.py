"""A campaign from plan to delivery, over real HTTP: created paused, read back as approved, switched on, ended, removed."""

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
from integrations.platforms.meta import client
from integrations.platforms.meta.adapter import MetaPlatform
from tests.meta.conftest import Sandbox
from tests.meta.drafts import BERLIN, BLUE, FILM, GREY, MAIN, PAGE, PIXEL, RED, TOKYO, ad, ad_set, draft, order
from tests.meta.publisher import Publisher

ALL_SWITCHED = [Level.CAMPAIGN, Level.AD_SET, Level.AD]


def ahead(days: int) -> str:
    return f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%dT09:00}"


SCHEDULE = {"start": ahead(10), "end": ahead(40)}


def publisher(meta: MetaPlatform, content: Draft, account: Account = MAIN) -> Publisher:
    return Publisher(meta, order(content, account, now=datetime.now(UTC)))


@pytest.fixture
def summer(meta: MetaPlatform) -> Publisher:
    """The flows' example, created and not yet switched on."""
    publication = publisher(meta, draft(schedule=SCHEDULE))
    publication.create()
    return publication


def test_the_example_takes_two_calls_and_reads_back_as_approved(sandbox: Sandbox, summer: Publisher) -> None:
    assert [len(wave) for wave in summer.waves] == [1, 1]
    assert len(sandbox.writes()) == 2
    assert summer.differences() == []


def test_nothing_is_on_before_it_is_switched_on(sandbox: Sandbox, summer: Publisher) -> None:
    objects = [row for row in sandbox.look("objects") if row["kind"] in ("campaign", "ad_set", "ad")]

    assert len(objects) == 3
    assert {row["status"] for row in objects} == {"PAUSED"}
    assert {row["first_on_at"] for row in objects} == {None}
    assert {node.is_on for node in summer.read().values()} == {False}
    assert summer.meta.read_status(summer.ids[summer.key("c")], MAIN).is_on is False


def test_going_live_takes_two_calls_the_campaign_last(sandbox: Sandbox, summer: Publisher) -> None:
    before = sandbox.look("requests")[-1]["id"]
    made = summer.go_live()
    objects = {row["kind"]: row for row in sandbox.look("objects")}

    assert [call.keys[-1] for call in made] == [summer.key("s1"), summer.key("c")]
    assert len(sandbox.writes(since=before)) == 2
    assert {objects[kind]["status"] for kind in ("campaign", "ad_set", "ad")} == {"ACTIVE"}
    assert objects["campaign"]["first_on_at"] > objects["ad"]["first_on_at"]
    status = summer.meta.read_status(summer.ids[summer.key("c")], MAIN)
    assert (status.is_on, status.delivery) == (True, Delivery.SCHEDULED)


def test_a_campaign_without_a_start_is_live_at_once(meta: MetaPlatform) -> None:
    publication = publisher(meta, draft(schedule={}))
    publication.create()
    publication.go_live()

    assert publication.differences() == []
    assert meta.read_status(publication.ids[publication.key("c")], MAIN).delivery is Delivery.LIVE


CONTENTS: dict[str, tuple[Draft, Account]] = {
    "all kinds of ads": (
        draft(
            ad_set("s1", ads=[ad("a1"), ad("a2", type="carousel", media=[RED, BLUE, GREY], headlines=["1", "2", "3"])]),
            ad_set("s2", budget="250", ads=[ad("a3", type="video", media=[FILM]), ad("a4", type="video", media=[FILM])]),
            schedule=SCHEDULE, url_tags="utm_source=meta&utm_campaign={{campaign.id}}",
        ),
        MAIN,
    ),
    "campaign budget in yen": (
        draft(ad_set(budget=None, targeting={"locations": ["JP"]}), budget={"amount": "5000"}, schedule=SCHEDULE), TOKYO,
    ),
    "lifetime budget in the EU": (
        draft(
            ad_set(budget=None, targeting={"locations": ["DE", "FR"], "excluded_locations": ["AT"], "genders": ["male"]}),
            budget={"amount": "3000.50", "type": "lifetime"}, schedule=SCHEDULE,
            declarations={"dsa_beneficiary": "Acme GmbH", "dsa_payor": "Acme AG"},
        ),
        BERLIN,
    ),
    "special category": (
        draft(
            ad_set(targeting={"age_min": None, "age_max": None, "interests": []}), schedule=SCHEDULE,
            declarations={"special_ad_categories": ["housing"]},
        ),
        MAIN,
    ),
    "smaller places and languages": (
        draft(
            ad_set(targeting={"locations": [{"kind": "region", "id": "3847"}], "languages": ["6"], "age_max": 65}),
            schedule=SCHEDULE,
        ),
        MAIN,
    ),
    "bare ad": (
        draft(ad_set(ads=[ad(descriptions=[], primary_text="", link_url="https://example.com")]), schedule=SCHEDULE,
              assets={"page": PAGE, "pixel": PIXEL}),
        MAIN,
    ),
}  # fmt: skip
for _objective, _goal in [
    ("awareness", "reach"), ("awareness", "impressions"), ("traffic", "link_clicks"), ("traffic", "landing_page_views"),
    ("traffic", "reach"), ("engagement", "engagement"), ("engagement", "link_clicks"), ("leads", "leads"),
    ("leads", "link_clicks"), ("conversions", "conversion_value"), ("conversions", "link_clicks"),
]:  # fmt: skip
    CONTENTS[f"{_objective} by {_goal}"] = (
        draft(
            ad_set(optimization=_goal), objective=_objective, schedule=SCHEDULE, assets={"page": PAGE, "pixel": PIXEL}
        ),
        MAIN,
    )


@pytest.mark.parametrize("name", CONTENTS)
def test_every_kind_of_content_reads_back_as_approved(sandbox: Sandbox, meta: MetaPlatform, name: str) -> None:
    content, account = CONTENTS[name]
    publication = publisher(meta, content, account)

    publication.create()

    assert publication.differences() == []


def test_a_large_campaign_reads_back_in_few_round_trips(sandbox: Sandbox, meta: MetaPlatform) -> None:
    sets = [ad_set(f"s{n}", budget="10", ads=[ad(f"a{n}x{m}") for m in range(30)]) for n in range(3)]
    publication = publisher(meta, draft(*sets, schedule=SCHEDULE))
    publication.create()
    before = sandbox.look("requests")[-1]["id"]

    assert publication.differences() == []
    assert len(sandbox.look("requests", since=before)) == 1
    assert [len(wave) for wave in publication.waves] == [1, 1, 3, 2]


def test_a_start_that_passes_while_publishing_is_no_difference(sandbox: Sandbox, meta: MetaPlatform) -> None:
    """Planned in time, sent too late, as after a long wait: the ad set begins at once, and that is what was meant."""
    start = datetime.now(UTC) - timedelta(hours=1)
    wall_clock = f"{start.astimezone(ZoneInfo(MAIN.time_zone)):%Y-%m-%dT%H:%M}"
    content = draft(schedule={"start": wall_clock, "end": ahead(40)})
    publication = Publisher(meta, order(content, now=start - timedelta(hours=1)))
    assert "start_time" in publication.steps[2].payload["fields"]

    publication.create()

    assert "start_time" not in str(sandbox.writes()[-1]["body"])
    assert publication.differences() == []


# What is read back ------------------------------------------------------------------------------------------------------


def tamper(sandbox: Sandbox, meta: MetaPlatform, external_id: str, **fields: Any) -> None:
    """Change an object as a person in Ads Manager would."""
    assert meta.tokens
    token = meta.tokens.access_token
    form = client.encoded(fields) | {"access_token": token, "appsecret_proof": client.proof(token)}
    answer = requests.post(f"{sandbox.url}/meta/graph/v26.0/{external_id}", data=form, timeout=10)
    assert answer.status_code == 200, answer.text


TARGETING = {
    "geo_locations": {"countries": ["US"]}, "age_min": 25, "age_max": 54,
    "flexible_spec": [{"interests": [{"id": "6003456388203", "name": "Fashion"}]}],
    "targeting_automation": {"advantage_audience": 0},
}  # fmt: skip


@pytest.mark.parametrize(
    ("key", "change", "difference"),
    [
        ("s1", {"daily_budget": 500_000}, "s1 daily budget: $500.00 -> $5,000.00"),
        ("s1", {"name": "Another"}, "s1 name: US - 25-54 s1 -> Another"),
        ("c", {"name": "Another"}, "c name: Summer Sale [st-abcd2345-1-c] -> Another"),
        ("s1", {"targeting": TARGETING | {"age_min": 18}}, "s1 lowest age: 25 -> 18"),
        ("s1", {"targeting": TARGETING | {"age_max": 65}}, "s1 highest age: 54 -> 65"),
        ("s1", {"targeting": TARGETING | {"genders": [1]}}, "s1 genders: none -> 1"),
        (
            "s1", {"targeting": TARGETING | {"geo_locations": {"countries": ["US", "MX"]}}},
            "s1 locations: countries US -> countries MX, countries US",
        ),
        ("s1", {"targeting": {**TARGETING, "flexible_spec": []}}, "s1 interests: 6003456388203 -> none"),
        (
            "s1", {"targeting": {**TARGETING, "age_max": 65, "targeting_automation": {"advantage_audience": 1}}},
            "s1 wider audience: 0 -> 1",
        ),
        ("s1", {"optimization_goal": "VALUE"}, "s1 optimization: OFFSITE_CONVERSIONS -> VALUE"),
    ],
)  # fmt: skip
def test_what_somebody_changed_is_a_difference(
    sandbox: Sandbox, summer: Publisher, key: str, change: dict[str, Any], difference: str
) -> None:
    tamper(sandbox, summer.meta, summer.ids[summer.key(key)], **change)

    assert difference in summer.differences()


def test_a_moved_end_is_a_difference(sandbox: Sandbox, summer: Publisher) -> None:
    tamper(sandbox, summer.meta, summer.ids[summer.key("s1")], end_time=f"{ahead(60)}:00-0400")

    assert [text.split(":")[0] for text in summer.differences()] == ["s1 end"]


def test_a_moved_start_is_a_difference(sandbox: Sandbox, summer: Publisher) -> None:
    tamper(sandbox, summer.meta, summer.ids[summer.key("s1")], start_time=f"{ahead(1)}:00-0400")

    assert [text.split(":")[0] for text in summer.differences()] == ["s1 start"]


def test_another_creative_is_a_difference(sandbox: Sandbox, meta: MetaPlatform) -> None:
    publication = publisher(meta, draft(ad_set(ads=[ad("a1"), ad("a2")]), schedule=SCHEDULE))
    publication.create()
    mine, other = publication.ids[publication.key("cr-a1")], publication.ids[publication.key("cr-a2")]

    tamper(sandbox, meta, publication.ids[publication.key("a1")], creative={"creative_id": other})

    assert publication.differences() == [f"a1 creative: {mine} -> {other}"]


def test_an_object_that_nobody_approved_is_a_difference(sandbox: Sandbox, summer: Publisher) -> None:
    twin = Publisher(summer.meta, summer.order)
    twin.ids = {key: value for key, value in summer.ids.items() if key != summer.key("a1")}
    twin.wave()

    stranger = twin.ids[summer.key("a1")]
    assert summer.differences() == [f"c an object that nobody approved: none -> {stranger}"]


def test_a_deleted_object_is_missing(sandbox: Sandbox, summer: Publisher) -> None:
    tamper(sandbox, summer.meta, summer.ids[summer.key("a1")], status="DELETED")

    assert summer.key("a1") not in summer.read()
    assert summer.differences() == ["a1 existence: there -> not there"]


def test_ads_are_read_without_their_campaign_too(summer: Publisher) -> None:
    ads = [step for step in summer.steps if step.level is Level.AD]
    ids = {step.key: summer.ids[step.key] for step in ads}

    nodes = summer.meta.read(ids, ads, MAIN)

    assert {key: node.parent_id for key, node in nodes.items()} == {summer.key("a1"): summer.ids[summer.key("s1")]}


# Ending and removing ------------------------------------------------------------------------------------------------------


def test_pausing_and_resuming_take_one_call(sandbox: Sandbox, summer: Publisher) -> None:
    summer.go_live()

    assert len(summer.change(Action.SWITCH_OFF, [Level.CAMPAIGN])) == 1
    paused = summer.meta.read_status(summer.ids[summer.key("c")], MAIN)
    summer.change(Action.SWITCH_ON, [Level.CAMPAIGN])

    assert (paused.is_on, paused.delivery) == (False, Delivery.PAUSED)
    assert summer.meta.read_status(summer.ids[summer.key("c")], MAIN).is_on is True


def test_an_ended_campaign_is_off_and_its_ad_sets_have_an_end(sandbox: Sandbox, meta: MetaPlatform) -> None:
    publication = publisher(meta, draft(ad_set(budget=None), budget={"amount": "3000", "type": "lifetime"},
                                        schedule={"end": ahead(40)}))  # fmt: skip
    publication.create()
    publication.go_live()

    publication.change(Action.END, [Level.CAMPAIGN])

    assert meta.read_status(publication.ids[publication.key("c")], MAIN).is_on is False
    ends = [row["data"]["end_time"] for row in sandbox.look("objects", kind="ad_set")]
    assert datetime.fromisoformat(ends[0]) < datetime.now(UTC) + timedelta(minutes=5)


def test_an_end_that_meta_refuses_leaves_the_campaign_paused(sandbox: Sandbox, summer: Publisher) -> None:
    summer.go_live()  # starts in ten days, so it cannot end in two minutes

    summer.change(Action.END, [Level.CAMPAIGN])

    assert summer.meta.read_status(summer.ids[summer.key("c")], MAIN).is_on is False


def test_removal_leaves_nothing_but_library_images(sandbox: Sandbox, meta: MetaPlatform) -> None:
    publication = publisher(
        meta, draft(ad_set(ads=[ad("a1"), ad("a2", type="video", media=[FILM])]), schedule=SCHEDULE)
    )
    publication.create()

    publication.change(Action.REMOVE, [Level.CAMPAIGN, Level.CREATIVE, Level.MEDIA])

    left = [
        row["kind"]
        for row in sandbox.look("objects")
        if row["kind"] in ("campaign", "ad_set", "ad", "creative", "media")
    ]
    assert left == ["media"]
    status = meta.read_status(publication.ids[publication.key("c")], MAIN)
    assert (status.is_on, status.delivery) == (False, Delivery.ENDED)


def test_removing_what_is_gone_is_done(sandbox: Sandbox, summer: Publisher) -> None:
    sandbox.fault(
        "error_body", f"/{summer.ids[summer.key('c')]}$", {"error": {"code": 100, "error_subcode": 33}}, times=1
    )

    assert len(summer.change(Action.REMOVE, [Level.CAMPAIGN])) == 1


def test_a_campaign_we_may_not_see_any_more_may_still_spend(sandbox: Sandbox, summer: Publisher) -> None:
    sandbox.order("seed", platform="meta", remove_accounts=["act_123456789"])

    status = summer.meta.read_status(summer.ids[summer.key("c")], MAIN)

    assert (status.delivery, status.is_on) == (Delivery.UNKNOWN, None)


def test_a_campaign_that_never_was_is_gone(meta: MetaPlatform) -> None:
    with pytest.raises(PlatformError) as caught:
        meta.read_status("120999999999999999", MAIN)

    assert caught.value.kind is ErrorKind.GONE


def test_the_dashboard_leads_to_the_campaign(summer: Publisher) -> None:
    url = summer.meta.dashboard_url(summer.ids[summer.key("c")], MAIN)
    page = requests.get(url, timeout=10)

    assert "/adsmanager/manage/campaigns?act=123456789&selected_campaign_ids=" in url
    assert "Summer Sale" in page.text


# Files ----------------------------------------------------------------------------------------------------------------


def test_a_video_meta_cannot_read_is_blamed_on_the_file(sandbox: Sandbox, meta: MetaPlatform) -> None:
    sandbox.order("settings", video_outcome="error")
    publication = publisher(meta, draft(ad_set(ads=[ad(type="video", media=[FILM])]), schedule=SCHEDULE))

    with pytest.raises(PlatformError) as caught:
        publication.create()

    assert (caught.value.code, caught.value.path) == ("MEDIA_REFUSED", "ad_sets[s1].ads[a1].creative.media")
    assert [row for row in sandbox.look("objects") if row["kind"] == "campaign"] == []


def test_no_secret_is_in_what_is_recorded(sandbox: Sandbox, summer: Publisher, exchanges: list[Any]) -> None:
    summer.differences()
    secrets = [row["value"] for row in sandbox.look("secrets")]

    assert exchanges
    assert [secret for secret in secrets if secret in json.dumps([vars(exchange) for exchange in exchanges])] == []
