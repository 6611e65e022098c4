"""When the connection breaks or an object fails: what is certain, what is not, and that nothing is made twice."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import responses

from integrations.contracts import Action, Call, Deadline, Level, Outcome, Step, Tokens
from integrations.errors import ErrorKind
from integrations.platforms.snapchat.adapter import SnapchatPlatform
from tests.snapchat.conftest import Sandbox
from tests.snapchat.drafts import BLUE, MAIN, ad, ad_set, draft, open_media, order
from tests.snapchat.publisher import Publisher

API = "https://adsapi.snapchat.com/v1"
SCHEDULE = {
    "start": f"{datetime.now(UTC) + timedelta(days=10):%Y-%m-%dT09:00}",
    "end": f"{datetime.now(UTC) + timedelta(days=40):%Y-%m-%dT09:00}",
}
PATHS = ["/adaccounts/[^/]+/campaigns$", "/campaigns/[^/]+/adsquads$", "/creatives$", "/adsquads/[^/]+/ads$"]
COMPLETE = {"campaign": 1, "ad_set": 1, "ad": 2, "creative": 2}


@pytest.fixture
def summer(snapchat: SnapchatPlatform) -> Publisher:
    """Two ads, nothing made yet."""
    content = draft(ad_set(ads=[ad("a1"), ad("a2", media=[BLUE])]), schedule=SCHEDULE)
    return Publisher(snapchat, order(content, now=datetime.now(UTC)))


def kinds(outcomes: dict[str, Outcome]) -> dict[str, str]:
    """Step → ok or the error's kind."""
    return {key.removeprefix("abcd2345-1-"): o.error.kind.value if o.error else "ok" for key, o in outcomes.items()}


def made(sandbox: Sandbox) -> Counter[str]:
    """How many objects of each kind we made, files aside. The library has creatives of its own."""
    objects = [row for row in sandbox.look("objects") if row["kind"] in COMPLETE]
    return Counter(row["kind"] for row in objects if row["kind"] != "creative" or "[st-" in row["name"])


def broken(publication: Publisher) -> dict[str, str]:
    """Make waves until something breaks."""
    while publication.open_steps():
        outcomes = publication.wave()
        if publication.errors:
            return {key: kind for key, kind in kinds(outcomes).items() if kind != "ok"}
    raise AssertionError("nothing broke")


@pytest.mark.parametrize("effect", ["drop_before", "drop_after", "reset", "truncate"])
@pytest.mark.parametrize("path", PATHS)
def test_a_write_without_an_answer_is_ambiguous_and_looked_up(
    sandbox: Sandbox, summer: Publisher, path: str, effect: str
) -> None:
    sandbox.fault(effect, path, method="POST")

    outcomes = broken(summer)
    summer.look()
    summer.create()

    assert set(outcomes.values()) == {"ambiguous"}
    assert made(sandbox) == COMPLETE
    assert summer.differences() == []


@pytest.mark.parametrize("path", PATHS)
def test_without_looking_something_would_be_there_twice(sandbox: Sandbox, summer: Publisher, path: str) -> None:
    """The negative control of the test above."""
    sandbox.fault("drop_after", path, method="POST")
    broken(summer)

    summer.create()

    assert sum(made(sandbox).values()) > sum(COMPLETE.values())


@pytest.mark.parametrize("status", [500, 502, 504, 408])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_fault_of_snapchat_is_ambiguous_whether_it_came_before_or_after(
    sandbox: Sandbox, summer: Publisher, status: int, when: str
) -> None:
    sandbox.fault("status", PATHS[0], status, method="POST", when=when)

    outcomes = broken(summer)
    summer.look()
    summer.create()

    assert outcomes == {"c": "ambiguous"}
    assert made(sandbox) == COMPLETE


def test_a_limit_creates_nothing_and_says_how_long(sandbox: Sandbox, summer: Publisher) -> None:
    sandbox.fault("rate_limit", PATHS[0], 7, method="POST")

    assert broken(summer) == {"c": "rate_limited"}
    assert summer.errors[summer.key("c")].retry_after == 7.0
    assert made(sandbox)["campaign"] == 0


@pytest.mark.parametrize("effect", ["token_expired", "token_revoked"])
def test_a_refused_token_creates_nothing(sandbox: Sandbox, summer: Publisher, effect: str) -> None:
    sandbox.fault(effect, PATHS[1], method="POST")

    assert broken(summer) == {"s1": "auth"}
    assert made(sandbox)["ad_set"] == 0


def test_html_in_the_place_of_an_answer_is_ambiguous(sandbox: Sandbox, summer: Publisher) -> None:
    html = {"status": 200, "body": "<html>hello</html>", "content_type": "text/html"}
    sandbox.fault("error_body", PATHS[0], html, method="POST")

    assert broken(summer) == {"c": "ambiguous"}


