"""What Meta makes of each of the draft's fields. A table for all drafts; fit.py says it for one.

Source: Marketing API v26.0, campaign, ad set, ad creative and ad references.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from integrations.capabilities import FieldUse, changed, dropped, kept

_UNUSED = dropped("Meta ads do not use it.")
FIELDS: Final[Mapping[str, FieldUse]] = MappingProxyType(
    {
        "campaign.name": kept("Kept, with a mark in brackets at its end by which we find the campaign again."),
        "campaign.objective": changed("Meta's objective of the same sense; several of ours become one of Meta's."),
        "campaign.budget.amount": kept(
            "Shared out among the ad sets by Meta. Where ad sets have budgets of their own, those are sent instead."
        ),
        "campaign.budget.type": kept("A daily or a lifetime budget."),
        "campaign.schedule.start": kept("The start of every ad set."),
        "campaign.schedule.end": kept("The end of every ad set."),
        "campaign.launch": kept("All is made paused, and switched on at the end where it is to go live."),
        "campaign.assets.page": kept("The ads speak as this Page."),
        "campaign.assets.instagram": kept("On Instagram the ads speak as this account; without one, as the Page."),
        "campaign.assets.identity": _UNUSED,
        "campaign.assets.profile": _UNUSED,
        "campaign.assets.logo": _UNUSED,
        "campaign.assets.business_name": _UNUSED,
        "campaign.assets.music": _UNUSED,
        "campaign.assets.pixel": kept("Counts conversions. Sent only where an ad set is optimized for them."),
        "campaign.assets.conversion_event": kept("The pixel's event that counts as a result."),
        "campaign.assets.conversion_action": _UNUSED,
        "campaign.url_tags": kept("URL parameters on every ad."),
        "campaign.declarations.special_ad_categories": kept("Declared for the countries that the ad sets reach into."),
        "campaign.declarations.eu_political": dropped(
            "Meta has no such answer, and takes no political ads in the EU. Do not run this campaign there."
        ),
        "campaign.declarations.dsa_beneficiary": kept(
            "Shown with ads in the EU; left empty, the account's default is."
        ),
        "campaign.declarations.dsa_payor": kept("Shown with ads in the EU; left empty, the account's default is."),
        "ad_sets.name": kept("The ad set's name."),
        "ad_sets.targeting.locations": kept("People who live there or were there recently."),
        "ad_sets.targeting.excluded_locations": kept("Nobody there sees the ads."),
        "ad_sets.targeting.age_min": kept("The lowest age; left empty, 18."),
        "ad_sets.targeting.age_max": kept("The highest age; 65 means 65 and older."),
        "ad_sets.targeting.genders": kept("Women, men, or all."),
        "ad_sets.targeting.languages": kept("People who use Meta in one of these languages."),
        "ad_sets.targeting.interests": kept("People with any one of these; Meta does not widen the audience."),
        "ad_sets.targeting.keywords": dropped("Meta has no keywords. Use interests to reach people."),
        "ad_sets.budget": kept("The ad set's own budget."),
        "ad_sets.optimization": kept("Meta's optimization goal; billed by impressions, without a bid limit."),
        "ad_sets.ads.name": kept("The ad's name."),
        "ad_sets.ads.creative.type": kept("A picture, a video, or a carousel."),
        "ad_sets.ads.creative.media": kept("Uploaded to the account's library."),
        "ad_sets.ads.creative.cover": kept("The picture before a video plays; without one, a still that Meta makes."),
        "ad_sets.ads.creative.primary_text": kept("The text above the picture."),
        "ad_sets.ads.creative.headlines": kept(
            "One to an ad, or one to a card; a card without its own shows the first."
        ),
        "ad_sets.ads.creative.descriptions": kept("One to an ad, or one to a card."),
        "ad_sets.ads.creative.call_to_action": kept("The button; without one there is none."),
        "ad_sets.ads.creative.link_url": kept("Where the ad leads."),
    }
)
