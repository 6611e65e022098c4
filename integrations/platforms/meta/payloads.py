"""From an approved draft to what Meta is sent: pure functions, one for each kind of object.

Every object is created PAUSED. In the place of ids that do not exist yet stands `{"$id": <step key>}`, and in the place of
a film's still picture `{"$still": <step key>}`. Reference: Marketing API v26.0, campaign, ad set, ad creative, ad.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from integrations.contracts import Account, Order
from integrations.draft import Ad, AdSet, BudgetType, Creative, CreativeType, Draft, Gender, Location, Targeting
from integrations.errors import refused
from integrations.marks import marked
from integrations.platforms.meta.capabilities import (
    CAPABILITIES,
    CREATIVE_NAME_LIMIT,
    DEFAULT_EVENTS,
    DESTINATIONS,
    EVENTS,
    NAME_LIMIT,
    PROMOTES_PAGE,
    minor_digits,
)
from integrations.tagging import tags_for
from integrations.wallclock import moment

ADULT, OLDEST = 18, 65
_GENDERS = {Gender.MALE: 1, Gender.FEMALE: 2}
_PLACES = {"country": "countries", "region": "regions", "city": "cities"}


def campaign_fields(order: Order, key: str) -> dict[str, Any]:
    """Return the campaign. Its own budget is sent only where the ad sets have none."""
    draft = order.draft
    categories = [value.upper() for value in draft.campaign.declarations.special_ad_categories]
    fields: dict[str, Any] = {
        "name": marked(draft.campaign.name, key, NAME_LIMIT),
        "objective": objective_of(draft),
        "status": "PAUSED",
        "special_ad_categories": categories,
    }
    if categories:
        fields["special_ad_category_country"] = category_countries(draft)
    if draft.has_ad_set_budgets:
        # Has to be said: Meta refuses a campaign without a budget that is silent on it.
        return fields | {"is_adset_budget_sharing_enabled": False}
    amount = draft.campaign.budget.amount
    return fields | _budget(draft, order.account, amount, "campaign.budget.amount")


def ad_set_fields(order: Order, ad_set: AdSet, campaign_key: str) -> dict[str, Any]:
    """Return an ad set: what it is optimized for, whom it reaches, when it runs, and its budget if it has its own."""
    draft = order.draft
    goal = goal_of(draft, ad_set)
    fields = {
        "name": ad_set.name,
        "campaign_id": {"$id": campaign_key},
        "status": "PAUSED",
        "billing_event": "IMPRESSIONS",
        "optimization_goal": goal,
        "destination_type": DESTINATIONS.get((objective_of(draft), goal)),
        "promoted_object": _promoted_object(draft, ad_set),
        "targeting": targeting(ad_set.targeting),
        **_schedule(order),
        **_dsa(draft, order.account),
    }
    if draft.has_ad_set_budgets:
        fields |= _budget(draft, order.account, ad_set.budget, f"{ad_set.path}.budget")
    return {name: value for name, value in fields.items() if value not in (None, "")}


def creative_fields(order: Order, ad: Ad, key: str, media_keys: Mapping[str, str]) -> dict[str, Any]:
    """Return an ad's creative; `media_keys` names the step of each file by its SHA-256."""
    assets = order.draft.campaign.assets
    spec: dict[str, Any] = {"page_id": assets.page}
    if assets.instagram:
        spec["instagram_user_id"] = assets.instagram
    keys = [media_keys[sha256] for sha256 in ad.creative.media]
    if not keys:
        raise refused("MEDIA_MISSING", f"The ad “{ad.name}” shows no file.", "")
    if ad.creative.type is CreativeType.VIDEO:
        spec["video_data"] = _video_data(ad.creative, keys[0], media_keys.get(ad.creative.cover, ""))
    else:
        spec["link_data"] = _link_data(ad.creative, keys)
    fields = {"name": marked(ad.name, key, CREATIVE_NAME_LIMIT), "object_story_spec": spec}
    if tags := tags_for(ad.creative.link_url, order.draft.campaign.url_tags):
        fields["url_tags"] = tags
    return fields


