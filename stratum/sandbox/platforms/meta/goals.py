"""Which goal goes with which objective, and what it needs (Marketing API, outcome-driven ad experiences)."""

from __future__ import annotations

from typing import Any

from stratum.sandbox.models import Object

from . import errors
from .accounts import usable
from .errors import GraphError
from .parameters import Parameters

ANY_WEBSITE = (None, "WEBSITE")
MESSAGES = ("MESSENGER", "WHATSAPP", "INSTAGRAM_DIRECT")
# Objective -> goal -> the destination types that fit; None stands for leaving the parameter out.
GOALS: dict[str, dict[str, tuple[str | None, ...]]] = {
    "OUTCOME_AWARENESS": dict.fromkeys(("REACH", "IMPRESSIONS", "AD_RECALL_LIFT", "THRUPLAY"), (None,)),
    "OUTCOME_TRAFFIC": dict.fromkeys(("LINK_CLICKS", "LANDING_PAGE_VIEWS", "REACH", "IMPRESSIONS"), ANY_WEBSITE),
    "OUTCOME_ENGAGEMENT": {
        "POST_ENGAGEMENT": ("ON_POST",),
        "THRUPLAY": ("ON_VIDEO",),
        "PAGE_LIKES": ("ON_PAGE",),
        "EVENT_RESPONSES": ("ON_EVENT",),
        "CONVERSATIONS": MESSAGES,
        "LINK_CLICKS": ("WEBSITE",),
    },
    "OUTCOME_LEADS": dict.fromkeys(("OFFSITE_CONVERSIONS", "LINK_CLICKS", "LANDING_PAGE_VIEWS"), ANY_WEBSITE)
    | dict.fromkeys(("LEAD_GENERATION", "QUALITY_LEAD"), ("ON_AD",)),
    "OUTCOME_SALES": dict.fromkeys(("OFFSITE_CONVERSIONS", "VALUE", "LINK_CLICKS"), ANY_WEBSITE),
    "OUTCOME_APP_PROMOTION": dict.fromkeys(
        ("APP_INSTALLS", "LINK_CLICKS", "OFFSITE_CONVERSIONS", "VALUE"), (None, "APP")
    ),
}
ALL_GOALS = frozenset(goal for goals in GOALS.values() for goal in goals)
ALL_DESTINATIONS = frozenset({"WEBSITE", "APP", "ON_POST", "ON_VIDEO", "ON_PAGE", "ON_EVENT", "ON_AD", *MESSAGES})
BILLING_EVENTS = frozenset({"IMPRESSIONS", "LINK_CLICKS", "THRUPLAY", "PAGE_LIKES", "POST_ENGAGEMENT"})
CONVERSION_EVENTS = frozenset(
    [
        "PURCHASE",
        "LEAD",
        "ADD_TO_CART",
        "INITIATED_CHECKOUT",
        "COMPLETE_REGISTRATION",
        "CONTENT_VIEW",
        "SUBSCRIBE",
        "START_TRIAL",
        "CONTACT",
        "SCHEDULE",
        "SUBMIT_APPLICATION",
        "SEARCH",
        "ADD_PAYMENT_INFO",
        "ADD_TO_WISHLIST",
        "DONATE",
        "FIND_LOCATION",
        "CUSTOMIZE_PRODUCT",
        "OTHER",
    ]
)
PROMOTED_KEYS = frozenset({"page_id", "pixel_id", "custom_event_type", "application_id", "object_store_url"})
WITH_PIXEL = {
    ("OUTCOME_LEADS", "OFFSITE_CONVERSIONS"),
    ("OUTCOME_SALES", "OFFSITE_CONVERSIONS"),
    ("OUTCOME_SALES", "VALUE"),
}
WITH_PAGE = {("OUTCOME_LEADS", "LEAD_GENERATION"), ("OUTCOME_LEADS", "QUALITY_LEAD")}


def checked(params: Parameters, campaign: Object, account: Object) -> dict[str, Any]:
    """Goal, billing, destination and promoted object of a new ad set; raises GraphError 100 where they do not fit."""
    objective = campaign.data["objective"]
    goal = _goal(params, objective)
    promoted = params.json("promoted_object", dict) or {}
    _check_promoted(promoted, objective, goal, account)
    return {
        "optimization_goal": goal,
        "billing_event": _billing(params, goal),
        "destination_type": _destination(params, objective, goal),
        "promoted_object": promoted or None,
    }


