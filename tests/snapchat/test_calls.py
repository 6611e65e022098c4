"""How steps are put into calls: few round trips, objects of one parent together, never two levels at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.contracts import Action, Call, Deadline, Level, Step
from integrations.platforms.snapchat import calls, planning
from tests.snapchat.drafts import BLUE, FILES, FILM, MAIN, RED, SQUARE, ad, ad_set, draft, order

PREFIX = "abcd2345-1-"


def planned(*ad_sets: dict[str, Any]) -> list[Step]:
    return planning.plan(order(draft(*ad_sets)))


def call_keys(made: Sequence[Call]) -> list[list[str]]:
    return [[key.removeprefix(PREFIX) for key in call.keys] for call in made]


def media_ids(steps: Sequence[Step]) -> dict[str, str]:
    return {step.key: f"media-{step.key}" for step in steps if step.level is Level.MEDIA}


def known(steps: Sequence[Step], *keys: str) -> dict[str, str]:
    return media_ids(steps) | {f"{PREFIX}{key}": f"id-{key}" for key in keys}


def ask(steps: Sequence[Step], ids: dict[str, str]) -> list[list[str]]:
    return call_keys(calls.calls([step for step in steps if step.key not in ids], ids, MAIN))


def test_files_go_first_two_at_a_time_and_alone() -> None:
    steps = planned(ad_set(ads=[ad("a1"), ad("a2", media=[BLUE]), ad("a3", media=[SQUARE])]))
    first, second, third = (f"m-{sha[:10]}" for sha in (RED, BLUE, SQUARE))

    assert ask(steps, {}) == [[first], [second]]
    assert ask(steps, {f"{PREFIX}{first}": "1"}) == [[second], [third]]


def test_a_campaign_is_made_level_by_level_with_its_creatives_beside_it() -> None:
    steps = planned(ad_set("s1", ads=[ad("a1"), ad("a2")]), ad_set("s2", ads=[ad("a3")]))

    assert ask(steps, known(steps)) == [["c"], ["cr-a1", "cr-a2", "cr-a3"]]
    assert ask(steps, known(steps, "c", "cr-a1", "cr-a2", "cr-a3")) == [["s1", "s2"]]
    everything = known(steps, "c", "cr-a1", "cr-a2", "cr-a3", "s1", "s2")
    assert ask(steps, everything) == [["a1", "a2"], ["a3"]]


def test_one_request_carries_twenty_objects() -> None:
    steps = planned(ad_set(ads=[ad(f"a{n}") for n in range(45)]))
    creatives = [step.key.removeprefix(PREFIX) for step in steps if step.level is Level.CREATIVE]

    assert [len(keys) for keys in ask(steps, known(steps, "c"))[:3]] == [20, 20, 5]
    assert [len(keys) for keys in ask(steps, known(steps, "c", "s1", *creatives))] == [20, 20, 5]


def test_ads_whose_creative_is_there_do_not_wait_for_the_others() -> None:
    steps = planned(ad_set(ads=[ad("a1"), ad("a2")]))

    assert ask(steps, known(steps, "c", "s1", "cr-a1")) == [["cr-a2"], ["a1"]]


def test_what_hangs_on_an_unclear_step_is_not_sent() -> None:
    """The campaign's fate is unknown: it is neither open nor known, so no ad squad can be made."""
    steps = planned(ad_set())
    open_steps = [step for step in steps if step.level not in (Level.MEDIA, Level.CAMPAIGN)]

    assert call_keys(calls.calls(open_steps, known(steps), MAIN)) == [["cr-a1"]]


def test_ids_take_the_place_of_keys() -> None:
    steps = planned(ad_set())
    [ad_squads] = calls.calls([s for s in steps if s.level is Level.AD_SET], known(steps, "c"), MAIN)
    [creatives] = calls.calls([s for s in steps if s.level is Level.CREATIVE], known(steps), MAIN)
    [ads] = calls.calls([s for s in steps if s.level is Level.AD], known(steps, "c", "s1", "cr-a1"), MAIN)

    assert (ad_squads.request["parent"], ad_squads.request["items"][0]["fields"]["campaign_id"]) == ("id-c", "id-c")
    media = f"media-{PREFIX}m-{RED[:10]}"
    assert creatives.request["items"][0]["fields"]["top_snap_media_id"] == media
    assert creatives.request["media"] == [{"id": media, "node": "ad_sets[s1].ads[a1].creative"}]
    fields = ads.request["items"][0]["fields"]
    assert (ads.request["parent"], fields["ad_squad_id"], fields["creative_id"]) == ("id-s1", "id-s1", "id-cr-a1")


def test_a_file_several_creatives_show_is_asked_for_once() -> None:
    steps = planned(ad_set(ads=[ad("a1"), ad("a2"), ad("a3", media=[BLUE])]))
    [_, creatives] = calls.calls([s for s in steps if s.level is not Level.MEDIA], known(steps), MAIN)

    assert [item["id"] for item in creatives.request["media"]] == [
        f"media-{PREFIX}m-{sha[:10]}" for sha in (RED, BLUE)
    ]  # fmt: skip


