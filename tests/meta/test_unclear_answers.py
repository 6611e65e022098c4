"""When the connection breaks or an item fails: what is certain, what is not, and that nothing is made twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import responses

from integrations.contracts import Action, Call, Deadline, Level, Outcome, Step, Tokens
from integrations.errors import ErrorKind
from integrations.platforms.meta import client
from integrations.platforms.meta.adapter import MetaPlatform
from tests.meta.conftest import Sandbox
from tests.meta.drafts import BLUE, FILM, MAIN, ad, ad_set, draft, order
from tests.meta.publisher import Publisher, open_media
from tests.meta.test_publishing import SCHEDULE

BATCH = r"^/v26\.0/?$"
AMBIGUOUS, TRANSIENT = ErrorKind.AMBIGUOUS, ErrorKind.TRANSIENT


@pytest.fixture
def summer(meta: MetaPlatform) -> Publisher:
    """Two ads, their files uploaded, nothing else made."""
    content = draft(ad_set(ads=[ad("a1"), ad("a2", media=[BLUE])]), schedule=SCHEDULE)
    publication = Publisher(meta, order(content, now=datetime.now(UTC)))
    publication.wave()
    return publication


def kinds(outcomes: dict[str, Outcome]) -> dict[str, str]:
    """Step → ok or the error's kind."""
    return {key.removeprefix("abcd2345-1-"): o.error.kind.value if o.error else "ok" for key, o in outcomes.items()}


def made(sandbox: Sandbox) -> Counter[str]:
    """How many objects of each kind there are, files aside."""
    objects = sandbox.look("objects")
    return Counter(row["kind"] for row in objects if row["kind"] in ("campaign", "ad_set", "ad", "creative"))


COMPLETE = {"campaign": 1, "ad_set": 1, "ad": 2, "creative": 2}


@pytest.mark.parametrize("effect", ["drop_before", "drop_after", "reset", "truncate"])
def test_a_batch_without_an_answer_is_ambiguous_and_looked_up(sandbox: Sandbox, summer: Publisher, effect: str) -> None:
    sandbox.fault(effect, "/campaigns", times=1)

    outcomes = summer.wave()
    summer.look()
    summer.create()

    assert set(kinds(outcomes).values()) == {"ambiguous"}
    assert made(sandbox) == COMPLETE
    assert summer.differences() == []


def test_without_looking_everything_would_be_there_twice(sandbox: Sandbox, summer: Publisher) -> None:
    """The negative control of the test above."""
    sandbox.fault("drop_after", "/campaigns", times=1)
    summer.wave()

    summer.create()

    assert made(sandbox) == {kind: 2 * count for kind, count in COMPLETE.items()}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (
            "/campaigns",
            {"c": "ambiguous", "s1": "transient", "cr-a1": "ok", "a1": "transient", "cr-a2": "ok", "a2": "transient"},
        ),
        ("/adsets", {"c": "ok", "s1": "ambiguous", "cr-a1": "ok", "a1": "transient", "cr-a2": "ok", "a2": "transient"}),
        ("/adcreatives", {"c": "ok", "s1": "ok", "cr-a1": "ambiguous", "a1": "transient", "cr-a2": "ok", "a2": "ok"}),
        ("/ads", {"c": "ok", "s1": "ok", "cr-a1": "ok", "a1": "ambiguous", "cr-a2": "ok", "a2": "ok"}),
    ],
)  # fmt: skip
def test_a_server_error_inside_a_batch_is_its_items_alone(
    sandbox: Sandbox, summer: Publisher, path: str, expected: dict[str, str], when: str
) -> None:
    sandbox.fault("status", f"{path}$", 500, times=1, when=when)

    outcomes = summer.wave()
    summer.look()
    summer.create()

    assert kinds(outcomes) == expected
    assert made(sandbox) == COMPLETE
    assert summer.differences() == []


def test_a_refused_item_takes_nothing_else_down(sandbox: Sandbox, meta: MetaPlatform) -> None:
    interests = [{"id": "999", "name": "Nothing"}]
    content = draft(ad_set(targeting={"interests": interests}), schedule=SCHEDULE)
    publication = Publisher(meta, order(content, now=datetime.now(UTC)))
    publication.wave()

    outcomes = publication.wave()

    assert kinds(outcomes) == {"c": "ok", "s1": "invalid", "cr-a1": "ok", "a1": "transient"}
    error = outcomes[publication.key("s1")].error
    assert error is not None
    assert (error.code, error.path) == ("INVALID_TARGETING", "ad_sets[s1].targeting")
    assert "999" in error.message
    assert error.trace_id
    not_run = outcomes[publication.key("a1")].error
    assert not_run is not None
    assert not_run.code == "NOT_CARRIED_OUT"


