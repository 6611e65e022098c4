"""From the account to a live campaign and away again, over real HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.contracts import Account, Action, AssetKind, Delivery, Level, Order
from integrations.draft import Draft
from integrations.platforms.google.adapter import GooglePlatform
from tests.google.conftest import Sandbox
from tests.google.drafts import (
    FILM,
    NOW,
    SQUARE,
    TALL,
    WIDE,
    ad,
    ad_set,
    draft,
    media,
    search_ad,
    search_ad_set,
)
from tests.google.publisher import Publisher

ALL = [Level.CAMPAIGN, Level.AD_SET, Level.AD]


@pytest.fixture
def account(accounts: dict[str, Account]) -> Account:
    return accounts["1234567890"]


@pytest.fixture
def brand(google: GooglePlatform, account: Account) -> dict[str, Any]:
    """The account's logo and conversion action."""
    found = {asset.kind: asset.external_id for asset in google.list_assets(account)}
    action = found[AssetKind.CONVERSION_ACTION]
    return {"logo": found[AssetKind.LOGO], "business_name": "Acme Corp", "conversion_action": action}


@pytest.fixture
def publish(google: GooglePlatform, account: Account, brand: dict[str, Any]) -> Any:
    def create(*ad_sets: dict[str, Any], to: Account = account, **campaign: Any) -> Publisher:
        content: Draft = draft(*ad_sets, **({"assets": brand} | campaign))
        return Publisher(google, to).create(Order(content, to, media(), "abcd2345-1", NOW))

    return create


DEMAND_GEN = [
    ad_set("s1", [ad("a1"), ad("a2", media=[SQUARE, WIDE, TALL], headlines=["One", "Two"])]),
    ad_set("s2", [ad("b1")], targeting={"locations": ["DE"], "genders": ["female"], "languages": [{"id": "1001"}]}),
]
SEARCH = [
    search_ad_set("s1", [search_ad("a1"), search_ad("a2", headlines=["A", "B", "C", "D"])]),
    search_ad_set("s2", [search_ad("b1")]),
]


@pytest.mark.parametrize("ad_sets", [DEMAND_GEN, SEARCH], ids=["demand gen", "search"])
def test_a_campaign_is_one_mutate_and_reads_back_as_approved(
    publish: Any, google: GooglePlatform, sandbox: Sandbox, ad_sets: list[dict[str, Any]]
) -> None:
    made = publish(*ad_sets)

    assert made.errors == {}
    assert made.calls == 1
    assert len(sandbox.mutates()) == 1
    nodes = made.nodes()
    assert set(nodes) == {step.key for step in made.steps if step.level is not Level.MEDIA}
    assert google.differences(made.steps, made.ids, nodes, made.account) == []
    assert not any(node.is_on for node in nodes.values())


@pytest.mark.parametrize("ad_sets", [DEMAND_GEN, SEARCH], ids=["demand gen", "search"])
def test_a_campaign_goes_on_off_to_its_end_and_away(publish: Any, google: GooglePlatform, ad_sets: Any) -> None:
    made = publish(*ad_sets, schedule={}).switch_on()
    status = google.read_status(made.campaign_id, made.account)

    assert made.errors == {}
    assert (status.delivery, status.is_on) == (Delivery.LIVE, True)
    assert all(node.is_on for node in made.nodes().values())

    made.change(Action.SWITCH_OFF, [Level.CAMPAIGN])
    assert google.read_status(made.campaign_id, made.account).delivery is Delivery.PAUSED
    made.change(Action.END, [Level.CAMPAIGN])
    assert google.read_status(made.campaign_id, made.account).is_on is False
    made.change(Action.REMOVE, [Level.CAMPAIGN])
    status = google.read_status(made.campaign_id, made.account)

    assert (status.delivery, status.is_on) == (Delivery.ENDED, False)
    assert made.errors == {}
    assert made.nodes() == {}


def test_a_film_is_uploaded_and_shown_once_it_is_processed(
    publish: Any, google: GooglePlatform, sandbox: Sandbox
) -> None:
    sandbox.order("settings", google_processing_seconds=0)
    made = publish(ad_set(ads=[ad(type="video", media=[FILM])]))

    assert made.errors == {}
    assert google.differences(made.steps, made.ids, made.nodes(), made.account) == []
    (upload,) = sandbox.of_kind("upload")
    assert upload["name"].endswith("[st-abcd2345-1-f-" + FILM[:10] + "]")
