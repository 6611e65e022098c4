"""When the connection breaks or TikTok fails on the way: what is certain, what is not, and that nothing is made twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import responses

from integrations.contracts import Action, Call, Level, Outcome, Step, Tokens
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.tiktok import calls, client, planning
from integrations.platforms.tiktok.adapter import TikTokPlatform
from tests.tiktok.conftest import Sandbox
from tests.tiktok.drafts import BLUE, GREY, MAIN, RED, ad, ad_set, draft, order, video
from tests.tiktok.publisher import Publisher, open_media
from tests.tiktok.test_against_sandbox import ASSETS, SCHEDULE

COMPLETE = {"campaign": 1, "ad_set": 2, "ad": 3}
CREATES = {"c": "/campaign/create/", "s1": "/adgroup/create/", "a1": "/ad/create/"}


@pytest.fixture
def summer(tiktok: TikTokPlatform) -> Publisher:
    """Two ad groups with three ads, their files uploaded, nothing else made."""
    content = draft(ad_set("s1", ads=[ad("a1"), ad("a2")]), ad_set("s2", ads=[ad("a3")]), schedule=SCHEDULE)
    publication = Publisher(tiktok, order(content, now=datetime.now(UTC)))
    publication.wave()
    return publication


def up_to(publication: Publisher, key: str) -> None:
    """Make everything that comes before the step."""
    while publication.key(key) not in {done for call in _next(publication) for done in call.keys}:
        publication.wave()


def _next(publication: Publisher) -> list[Call]:
    return publication.tiktok.calls(publication.open_steps(), publication.ids, publication.account)


def kinds(outcomes: dict[str, Outcome]) -> dict[str, str]:
    """Step → ok or the error's kind."""
    return {key.removeprefix("abcd2345-1-"): o.error.kind.value if o.error else "ok" for key, o in outcomes.items()}


def made(sandbox: Sandbox) -> Counter[str]:
    return Counter(row["kind"] for row in sandbox.look("objects") if row["kind"] in COMPLETE)


# Creating -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", CREATES)
@pytest.mark.parametrize("effect", ["drop_before", "drop_after", "reset", "truncate"])
def test_a_create_without_an_answer_is_ambiguous_and_looked_up(
    sandbox: Sandbox, summer: Publisher, key: str, effect: str
) -> None:
    up_to(summer, key)
    sandbox.fault(effect, CREATES[key], times=1)

    outcomes = summer.wave()
    summer.look()
    summer.create()

    assert kinds(outcomes)[key] == "ambiguous"
    assert made(sandbox) == COMPLETE
    assert summer.differences() == []


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("key", CREATES)
def test_a_fault_of_tiktoks_is_looked_up_too(sandbox: Sandbox, summer: Publisher, key: str, when: str) -> None:
    up_to(summer, key)
    sandbox.fault("status", CREATES[key], 500, times=1, when=when)

    outcomes = summer.wave()
    summer.look()
    summer.create()

    assert kinds(outcomes)[key] == "ambiguous"
    assert made(sandbox) == COMPLETE


def test_without_looking_ads_would_be_there_twice(sandbox: Sandbox, summer: Publisher) -> None:
    """The negative control: ads have no request id that would let TikTok know a repeat."""
    up_to(summer, "a1")
    sandbox.fault("drop_after", CREATES["a1"], times=1)
    summer.wave()

    summer.create()

    assert made(sandbox)["ad"] > COMPLETE["ad"]


@pytest.mark.parametrize("key", ["c", "s1"])
@pytest.mark.parametrize(("repeat", "expected"), [("refuse", "ambiguous"), ("same", "ok")])
def test_a_repeat_within_seconds_makes_nothing_new(
    sandbox: Sandbox, summer: Publisher, key: str, repeat: str, expected: str
) -> None:
    """Whether TikTok refuses a repeated request or answers as it did before, one object is there."""
    sandbox.order("settings", tiktok_repeat=repeat)
    up_to(summer, key)
    sandbox.fault("drop_after", CREATES[key], times=1)
    summer.wave()

    outcomes = summer.wave()
    summer.look()
    summer.create()

    assert kinds(outcomes)[key] == expected
    assert made(sandbox) == COMPLETE
    assert summer.differences() == []


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        (40002, "objective_type: No.", "invalid"),
        (40001, "No permission to operate", "permission"),
        (40100, "Too many requests", "rate_limited"),
        (40105, "Access token is incorrect", "auth"),
        (40202, "Write conflict", "transient"),
        (40050, "Duplicated requests", "ambiguous"),
        (50000, "System error", "ambiguous"),
        (60001, "Maintenance", "transient"),
    ],
)
@pytest.mark.parametrize("key", CREATES)
def test_an_answer_says_whether_anything_was_made(
    sandbox: Sandbox, summer: Publisher, key: str, code: int, message: str, kind: str
) -> None:
    up_to(summer, key)
    before = made(sandbox)
    sandbox.refuse(CREATES[key], code, message)

    outcomes = summer.wave()

    assert kinds(outcomes)[key] == kind
    [error] = [outcome.error for done, outcome in outcomes.items() if done == summer.key(key)]
    assert error is not None
    assert error.trace_id == ("20261124TRACE" if kind != "auth" else error.trace_id)
    assert made(sandbox) - before == ({} if key == "c" else {"ad_set" if key == "s1" else "ad": 1})


