"""Before a draft goes to the approvers Meta says what it would refuse; nothing is created for that."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import pytest
import responses

from campaigns.models import CampaignDraft
from integrations.contracts import Tokens
from integrations.errors import ErrorKind, PlatformError
from integrations.http import Http
from integrations.platforms.meta import client
from integrations.platforms.meta.adapter import MetaPlatform
from stratum.models import User
from tests.factories import make_account, make_connection, make_draft, make_draft_json, make_film, make_large_draft_json
from tests.meta.conftest import Sandbox
from tests.meta.drafts import BLUE, FILM, GREY, INSTAGRAM, PAGE, PIXEL, RED, ad, ad_set, draft, order

Status = CampaignDraft.Status
JSON = {"Accept": "application/json"}
#: The parts of the check in the journal of the sandbox, one call each however many there are.
CHECKS = r"/(campaigns|adcreatives|delivery_estimate)$"


@pytest.fixture
def make(db: None, sandbox: Sandbox) -> Any:
    """Make a draft on an account of the sandbox; `creative` and `targeting` change those of its only ad and ad set."""
    issued = sandbox.order("tokens", platform="meta", scopes=sorted(MetaPlatform.scopes))
    make_connection(access_token=issued["access_token"])

    def create(
        creative: dict[str, Any] | None = None, targeting: dict[str, Any] | None = None, **campaign: Any
    ) -> CampaignDraft:
        content = make_draft_json(**campaign)
        content["ad_sets"][0]["targeting"] |= targeting or {}
        content["ad_sets"][0]["ads"][0]["creative"] |= creative or {}
        return make_draft(Status.DRAFT, draft_json=content)

    return create


def submit(as_user: Any, by: User, submitted: CampaignDraft) -> Any:
    return as_user(by).post(f"/campaign-drafts/{submitted.pk}/submit", headers=JSON)


def assert_refused(answer: Any, submitted: CampaignDraft, *details: tuple[str, str]) -> None:
    """`details` are the draft paths that are blamed, each with a part of what is said."""
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (422, "VALIDATION_FAILED"), answer.content
    assert [detail["path"] for detail in error["details"]] == [path for path, _ in details]
    for detail, (_, part) in zip(error["details"], details, strict=True):
        assert part in detail["message"]
    assert CampaignDraft.objects.get(pk=submitted.pk).status == Status.DRAFT


def nothing_is_made(sandbox: Sandbox) -> bool:
    return not [
        row for row in sandbox.look("objects") if row["kind"] in ("campaign", "ad_set", "creative", "ad", "media")
    ]


# Behind the submission -----------------------------------------------------------------------------------------------


def test_what_meta_accepts_is_submitted_and_nothing_is_made(
    sandbox: Sandbox, make: Any, as_user: Any, carl: User
) -> None:
    submitted = make()

    answer = submit(as_user, carl, submitted)

    assert answer.status_code == 200, answer.content
    assert CampaignDraft.objects.get(pk=submitted.pk).status == Status.SUBMITTED
    assert len(sandbox.look("requests")) == 1
    assert nothing_is_made(sandbox)


def test_a_country_that_meta_does_not_reach_is_not_submitted(
    sandbox: Sandbox, make: Any, as_user: Any, carl: User
) -> None:
    submitted = make(targeting={"locations": ["US", "CU"]})

    answer = submit(as_user, carl, submitted)

    assert_refused(answer, submitted, ("ad_sets[s1].targeting.locations", "Ads cannot be shown in Cuba"))
    assert nothing_is_made(sandbox)


def test_an_interest_that_meta_no_longer_has_is_not_submitted(
    sandbox: Sandbox, make: Any, as_user: Any, carl: User
) -> None:
    submitted = make(targeting={"interests": [{"id": "6003109384433", "name": "Retired"}]})

    answer = submit(as_user, carl, submitted)

    assert_refused(answer, submitted, ("ad_sets[s1].targeting", "no longer available"))


def test_a_campaign_that_meta_refuses_is_not_submitted(sandbox: Sandbox, make: Any, as_user: Any, carl: User) -> None:
    make_account(extra={"min_daily_budget": 1})
    submitted = make(budget={"amount": "0.50", "type": "daily"})
    ad_sets = submitted.draft_json["ad_sets"]
    ad_sets[0]["budget"] = None
    submitted.save()

    answer = submit(as_user, carl, submitted)

    assert_refused(answer, submitted, ("campaign.budget.amount", "budget"))
    assert nothing_is_made(sandbox)


@pytest.mark.parametrize("creative", [{}, {"type": "video"}], ids=["image", "video"])
def test_a_page_that_may_not_be_advertised_is_not_submitted(
    sandbox: Sandbox, make: Any, as_user: Any, carl: User, creative: dict[str, Any]
) -> None:
    if creative:
        creative |= {"media": [make_film().sha256]}
    submitted = make(creative)
    sandbox.order("seed", platform="meta", assets={"page": [{"id": "1", "name": "Another Page"}]})

    answer = submit(as_user, carl, submitted)

    assert_refused(answer, submitted, ("campaign.assets.page", "cannot be advertised by you"))
    assert nothing_is_made(sandbox)


def test_a_page_that_all_ads_speak_for_is_one_problem(sandbox: Sandbox, make: Any, as_user: Any, carl: User) -> None:
    make()
    submitted = make_draft(Status.DRAFT, draft_json=make_large_draft_json(ad_sets=5, ads=4))
    sandbox.order("seed", platform="meta", assets={"page": []})

    answer = submit(as_user, carl, submitted)

    assert_refused(answer, submitted, ("campaign.assets.page", "cannot be advertised by you"))


@pytest.mark.parametrize(
    ("effect", "value"), [("drop_before", None), ("drop_after", None), ("status", 503), ("rate_limit", 60)]
)
def test_meta_that_does_not_answer_stops_nobody(
    sandbox: Sandbox, make: Any, as_user: Any, carl: User, effect: str, value: Any
) -> None:
    sandbox.fault(effect, CHECKS, value)

    assert submit(as_user, carl, make()).status_code == 200
    assert nothing_is_made(sandbox)


def test_a_meta_that_is_not_there_stops_nobody(db: None, as_user: Any, carl: User) -> None:
    assert submit(as_user, carl, make_draft(Status.DRAFT)).status_code == 200  # nothing listens at the tests' address


def test_an_incomplete_draft_is_not_even_asked_about(sandbox: Sandbox, make: Any, as_user: Any, carl: User) -> None:
    assert submit(as_user, carl, make({"headlines": []})).status_code == 422
    assert sandbox.look("requests") == []


def test_somebody_elses_draft_is_not_asked_about(sandbox: Sandbox, make: Any, as_user: Any, cora: User) -> None:
    assert submit(as_user, cora, make()).status_code == 403
    assert sandbox.look("requests") == []


# What is asked -------------------------------------------------------------------------------------------------------


Answer = Callable[[str, dict[str, Any]], Any]


@dataclass
class Wire:
    """A Meta whose batches are kept; `answer` says what it answers to an item of an edge with these fields."""

    answer: Answer = lambda edge, fields: {"success": True}
    batches: list[list[tuple[str, dict[str, Any]]]] = field(default_factory=list)

    def __call__(self, request: Any) -> tuple[int, dict[str, str], str]:
        items = [_item(raw) for raw in json.loads(dict(parse_qsl(request.body))["batch"])]
        self.batches.append(items)
        return 200, {}, json.dumps([_reply(self.answer(*item)) for item in items])

    def asked(self, edge: str) -> list[dict[str, Any]]:
        return [fields for batch in self.batches for where, fields in batch if where == edge]


def _item(raw: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    address, _, query = raw["relative_url"].partition("?")
    fields = dict(parse_qsl(raw.get("body", query)))
    nested = {"object_story_spec", "targeting_spec", "promoted_object", "execution_options"} & fields.keys()
    return address.rpartition("/")[2], fields | {name: json.loads(fields[name]) for name in nested}


def _reply(body: Any) -> Any:
    return body and {"code": 400 if "error" in body else 200, "body": json.dumps(body)}


def refusal(code: int = 100, *blamed: str, **more: Any) -> dict[str, Any]:
    """An item's error; `blamed` is the path into the parameters that Meta gives with it."""
    data = {"error_data": {"blame_field_specs": [list(blamed)]}} if blamed else {}
    return {"error": {"code": code, "message": "Meta does not want this."} | data | more}