def ad_fields(ad: Ad, ad_set_key: str, creative_key: str) -> dict[str, Any]:
    """Return the ad that shows a creative within an ad set."""
    return {
        "name": ad.name,
        "adset_id": {"$id": ad_set_key},
        "creative": {"creative_id": {"$id": creative_key}},
        "status": "PAUSED",
    }


def objective_of(draft: Draft) -> str:
    """Return Meta's objective; PlatformError if there is none for the draft's."""
    objective = CAPABILITIES.objective(draft.campaign.objective or "")
    if objective is None:
        raise refused("INVALID_OBJECTIVE", "Meta does not offer this objective.", "campaign.objective")
    return objective.external


def goal_of(draft: Draft, ad_set: AdSet) -> str:
    """Return Meta's optimization goal; PlatformError if the objective does not go with the ad set's."""
    goal = CAPABILITIES.goal(draft.campaign.objective, ad_set.optimization)
    if goal is None:
        path = f"{ad_set.path}.optimization"
        raise refused("INVALID_OPTIMIZATION", "Meta does not offer this optimization for the objective.", path)
    return goal.external


def minor_units(amount: Decimal, currency: str, path: str) -> int:
    """Return an amount in Meta's minor units; PlatformError when it is not positive or finer than they are."""
    scaled = amount.scaleb(minor_digits(currency))
    if scaled <= 0:
        raise refused("INVALID_BUDGET", "A budget must be more than zero.", path)
    if scaled != scaled.to_integral_value():
        raise refused("INVALID_BUDGET", f"{amount} {currency} is finer than Meta can spend. Round it.", path)
    return int(scaled)


def written(instant: datetime) -> str:
    """Write an instant as Meta reads it: ISO 8601 with its offset from UTC."""
    return instant.strftime("%Y-%m-%dT%H:%M:%S%z")


def targeting(wanted: Targeting) -> dict[str, Any]:
    """Return a targeting spec that means exactly what the draft says."""
    spec: dict[str, Any] = {
        "geo_locations": places(wanted.locations),
        "age_min": wanted.age_min if wanted.age_min is not None else ADULT,
        "age_max": wanted.age_max if wanted.age_max is not None else OLDEST,
        # 0 keeps to the draft; 1 would make ages, genders and interests mere suggestions.
        "targeting_automation": {"advantage_audience": 0},
    }
    if wanted.excluded_locations:
        spec["excluded_geo_locations"] = places(wanted.excluded_locations)
    if len(set(wanted.genders)) == 1:
        spec["genders"] = [_GENDERS[wanted.genders[0]]]
    if wanted.languages:
        spec["locales"] = [_locale(language.id) for language in wanted.languages]
    if wanted.interests:
        interests = [{"id": interest.id, "name": interest.name} for interest in wanted.interests]
        spec["flexible_spec"] = [{"interests": interests}]
    return spec


def places(locations: Sequence[Location]) -> dict[str, list[Any]]:
    """Return locations as Meta groups them: countries by code, smaller places by key."""
    groups: dict[str, list[Any]] = {}
    for place in locations:
        value = place.id.upper() if place.kind == "country" else {"key": place.id}
        groups.setdefault(_PLACES[place.kind], []).append(value)
    return groups


def _budget(draft: Draft, account: Account, amount: Decimal | None, path: str) -> dict[str, Any]:
    if amount is None:
        raise refused("INVALID_BUDGET", "The budget is missing.", path)
    kind = "lifetime_budget" if draft.campaign.budget.type is BudgetType.LIFETIME else "daily_budget"
    # The bid strategy lives where the budget does.
    return {kind: minor_units(amount, account.currency, path), "bid_strategy": "LOWEST_COST_WITHOUT_CAP"}


def _schedule(order: Order) -> dict[str, str]:
    """Return start and end. A start that has passed means now, which is said by naming none."""
    schedule, zone = order.draft.campaign.schedule, order.account.time_zone
    times = {}
    if schedule.start is not None and (start := moment(schedule.start, zone)) > order.now:
        times["start_time"] = written(start)
    if schedule.end is not None:
        end = moment(schedule.end, zone)
        if end <= order.now:
            raise refused("INVALID_SCHEDULE", "The campaign's end has passed.", "campaign.schedule.end")
        times["end_time"] = written(end)
    return times