def test_a_refused_object_takes_nothing_else_down(sandbox: Sandbox, snapchat: SnapchatPlatform) -> None:
    """One request carries both ad squads; Snapchat makes one and refuses the other."""
    nobody = {"interests": [{"id": "SLC_999999", "name": "Nothing"}]}
    content = draft(ad_set("s1"), ad_set("s2", ads=[ad("a2")], targeting=nobody), schedule=SCHEDULE)
    publication = Publisher(snapchat, order(content, now=datetime.now(UTC)))

    assert broken(publication) == {"s2": "invalid"}
    error = publication.errors[publication.key("s2")]
    assert error.code == "INVALID_TARGETING"
    assert error.path.startswith("ad_sets[s2].targeting")
    assert error.trace_id
    assert made(sandbox)["ad_set"] == 1
    assert len(sandbox.writes()) == 5  # entry, bytes, campaign, creatives, ad squads


# Looking ------------------------------------------------------------------------------------------------------------------


def test_twins_are_found_oldest_first(sandbox: Sandbox, summer: Publisher) -> None:
    summer.create()
    first = dict(summer.ids)
    for key in ("c", "s1", "a1"):
        others = {k: v for k, v in first.items() if k != summer.key(key)}
        Publisher(summer.snapchat, summer.order, ids=others).wave()

    found = summer.snapchat.find(summer.steps, first, MAIN)

    for key in ("c", "s1", "a1"):
        assert found[summer.key(key)][0] == first[summer.key(key)]
        assert len(found[summer.key(key)]) == 2


def test_names_that_only_resemble_ours_are_not_adopted(sandbox: Sandbox, snapchat: SnapchatPlatform) -> None:
    """Approval 1 of a draft must not find what approval 11 made, nor an ad set its sibling."""
    content = draft(ad_set("s1"), ad_set("s2", ads=[ad("a2")], name="US - 25-54 s1 x"), schedule=SCHEDULE)
    first = Publisher(snapchat, order(content, now=datetime.now(UTC)))
    eleventh = Publisher(snapchat, replace(first.order, prefix="abcd2345-11"))
    eleventh.create()

    assert snapchat.find(first.steps, {}, MAIN) == {}
    found = snapchat.find(eleventh.steps, eleventh.ids, MAIN)
    assert found == {key: [external_id] for key, external_id in eleventh.ids.items()}


@responses.activate
@pytest.mark.parametrize("name", ["Summer Sale", "Summer Sale [st-abcd2345-1-c] copy", "Other [st-abcd2345-2-c]"])
def test_a_copy_that_a_person_made_is_not_ours(visitor: SnapchatPlatform, real_addresses: None, name: str) -> None:
    """A copy keeps our mark, but not at its end."""
    assert look_for_campaign(visitor, row(name)) == {}


@responses.activate
def test_the_mark_decides_whatever_stands_before_it(visitor: SnapchatPlatform, real_addresses: None) -> None:
    """The negative control of the test above."""
    renamed = row("Renamed by somebody [st-abcd2345-1-c]")

    assert look_for_campaign(visitor, renamed) == {"abcd2345-1-c": ["u1"]}


@responses.activate
def test_a_deleted_twin_is_not_adopted(visitor: SnapchatPlatform, real_addresses: None) -> None:
    deleted = row("Summer Sale [st-abcd2345-1-c]") | {"deleted": True}

    assert look_for_campaign(visitor, deleted) == {}


def row(name: str) -> dict[str, Any]:
    return {"id": "u1", "name": name, "created_at": "2027-05-01T12:00:00.000Z", "status": "PAUSED"}


def look_for_campaign(visitor: SnapchatPlatform, campaign: dict[str, Any]) -> dict[str, list[str]]:
    body = {"request_status": "SUCCESS", "campaigns": [{"sub_request_status": "SUCCESS", "campaign": campaign}]}
    responses.get(f"{API}/adaccounts/{MAIN.external_id}/campaigns", json=body)
    visitor.tokens = Tokens("token")
    step = Step("abcd2345-1-c", Action.CREATE, Level.CAMPAIGN, "campaign", "Summer Sale [st-abcd2345-1-c]")
    return visitor.find([step], {}, MAIN)


def test_what_was_deleted_is_not_found(summer: Publisher) -> None:
    summer.create()
    summer.change(Action.REMOVE, [Level.CAMPAIGN])

    found = summer.snapchat.find(summer.steps, summer.ids, MAIN)

    assert {key for key in found if key in (summer.key("c"), summer.key("s1"), summer.key("a1"))} == set()


