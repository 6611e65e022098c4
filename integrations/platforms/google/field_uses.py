"""What Google Ads makes of each of the draft's fields. A table for all drafts; fit.py says it for one.

Source: Google Ads API v26, campaign, campaign_budget, ad_group, ad_group_ad, ad_group_criterion.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from integrations.capabilities import FieldUse, changed, dropped, kept

_UNUSED = dropped("Google ads do not use it.")
_VERIFIED = dropped("Google takes it from the account's verified advertiser, not from the campaign.")
FIELDS: Final[Mapping[str, FieldUse]] = MappingProxyType(
    {
        "campaign.name": kept("Kept, with a mark in brackets at its end by which we find the campaign again."),
        "campaign.objective": changed(
            "How Google bids. Search, where ad sets name keywords; Demand Gen, where none does."
        ),
        "campaign.budget.amount": changed(
            "The campaign's one budget, which Google shares out. Where ad sets have budgets, their sum is sent instead."
        ),
        "campaign.budget.type": kept("A daily budget, or a campaign total budget."),
        "campaign.schedule.start": changed("The day, from 00:00 in the account's time zone."),
        "campaign.schedule.end": changed("The day, until 23:59:59 in the account's time zone."),
        "campaign.launch": kept("All is made paused, and switched on at the end where it is to go live."),
        "campaign.assets.page": _UNUSED,
        "campaign.assets.instagram": _UNUSED,
        "campaign.assets.identity": _UNUSED,
        "campaign.assets.profile": _UNUSED,
        "campaign.assets.logo": kept("Shown on every Demand Gen ad. Search ads show that of the account."),
        "campaign.assets.business_name": kept("Shown on every Demand Gen ad. Search ads show that of the account."),
        "campaign.assets.music": _UNUSED,
        "campaign.assets.pixel": _UNUSED,
        "campaign.assets.conversion_event": dropped(
            "Google counts conversion actions, not events: choose a conversion action."
        ),
        "campaign.assets.conversion_action": dropped(
            "Not sent: Google bids for all conversions that are goals of the account. Make sure that this action is one of "
            "them (Goals → Summary in Google Ads)."
        ),
        "campaign.url_tags": kept("The campaign's final URL suffix, added to every link."),
        "campaign.declarations.special_ad_categories": dropped(
            "Google has no such answer; it reviews the ads themselves."
        ),
        "campaign.declarations.eu_political": kept("Declared. With Yes, Google does not show the campaign in the EU."),
        "campaign.declarations.dsa_beneficiary": _VERIFIED,
        "campaign.declarations.dsa_payor": _VERIFIED,
        "ad_sets.name": kept("The ad group's name."),
        "ad_sets.targeting.locations": kept(
            "People there; with Demand Gen also people interested in it. With Search the same for all ad sets."
        ),
        "ad_sets.targeting.excluded_locations": kept(
            "Nobody there sees the ads. With Search the same for all ad sets."
        ),
        "ad_sets.targeting.age_min": changed(
            "Google's age groups that touch it, from 18; unknown ages are always reached."
        ),
        "ad_sets.targeting.age_max": changed("Google's age groups that touch it; 65 means 65 and older."),
        "ad_sets.targeting.genders": kept("Women or men, and people whose gender Google does not know."),
        "ad_sets.targeting.languages": kept(
            "People who use Google in one of these. With Search the same for all ad sets."
        ),
        "ad_sets.targeting.interests": kept("Demand Gen: people in any one of these segments. Left out with Search."),
        "ad_sets.targeting.keywords": kept(
            'Makes it a Search campaign: word is broad, "word" phrase, [word] exact match.'
        ),
        "ad_sets.budget": changed("No limit of its own: it goes into the sum that is the campaign's budget."),
        "ad_sets.optimization": kept("How the whole campaign bids: all ad sets must choose the same."),
        "ad_sets.ads.name": kept("The name of a Demand Gen ad. Search ads have none."),
        "ad_sets.ads.creative.type": kept("Demand Gen: a picture ad or a video ad. Search ads show text alone."),
        "ad_sets.ads.creative.media": kept(
            "Demand Gen: pictures in Google's four shapes, films on YouTube. None with Search."
        ),
        "ad_sets.ads.creative.cover": dropped("YouTube shows a still of its own before the film."),
        "ad_sets.ads.creative.primary_text": dropped("Google ads have headlines and descriptions only."),
        "ad_sets.ads.creative.headlines": kept("Search: 3 to 15, Demand Gen: 1 to 5; Google chooses what it shows."),
        "ad_sets.ads.creative.descriptions": kept("Search: 2 to 4, Demand Gen: 1 to 5; Google chooses what it shows."),
        "ad_sets.ads.creative.call_to_action": kept("The button of a Demand Gen picture ad; nowhere else."),
        "ad_sets.ads.creative.link_url": kept("Where the ad leads."),
    }
)
