"""What TikTok makes of each of the draft's fields. A table for all drafts; fit.py says it for one.

Source: TikTok API for Business v1.3, /campaign/create/, /adgroup/create/, /ad/create/.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from integrations.capabilities import FieldUse, changed, dropped, kept, refused

_UNUSED = dropped("TikTok ads do not use it.")
_ACCOUNT = dropped("TikTok takes it from the ad account's own settings.")
_ONE_TEXT = dropped("TikTok shows one text with an ad, the primary text.")
FIELDS: Final[Mapping[str, FieldUse]] = MappingProxyType(
    {
        "campaign.name": kept(
            "Kept, with a mark in brackets at its end by which we find the campaign again. No emoji."
        ),
        "campaign.objective": changed("TikTok's objective of the same sense."),
        "campaign.budget.amount": kept(
            "Shared out among the ad groups by TikTok. Where ad sets have budgets of their own, those are sent instead."
        ),
        "campaign.budget.type": kept("A daily or a lifetime budget."),
        "campaign.schedule.start": kept("The start of every ad group."),
        "campaign.schedule.end": kept("The end of every ad group."),
        "campaign.launch": kept("All is made paused, and switched on at the end where it is to go live."),
        "campaign.assets.page": _UNUSED,
        "campaign.assets.instagram": _UNUSED,
        "campaign.assets.identity": kept("The ads speak as this TikTok account, and do not show on its profile."),
        "campaign.assets.profile": _UNUSED,
        "campaign.assets.logo": _UNUSED,
        "campaign.assets.business_name": _UNUSED,
        "campaign.assets.music": kept(
            "Plays with pictures; without it, music that TikTok recommends. Films have their own."
        ),
        "campaign.assets.pixel": kept("Counts conversions. Sent only where an ad set is optimized for them."),
        "campaign.assets.conversion_event": kept("The pixel's event that counts as a result."),
        "campaign.assets.conversion_action": _UNUSED,
        "campaign.url_tags": kept("Added to the query of every ad's link."),
        "campaign.declarations.special_ad_categories": kept(
            "Declared. Accounts registered outside the US and Canada need TikTok's permission for that."
        ),
        "campaign.declarations.eu_political": refused("TikTok takes no political advertising."),
        "campaign.declarations.dsa_beneficiary": _ACCOUNT,
        "campaign.declarations.dsa_payor": _ACCOUNT,
        "ad_sets.name": kept("The ad group's name. No emoji."),
        "ad_sets.targeting.locations": kept("People there, as far as TikTok lets the ad account show ads there."),
        "ad_sets.targeting.excluded_locations": refused(
            "TikTok cannot leave places out. Choose the places to show the ads in instead."
        ),
        "ad_sets.targeting.age_min": changed("TikTok's age groups that begin within the ages; left empty, from 18."),
        "ad_sets.targeting.age_max": changed(
            "TikTok's age groups that begin within the ages; the last is 55 and older."
        ),
        "ad_sets.targeting.genders": kept("Women, men, or all."),
        "ad_sets.targeting.languages": kept("People who use TikTok in one of these languages."),
        "ad_sets.targeting.interests": kept("People with any one of the interests."),
        "ad_sets.targeting.keywords": dropped("Not used on TikTok. Use interests to reach people."),
        "ad_sets.budget": kept("The ad group's own budget."),
        "ad_sets.optimization": kept(
            "TikTok's goal, which settles how it is billed. The same for all under a campaign budget."
        ),
        "ad_sets.ads.name": kept("The ad's name. No emoji."),
        "ad_sets.ads.creative.type": changed(
            "A video, or a carousel with music: a single picture is a carousel of one."
        ),
        "ad_sets.ads.creative.media": kept("Uploaded to the account's library; a video also gets a cover."),
        "ad_sets.ads.creative.cover": kept("The picture before a video plays; without one, a frame TikTok suggests."),
        "ad_sets.ads.creative.primary_text": kept("The text under the account's name. No emoji."),
        "ad_sets.ads.creative.headlines": _ONE_TEXT,
        "ad_sets.ads.creative.descriptions": _ONE_TEXT,
        "ad_sets.ads.creative.call_to_action": kept("The button."),
        "ad_sets.ads.creative.link_url": kept("Where the ad leads."),
    }
)
