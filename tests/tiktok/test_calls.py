"""How steps are put into calls: few round trips, twenty ads at once, the first ad group of a shared budget first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.contracts import Action, Call, Deadline, Level, Step
from integrations.platforms.tiktok import calls, planning
from tests.tiktok.drafts import BLUE, FILM, IDENTITY, MAIN, PIXEL, RED, ad, ad_set, draft, order, video

PREFIX = "abcd2345-1-"
RED_STEP, BLUE_STEP, FILM_STEP, COVER = f"m-{RED[:10]}", f"m-{BLUE[:10]}", f"m-{FILM[:10]}", f"v-{FILM[:10]}"


def planned(*ad_sets: dict[str, Any], **campaign: Any) -> list[Step]:
    return planning.plan(order(draft(*ad_sets, **campaign)))


def call_keys(made: list[Call]) -> list[list[str]]:
    return [[key.removeprefix(PREFIX) for key in call.keys] for call in made]


def known(*keys: str) -> dict[str, str]:
    return {f"{PREFIX}{key}": f"id-{key}" for key in keys}


def media_ids(steps: list[Step]) -> dict[str, str]:
    return {step.key: f"file-{step.key}" for step in steps if step.level is Level.MEDIA}


def ask(steps: list[Step], ids: dict[str, str]) -> list[list[str]]:
    return call_keys(calls.calls([step for step in steps if step.key not in ids], ids, MAIN))


def waves(steps: list[Step]) -> list[list[list[str]]]:
    """All calls until nothing is open, wave by wave."""
    ids: dict[str, str] = {}
    found = []
    while len(ids) < len(steps):
        made = ask(steps, ids)
        assert made
        found.append(made)
        ids |= known(*[key for keys in made for key in keys])
    return found


# Creating -------------------------------------------------------------------------------------------------------------


def test_files_go_first_then_what_is_looked_up_for_them_then_the_tree() -> None:
    steps = planned(ad_set(ads=[ad("a1"), video("a2")]), assets={"identity": IDENTITY, "pixel": PIXEL})

    assert waves(steps) == [
        [[RED_STEP], [BLUE_STEP], [FILM_STEP]],
        [[COVER], ["mu-a1"]],
        [["c"]],
        [["s1"]],
        [["a1", "a2"]],
    ]


def test_a_campaign_takes_as_many_waves_as_it_has_levels_however_many_ad_groups_it_has() -> None:
    steps = planned(*(ad_set(f"s{n}", ads=[ad(f"a{n}x{m}") for m in range(3)]) for n in range(6)))

    found = waves(steps)

    assert [len(wave) for wave in found] == [2, 1, 6, 6]
    assert found[3][0] == ["a0x0", "a0x1", "a0x2"]


def test_under_a_campaign_budget_the_first_ad_group_goes_alone() -> None:
    steps = planned(ad_set("s1", budget=None), ad_set("s2", budget=None), ad_set("s3", budget=None))

    assert waves(steps)[1:] == [[["c"]], [["s1"]], [["s2"], ["s3"], ["a1"]], [["a2"], ["a3"]]]


def test_fifty_ads_are_three_calls() -> None:
    steps = planned(ad_set(ads=[ad(f"a{n}") for n in range(50)]))
    ids = media_ids(steps) | known("c", "s1")

    assert [len(keys) for keys in ask(steps, ids)] == [20, 20, 10]


def test_on_resume_only_what_is_missing_is_made() -> None:
    steps = planned(ad_set("s1", ads=[ad("a1"), ad("a2")]), ad_set("s2", ads=[ad("a3")]))
    ids = media_ids(steps) | known("c", "s1", "a1")

    assert ask(steps, ids) == [["s2"], ["a2"]]


def test_ids_stand_in_the_place_of_what_they_were_needed_for() -> None:
    steps = planned(ad_set(ads=[video("a1")]))
    ids = media_ids(steps) | known("c", "s1")
    [call] = calls.calls([step for step in steps if step.key not in ids], ids, MAIN)
    sent = call.request["fields"]

    assert (sent["advertiser_id"], sent["adgroup_id"]) == (MAIN.external_id, "id-s1")
    assert sent["creatives"][0]["video_id"] == f"file-{PREFIX}{FILM_STEP}"
    assert sent["creatives"][0]["image_ids"] == [f"file-{PREFIX}{COVER}"]


def test_what_hangs_on_an_unclear_step_is_not_sent() -> None:
    """The campaign's fate is unknown: it is neither open nor known, so nothing below it can be made."""
    steps = planned(ad_set())
    open_steps = [step for step in steps if step.level not in (Level.MEDIA, Level.CAMPAIGN)]

    assert calls.calls(open_steps, media_ids(steps), MAIN) == []