@pytest.mark.parametrize(("limit", "seconds"), [("QPS", 1.5), ("QPM", 300.0)])
def test_a_limit_creates_nothing_and_says_how_long(
    sandbox: Sandbox, summer: Publisher, limit: str, seconds: float
) -> None:
    sandbox.fault("rate_limit", "/campaign/create/", limit, times=1)

    outcomes = summer.wave()

    assert kinds(outcomes) == {"c": "rate_limited"}
    assert [outcome.error.retry_after for outcome in outcomes.values() if outcome.error] == [seconds]
    assert made(sandbox) == {}


@pytest.mark.parametrize("effect", ["token_expired", "token_revoked"])
def test_a_refused_token_creates_nothing(sandbox: Sandbox, summer: Publisher, effect: str) -> None:
    sandbox.fault(effect, "/campaign/create/", times=1)

    assert kinds(summer.wave()) == {"c": "auth"}
    assert made(sandbox) == {}


@pytest.mark.parametrize("key", CREATES)
def test_html_in_the_place_of_an_answer_is_ambiguous(sandbox: Sandbox, summer: Publisher, key: str) -> None:
    up_to(summer, key)
    html = {"status": 200, "body": "<html>hello</html>", "content_type": "text/html"}
    sandbox.fault("error_body", CREATES[key], html, times=1)

    assert kinds(summer.wave())[key] == "ambiguous"


def test_a_look_up_that_fails_before_a_create_leaves_nothing_in_doubt(sandbox: Sandbox, summer: Publisher) -> None:
    sandbox.fault("status", "/tool/region/", 500, times=1)

    assert kinds(summer.wave()) == {"c": "transient"}
    assert made(sandbox) == {}


# Ads of one call ------------------------------------------------------------------------------------------------------


def sale(tiktok: TikTokPlatform, *ads: dict[str, Any], **campaign: Any) -> Publisher:
    content = draft(ad_set("s1", ads=list(ads)), schedule=SCHEDULE, **campaign)
    publication = Publisher(tiktok, order(content, now=datetime.now(UTC)))
    up_to(publication, "a1")
    return publication


def test_an_ad_that_is_refused_is_blamed_and_the_others_are_sent_again(
    sandbox: Sandbox, tiktok: TikTokPlatform
) -> None:
    publication = sale(tiktok, ad("a1"), ad("a2", primary_text="x" * 101), ad("a3"))

    outcomes = publication.wave()

    assert kinds(outcomes) == {"a1": "transient", "a2": "invalid", "a3": "transient"}
    error = outcomes[publication.key("a2")].error
    assert error is not None
    assert (error.code, error.path) == ("INVALID_CREATIVE", "ad_sets[s1].ads[a2].creative.primary_text")
    assert made(sandbox)["ad"] == 0


