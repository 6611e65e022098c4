"""How steps are put into calls: few round trips, never two ad sets of a campaign in one batch, never more than 50 items."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import unquote_plus

import pytest
import responses
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.contracts import Action, Call, Deadline, Level, Step
from integrations.http import Exchange
from integrations.platforms.meta import calls, client, planning
from integrations.platforms.meta.adapter import MetaPlatform
from integrations.platforms.meta.client import Graph, Item
from tests.meta.drafts import BLUE, FILM, GREY, MAIN, RED, ad, ad_set, draft, order

PREFIX = "abcd2345-1-"


def planned(*ad_sets: dict[str, Any]) -> list[Step]:
    return planning.plan(order(draft(*ad_sets)))


def call_keys(made: list[Call]) -> list[list[str]]:
    return [[key.removeprefix(PREFIX) for key in call.keys] for call in made]


def media_ids(steps: list[Step]) -> dict[str, str]:
    return {step.key: f"hash-{step.key}" for step in steps if step.level is Level.MEDIA}


def ask(steps: list[Step], ids: dict[str, str]) -> list[list[str]]:
    return call_keys(calls.calls([step for step in steps if step.key not in ids], ids, MAIN))


def test_files_go_first_each_by_itself_and_alone() -> None:
    steps = planned(ad_set(ads=[ad("a1"), ad("a2", media=[BLUE])]))

    assert ask(steps, {}) == [[f"m-{RED[:10]}"], [f"m-{BLUE[:10]}"]]


def test_a_campaign_with_one_ad_set_is_one_batch() -> None:
    steps = planned(ad_set(ads=[ad("a1"), ad("a2")]))

    assert ask(steps, media_ids(steps)) == [["c", "s1", "cr-a1", "a1", "cr-a2", "a2"]]


def test_further_ad_sets_have_a_batch_each_side_by_side() -> None:
    steps = planned(ad_set("s1"), ad_set("s2", ads=[ad("a2")]), ad_set("s3", ads=[ad("a3")]))
    first = media_ids(steps)
    after = first | {f"{PREFIX}{key}": "1" for key in ("c", "s1", "cr-a1", "a1")}

    assert ask(steps, first) == [["c", "s1", "cr-a1", "a1"]]
    assert ask(steps, after) == [["s2", "cr-a2", "a2"], ["s3", "cr-a3", "a3"]]


def test_a_large_ad_set_is_split_at_fifty_without_parting_an_ad_from_its_creative() -> None:
    steps = planned(ad_set(ads=[ad(f"a{n}") for n in range(50)]))
    first = media_ids(steps)
    batch = ask(steps, first)
    after = first | {f"{PREFIX}{key}": "1" for key in batch[0]}

    assert [len(keys) for keys in batch] == [50]
    assert [len(keys) for keys in ask(steps, after)] == [50, 2]
    for keys in [*batch, *ask(steps, after)]:
        assert {key for key in keys if key.startswith("a")} == {key[3:] for key in keys if key.startswith("cr-")}


def test_on_resume_only_what_is_missing_is_made() -> None:
    steps = planned(ad_set(ads=[ad("a1"), ad("a2"), ad("a3")]))
    known = media_ids(steps) | {f"{PREFIX}{key}": f"1{n}" for n, key in enumerate(["c", "s1", "cr-a1", "a1", "cr-a2"])}

    made = calls.calls([step for step in steps if step.key not in known], known, MAIN)

    assert call_keys(made) == [["a2", "cr-a3", "a3"]]
    fields = made[0].request["items"][0]["fields"]
    assert fields["adset_id"] == "11"
    assert fields["creative"] == {"creative_id": "14"}


def test_what_hangs_on_an_unclear_step_is_not_sent() -> None:
    """The campaign's fate is unknown: it is neither open nor known, so nothing below it can be made."""
    steps = planned(ad_set())
    open_steps = [step for step in steps if step.level not in (Level.MEDIA, Level.CAMPAIGN)]

    assert calls.calls(open_steps, media_ids(steps), MAIN) == []


def test_references_name_the_item_that_makes_what_is_needed() -> None:
    steps = planned(ad_set())
    ids = media_ids(steps)
    items = calls.calls([step for step in steps if step.key not in ids], ids, MAIN)[0].request["items"]
    by_key = {item["key"].removeprefix(PREFIX): item for item in items}

    assert by_key["s1"]["fields"]["campaign_id"] == f"{{result={by_key['c']['name']}:$.id}}"
    assert by_key["a1"]["fields"]["creative"] == {"creative_id": f"{{result={by_key['cr-a1']['name']}:$.id}}"}
    assert by_key["cr-a1"]["fields"]["object_story_spec"]["link_data"]["image_hash"] == ids[f"{PREFIX}m-{RED[:10]}"]


def test_creatives_of_a_video_wait_for_it_together() -> None:
    steps = planned(ad_set(ads=[ad("a1", type="video", media=[FILM]), ad("a2", type="video", media=[FILM]), ad("a3")]))
    ids = media_ids(steps)
    after = ids | {f"{PREFIX}cr-a1": "1", f"{PREFIX}cr-a2": "2"}

    assert ask(steps, ids) == [["cr-a1", "cr-a2"]]
    assert ask(steps, after) == [["c", "s1", "a1", "a2", "cr-a3", "a3"]]