def test_a_limit_creates_nothing_and_says_how_long(sandbox: Sandbox, summer: Publisher) -> None:
    sandbox.fault("rate_limit", BATCH, 3, times=1)

    outcomes = summer.wave()

    assert set(kinds(outcomes).values()) == {"rate_limited"}
    assert {o.error.retry_after for o in outcomes.values() if o.error} == {180.0}
    assert made(sandbox) == {}


@pytest.mark.parametrize("effect", ["token_expired", "token_revoked"])
def test_a_refused_token_creates_nothing(sandbox: Sandbox, summer: Publisher, effect: str) -> None:
    sandbox.fault(effect, BATCH, times=1)

    outcomes = summer.wave()

    assert set(kinds(outcomes).values()) == {"auth"}
    assert made(sandbox) == {}


def test_html_in_the_place_of_an_answer_is_ambiguous(sandbox: Sandbox, summer: Publisher) -> None:
    html = {"status": 200, "body": "<html>hello</html>", "content_type": "text/html"}
    sandbox.fault("error_body", BATCH, html, times=1)

    assert set(kinds(summer.wave()).values()) == {"ambiguous"}


def test_usage_is_told_with_every_outcome(summer: Publisher) -> None:
    outcomes = summer.wave()

    assert all(isinstance(outcome.usage, float) for outcome in outcomes.values())


def test_a_lost_image_is_simply_sent_again(sandbox: Sandbox, meta: MetaPlatform) -> None:
    publication = Publisher(meta, order(draft(schedule=SCHEDULE), now=datetime.now(UTC)))
    sandbox.fault("drop_after", "/adimages", times=1)

    assert set(kinds(publication.wave()).values()) == {"ambiguous"}
    assert publication.look() == {}
    publication.create()

    assert len(sandbox.look("objects", kind="media")) == 1


def test_a_lost_video_is_found_by_its_title(sandbox: Sandbox, meta: MetaPlatform) -> None:
    content = draft(ad_set(ads=[ad(type="video", media=[FILM])]), schedule=SCHEDULE)
    publication = Publisher(meta, order(content, now=datetime.now(UTC)))
    sandbox.fault("drop_after", "/advideos", times=1)
    publication.wave()

    assert list(publication.look()) == [publication.steps[0].key]
    publication.create()
    assert len([row for row in sandbox.look("objects", kind="media") if row["name"]]) == 1


# Looking ------------------------------------------------------------------------------------------------------------------


def test_twins_are_found_oldest_first(sandbox: Sandbox, summer: Publisher) -> None:
    summer.create()
    first = dict(summer.ids)
    for key in ("c", "s1", "a1", "cr-a2"):
        others = {k: v for k, v in first.items() if k != summer.key(key)}
        twin = Publisher(summer.meta, summer.order, ids=others)
        twin.wave()

    found = summer.meta.find(summer.steps, first, MAIN)

    for key in ("c", "s1", "a1", "cr-a2"):
        assert found[summer.key(key)][0] == first[summer.key(key)]
        assert len(found[summer.key(key)]) == 2


def test_names_that_only_resemble_ours_are_not_adopted(sandbox: Sandbox, meta: MetaPlatform) -> None:
    """Approval 1 of a draft must not find what approval 11 made, nor an ad set its sibling."""
    content = draft(ad_set("s1"), ad_set("s2", ads=[ad("a2")], name="US - 25-54 s1 "), schedule=SCHEDULE)
    first = Publisher(meta, order(content, now=datetime.now(UTC)))
    eleventh = Publisher(meta, replace(first.order, prefix="abcd2345-11"))
    eleventh.create()

    assert first.meta.find(first.steps, {}, MAIN) == {}
    assert len(eleventh.meta.find(eleventh.steps, eleventh.ids, MAIN)) == len(eleventh.steps) - 1  # the image aside


@responses.activate
@pytest.mark.parametrize("name", ["Summer Sale", "Summer Sale [st-abcd2345-1-c] copy", "Other [st-abcd2345-2-c]"])
def test_a_search_that_answers_too_much_leads_to_no_adoption(visitor: MetaPlatform, name: str) -> None:
    """A copy that a person made in Ads Manager keeps our mark, but not at its end."""
    row = {"id": "120001", "name": name, "created_time": "2027-05-01T12:00:00+0000"}
    responses.get(client.url(f"{MAIN.external_id}/campaigns"), json={"data": [row]})
    visitor.tokens = Tokens("EAAGtoken")
    step = Step("abcd2345-1-c", Action.CREATE, Level.CAMPAIGN, "campaign", "Summer Sale [st-abcd2345-1-c]")

    assert visitor.find([step], {}, MAIN) == {}