@pytest.fixture
def wire() -> Iterator[Wire]:
    with responses.RequestsMock() as mock:
        playing = Wire()
        mock.add_callback(responses.POST, client.url(""), playing)
        yield playing


def ask(*ad_sets: dict[str, Any], **campaign: Any) -> dict[str, PlatformError]:
    meta = MetaPlatform(Http("meta", lambda exchange: None), Tokens("token"))
    found = meta.preflight(order(draft(*ad_sets, **campaign)), lambda sha256: pytest.fail("a check uploads nothing"))
    return {key.removeprefix("abcd2345-1-"): error for key, error in found.items()}


#: Three ad sets of forty ads, no two of them with the same text.
OF_MANY_TEXTS = [
    ad_set(f"s{i}", [ad(f"a{j}", primary_text=f"Text {j}.") for j in range(40 * i, 40 * i + 40)]) for i in range(3)
]


def refusing(refused: str, body: Any) -> Answer:
    return lambda edge, fields: body if edge == refused else {"success": True}


def test_campaign_and_creative_are_validated_and_targeting_is_estimated(wire: Wire) -> None:
    assert ask() == {}

    ((campaign, targeting, creative),) = wire.batches
    assert campaign[1]["name"].startswith("Summer Sale")
    assert campaign[1]["execution_options"] == creative[1]["execution_options"] == ["validate_only"]
    assert targeting[0] == "delivery_estimate"
    assert targeting[1] == {
        "optimization_goal": "OFFSITE_CONVERSIONS",
        "promoted_object": {"pixel_id": PIXEL, "custom_event_type": "PURCHASE"},
        "targeting_spec": {
            "geo_locations": {"countries": ["US"]},
            "age_min": 25,
            "age_max": 54,
            "targeting_automation": {"advantage_audience": 0},
            "flexible_spec": [{"interests": [{"id": "6003456388203", "name": "Fashion"}]}],
        },
    }