def test_an_upload_has_the_time_its_size_needs() -> None:
    steps = planned(ad_set(ads=[ad(type="video", media=[FILM])]))
    [call] = calls.calls(steps, {}, MAIN)

    assert (call.deadline, call.upload_bytes) == (Deadline.UPLOAD, len(FILES[FILM]))
    assert (call.request["type"], call.request["filename"]) == ("VIDEO", f"{FILM[:16]}.mp4")


# Changing -----------------------------------------------------------------------------------------------------------------

SWITCHED = (Level.CAMPAIGN, Level.AD_SET, Level.AD)


def change(action: Action, levels: Sequence[Level] = tuple(Level)) -> tuple[list[Step], dict[str, str]]:
    """The steps of a change as the ledger keeps them, and what is known."""
    steps = planned(ad_set("s1", ads=[ad("a1"), ad("a2")]), ad_set("s2", ads=[ad("a3", media=[BLUE])]))
    ids = {step.key: f"id-{step.key.removeprefix(PREFIX)}" for step in steps}
    bare = [
        replace(step, action=action, payload={}, needs=(), external_id=ids[step.key])
        for step in steps
        if step.level in levels
    ]
    return bare, ids


def stages(action: Action, levels: Sequence[Level]) -> list[list[Call]]:
    steps, ids = change(action, levels)
    found = []
    while steps:
        made = calls.calls(steps, ids, MAIN)
        found.append(made)
        done = {key for call in made for key in call.keys}
        steps = [step for step in steps if step.key not in done]
    return found


def test_switching_on_ends_with_the_campaign_alone() -> None:
    found = stages(Action.SWITCH_ON, SWITCHED)

    assert [call_keys(made) for made in found] == [[["a1", "a2"], ["a3"], ["s1", "s2"]], [["c"]]]
    assert {call.request["status"] for made in found for call in made} == {"ACTIVE"}


@pytest.mark.parametrize(("action", "kind"), [(Action.SWITCH_OFF, "switch"), (Action.END, "end")])
def test_switching_off_begins_with_the_campaign_alone(action: Action, kind: str) -> None:
    found = stages(action, SWITCHED)

    assert [call_keys(made) for made in found] == [[["c"]], [["a1", "a2"], ["a3"], ["s1", "s2"]]]
    assert found[0][0].request["kind"] == kind
    assert {call.request["kind"] for call in found[1]} == {"switch"}
    assert {call.request["status"] for made in found for call in made} == {"PAUSED"}


def test_switches_name_the_parent_their_object_hangs_on() -> None:
    parents = {
        tuple(call_keys([call])[0]): call.request["parent"]
        for made in stages(Action.SWITCH_ON, SWITCHED)
        for call in made
    }

    assert parents == {
        ("a1", "a2"): "id-s1",
        ("a3",): "id-s2",
        ("s1", "s2"): "id-c",
        ("c",): MAIN.external_id,
    }  # fmt: skip


def test_switches_come_twenty_to_a_request() -> None:
    steps = planned(ad_set(ads=[ad(f"a{n}") for n in range(45)]))
    ids = {step.key: f"id-{step.key}" for step in steps}
    ads = [replace(step, action=Action.SWITCH_ON, payload={}, needs=()) for step in steps if step.level is Level.AD]

    assert [len(call.keys) for call in calls.calls(ads, ids, MAIN)] == [20, 20, 5]


def test_removal_takes_the_campaign_and_keeps_what_the_library_holds() -> None:
    found = stages(Action.REMOVE, tuple(Level))

    kinds = {call.keys[0].removeprefix(PREFIX): call.request["kind"] for made in found for call in made}
    assert call_keys(found[0]) == [["c"]]
    assert {kind for key, kind in kinds.items() if key.startswith(("m-", "cr-"))} == {"keep"}
    assert {kind for key, kind in kinds.items() if not key.startswith(("m-", "cr-"))} == {"remove"}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_whatever_is_known_calls_are_possible_and_lawful(sizes: list[int], random: Any) -> None:
    """For any tree and any part of it that exists: calls are lawful, and everything is made in the end."""
    steps = planned(*(ad_set(f"s{n}", ads=[ad(f"a{n}x{m}") for m in range(size)]) for n, size in enumerate(sizes)))
    by_key, ids = {step.key: step for step in steps}, dict[str, str]()
    for _ in range(len(steps) + 1):
        open_steps = [step for step in steps if step.key not in ids]
        made = calls.calls(open_steps, ids, MAIN)
        if not open_steps:
            break
        assert made
        for call in made:
            assert_lawful([by_key[key] for key in call.keys], ids)
        chosen = random.choice(made)
        part = random.sample(chosen.keys, random.randint(1, len(chosen.keys)))  # the others were refused
        ids |= {key: f"id-{key}" for key in part}
    assert set(ids) == set(by_key)


def assert_lawful(made: Sequence[Step], ids: dict[str, str]) -> None:
    assert 1 <= len(made) <= calls.AT_ONCE
    assert len({step.level for step in made}) == 1
    assert not {step.key for step in made} & set(ids)
    assert {need for step in made for need in step.needs} <= set(ids)
    if made[0].level in (Level.AD_SET, Level.AD):
        assert len({step.needs[0] for step in made}) == 1