def test_what_was_deleted_is_not_found(sandbox: Sandbox, summer: Publisher) -> None:
    summer.create()
    summer.change(Action.REMOVE, [Level.CAMPAIGN, Level.CREATIVE])

    assert summer.meta.find(summer.steps, summer.ids, MAIN) == {}


def test_a_search_that_fails_is_no_answer(sandbox: Sandbox, summer: Publisher) -> None:
    sandbox.fault("status", "/campaigns", 500, method="GET", times=1)

    with pytest.raises(Exception, match="PLATFORM_ERROR"):
        summer.meta.find(summer.steps, summer.ids, MAIN)


def test_reads_that_lag_do_not_find_what_is_there(sandbox: Sandbox, summer: Publisher) -> None:
    """Why the settle time exists: directly after a create the search may come back empty."""
    summer.create()
    sandbox.fault("stale_reads", "/campaigns", 60, times=1)

    steps = [step for step in summer.steps if step.level is Level.CAMPAIGN]
    assert summer.meta.find(steps, {}, MAIN) == {}
    assert list(summer.meta.find(steps, {}, MAIN)) == [summer.key("c")]


# Replies, one by one ------------------------------------------------------------------------------------------------------

ITEM = {"level": "ad", "node": "ad_sets[s1].ads[a1]", "method": "POST", "path": "act_1/ads", "fields": {}, "name": ""}
OK, REFUSED = {"code": 200, "body": '{"id":"1"}'}, {"code": 400, "body": '{"error":{"code":100,"message":"No"}}'}
BROKEN = {"code": 500, "body": '{"error":{"code":2,"message":"Oops"}}'}


@responses.activate
@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        ([OK, OK], ["ok", "ok"]),
        ([OK, None], ["ok", "ambiguous"]),
        ([OK], ["ok", "ambiguous"]),
        ([], ["ambiguous", "ambiguous"]),
        ([None, None], ["ambiguous", "ambiguous"]),
        ([None, REFUSED], ["ambiguous", "transient"]),
        ([REFUSED, None], ["invalid", "transient"]),
        ([REFUSED, REFUSED], ["invalid", "transient"]),
        ([BROKEN, None], ["ambiguous", "ambiguous"]),
        ([BROKEN, REFUSED], ["ambiguous", "transient"]),
        ([{"code": 200, "body": "<html>"}, OK], ["ambiguous", "ok"]),
        ([{"code": 200, "body": "{}"}, OK], ["ambiguous", "ok"]),
        ([{"code": 200, "body": '{"error":{"code":100,"message":"x"}}'}, None], ["invalid", "transient"]),
        ([{"body": "{}"}, OK], ["ambiguous", "ok"]),
        (["text", OK], ["ambiguous", "ok"]),
        ([OK, OK, OK], ["ok", "ok"]),
    ],
)
def test_each_reply_decides_its_own_step(visitor: MetaPlatform, replies: list[Any], expected: list[str]) -> None:
    """The second item refers to the first."""
    responses.post(client.url(""), json=replies)
    visitor.tokens = Tokens("EAAGtoken")
    items = [ITEM | {"key": "p", "after": []}, ITEM | {"key": "q", "after": ["p"]}]

    outcomes = visitor.send(Call(("p", "q"), Deadline.MUTATE, {"kind": "batch", "items": items}), MAIN, open_media)

    assert list(kinds(outcomes).values()) == expected


@responses.activate
@pytest.mark.parametrize(
    ("body", "expected"),
    [('{"success":true}', "ok"), ('{"success":false}', "ambiguous"), ("{}", "ambiguous")],
)
def test_a_switch_is_done_when_meta_says_so(visitor: MetaPlatform, body: str, expected: str) -> None:
    responses.post(client.url(""), json=[{"code": 200, "body": body}])
    visitor.tokens = Tokens("EAAGtoken")
    step = Step("c", Action.SWITCH_ON, Level.CAMPAIGN, "campaign", "x", external_id="1")

    [call] = visitor.calls([step], {}, MAIN)

    assert kinds(visitor.send(call, MAIN, open_media)) == {"c": expected}


def test_without_a_connection_the_outcome_says_so(visitor: MetaPlatform) -> None:
    step = Step("c", Action.SWITCH_ON, Level.CAMPAIGN, "campaign", "x", external_id="1")
    [call] = visitor.calls([step], {}, MAIN)

    assert kinds(visitor.send(call, MAIN, open_media)) == {"c": "auth"}
