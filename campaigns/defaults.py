"""What usually goes with an objective, and with the ad before, filled in where nobody chose anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from campaigns import editing
from campaigns.editing import CAMPAIGN, Content, Kind
from integrations.capabilities import Capabilities
from integrations.contracts import AssetKind
from integrations.draft import CallToAction, ConversionEvent, Objective

EVENTS: dict[str, ConversionEvent] = {
    Objective.CONVERSIONS: ConversionEvent.PURCHASE,
    Objective.LEADS: ConversionEvent.LEAD,
}
BUTTONS: dict[str, CallToAction] = {
    Objective.CONVERSIONS: CallToAction.SHOP_NOW,
    Objective.LEADS: CallToAction.SIGN_UP,
}


def follow_objective(content: Content, capabilities: Capabilities) -> Content:
    """Fill in the conversion event, the ad sets' optimization and the ads' buttons that go with the objective."""
    campaign = content["campaign"]
    event = EVENTS.get(str(campaign["objective"]))  # what could not be read may be anything
    measures = any(rule.kind == AssetKind.PIXEL for rule in capabilities.assets)
    if event and measures and not campaign["assets"]["conversion_event"]:
        content = editing.apply(content, CAMPAIGN, {"assets.conversion_event": event.value})
    objective = capabilities.objective(str(campaign["objective"]))
    for ad_set in content["ad_sets"]:
        if objective and not ad_set["optimization"]:
            content = editing.apply(content, ad_set["key"], {"optimization": objective.goals[0].value})
    button = BUTTONS.get(str(campaign["objective"]), CallToAction.LEARN_MORE)
    if objective is None or button not in capabilities.calls_to_action:
        return content
    bare = [ad["key"] for ad_set in content["ad_sets"] for ad in ad_set["ads"] if not ad["creative"]["call_to_action"]]
    return editing.fill(content, bare, "creative.call_to_action", button.value)


def carry_over(content: Content, added: str) -> Content:
    """Let a new ad, or the ads of a new ad set, lead where the ad before leads, under the same button."""
    before: Mapping[str, Any] | None = None
    for place in editing.places(content):
        if place.kind is not Kind.AD:
            continue
        creative = place.node["creative"]
        if before is not None and added in {place.node["key"], place.parent}:
            empty = {leaf: before[leaf] for leaf in ("link_url", "call_to_action") if not creative[leaf]}
            leaves = {f"creative.{leaf}": value for leaf, value in empty.items() if value}
            return editing.apply(content, place.node["key"], leaves)
        before = creative
    return content
