from __future__ import annotations

import re
from collections.abc import Iterator

from campaigns.content_rules.problem import Problem, Severity, Subject, required, words
from integrations.contracts import AssetKind
from integrations.draft import AdSet, Optimization

#: Where the Digital Services Act asks who pays for an ad: the EU, and the EEA which took it over. ISO 3166-1 alpha-2.
# fmt: off
DSA_COUNTRIES = frozenset({
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT",
    "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE", "IS", "LI", "NO",
})
# fmt: on
CONVERTING = frozenset({Optimization.CONVERSIONS, Optimization.CONVERSION_VALUE})


def campaign_problems(subject: Subject) -> Iterator[Problem]:
    """Judge the objective, how it starts, the account assets, the declarations and the URL tags."""
    campaign = subject.draft.campaign
    if campaign.objective is None:
        yield required("campaign.objective", "Choose what the campaign is for.")
    elif subject.capabilities.objective(campaign.objective) is None:
        message = f"{subject.label} does not offer the objective {words(campaign.objective.value)}."
        yield Problem("NOT_OFFERED", "campaign.objective", message, "Choose another objective.")
    if campaign.launch is None:
        yield required("campaign.launch", "Say whether the campaign goes live or stays paused when it is published.")
    if re.search(r"[\s#]|^[?&]", campaign.url_tags):
        message = "URL tags are added to the link as they are: no spaces, no #, no ? or & in front."
        yield Problem(
            "URL_TAGS_INVALID", "campaign.url_tags", message, "Write them like utm_source=ads&utm_medium=paid."
        )
    yield from _assets(subject)
    yield from _declarations(subject)


def is_converting(subject: Subject) -> bool:
    """Say whether any ad set is optimized for something that has to be measured on the advertiser's site."""
    return any(_needs_measuring(subject, ad_set) for ad_set in subject.draft.ad_sets)


def _needs_measuring(subject: Subject, ad_set: AdSet) -> bool:
    if ad_set.optimization is None:
        return False
    goal = subject.capabilities.goal(subject.draft.campaign.objective, ad_set.optimization)
    return ad_set.optimization in CONVERTING or (goal is not None and goal.needs_pixel)


def _assets(subject: Subject) -> Iterator[Problem]:
    chosen = subject.draft.campaign.assets
    converting = is_converting(subject)
    for rule in subject.capabilities.assets:
        is_needed = converting if rule.when_converting else rule.required
        if is_needed and not getattr(chosen, rule.kind, ""):
            why = (
                "the ad sets are optimized for what happens on your site"
                if rule.when_converting
                else "every ad needs it"
            )
            yield required(f"campaign.assets.{rule.kind}", f"{rule.label} is missing: {why}.", "Choose one.")
    measures = any(rule.kind == AssetKind.PIXEL for rule in subject.capabilities.assets)
    if converting and measures and chosen.conversion_event is None:
        yield required("campaign.assets.conversion_event", "Choose the event on your site that counts as a result.")


def _declarations(subject: Subject) -> Iterator[Problem]:
    said, capabilities = subject.draft.campaign.declarations, subject.capabilities
    offered = {value for value, _ in capabilities.special_ad_categories}
    for category in said.special_ad_categories:
        if category not in offered:
            message = f"{subject.label} knows no special ad category “{category}”."
            path = "campaign.declarations.special_ad_categories"
            yield Problem("NOT_OFFERED", path, message, "Choose one of the list.")
    if capabilities.needs_eu_political and said.eu_political is None:
        message = "Say whether this is political advertising in the EU."
        yield required("campaign.declarations.eu_political", message, "Answer yes or no.")
    yield from _dsa(subject)


def _dsa(subject: Subject) -> Iterator[Problem]:
    if not subject.capabilities.needs_dsa or subject.capabilities.has_dsa_default(subject.account.extra):
        return
    said = subject.draft.campaign.declarations
    places = [place for ad_set in subject.draft.ad_sets for place in ad_set.targeting.locations]
    in_europe = any(place.country_code in DSA_COUNTRIES for place in places)
    is_unclear = any(not place.country_code for place in places)
    wanted = (("dsa_beneficiary", said.dsa_beneficiary, "on whose behalf"), ("dsa_payor", said.dsa_payor, "by whom"))
    for field, text, what in wanted:
        path = f"campaign.declarations.{field}"
        if in_europe and not text:
            done = "the ad is shown" if field == "dsa_beneficiary" else "it is paid"
            message = f"Ads shown in the EU must say {what} {done}, and the account has no default for it."
            yield required(path, message, "Write the name of the company or person.")
        elif is_unclear and not text:
            message = "If a chosen region or city lies in the EU, the platform asks who is behind the ad and who pays."
            yield Problem("DSA_UNCLEAR", path, message, "Fill it in if that is so.", Severity.WARNING)