def test_a_file_without_its_bytes_is_not_found(sandbox: Sandbox, summer: Publisher) -> None:
    sandbox.fault("drop_before", "/upload$", method="POST", times=2)
    summer.wave()

    assert summer.look() == {}


def test_a_file_is_found_by_its_mark(sandbox: Sandbox, summer: Publisher) -> None:
    """As after a stop between the upload and its entry in the ledger."""
    summer.wave()
    files = dict(summer.ids)
    summer.ids.clear()

    assert summer.look() == {key: [external_id] for key, external_id in files.items()}


def test_a_search_that_fails_is_no_answer(sandbox: Sandbox, summer: Publisher) -> None:
    sandbox.fault("status", PATHS[0], 500, method="GET")

    with pytest.raises(Exception, match="could not answer") as caught:
        summer.snapchat.find(summer.steps, summer.ids, MAIN)

    assert getattr(caught.value, "kind", None) is ErrorKind.TRANSIENT


def test_reads_that_lag_do_not_find_what_is_there(sandbox: Sandbox, summer: Publisher) -> None:
    """Why the settle time exists: directly after a create the list may be without it."""
    summer.create()
    sandbox.fault("stale_reads", PATHS[0], 60, method="GET")

    steps = [step for step in summer.steps if step.level is Level.CAMPAIGN]
    assert summer.snapchat.find(steps, {}, MAIN) == {}
    assert list(summer.snapchat.find(steps, {}, MAIN)) == [summer.key("c")]


def test_campaigns_on_later_pages_are_found(sandbox: Sandbox, summer: Publisher) -> None:
    """A twin on another page must not be missed."""
    summer.create()
    first = dict(summer.ids)
    Publisher(summer.snapchat, summer.order, ids={k: v for k, v in first.items() if k != summer.key("c")}).wave()
    sandbox.order("settings", snapchat_page_size=1)

    steps = [step for step in summer.steps if step.level is Level.CAMPAIGN]
    [found] = summer.snapchat.find(steps, {}, MAIN).values()
    assert (len(found), found[0]) == (2, first[summer.key("c")])


# Answers, one by one ------------------------------------------------------------------------------------------------------


def entry(name: str = "One", external_id: str | None = "1") -> dict[str, Any]:
    return {"sub_request_status": "SUCCESS", "adsquad": {"id": external_id, "name": name}}


REFUSED: dict[str, Any] = {"sub_request_status": "ERROR", "sub_request_error_reason": "Bid is missing"}
TROUBLE: dict[str, Any] = {"sub_request_status": "ERROR", "sub_request_error_reason": "Internal server error"}
SLOW: dict[str, Any] = {"sub_request_status": "RATE_LIMIT_EXCEEDED"}


@responses.activate
@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([entry("One", "1"), entry("Two", "2")], ["ok", "ok"]),
        ([entry("Two", "2"), entry("One", "1")], ["ok", "ok"]),
        ([entry("One"), REFUSED], ["ok", "invalid"]),
        ([REFUSED, entry("Two")], ["invalid", "ok"]),
        ([REFUSED | {"adsquad": {"name": "Two"}}, entry("One")], ["ok", "invalid"]),
        ([entry("One"), TROUBLE], ["ok", "ambiguous"]),
        ([entry("One"), SLOW], ["ok", "rate_limited"]),
        ([entry("One")], ["ok", "ambiguous"]),
        ([REFUSED], ["ambiguous", "ambiguous"]),  # nobody can say which of the two it speaks of
        ([entry("One", None), entry("Two")], ["ambiguous", "ok"]),
        ([entry("One"), {"sub_request_status": "SUCCESS"}], ["ok", "ambiguous"]),
        ([entry("One"), "text"], ["ok", "ambiguous"]),
        ([entry("One"), {"adsquad": {"id": "2", "name": "Two"}}], ["ok", "ambiguous"]),
    ],
)
@pytest.mark.parametrize("status", [200, 400])
def test_each_entry_decides_its_own_step(
    visitor: SnapchatPlatform, real_addresses: None, entries: list[Any], expected: list[str], status: int
) -> None:
    """Snapchat answers a request of which one object was refused with success, or with 400 and success beside it."""
    body = {"request_status": "SUCCESS" if status == 200 else "PARTIAL", "request_id": "r1", "adsquads": entries}
    assert list(send_two(visitor, status, body).values()) == expected


