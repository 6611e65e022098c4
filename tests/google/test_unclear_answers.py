"""When the connection breaks: what is certain, what is not, and that nothing is made twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from integrations.contracts import Account, Action, AssetKind, Level, Order, Outcome
from integrations.errors import ErrorKind
from integrations.platforms.google import calls
from integrations.platforms.google.adapter import GooglePlatform
from tests.google.conftest import Sandbox
from tests.google.drafts import FILM, NOW, SQUARE, WIDE, ad, ad_set, draft, media, open_media, search_ad, search_ad_set
from tests.google.publisher import Publisher

MUTATE = r"googleAds:mutate$"


@pytest.fixture
def account(accounts: dict[str, Account]) -> Account:
    return accounts["1234567890"]


@pytest.fixture
def summer(google: GooglePlatform, account: Account) -> Order:
    """Two ad sets with three ads; two of the ads show the same."""
    found = {asset.kind: asset.external_id for asset in google.list_assets(account)}
    action = found[AssetKind.CONVERSION_ACTION]
    assets = {"logo": found[AssetKind.LOGO], "business_name": "Acme Corp", "conversion_action": action}
    content = draft(ad_set("s1", [ad("a1"), ad("a2")]), ad_set("s2", [ad("b1", headlines=["B"])]), assets=assets)
    return Order(content, account, media(), "abcd2345-1", NOW)


def look(google: GooglePlatform, made: Publisher) -> dict[str, list[str]]:
    """Look everything up from above, as the runner does."""
    found: dict[str, list[str]] = {}
    while ready := [s for s in made.steps if s.key not in found and all(need in made.ids for need in s.needs)]:
        fresh = google.find(ready, made.ids, made.account)
        if not fresh:
            break
        found |= fresh
        made.ids |= {key: external_ids[0] for key, external_ids in fresh.items()}
    return found


def counts(sandbox: Sandbox) -> dict[str, int]:
    return {kind: len(sandbox.of_kind(kind)) for kind in ("campaign", "ad_set", "ad")}


COMPLETE, NOTHING = {"campaign": 1, "ad_set": 2, "ad": 3}, {"campaign": 0, "ad_set": 0, "ad": 0}


@pytest.mark.parametrize(
    ("effect", "there"),
    [("drop_after", COMPLETE), ("truncate", COMPLETE), ("drop_before", NOTHING), ("reset", NOTHING)],
)
def test_a_mutate_without_an_answer_is_ambiguous_and_looked_up(
    sandbox: Sandbox, google: GooglePlatform, account: Account, summer: Order, effect: str, there: dict[str, int]
) -> None:
    sandbox.fault(effect, MUTATE)
    made = Publisher(google, account).create(summer, waves=1)

    assert {error.kind for error in made.errors.values()} == {ErrorKind.AMBIGUOUS}
    assert counts(sandbox) == there

    found = look(google, made)
    made.create(summer)

    assert set(found) == ({step.key for step in made.steps} if there == COMPLETE else set())
    assert counts(sandbox) == COMPLETE
    assert google.differences(made.steps, made.ids, made.nodes(), account) == []


@pytest.mark.parametrize("status", [500, 503, 504])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_fault_of_google_is_ambiguous_whether_it_came_before_or_after(
    sandbox: Sandbox, google: GooglePlatform, account: Account, summer: Order, status: int, when: str
) -> None:
    sandbox.fault("status", MUTATE, status, when=when)
    made = Publisher(google, account).create(summer, waves=1)

    assert {error.kind for error in made.errors.values()} == {ErrorKind.AMBIGUOUS}
    look(google, made)
    made.create(summer)
    assert counts(sandbox) == COMPLETE


def test_a_replay_meets_the_taken_name_and_makes_nothing(
    sandbox: Sandbox, google: GooglePlatform, account: Account, summer: Order
) -> None:
    Publisher(google, account).create(summer)

    again = Publisher(google, account).create(summer)

    assert {error.code for error in again.errors.values()} == {"ALREADY_EXISTS"}
    assert {error.kind for error in again.errors.values()} == {ErrorKind.AMBIGUOUS}
    assert counts(sandbox) == COMPLETE
    assert set(look(google, again)) == {step.key for step in again.steps}


def test_ads_of_the_same_content_are_told_apart_and_twins_are_surplus(
    sandbox: Sandbox, google: GooglePlatform, account: Account, summer: Order
) -> None:
    made = Publisher(google, account).create(summer)
    (call,) = google.calls([step for step in made.steps if step.key.endswith("-a2")], made.ids, account)
    google.send(call, account, open_media)  # a twin, as of a process that was frozen before it sent

    ads = [step for step in made.steps if step.level is Level.AD]
    found = google.find(ads, made.ids, account)

    assert {key: len(external_ids) for key, external_ids in found.items()} == {
        "abcd2345-1-a1": 1,
        "abcd2345-1-a2": 2,
        "abcd2345-1-b1": 1,
    }
    assert len({external_id for external_ids in found.values() for external_id in external_ids}) == 4


@pytest.mark.parametrize("effect", ["drop_after", "drop_before"])
def test_a_search_that_breaks_is_no_answer(
    sandbox: Sandbox, google: GooglePlatform, account: Account, summer: Order, effect: str
) -> None:
    made = Publisher(google, account).create(summer)
    sandbox.fault(effect, "googleAds:search")

    with pytest.raises(Exception, match="could not answer") as caught:
        google.find(made.steps[:1], {}, account)

    assert caught.value.kind is ErrorKind.TRANSIENT


def test_a_rate_limit_created_nothing_and_says_how_long(
    sandbox: Sandbox, google: GooglePlatform, account: Account, summer: Order
) -> None:
    sandbox.fault("rate_limit", MUTATE, 12)

    made = Publisher(google, account).create(summer, waves=1)

    assert {(error.kind, error.retry_after) for error in made.errors.values()} == {(ErrorKind.RATE_LIMITED, 12.0)}
    assert counts(sandbox) == NOTHING


@pytest.mark.parametrize("effect", ["token_expired", "token_revoked"])
def test_a_dead_token_is_of_kind_auth(
    sandbox: Sandbox, google: GooglePlatform, account: Account, summer: Order, effect: str
) -> None:
    sandbox.fault(effect, MUTATE)

    made = Publisher(google, account).create(summer, waves=1)

    assert {(error.kind, error.code) for error in made.errors.values()} == {(ErrorKind.AUTH, "TOKEN_EXPIRED")}


def test_a_picture_of_an_earlier_campaign_is_the_same_asset(
    sandbox: Sandbox, google: GooglePlatform, account: Account, summer: Order
) -> None:
    before = len(sandbox.of_kind("media", account=account.external_id))
    first = Publisher(google, account).create(summer)
    other = Order(summer.draft, account, summer.media, "zzzz9999-1", NOW)
    second = Publisher(google, account).create(other)

    assert second.errors == {}
    assert second.ids["zzzz9999-1-m-" + SQUARE[:10]] == first.ids["abcd2345-1-m-" + SQUARE[:10]]
    assert len(sandbox.of_kind("media", account=account.external_id)) == before + 2


def test_pictures_that_are_too_large_together_go_first(
    sandbox: Sandbox, google: GooglePlatform, account: Account, summer: Order, monkeypatch: Any
) -> None:
    monkeypatch.setattr(calls, "INLINE_BYTES", 1_000)

    made = Publisher(google, account).create(summer)

    kinds = [{next(iter(op)) for op in row["body"]["mutateOperations"]} for row in sandbox.mutates()]
    assert kinds[:2] == [{"assetOperation"}, {"assetOperation"}]
    assert "assetOperation" not in kinds[2]
    assert (made.errors, len(kinds)) == ({}, 3)


def test_operations_are_grouped_by_type_and_numbers_are_never_used_twice(
    sandbox: Sandbox, google: GooglePlatform, account: Account, summer: Order
) -> None:
    Publisher(google, account).create(summer)
    (row,) = sandbox.mutates()
    order = [next(iter(operation)) for operation in row["body"]["mutateOperations"]]
    creates = [next(iter(operation.values()))["create"] for operation in row["body"]["mutateOperations"]]
    numbers = [create["resourceName"].rpartition("/")[2] for create in creates if "resourceName" in create]

    assert order == sorted(order, key=calls.ORDER.index)
    assert len(numbers) == len(set(numbers)) == 6
    assert all(number.startswith("-") for number in numbers)


def test_a_film_in_the_making_is_waited_for(
    sandbox: Sandbox, google: GooglePlatform, account: Account, summer: Order
) -> None:
    sandbox.order("settings", google_processing_seconds=60)
    film = draft(ad_set(ads=[ad(type="video", media=[FILM])]), assets=summer.draft.campaign.assets.model_dump())
    made = Publisher(google, account).create(Order(film, account, media(), "abcd2345-1", NOW), waves=3)

    assert {error.code for error in made.errors.values()} == {"MEDIA_PROCESSING"}
    assert {(error.kind, error.retry_after) for error in made.errors.values()} == {(ErrorKind.TRANSIENT, 10.0)}
    assert counts(sandbox) == NOTHING

    sandbox.order("settings", google_processing_seconds=0, google_video_outcome="REJECTED")
    made.create(Order(film, account, media(), "abcd2345-1", NOW), waves=1)
    assert {(e.code, e.path) for e in made.errors.values()} == {("MEDIA_REFUSED", "ad_sets[s1].ads[a1].creative.media")}


def test_bytes_go_to_google_and_nowhere_else(
    sandbox: Sandbox, google: GooglePlatform, account: Account, summer: Order
) -> None:
    film = draft(ad_set(ads=[ad(type="video", media=[FILM])]), assets=summer.draft.campaign.assets.model_dump())
    elsewhere = {"status": 200, "body": {}, "headers": {"X-Goog-Upload-URL": "https://evil.example/upload"}}
    sandbox.fault("error_body", "/resumable/upload", elsewhere)

    made = Publisher(google, account).create(Order(film, account, media(), "abcd2345-1", NOW), waves=1)

    (error,) = made.errors.values()
    assert (error.kind, error.code) == (ErrorKind.TRANSIENT, "PLATFORM_ERROR")


def test_removing_what_is_gone_is_done(
    sandbox: Sandbox, google: GooglePlatform, account: Account, summer: Order
) -> None:
    made = Publisher(google, account).create(summer)
    made.change(Action.REMOVE, [Level.CAMPAIGN])

    made.change(Action.REMOVE, [Level.CAMPAIGN])

    assert made.errors == {}


def test_a_fourth_search_ad_cannot_be_switched_on(
    sandbox: Sandbox, google: GooglePlatform, account: Account, summer: Order
) -> None:
    ads = [search_ad(f"a{n}", headlines=[f"A{n}", "B", "C"]) for n in range(4)]
    content = draft(search_ad_set(ads=ads), assets=summer.draft.campaign.assets.model_dump())
    made = Publisher(google, account).create(Order(content, account, media(), "abcd2345-1", NOW))

    made.switch_on()

    assert {error.code for error in made.errors.values()} >= {"PLATFORM_LIMIT"}


def test_preflight_checks_everything_and_makes_nothing(
    sandbox: Sandbox, google: GooglePlatform, account: Account, summer: Order
) -> None:
    bad = draft(
        ad_set("s1", [ad("a1", headlines=["x" * 31]), ad("a2", link_url="https://shop")]),
        ad_set("s2", [ad("b1", media=[WIDE])], targeting={"locations": ["CU"]}),
        assets=summer.draft.campaign.assets.model_dump(),
    )

    found = google.preflight(Order(bad, account, media(), "abcd2345-1", NOW), open_media)

    assert {key.removeprefix("abcd2345-1-"): error.path for key, error in found.items()} == {
        "a1": "ad_sets[s1].ads[a1].creative.headlines",
        "a2": "ad_sets[s1].ads[a2].creative.link_url",
        "s2": "ad_sets[s2].targeting.locations",
    }
    assert google.preflight(summer, open_media) == {}
    assert counts(sandbox) == NOTHING


def outcomes_of(made: dict[str, Outcome]) -> set[str]:
    return {outcome.error.kind.value if outcome.error else "ok" for outcome in made.values()}


def test_without_tokens_nothing_is_sent(account: Account, summer: Order, visitor: GooglePlatform) -> None:
    steps = visitor.plan(summer)
    (call,) = visitor.calls(steps, {}, account)

    assert outcomes_of(visitor.send(call, account, open_media)) == {"auth"}


def test_a_lost_answer_finds_its_own_film_and_not_that_of_another_campaign(
    sandbox: Sandbox, google: GooglePlatform, account: Account, summer: Order
) -> None:
    sandbox.order("settings", google_processing_seconds=0)
    film = ad_set("s1", [ad("a1", type="video", media=[FILM])])
    content = draft(film, assets=summer.draft.campaign.assets.model_dump())
    Publisher(google, account).create(replace(summer, draft=content, prefix="aaaa2345-1"))
    sandbox.fault("drop_after", MUTATE)
    made = Publisher(google, account).create(replace(summer, draft=content, prefix="bbbb2345-1"), waves=2)
    assert {error.kind for error in made.errors.values()} == {ErrorKind.AMBIGUOUS}

    look(google, made)

    assert len(sandbox.of_kind("campaign")) == 2
    assert google.differences(made.steps, made.ids, made.nodes(), account) == []