def test_creatives_are_checked_without_their_files(wire: Wire) -> None:
    ads = [
        ad("a1"),
        ad("a2", type="carousel", media=[RED, BLUE, GREY]),
        ad("a3", type="video", media=[FILM], primary_text="It moves.", call_to_action="watch_more"),
    ]

    ask(ad_set(ads=ads), url_tags="utm_source=meta")

    image, carousel, video = wire.asked("adcreatives")
    for creative in (image, carousel, video):
        assert creative["url_tags"] == "utm_source=meta"
        assert creative["object_story_spec"]["page_id"] == PAGE
        assert creative["object_story_spec"]["instagram_user_id"] == INSTAGRAM
    link = "https://shop.example.com/summer?x=1&y=ä"
    button = {"type": "SHOP_NOW", "value": {"link": link}}
    common = {"link": link, "message": "Everything must go.", "call_to_action": button}
    texts = {"name": "Summer Sale - Up to 50% Off!", "description": "Shop now for the best deals"}
    assert image["object_story_spec"]["link_data"] == common | texts
    assert carousel["object_story_spec"]["link_data"] == common
    assert video["object_story_spec"]["link_data"] == {"link": link, "message": "It moves."}


def test_what_is_alike_is_asked_once_and_answered_for_all(wire: Wire) -> None:
    wire.answer = refusing("adcreatives", refusal(100, "object_story_spec", "link_data", "message"))
    ad_sets = [
        ad_set(f"s{i}", [ad(f"a{i}x{j}", media=[RED if j % 2 else BLUE]) for j in range(10)], budget="20")
        for i in range(50)
    ]

    found = ask(*ad_sets)

    assert [len(batch) for batch in wire.batches] == [3]
    assert len(found) == 500
    assert found["cr-a49x9"].path == "ad_sets[s49].ads[a49x9].creative.primary_text"


