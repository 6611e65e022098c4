"""What was approved and what Google shows, in the same words, so that they can be compared.

The words of an object: what a person would call the difference. Both sides become plain, sorted texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from integrations.contracts import Account, Difference, Level, Node, Step
from integrations.platforms.google.calls import OPERATIONS
from integrations.platforms.google.client import dig, last_part

Facts = dict[str, Any]
_IMAGE_FIELDS = (
    "marketingImages",
    "squareMarketingImages",
    "portraitMarketingImages",
    "tallPortraitMarketingImages",
)
_AD_KINDS = ("responsiveSearchAd", "demandGenMultiAssetAd", "demandGenVideoResponsiveAd")
#: Where nothing was said, Google fills in its own: today as the start, its usual meaning of "people in a place".
_ONLY_IF_APPROVED = frozenset({"start", "people", "networks", "strangers"})
#: `biddingStrategyType` by the campaign's field. A strategy with a target of its own would read as another type.
_BIDDING_TYPES = {
    "targetSpend": "TARGET_SPEND",
    "maximizeConversions": "MAXIMIZE_CONVERSIONS",
    "maximizeConversionValue": "MAXIMIZE_CONVERSION_VALUE",
}


def differences(
    steps: Sequence[Step], ids: Mapping[str, str], nodes: Mapping[str, Node], account: Account
) -> list[Difference]:
    """Compare every object that was planned with what was read: parent, name, and what it says about itself."""
    return [
        difference
        for step in steps
        if step.key in nodes
        for difference in _of_step(step, ids, nodes[step.key], account)
    ]


def _of_step(step: Step, ids: Mapping[str, str], node: Node, account: Account) -> Iterator[Difference]:
    if step.needs and step.level is not Level.MEDIA and node.parent_id != ids.get(step.needs[0], ""):
        yield Difference(step.key, step.node, "parent", ids.get(step.needs[0], "none"), node.parent_id)
    if node.name != planned_name(step):
        yield Difference(step.key, step.node, "name", planned_name(step), node.name)
    approved = told_by(step, ids, account)
    for what in sorted(approved.keys() | (node.fields.keys() - _ONLY_IF_APPROVED)):
        wanted, found = approved.get(what, ""), node.fields.get(what, "")
        if wanted != found:
            yield Difference(step.key, step.node, what, _written(wanted), _written(found))
    if node.fields.get("strangers"):
        yield Difference(step.key, step.node, "other objects", "none", ", ".join(node.fields["strangers"]))


def planned_name(step: Step) -> str:
    """Return the name the step's object has at Google; empty for an ad of Search, which has none."""
    if step.level is not Level.AD:
        return step.name
    return str(dig(_own(step), "ad.name") or "")


def _own(step: Step) -> Facts:
    operation, _ = OPERATIONS[step.level]
    entries = step.payload.get("operations", ())
    return next((dict(entry["create"]) for entry in entries if entry["operation"] == operation), {})


def told_by(step: Step, ids: Mapping[str, str], account: Account) -> Facts:
    """Return what the step's plan says about its object, in the words of facts()."""
    entries, own = step.payload.get("operations", ()), _own(step)
    criteria = [entry["create"] for entry in entries if entry["operation"].endswith("CriterionOperation")]
    if step.level is Level.CAMPAIGN:
        budget = next(entry["create"] for entry in entries if entry["operation"] == "campaignBudgetOperation")
        bidding = next((kind for field, kind in _BIDDING_TYPES.items() if field in own), "")
        return _campaign({**own, "biddingStrategyType": bidding}, budget, criteria)
    if step.level is Level.AD_SET:
        return _criteria(criteria)
    return _ad(own.get("ad", {}), ids) if step.level is Level.AD else {}


def facts(level: Level, row: Mapping[str, Any], criteria: Sequence[Mapping[str, Any]] = ()) -> Facts:
    """Return what a row of Google's says about an object, in the same words."""
    if level is Level.CAMPAIGN:
        return _campaign(dict(row.get("campaign") or {}), dict(row.get("campaignBudget") or {}), criteria)
    if level is Level.AD_SET:
        widened = {"audience": "widened by Google"} if dig(row, "adGroup.optimizedTargetingEnabled") is True else {}
        return _criteria(criteria) | widened
    return _ad(dig(row, "adGroupAd.ad") or {}, {}) if level is Level.AD else {}