def switches(action: Action) -> list[Step]:
    steps = planned(ad_set("s1", ads=[ad("a1"), ad("a2", media=[BLUE])]), ad_set("s2", ads=[ad("a3", media=[GREY])]))
    return [
        replace(step, action=action, payload={}, needs=(), external_id=("f" if step.level is Level.MEDIA else "9") * 5)
        for step in steps
    ]


def stages(steps: list[Step]) -> list[list[list[str]]]:
    """All calls until nothing is open, stage by stage."""
    found = []
    while steps:
        made = calls.calls(steps, {}, MAIN)
        found.append(call_keys(made))
        done = {key for call in made for key in call.keys}
        steps = [step for step in steps if step.key not in done]
    return found


def test_switching_on_ends_with_the_campaign_alone() -> None:
    steps = [s for s in switches(Action.SWITCH_ON) if s.level in (Level.CAMPAIGN, Level.AD_SET, Level.AD)]

    assert stages(steps) == [[["a1", "a2", "a3", "s1", "s2"]], [["c"]]]


@pytest.mark.parametrize("action", [Action.SWITCH_OFF, Action.END])
def test_switching_off_begins_with_the_campaign_alone(action: Action) -> None:
    steps = [s for s in switches(action) if s.level in (Level.CAMPAIGN, Level.AD_SET, Level.AD)]

    assert stages(steps) == [[["c"]], [["a1", "a2", "a3", "s1", "s2"]]]


def test_removal_goes_from_the_campaign_to_what_hangs_on_the_account() -> None:
    found = stages(switches(Action.REMOVE))

    assert found[0] == [["c"]]
    assert found[2] == [["cr-a1", "cr-a2", "cr-a3"]]


def test_an_image_of_the_library_is_not_deleted() -> None:
    image = Step("k", Action.REMOVE, Level.MEDIA, "", "x", external_id="35b024bfd14375335b08ffff267e23c8")
    video = replace(image, key="v", external_id="1589441799502654")

    made = calls.calls([image, video], {}, MAIN)

    assert [item["method"] for item in made[0].request["items"]] == ["KEEP", "DELETE"]


def test_switches_come_fifty_to_a_batch() -> None:
    steps = [Step(f"k{n}", Action.SWITCH_ON, Level.AD, "", "x", external_id=str(n)) for n in range(120)]

    assert [len(call.keys) for call in calls.calls(steps, {}, MAIN)] == [50, 50, 20]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_whatever_is_known_calls_are_possible_and_lawful(sizes: list[int], random: Any) -> None:
    """For any tree and any part of it that exists: batches are lawful, and everything is made in the end."""
    steps = planned(*(ad_set(f"s{n}", ads=[ad(f"a{n}x{m}") for m in range(size)]) for n, size in enumerate(sizes)))
    ids = media_ids(steps)
    order_of = {step.key: position for position, step in enumerate(steps)}
    for _ in range(len(steps) + 1):
        open_steps = [step for step in steps if step.key not in ids]
        made = calls.calls(open_steps, ids, MAIN)
        if not open_steps:
            break
        assert made
        for call in made:
            assert_lawful(call, ids, order_of)
        chosen = random.choice(made)
        cut = random.randint(1, len(chosen.keys))  # the rest of the batch was not carried out
        ids |= dict.fromkeys(chosen.keys[:cut], "1")
    assert {step.key for step in steps} == set(ids)


def assert_lawful(call: Call, ids: dict[str, str], order_of: dict[str, int]) -> None:
    items = call.request["items"]
    assert len(items) <= client.MAX_BATCH
    assert sum(item["path"].endswith("/adsets") for item in items) <= 1
    assert not set(call.keys) & set(ids)
    positions = [order_of[key] for key in call.keys]
    assert positions == sorted(positions)
    for number, item in enumerate(items):
        assert set(item["after"]) <= {other["key"] for other in items[:number]}


# How a batch is written ---------------------------------------------------------------------------------------------------


@responses.activate
def written(visitor: MetaPlatform, items: list[Item]) -> list[dict[str, Any]]:
    """The batch as it goes out."""
    responses.post(client.url(""), json=[{"code": 200, "body": '{"id":"1"}'} for _ in items])
    Graph(visitor.http, "EAAGtoken").batch(items, Deadline.MUTATE)
    form = dict(part.split("=", 1) for part in str(responses.calls[0].request.body).split("&"))
    batch: list[dict[str, Any]] = json.loads(unquote_plus(form["batch"]))
    return batch


def test_an_item_asks_for_its_answer_and_escapes_all_but_its_references(visitor: MetaPlatform) -> None:
    items = [
        Item("POST", "act_1/campaigns", {"name": "50% & more =", "on": False}, "s0"),
        Item("POST", "act_1/ads", {"creative": {"creative_id": "{result=s0:$.id}"}, "name": "{result=s9:$.id}"}, "s1"),
    ]

    first, second = written(visitor, items)

    assert first == {
        "method": "POST",
        "relative_url": "v26.0/act_1/campaigns",
        "omit_response_on_success": False,
        "name": "s0",
        "body": "name=50%25%20%26%20more%20%3D&on=false",
    }
    assert "%22{result=s0:$.id}%22" in second["body"]
    assert "{result=s9" not in second["body"]  # what a person typed is a text, whatever it looks like


def test_more_than_fifty_items_are_a_mistake_of_ours(visitor: MetaPlatform, exchanges: list[Exchange]) -> None:
    with pytest.raises(ValueError, match="at most 50"):
        Graph(visitor.http, "EAAGtoken").batch([Item("POST", "x")] * 51, Deadline.MUTATE)

    assert exchanges == []