def test_an_upload_may_take_as_long_as_its_bytes() -> None:
    steps = planned(ad_set(ads=[video("a1")]))
    [call] = calls.calls(steps, {}, MAIN)

    assert (call.deadline, call.upload_bytes) == (Deadline.UPLOAD, call.request["size"])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 45), min_size=1, max_size=5), st.booleans(), st.randoms(use_true_random=False))
def test_whatever_is_known_calls_are_possible_and_lawful(sizes: list[int], is_shared: bool, random: Any) -> None:
    """For any tree and any part of it that exists: calls are lawful, and everything is made in the end."""
    budget = None if is_shared else "500"
    tree = [ad_set(f"s{n}", ads=[ad(f"a{n}x{m}") for m in range(size)], budget=budget) for n, size in enumerate(sizes)]
    steps = planned(*tree)
    ids = media_ids(steps)
    while open_steps := [step for step in steps if step.key not in ids]:
        made = calls.calls(open_steps, ids, MAIN)
        assert made
        for call in made:
            assert_lawful(call, ids, {step.key: step for step in steps}, is_shared=is_shared)
        chosen = random.choice(made)
        done = random.randint(1, len(chosen.keys))  # of the rest it is not known, or it was refused
        ids |= {key: key for key in chosen.keys[:done]}
    assert {step.key for step in steps} == set(ids)


def assert_lawful(call: Call, ids: dict[str, str], steps: dict[str, Step], *, is_shared: bool) -> None:
    assert not set(call.keys) & set(ids)
    assert len(call.keys) <= 20
    assert all(need in ids for key in call.keys for need in steps[key].needs)
    levels = {steps[key].level for key in call.keys}
    assert levels == {Level.AD} or len(call.keys) == 1
    if levels == {Level.AD}:
        assert {ids[steps[key].needs[0]] for key in call.keys} == {call.request["fields"]["adgroup_id"]}
    if levels == {Level.AD_SET} and is_shared:
        assert f"{PREFIX}s0" in {*ids, *call.keys}


# Switching, ending, removing ------------------------------------------------------------------------------------------


def switches(action: Action) -> list[Step]:
    steps = planned(ad_set("s1", ads=[ad("a1"), video("a2")]), ad_set("s2", ads=[ad("a3")]))
    return [replace(step, action=action, payload={}, needs=(), external_id=f"9{n}") for n, step in enumerate(steps)]


def stages(steps: list[Step]) -> list[list[list[str]]]:
    found = []
    while steps:
        made = calls.calls(steps, {}, MAIN)
        found.append(call_keys(made))
        done = {key for call in made for key in call.keys}
        steps = [step for step in steps if step.key not in done]
    return found


def of_the_tree(steps: list[Step]) -> list[Step]:
    return [step for step in steps if step.level in (Level.CAMPAIGN, Level.AD_SET, Level.AD)]


def test_switching_on_ends_with_the_campaign_alone() -> None:
    assert stages(of_the_tree(switches(Action.SWITCH_ON))) == [[["a1", "a2", "a3"], ["s1", "s2"]], [["c"]]]


@pytest.mark.parametrize("action", [Action.SWITCH_OFF, Action.END, Action.REMOVE])
def test_switching_off_begins_with_the_campaign_alone(action: Action) -> None:
    assert stages(of_the_tree(switches(action))) == [[["c"]], [["a1", "a2", "a3"], ["s1", "s2"]]]


@pytest.mark.parametrize(
    ("action", "level", "path", "field", "status"),
    [
        (Action.SWITCH_ON, Level.CAMPAIGN, "campaign/status/update/", "campaign_ids", "ENABLE"),
        (Action.SWITCH_OFF, Level.AD_SET, "adgroup/status/update/", "adgroup_ids", "DISABLE"),
        (Action.END, Level.CAMPAIGN, "campaign/status/update/", "campaign_ids", "DISABLE"),
        (Action.REMOVE, Level.AD, "ad/status/update/", "ad_ids", "DELETE"),
    ],
)
def test_a_switch_names_its_status(action: Action, level: Level, path: str, field: str, status: str) -> None:
    [call] = calls.calls([Step("k", action, level, "", "x", external_id="77")], {}, MAIN)

    assert call.request["path"] == path
    assert call.request["body"] == {"advertiser_id": MAIN.external_id, field: ["77"], "operation_status": status}


def test_files_of_the_library_stay() -> None:
    found = calls.calls([step for step in switches(Action.REMOVE) if step.level is Level.MEDIA], {}, MAIN)

    assert {call.request["kind"] for call in found} == {"keep"}


def test_switches_come_twenty_to_a_call() -> None:
    steps = [Step(f"k{n}", Action.SWITCH_ON, Level.AD, "", "x", external_id=str(n)) for n in range(50)]

    assert [len(call.keys) for call in calls.calls(steps, {}, MAIN)] == [20, 20, 10]