def _campaign(campaign: Mapping[str, Any], budget: Mapping[str, Any], criteria: Sequence[Mapping[str, Any]]) -> Facts:
    is_total = budget.get("period") == "CUSTOM_PERIOD"
    amount = budget.get("totalAmountMicros" if is_total else "amountMicros")
    networks = dict(campaign.get("networkSettings") or {})
    return _without_empty(
        {
            "kind": campaign.get("advertisingChannelType"),
            "budget": f"{amount} micros {'in all' if is_total else 'a day'}",
            "budget is shared": "yes" if budget.get("explicitlyShared") is True else "no",
            "bidding": campaign.get("biddingStrategyType"),
            "start": campaign.get("startDateTime"),
            "end": campaign.get("endDateTime"),
            "people": dig(campaign, "geoTargetTypeSetting.positiveGeoTargetType"),
            "networks": sorted(name for name, is_on in networks.items() if is_on is True),
            "URL tags": campaign.get("finalUrlSuffix"),
            "political advertising in the EU": campaign.get("containsEuPoliticalAdvertising"),
            **_criteria(criteria),
        }
    )


def _criteria(criteria: Sequence[Mapping[str, Any]]) -> Facts:
    found: dict[str, list[str]] = {}
    for criterion in criteria:
        what, value = _criterion(criterion)
        if what:
            left_out = criterion.get("negative") is True
            found.setdefault(f"excluded {what}" if left_out else what, []).append(value)
    return {what: sorted(values) for what, values in found.items()}


def _criterion(criterion: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a criterion is about and its value; empty for kinds that we never make and that narrow nothing.

    Google itself adds all ages and genders to an ad group; only the excluded ones say anything.
    """
    is_negative = criterion.get("negative") is True
    if place := dig(criterion, "location.geoTargetConstant"):
        return "locations", last_part(str(place))
    if language := dig(criterion, "language.languageConstant"):
        return "languages", last_part(str(language))
    if age := dig(criterion, "ageRange.type"):
        return ("ages", str(age)) if is_negative else ("", "")
    if gender := dig(criterion, "gender.type"):
        return ("genders", str(gender)) if is_negative else ("", "")
    if interest := dig(criterion, "userInterest.userInterestCategory"):
        return "interests", last_part(str(interest))
    if text := dig(criterion, "keyword.text"):
        return "keywords", f"{text} ({str(dig(criterion, 'keyword.matchType')).lower()})"
    return "", ""


def _ad(ad: Mapping[str, Any], ids: Mapping[str, str]) -> Facts:
    kind = next((name for name in _AD_KINDS if ad.get(name)), "")
    content = dict(ad.get(kind) or {})
    name = content.get("businessName")
    images = [image for field in _IMAGE_FIELDS for image in content.get(field, [])]
    return _without_empty(
        {
            "kind": kind,
            "link": ", ".join(ad.get("finalUrls") or []),
            "headlines": _texts(content.get("headlines")),
            "descriptions": _texts(content.get("descriptions")),
            "business name": name.get("text") if isinstance(name, Mapping) else name,
            "call to action": content.get("callToActionText"),
            "logo": _assets(content.get("logoImages"), ids),
            "pictures": _assets(images, ids),
            "films": _assets(content.get("videos"), ids),
        }
    )


def _texts(listed: Any) -> list[str]:
    return sorted(str(item.get("text", "")) for item in listed or [])


def _assets(listed: Any, ids: Mapping[str, str]) -> list[str]:
    return sorted(_asset_id(item.get("asset"), ids) for item in listed or [])


def _asset_id(asset: Any, ids: Mapping[str, str]) -> str:
    if isinstance(asset, Mapping):
        return str(ids.get(asset["$id"], ""))
    return last_part(str(asset))


def _without_empty(found: Facts) -> Facts:
    return {what: value for what, value in found.items() if value}


def _written(value: Any) -> str:
    return (", ".join(map(str, value)) if isinstance(value, list) else str(value)) or "none"
