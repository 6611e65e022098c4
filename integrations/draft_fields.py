"""The fields of a draft by their paths, keys of ad sets and ads left out, and what a platform leaves out of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final

from integrations.capabilities import Capabilities, Fit, Verdict
from integrations.draft import Draft

AD_SET, AD = "ad_sets.", "ad_sets.ads."
#: Path → what people call it, in the order of the content.
LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "campaign.name": "Name",
        "campaign.objective": "Objective",
        "campaign.budget.amount": "Budget",
        "campaign.budget.type": "Budget type",
        "campaign.schedule.start": "Start",
        "campaign.schedule.end": "End",
        "campaign.launch": "When it is published",
        "campaign.assets.page": "Facebook Page",
        "campaign.assets.instagram": "Instagram account",
        "campaign.assets.identity": "TikTok account",
        "campaign.assets.profile": "Public profile",
        "campaign.assets.logo": "Logo",
        "campaign.assets.business_name": "Business name",
        "campaign.assets.music": "Music",
        "campaign.assets.pixel": "Pixel",
        "campaign.assets.conversion_event": "Conversion event",
        "campaign.assets.conversion_action": "Conversion action",
        "campaign.url_tags": "URL tags",
        "campaign.declarations.special_ad_categories": "Special ad categories",
        "campaign.declarations.eu_political": "Political advertising in the EU",
        "campaign.declarations.dsa_beneficiary": "Advertiser (on whose behalf)",
        "campaign.declarations.dsa_payor": "Who pays",
        "ad_sets.name": "Name",
        "ad_sets.targeting.locations": "Locations",
        "ad_sets.targeting.excluded_locations": "Excluded locations",
        "ad_sets.targeting.age_min": "Age from",
        "ad_sets.targeting.age_max": "Age to",
        "ad_sets.targeting.genders": "Gender",
        "ad_sets.targeting.languages": "Languages",
        "ad_sets.targeting.interests": "Interests",
        "ad_sets.targeting.keywords": "Keywords",
        "ad_sets.budget": "Budget",
        "ad_sets.optimization": "Optimization",
        "ad_sets.ads.name": "Name",
        "ad_sets.ads.creative.type": "Kind of ad",
        "ad_sets.ads.creative.media": "Media",
        "ad_sets.ads.creative.cover": "Cover",
        "ad_sets.ads.creative.primary_text": "Primary text",
        "ad_sets.ads.creative.headlines": "Headlines",
        "ad_sets.ads.creative.descriptions": "Descriptions",
        "ad_sets.ads.creative.call_to_action": "Call to action",
        "ad_sets.ads.creative.link_url": "Link",
    }
)


def filled(draft: Draft, path: str) -> Iterator[str]:
    """Yield where the field says something: a draft path for each ad set or ad that has it."""
    if path.startswith(AD):
        nodes: list[tuple[str, Any]] = [(ad_set.ad_path(ad), ad) for ad_set, ad in draft.ads()]
        leaf = path.removeprefix(AD)
    elif path.startswith(AD_SET):
        nodes, leaf = [(ad_set.path, ad_set) for ad_set in draft.ad_sets], path.removeprefix(AD_SET)
    else:
        nodes, leaf = [("campaign", draft.campaign)], path.removeprefix("campaign.")
    value_of = attrgetter(leaf)
    for node_path, node in nodes:
        value = value_of(node)
        if any(value) if isinstance(value, list) else value:
            yield f"{node_path}.{leaf}"


def left_out(draft: Draft, capabilities: Capabilities) -> Iterator[Fit]:
    """Yield what the draft says and the platform never takes, whatever it is."""
    for path, use in capabilities.fields.items():
        if use.verdict in (Verdict.DROPPED, Verdict.REFUSED):
            for where in filled(draft, path):
                yield Fit(where, LABELS[path], use.verdict, use.becomes)