def _promoted_object(draft: Draft, ad_set: AdSet) -> dict[str, str] | None:
    """Return what the ad set promotes: the Page, or an event that the pixel sees; None where Meta wants nothing."""
    assets, objective = draft.campaign.assets, CAPABILITIES.objective(draft.campaign.objective or "")
    goal = objective.goal(ad_set.optimization or "") if objective else None
    if objective is not None and goal is not None and goal.needs_pixel:
        event = EVENTS[assets.conversion_event] if assets.conversion_event else DEFAULT_EVENTS[objective.value]
        return {"pixel_id": assets.pixel, "custom_event_type": event}
    if objective is not None and objective.external in PROMOTES_PAGE:
        return {"page_id": assets.page}
    return None


def _dsa(draft: Draft, account: Account) -> dict[str, str]:
    """Return who benefits and who pays; without a word in the draft the account's own default holds."""
    said = draft.campaign.declarations
    return {
        "dsa_beneficiary": said.dsa_beneficiary or str(account.extra.get("default_dsa_beneficiary") or ""),
        "dsa_payor": said.dsa_payor or str(account.extra.get("default_dsa_payor") or ""),
    }


def category_countries(draft: Draft) -> list[str]:
    """Return the countries a special ad category is declared for: all that the ad sets reach into, in order."""
    reached = (place.country_code for ad_set in draft.ad_sets for place in ad_set.targeting.locations)
    return list(dict.fromkeys(filter(None, reached)))


def _link_data(creative: Creative, media_keys: Sequence[str]) -> dict[str, Any]:
    data: dict[str, Any] = {"link": creative.link_url, "call_to_action": _call_to_action(creative)}
    if creative.primary_text:
        data["message"] = creative.primary_text
    if creative.type is CreativeType.CAROUSEL:
        cards = [_card(creative, position, key) for position, key in enumerate(media_keys)]
        # Cards stay in the approved order, and no card is added at their end.
        return data | {"child_attachments": cards, "multi_share_optimized": False, "multi_share_end_card": False}
    return data | _texts(creative, 0, "name", "description") | {"image_hash": {"$id": media_keys[0]}}


def _card(creative: Creative, position: int, media_key: str) -> dict[str, Any]:
    texts = _texts(creative, position, "name", "description")
    button = _call_to_action(creative)
    return {"link": creative.link_url, "image_hash": {"$id": media_key}, "call_to_action": button, **texts}


def files_of(creative: Creative) -> list[str]:
    """Return the SHA-256 sums of the files that an ad needs at Meta: what it shows, and its own cover."""
    return [*creative.media, *([creative.own_cover] if creative.own_cover else [])]


def _video_data(creative: Creative, media_key: str, cover_key: str) -> dict[str, Any]:
    """A video has no link of its own: it stands in the button. Without a cover it shows a still that Meta made."""
    cover = {"image_hash": {"$id": cover_key}} if cover_key else {"image_url": {"$still": media_key}}
    data: dict[str, Any] = {
        "video_id": {"$id": media_key},
        **cover,
        "call_to_action": _call_to_action(creative),
        **_texts(creative, 0, "title", "link_description"),
    }
    return data | ({"message": creative.primary_text} if creative.primary_text else {})


def _texts(creative: Creative, position: int, headline: str, description: str) -> dict[str, str]:
    """Return a card's own texts; a card without one shows the first there is."""
    chosen = {}
    for name, texts in ((headline, creative.headlines), (description, creative.descriptions)):
        own = texts[position] if position < len(texts) else ""
        if text := own or next(filter(None, texts), ""):
            chosen[name] = text
    return chosen


def _call_to_action(creative: Creative) -> dict[str, Any]:
    button = CAPABILITIES.calls_to_action.get(creative.call_to_action or "", "NO_BUTTON")
    return {"type": button, "value": {"link": creative.link_url}}


def _locale(language: str) -> int:
    if not language.isdigit():
        raise refused("INVALID_TARGETING", f"“{language}” is no language of Meta's. Choose it from the search.", "")
    return int(language)