@responses.activate
@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, {"request_status": "SUCCESS"}, "ambiguous"),
        (200, {"request_status": "SUCCESS", "adsquads": []}, "ambiguous"),
        (200, [], "ambiguous"),
        (200, {"request_status": "ERROR", "error_code": "E1001", "debug_message": "No"}, "invalid"),
        (400, {"request_status": "ERROR", "error_code": "E1001", "debug_message": "No"}, "invalid"),
        (400, {}, "ambiguous"),
        (401, {}, "auth"),
        (403, {"request_status": "ERROR", "debug_message": "No role"}, "permission"),
        (404, {"request_status": "ERROR"}, "gone"),
        (429, {}, "rate_limited"),
        (503, {"request_status": "ERROR", "adsquads": []}, "ambiguous"),
    ],
)
def test_a_request_that_came_to_nothing_decides_all_its_steps(
    visitor: SnapchatPlatform, real_addresses: None, status: int, body: Any, expected: str
) -> None:
    assert set(send_two(visitor, status, body).values()) == {expected}


@responses.activate
def test_a_request_that_gets_no_answer_is_ambiguous(visitor: SnapchatPlatform, real_addresses: None) -> None:
    assert set(send_two(visitor, 0, requests.ReadTimeout("no answer")).values()) == {"ambiguous"}


def send_two(visitor: SnapchatPlatform, status: int, body: Any) -> dict[str, str]:
    """Create two ad squads against this answer."""
    address = f"{API}/campaigns/c1/adsquads"
    if isinstance(body, Exception):
        responses.post(address, body=body)
    else:
        responses.post(address, json=body, status=status)
    visitor.tokens = Tokens("token")
    items = [
        {"key": key, "node": f"ad_sets[{key}]", "fields": {"name": name}} for key, name in (("p", "One"), ("q", "Two"))
    ]
    request = {"kind": "create", "level": "ad_set", "parent": "c1", "items": items, "media": []}
    return kinds(visitor.send(Call(("p", "q"), Deadline.MUTATE, request), MAIN, open_media))


def test_without_a_connection_the_outcome_says_so(visitor: SnapchatPlatform) -> None:
    step = Step("c", Action.SWITCH_ON, Level.CAMPAIGN, "campaign", "x", external_id="1")
    [call] = visitor.calls([step], {}, MAIN)

    assert kinds(visitor.send(call, MAIN, open_media)) == {"c": "auth"}


# Putting back -------------------------------------------------------------------------------------------------------------


@responses.activate
@pytest.mark.parametrize(
    ("reason", "sent", "expected"),
    [
        ("E1001: smart_status is read-only", [True, False], "ok"),
        ("E1001: unknown parameter smart_status", [True, False], "ok"),
        ("E1001: start_time must not be in the past", [True], "invalid"),
        ("Internal server error at smart_status", [True], "ambiguous"),
    ],
)
def test_a_new_finding_of_snapchats_does_not_keep_a_campaign_on(
    visitor: SnapchatPlatform, real_addresses: None, reason: str, sent: list[bool], expected: str
) -> None:
    """Snapchat shows a field that it will not take back and that nobody knew of: the second time it is left out."""
    shown = {
        "id": "c1",
        "name": "Summer",
        "status": "ACTIVE",
        "start_time": "2026-01-01T00:00:00.000Z",
        "smart_status": "X",
    }
    refusal = {"sub_request_status": "ERROR", "sub_request_error_reason": reason, "campaign": {}}
    done = {"sub_request_status": "SUCCESS", "campaign": shown | {"status": "PAUSED"}}
    responses.get(f"{API}/campaigns/c1", json={"request_status": "SUCCESS", "campaigns": [done | {"campaign": shown}]})
    address = f"{API}/adaccounts/{MAIN.external_id}/campaigns"
    responses.put(address, json={"request_status": "ERROR", "campaigns": [refusal]}, status=400)
    responses.put(address, json={"request_status": "SUCCESS", "campaigns": [done]})
    visitor.tokens = Tokens("token")
    step = Step("c", Action.SWITCH_OFF, Level.CAMPAIGN, "campaign", "Summer", external_id="c1")

    [call] = visitor.calls([step], {}, MAIN)
    outcomes = visitor.send(call, MAIN, open_media)

    puts = [json.loads(c.request.body or b"{}")["campaigns"][0] for c in responses.calls if c.request.method == "PUT"]
    assert kinds(outcomes) == {"c": expected}
    assert ["smart_status" in row for row in puts] == sent
    assert {row["status"] for row in puts} == {"PAUSED"}


def test_a_file_that_reads_do_not_show_yet_is_waited_for(sandbox: Sandbox, summer: Publisher) -> None:
    summer.wave()  # the files
    sandbox.fault("stale_reads", "/media", 60, method="GET", times=2)  # the newest, and the first by itself

    outcomes = summer.wave()

    assert {outcomes[key].error.code for key in summer.errors} == {"MEDIA_NOT_SHOWN"}
    assert set(kinds(outcomes).values()) == {"ok", "transient"}
    summer.create()
    assert made(sandbox) == COMPLETE
