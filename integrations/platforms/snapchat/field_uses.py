"""What Snapchat makes of each of the draft's fields. A table for all drafts; fit.py says it for one.

Source: Ads API v1, campaigns, ad squads, creatives, ads.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from integrations.capabilities import FieldUse, changed, dropped, kept

_UNUSED = dropped("Snapchat ads do not use it.")
_PAYING = dropped("Snapchat takes it from the ad account's paying advertiser, not from the campaign.")
_ONE_TEXT = dropped("Snapchat shows no text but the headline.")
FIELDS: Final[Mapping[str, FieldUse]] = MappingProxyType(
    {
        "campaign.name": kept("Kept, with a mark in brackets at its end by which we find the campaign again."),
        "campaign.objective": changed(
            "Snapchat's objective of the same sense; several of ours become one of Snapchat's."
        ),
        "campaign.budget.amount": changed(
            "The campaign's spending cap, and the budget of its ad squad where there is only one."
        ),
        "campaign.budget.type": kept("A daily or a lifetime budget."),
        "campaign.schedule.start": kept("The start of the campaign and every ad squad."),
        "campaign.schedule.end": kept("The end of the campaign and every ad squad."),
        "campaign.launch": kept("All is made paused, and switched on at the end where it is to go live."),
        "campaign.assets.page": _UNUSED,
        "campaign.assets.instagram": _UNUSED,
        "campaign.assets.identity": _UNUSED,
        "campaign.assets.profile": kept("The ads speak as this public profile."),
        "campaign.assets.logo": _UNUSED,
        "campaign.assets.business_name": kept("The brand name on every ad; without it, the profile's name."),
        "campaign.assets.music": _UNUSED,
        "campaign.assets.pixel": kept(
            "Counts what happens on your site. Sent only where an ad set is optimized for that."
        ),
        "campaign.assets.conversion_event": changed("Snapchat's goal that is nearest to the event."),
        "campaign.assets.conversion_action": _UNUSED,
        "campaign.url_tags": kept("Added to every link. Snapchat adds its own click id (ScCid) too."),
        "campaign.declarations.special_ad_categories": kept(
            "Declared as one: housing, credit or employment. The ad account must be declared for them too."
        ),
        "campaign.declarations.eu_political": dropped(
            "Snapchat has no such answer: political ads run on ad accounts that Snap approved for them."
        ),
        "campaign.declarations.dsa_beneficiary": _PAYING,
        "campaign.declarations.dsa_payor": _PAYING,
        "ad_sets.name": kept("The ad squad's name."),
        "ad_sets.targeting.locations": kept("Snapchatters there: countries and regions."),
        "ad_sets.targeting.excluded_locations": kept("Nobody there sees the ads."),
        "ad_sets.targeting.age_min": kept("The lowest age; left empty, 18."),
        "ad_sets.targeting.age_max": kept("The highest age; 55 means 55 and older."),
        "ad_sets.targeting.genders": kept("Women, men, or all."),
        "ad_sets.targeting.languages": kept(
            "Snapchatters who use the app in one of these. Needed for several countries."
        ),
        "ad_sets.targeting.interests": kept("People with any one of the interests (Snap Lifestyle Categories)."),
        "ad_sets.targeting.keywords": dropped("Snapchat has no keywords. Use interests to reach people."),
        "ad_sets.budget": kept("The ad squad's own budget. Needed where there is more than one ad set."),
        "ad_sets.optimization": kept("Snapchat's goal; billed by impressions, without a bid limit."),
        "ad_sets.ads.name": kept("The ad's name, and the creative's."),
        "ad_sets.ads.creative.type": kept("A picture or a video."),
        "ad_sets.ads.creative.media": kept("One file, upright (9:16)."),
        "ad_sets.ads.creative.cover": dropped("A Snap plays at once: nothing is shown before the video."),
        "ad_sets.ads.creative.primary_text": _ONE_TEXT,
        "ad_sets.ads.creative.headlines": kept("The first one is shown."),
        "ad_sets.ads.creative.descriptions": _ONE_TEXT,
        "ad_sets.ads.creative.call_to_action": changed("The nearest of Snapchat's buttons: see below."),
        "ad_sets.ads.creative.link_url": kept("Where the ad leads."),
    }
)