def test_more_than_a_batch_holds_is_asked_in_several(wire: Wire) -> None:
    wire.answer = lambda edge, fields: (
        refusal(100, "object_story_spec", "link_data", "message")
        if "Text 119." in json.dumps(fields)
        else {"success": True}
    )

    found = ask(*OF_MANY_TEXTS)

    assert [len(batch) for batch in wire.batches] == [50, 50, 22]
    assert list(found) == ["cr-a119"]


@pytest.mark.parametrize(
    "body",
    [
        refusal(100, "object_story_spec", "link_data", "image_hash"),
        refusal(100, "object_story_spec", "link_data", "picture"),
        refusal(100, "object_story_spec"),
        refusal(100),
    ],
    ids=["picture", "picture's address", "the whole", "nothing named"],
)
def test_what_may_be_owed_to_the_missing_picture_refuses_nothing(wire: Wire, body: Any) -> None:
    wire.answer = refusing("adcreatives", body)

    assert ask() == {}


@pytest.mark.parametrize(
    "body",
    [refusal(100, "optimization_goal"), refusal(100, "promoted_object"), refusal(3), refusal(100)],
    ids=["goal", "pixel", "no such call for this app", "nothing named"],
)
def test_an_estimate_that_meta_does_not_give_refuses_nothing(wire: Wire, body: Any) -> None:
    wire.answer = refusing("delivery_estimate", body)

    assert ask() == {}


def test_an_audience_that_meta_names_is_refused(wire: Wire) -> None:
    wire.answer = refusing("delivery_estimate", refusal(100, "targeting_spec"))

    error = ask()["s1"]

    assert (error.kind, error.path) == (ErrorKind.INVALID, "ad_sets[s1].targeting")


@pytest.mark.parametrize(
    ("body", "kind"),
    [(refusal(10), ErrorKind.PERMISSION), (refusal(100, error_subcode=1885183), ErrorKind.PERMISSION)],
    ids=["page", "app in development"],
)
def test_what_the_person_or_the_app_may_not_do_is_an_answer(wire: Wire, body: Any, kind: ErrorKind) -> None:
    wire.answer = refusing("adcreatives", body)

    error = ask()["cr-a1"]

    assert (error.kind, error.path) == (kind, "ad_sets[s1].ads[a1].creative")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (None, ErrorKind.TRANSIENT),
        (refusal(2), ErrorKind.TRANSIENT),
        (refusal(80004), ErrorKind.RATE_LIMITED),
        (refusal(190), ErrorKind.AUTH),
    ],
    ids=["no reply", "a failure", "a limit", "a token"],
)
def test_an_item_that_was_not_looked_at_is_no_answer(wire: Wire, body: Any, kind: ErrorKind) -> None:
    wire.answer = refusing("adcreatives", body)

    with pytest.raises(PlatformError) as caught:
        ask()

    assert caught.value.kind is kind


def test_a_refusal_stands_beside_silence_but_not_beside_a_refused_token(wire: Wire) -> None:
    said = {"campaigns": refusal(100, "objective"), "adcreatives": refusal(2)}
    wire.answer = lambda edge, fields: said.get(edge, {"success": True})

    assert [error.path for error in ask().values()] == ["campaign.objective"]

    said["adcreatives"] = refusal(190)
    with pytest.raises(PlatformError) as caught:
        ask()
    assert caught.value.kind is ErrorKind.AUTH


def test_refusals_of_a_batch_stand_though_the_next_is_not_answered(wire: Wire) -> None:
    def answer(edge: str, fields: dict[str, Any]) -> Any:
        if len(wire.batches) > 1:
            return refusal(80004)
        return refusal(100, "objective") if edge == "campaigns" else {"success": True}

    wire.answer = answer

    found = ask(*OF_MANY_TEXTS)

    assert list(found) == ["c"]
    assert len(wire.batches) == 2
