"""Delivery estimates: how many people an ad set would reach, refused for what its ad set is refused for."""

from __future__ import annotations

from typing import Any

import pytest

from .graph_client import ACCOUNT, PIXEL, TARGETING, GraphClient, ad_set
from .process import SandboxProcess

PATH = f"{ACCOUNT}/delivery_estimate"
USUAL = {"optimization_goal": "LINK_CLICKS", "targeting_spec": TARGETING}
SALES = {
    "optimization_goal": "OFFSITE_CONVERSIONS",
    "promoted_object": {"pixel_id": PIXEL, "custom_event_type": "PURCHASE"},
}


def narrowed(**changes: Any) -> dict[str, Any]:
    """The usual targeting with changes; None leaves a key out."""
    return {key: value for key, value in (TARGETING | changes).items() if value is not None}


@pytest.mark.parametrize("changes", [{}, SALES, {"optimization_goal": "NONE"}], ids=["clicks", "sales", "no goal"])
def test_an_estimate_is_one_row_and_stores_nothing(
    graph: GraphClient, sandbox: SandboxProcess, changes: dict[str, Any]
) -> None:
    (row,) = graph.get(PATH, **USUAL | changes)["data"]

    assert row.keys() == {"estimate_mau_lower_bound", "estimate_mau_upper_bound", "estimate_ready"}
    assert 0 < row["estimate_mau_lower_bound"] < row["estimate_mau_upper_bound"]
    assert sandbox.objects(kind="ad_set") == []


def test_more_places_hold_more_people(graph: GraphClient) -> None:
    two = narrowed(geo_locations={"countries": ["US", "CA"]})

    few, many = (graph.get(PATH, **USUAL | {"targeting_spec": spec})["data"][0] for spec in (TARGETING, two))

    assert few["estimate_mau_lower_bound"] < many["estimate_mau_lower_bound"]


REFUSED: dict[str, tuple[dict[str, Any], list[str]]] = {
    # changes to the parameters, the path that is blamed
    "no goal": ({"optimization_goal": None}, ["optimization_goal"]),
    "unknown goal": ({"optimization_goal": "FAME"}, ["optimization_goal"]),
    "no targeting": ({"targeting_spec": None}, ["targeting_spec"]),
    "the ad set's name for it": ({"targeting": TARGETING}, ["targeting"]),
    "an option of writes": ({"execution_options": ["validate_only"]}, ["execution_options"]),
    "sales without pixel": (SALES | {"promoted_object": None}, ["promoted_object", "pixel_id"]),
    "pixel of nobody": (
        SALES | {"promoted_object": {"pixel_id": "1", "custom_event_type": "PURCHASE"}},
        ["promoted_object", "pixel_id"],
    ),
    "unknown part": (SALES | {"promoted_object": {"pixel": PIXEL}}, ["promoted_object"]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_parameters_must_be_known_and_complete(graph: GraphClient, case: str) -> None:
    changes, path = REFUSED[case]
    parameters = {name: value for name, value in (USUAL | changes).items() if value is not None}

    error = graph.refusal("GET", PATH, **parameters)

    assert (error["code"], error["error_data"]["blame_field_specs"]) == (100, [path])


TARGETINGS: dict[str, dict[str, Any]] = {
    "no location": narrowed(geo_locations={}),
    "unknown country": narrowed(geo_locations={"countries": ["XX"]}),
    "a country without ads": narrowed(geo_locations={"countries": ["US", "CU"]}),
    "retired interest": narrowed(flexible_spec=[{"interests": [{"id": "6003109384433"}]}]),
    "no advantage flag": narrowed(targeting_automation=None),
    "unknown key": narrowed(shoe_size=42),
}


@pytest.mark.parametrize("case", TARGETINGS)
def test_targeting_is_refused_as_an_ad_set_s_is(graph: GraphClient, case: str) -> None:
    spec = TARGETINGS[case]

    estimate = graph.refusal("GET", PATH, **USUAL | {"targeting_spec": spec})
    created = graph.refusal("POST", f"{ACCOUNT}/adsets", **ad_set(graph.campaign(), targeting=spec))

    (blamed,), (there,) = (error["error_data"].pop("blame_field_specs") for error in (estimate, created))
    assert (blamed[0], there[0]) == ("targeting_spec", "targeting")
    assert blamed[1:] == there[1:]
    assert estimate | {"fbtrace_id": ""} == created | {"fbtrace_id": ""}


@pytest.mark.parametrize(("code", "name"), [("CU", "Cuba"), ("IR", "Iran"), ("KP", "North Korea"), ("SY", "Syria")])
def test_countries_without_ads_are_named(graph: GraphClient, code: str, name: str) -> None:
    error = graph.refusal("GET", PATH, **USUAL | {"targeting_spec": narrowed(geo_locations={"countries": [code]})})

    assert name in error["error_user_msg"]
    assert error["error_data"]["blame_field_specs"] == [["targeting_spec", "geo_locations"]]


def test_a_country_without_ads_may_be_excluded(graph: GraphClient) -> None:
    assert graph.get(PATH, **USUAL | {"targeting_spec": narrowed(excluded_geo_locations={"countries": ["CU"]})})


def test_an_estimate_is_in_the_journal_and_breaks_on_demand(graph: GraphClient, sandbox: SandboxProcess) -> None:
    sandbox.fault("status", value=503, path="/delivery_estimate$")

    assert graph.call("GET", PATH, **USUAL).status_code == 503
    assert sandbox.last_request()["path"].endswith("/delivery_estimate")


def test_an_estimate_has_the_fields_that_were_asked_for(graph: GraphClient) -> None:
    assert graph.get(PATH, **USUAL, fields="estimate_ready")["data"] == [{"estimate_ready": True}]
    assert "nonexisting field (size)" in graph.refusal("GET", PATH, **USUAL, fields="size")["message"]