def changed(params: Parameters, campaign: Object, ad_set: Object) -> dict[str, Any]:
    """The goal and billing that an update sets."""
    goal = (
        _goal(params, campaign.data["objective"]) if "optimization_goal" in params else ad_set.data["optimization_goal"]
    )
    billing = _billing(params, goal) if "billing_event" in params else ad_set.data["billing_event"]
    return {"optimization_goal": goal, "billing_event": billing}


def _goal(params: Parameters, objective: str) -> str:
    goal = params.choice("optimization_goal", ALL_GOALS) or ""
    if goal not in GOALS[objective]:
        raise errors.invalid(
            f"You can't use the performance goal {goal} with your campaign objective {objective}. Try a different one.",
            "optimization_goal",
            subcode=2490408,
            title="Performance goal isn't available",
        )
    return goal


def _billing(params: Parameters, goal: str) -> str:
    """IMPRESSIONS fits every goal; the others bill the goal's own event."""
    event = params.choice("billing_event", BILLING_EVENTS) or ""
    if event not in ("IMPRESSIONS", goal):
        raise errors.invalid(f"The billing event {event} does not go with the goal {goal}.", "billing_event")
    return event


def _destination(params: Parameters, objective: str, goal: str) -> str | None:
    destination = params.choice("destination_type", ALL_DESTINATIONS)
    fitting = GOALS[objective][goal]
    if destination not in fitting:
        wanted = " or ".join(item or "none" for item in fitting)
        raise errors.invalid(
            f"The goal {goal} under {objective} needs the destination type {wanted}.",
            "destination_type",
            title="Invalid destination",
        )
    return destination


def check_estimated(params: Parameters, account: Object) -> None:
    """Raises GraphError 100 for a goal of which there is no delivery estimate, or that lacks what it promotes."""
    goal = params.choice("optimization_goal", ALL_GOALS | {"NONE"}) or ""
    promoted = params.json("promoted_object", dict) or {}
    _check_promoted_keys(promoted)
    if goal in {goal for _, goal in WITH_PIXEL}:
        _need(promoted, "pixel_id", "custom_event_type")
    _check_promoted_values(promoted, account)


def _check_promoted(promoted: dict[str, Any], objective: str, goal: str, account: Object) -> None:
    _check_promoted_keys(promoted)
    if (objective, goal) in WITH_PIXEL:
        _need(promoted, "pixel_id", "custom_event_type")
    if (objective, goal) in WITH_PAGE or objective == "OUTCOME_AWARENESS":
        _need(promoted, "page_id")
    if objective == "OUTCOME_APP_PROMOTION":
        _need(promoted, "application_id", "object_store_url")
    _check_promoted_values(promoted, account)


def _check_promoted_keys(promoted: dict[str, Any]) -> None:
    for key in promoted:
        if key not in PROMOTED_KEYS:
            raise GraphError(
                100, f'(#100) Invalid keys "{key}" were found in param "promoted_object".', blame="promoted_object"
            )


def _check_promoted_values(promoted: dict[str, Any], account: Object) -> None:
    _check_reachable(promoted, "pixel_id", Object.Kind.PIXEL, account)
    _check_reachable(promoted, "page_id", Object.Kind.PAGE, account)
    event = promoted.get("custom_event_type")
    if event is not None and event not in sorted(CONVERSION_EVENTS):
        raise _promoted_error(f"The conversion event {event} does not exist.", "custom_event_type")


def _need(promoted: dict[str, Any], *keys: str) -> None:
    for key in keys:
        if not promoted.get(key):
            raise _promoted_error(f"Select a promoted object: this goal needs {key}.", key)


def _check_reachable(promoted: dict[str, Any], key: str, kind: Object.Kind, account: Object) -> None:
    if key in promoted and not usable(kind, account).filter(external_id=str(promoted[key])).exists():
        raise _promoted_error(f"The {key} {promoted[key]} cannot be used by this ad account.", key)


def _promoted_error(message: str, key: str) -> GraphError:
    return errors.invalid(message, ["promoted_object", key], title="Invalid promoted object")
