"""What usually goes with an objective, filled in where nobody chose anything."""

from __future__ import annotations

from campaigns import editing
from campaigns.editing import CAMPAIGN, Content
from integrations.capabilities import Capabilities
from integrations.contracts import AssetKind
from integrations.draft import ConversionEvent, Objective

EVENTS: dict[str, ConversionEvent] = {
    Objective.CONVERSIONS: ConversionEvent.PURCHASE,
    Objective.LEADS: ConversionEvent.LEAD,
}


def follow_objective(content: Content, capabilities: Capabilities) -> Content:
    """Fill in the conversion event and the ad sets' optimization that go with the objective, where they are empty."""
    campaign = content["campaign"]
    event = EVENTS.get(str(campaign["objective"]))  # what could not be read may be anything
    measures = any(rule.kind == AssetKind.PIXEL for rule in capabilities.assets)
    if event and measures and not campaign["assets"]["conversion_event"]:
        content = editing.apply(content, CAMPAIGN, {"assets.conversion_event": event.value})
    objective = capabilities.objective(str(campaign["objective"]))
    for ad_set in content["ad_sets"]:
        if objective and not ad_set["optimization"]:
            content = editing.apply(content, ad_set["key"], {"optimization": objective.goals[0].value})
    return content