def test_ads_that_were_made_although_another_was_refused_are_kept(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    sandbox.order("settings", tiktok_partial_ads=True)
    publication = sale(tiktok, ad("a1"), ad("a2", primary_text="x" * 101), ad("a3"))

    outcomes = publication.wave()

    assert kinds(outcomes) == {"a1": "ok", "a2": "ambiguous", "a3": "ok"}
    assert publication.look() == {}
    assert kinds(publication.wave()) == {"a2": "invalid"}
    assert made(sandbox)["ad"] == 2


def test_ads_whose_names_the_answer_does_not_tell_are_read_by_their_ids(
    sandbox: Sandbox, tiktok: TikTokPlatform
) -> None:
    sandbox.order("settings", tiktok_tells_ads=False)
    publication = sale(tiktok, ad("a1"), video("a2"), ad("a3"))

    outcomes = publication.wave()

    assert kinds(outcomes) == {"a1": "ok", "a2": "ok", "a3": "ok"}
    assert publication.differences() == []


def test_ads_that_cannot_be_told_apart_are_looked_up(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    sandbox.order("settings", tiktok_tells_ads=False)
    publication = sale(tiktok, ad("a1"), ad("a2"))
    sandbox.fault("status", "/ad/get/", 500, times=1)

    outcomes = publication.wave()
    publication.look()
    publication.create()

    assert kinds(outcomes) == {"a1": "ambiguous", "a2": "ambiguous"}
    assert made(sandbox)["ad"] == 2


# Files ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["image", "video"])
def test_a_lost_upload_is_found_by_the_mark_in_its_name(sandbox: Sandbox, tiktok: TikTokPlatform, kind: str) -> None:
    shown = video("a1") if kind == "video" else ad("a1", media=[GREY], type="image")
    publication = Publisher(tiktok, order(draft(ad_set(ads=[shown]), schedule=SCHEDULE), now=datetime.now(UTC)))
    sandbox.fault("drop_after", f"/file/{kind}/ad/upload/", times=1)

    assert set(kinds(publication.wave()).values()) == {"ambiguous"}
    assert list(publication.look()) == [publication.steps[0].key]
    publication.create()

    assert sandbox.calls().count(f"/file/{kind}/ad/upload/") == 1


def test_a_picture_of_the_same_size_is_not_taken_for_ours(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    other = Publisher(tiktok, order(draft(ad_set(ads=[ad(media=[RED])]))))
    other.wave()
    publication = Publisher(tiktok, order(draft(ad_set(ads=[ad(media=[BLUE])]))))

    assert publication.look() == {}
    assert Publisher(tiktok, other.order).look() != {}  # the negative control: ours is found


def test_a_repeated_look_up_of_covers_and_music_changes_nothing(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    content = draft(ad_set(ads=[ad("a1"), video("a2")]), schedule=SCHEDULE, assets=ASSETS)
    publication = Publisher(tiktok, order(content, now=datetime.now(UTC)))
    publication.wave()
    sandbox.fault("drop_after", "/file/music/get/", times=1)
    sandbox.fault("drop_after", "/file/video/suggestcover/", times=1)

    outcomes = publication.wave()
    publication.create()

    assert set(kinds(outcomes).values()) == {"transient"}
    assert publication.differences() == []


# Looking --------------------------------------------------------------------------------------------------------------


def as_if_later(steps: list[Step]) -> list[Step]:
    """The same steps with request ids that TikTok has not seen, as after the seconds in which it knows a repeat."""
    return [
        replace(step, payload={**step.payload, "fields": {**step.payload["fields"], "request_id": str(number)}})
        if "request_id" in step.payload.get("fields", {})
        else step
        for number, step in enumerate(steps, 1)
    ]


def test_twins_are_found_oldest_first(sandbox: Sandbox, summer: Publisher) -> None:
    summer.create()
    first = dict(summer.ids)
    for key in ("c", "s1", "a1"):
        twin = Publisher(summer.tiktok, summer.order, {k: v for k, v in first.items() if k != summer.key(key)})
        twin.steps = as_if_later(twin.steps)
        twin.wave()

    found = summer.tiktok.find(summer.steps, first, MAIN)

    for key in ("c", "s1", "a1"):
        assert found[summer.key(key)][0] == first[summer.key(key)]
        assert len(found[summer.key(key)]) == 2


def test_names_that_only_resemble_ours_are_not_adopted(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    """Approval 1 of a draft must not find what approval 11 made, nor an ad group its sibling."""
    content = draft(ad_set("s1"), ad_set("s2", name="US - 25-54 s1 too"), schedule=SCHEDULE)
    first = Publisher(tiktok, order(content, now=datetime.now(UTC)))
    eleventh = Publisher(tiktok, replace(first.order, prefix="abcd2345-11"))
    eleventh.create()

    assert tiktok.find(first.steps, {}, MAIN) == {}
    found = tiktok.find(eleventh.steps, eleventh.ids, MAIN)
    assert found == {key: [external_id] for key, external_id in eleventh.ids.items()}


def page(*rows: dict[str, Any]) -> dict[str, Any]:
    data = {"list": list(rows), "page_info": {"page": 1, "page_size": 1000, "total_page": 1}}
    return {"code": 0, "message": "OK", "request_id": "T", "data": data}


@responses.activate
@pytest.mark.parametrize(
    ("name", "is_ours"),
    [
        ("Summer Sale [st-abcd2345-1-c]", True),
        ("Renamed by somebody [st-abcd2345-1-c]", True),
        ("Summer Sale", False),
        ("Summer Sale [st-abcd2345-1-c] copy", False),  # a copy that a person made keeps our mark, but not at its end
        ("Summer Sale [st-abcd2345-2-c]", False),
        ("Summer Sale [st-abcd2345-11-c]", False),
    ],
)
def test_the_mark_decides_and_not_tiktoks_vague_search(visitor: TikTokPlatform, name: str, is_ours: bool) -> None:
    row = {"campaign_id": "18", "campaign_name": name, "create_time": "2027-05-01 12:00:00"}
    responses.get(client.url("campaign/get/"), json=page(row))
    visitor.tokens = Tokens("t")
    step = Step("abcd2345-1-c", Action.CREATE, Level.CAMPAIGN, "campaign", "Summer Sale [st-abcd2345-1-c]")

    assert visitor.find([step], {}, MAIN) == ({"abcd2345-1-c": ["18"]} if is_ours else {})


def test_what_was_deleted_is_not_found(sandbox: Sandbox, summer: Publisher) -> None:
    summer.create()
    summer.change(Action.REMOVE, [Level.CAMPAIGN])
    tree = [step for step in summer.steps if step.level is not Level.MEDIA]

    assert summer.tiktok.find(tree, summer.ids, MAIN) == {}


@pytest.mark.parametrize("path", ["/campaign/get/", "/adgroup/get/", "/ad/get/", "/file/image/ad/search/"])
def test_a_search_that_fails_is_no_answer(sandbox: Sandbox, summer: Publisher, path: str) -> None:
    summer.create()
    sandbox.fault("status", path, 500, method="GET", times=1)

    with pytest.raises(PlatformError, match="PLATFORM_ERROR"):
        summer.tiktok.find(summer.steps, summer.ids, MAIN)


def test_reads_that_lag_do_not_find_what_is_there(sandbox: Sandbox, summer: Publisher) -> None:
    """Why the settle time exists: directly after a create the search may come back empty."""
    summer.create()
    sandbox.fault("stale_reads", "/campaign/get/", 60, times=1)
    steps = [step for step in summer.steps if step.level is Level.CAMPAIGN]

    assert summer.tiktok.find(steps, {}, MAIN) == {}
    assert list(summer.tiktok.find(steps, {}, MAIN)) == [summer.key("c")]


# Switches -------------------------------------------------------------------------------------------------------------


@responses.activate
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"ad_ids": ["1", "2"], "status": "ENABLE"}, ["ok", "ok"]),
        ({"ad_ids": ["1"], "status": "ENABLE"}, ["ok", "ambiguous"]),
        ({"ad_ids": [1, 2]}, ["ok", "ok"]),
        ({"ad_ids": []}, ["ambiguous", "ambiguous"]),
        ({}, ["ok", "ok"]),
        (None, ["ok", "ok"]),
    ],
)
def test_a_switch_is_done_for_the_objects_that_tiktok_names(
    visitor: TikTokPlatform, data: Any, expected: list[str]
) -> None:
    responses.post(client.url("ad/status/update/"), json={"code": 0, "message": "OK", "request_id": "T", "data": data})
    visitor.tokens = Tokens("t")
    steps = [Step(f"k{n}", Action.SWITCH_ON, Level.AD, "", "x", external_id=str(n)) for n in (1, 2)]
    [call] = visitor.calls(steps, {}, MAIN)

    assert list(kinds(visitor.send(call, MAIN, open_media)).values()) == expected


@responses.activate
@pytest.mark.parametrize("data", [None, {}, {"campaign_id": ""}, {"campaign_name": "x"}])
def test_a_create_without_an_id_may_have_happened(visitor: TikTokPlatform, data: Any) -> None:
    responses.post(client.url("campaign/create/"), json={"code": 0, "message": "OK", "request_id": "T", "data": data})
    visitor.tokens = Tokens("t")
    content = draft(ad_set(targeting={"locations": [{"kind": "city", "id": "5128581"}]}))
    steps = [step for step in planning.plan(order(content)) if step.level is Level.CAMPAIGN]
    [call] = calls.calls(steps, {}, MAIN)

    assert kinds(visitor.send(call, MAIN, open_media)) == {"c": "ambiguous"}


def test_without_a_connection_the_outcome_says_so(visitor: TikTokPlatform) -> None:
    step = Step("c", Action.SWITCH_ON, Level.CAMPAIGN, "campaign", "x", external_id="1")
    [call] = visitor.calls([step], {}, MAIN)

    outcomes = visitor.send(call, MAIN, open_media)

    assert kinds(outcomes) == {"c": "auth"}
    assert {outcome.error.kind for outcome in outcomes.values() if outcome.error} == {ErrorKind.AUTH}
