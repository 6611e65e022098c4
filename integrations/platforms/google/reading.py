"""Finds and reads objects at Google: by name, by parent and name or content, and a whole campaign at once.

Reference: Google Ads API v26, GAQL; the resources campaign, campaign_criterion, ad_group, ad_group_criterion, ad_group_ad.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from integrations.contracts import Account, Level, Node, Step
from integrations.platforms.google.client import Ads, Row, dig
from integrations.platforms.google.comparing import facts, planned_name, told_by
from integrations.platforms.google.gaql import numbers, one_of, select

_AWAY = "REMOVED"
_TEXTS = ("headlines", "descriptions", "business_name", "logo_images")
_SHAPES = ("marketing_images", "square_marketing_images", "portrait_marketing_images", "tall_portrait_marketing_images")
_AD_FIELDS = (
    "campaign.id",
    "ad_group.id",
    "ad_group_ad.status",
    *(f"ad_group_ad.ad.{name}" for name in ("id", "name", "final_urls")),
    *(f"ad_group_ad.ad.responsive_search_ad.{name}" for name in ("headlines", "descriptions")),
    *(f"ad_group_ad.ad.demand_gen_multi_asset_ad.{name}" for name in (*_TEXTS, *_SHAPES, "call_to_action_text")),
    *(f"ad_group_ad.ad.demand_gen_video_responsive_ad.{name}" for name in (*_TEXTS, "videos")),
)
_AD_GROUP_FIELDS = (
    "campaign.id",
    *(f"ad_group.{name}" for name in ("id", "name", "status", "optimized_targeting_enabled")),
)
_CAMPAIGN_FIELDS = (
    *(
        f"campaign.{name}"
        for name in (
            "id", "name", "status", "advertising_channel_type", "start_date_time", "end_date_time", "final_url_suffix",
            "bidding_strategy_type", "contains_eu_political_advertising",
            "geo_target_type_setting.positive_geo_target_type", "network_settings.target_google_search",
            "network_settings.target_search_network", "network_settings.target_content_network",
            "network_settings.target_partner_search_network",
        )
    ),
    *(f"campaign_budget.{name}" for name in ("amount_micros", "total_amount_micros", "period", "explicitly_shared")),
)  # fmt: skip
_CRITERION_FIELDS = (
    "criterion_id", "negative", "type", "location.geo_target_constant", "language.language_constant", "age_range.type",
    "gender.type", "user_interest.user_interest_category", "keyword.text", "keyword.match_type",
)  # fmt: skip


def _campaign_query(where: str) -> str:
    return select(_CAMPAIGN_FIELDS, "campaign", where)


def _ad_group_query(where: str) -> str:
    return select(_AD_GROUP_FIELDS, "ad_group", where, _there("ad_group"))


def _ad_query(where: str) -> str:
    return select(_AD_FIELDS, "ad_group_ad", where, _there("ad_group_ad"), _there("ad_group"))


def _campaign_criterion_query(where: str) -> str:
    fields = [f"campaign_criterion.{name}" for name in _CRITERION_FIELDS]
    return select(["campaign.id", *fields], "campaign_criterion", where, _there("campaign_criterion"))


def _ad_group_criterion_query(where: str) -> str:
    fields = [f"ad_group_criterion.{name}" for name in _CRITERION_FIELDS]
    conditions = (where, _there("ad_group_criterion"), _there("ad_group"))
    return select(["ad_group.id", *fields], "ad_group_criterion", *conditions)


def _there(resource: str) -> str:
    return f"{resource}.status != '{_AWAY}'"


# Finding ------------------------------------------------------------------------------------------------------------


def find(ads: Ads, steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> dict[str, list[str]]:
    """Look up what the steps made, oldest first. No entry: not there, or under a parent that is not known.

    Films are never looked up, because Google answers no title: an upload whose answer was lost is made again, and its
    twin shows nothing and spends nothing.
    """
    found = _named(ads, [step for step in steps if step.level is Level.CAMPAIGN], account, "campaign")
    pictures = [step for step in steps if step.level is Level.MEDIA and "film" not in step.payload]
    found |= _named(ads, pictures, account, "asset")
    found |= _ad_groups(ads, [step for step in steps if step.level is Level.AD_SET], ids, account)
    return found | _ads(ads, [step for step in steps if step.level is Level.AD], ids, account)


def _named(ads: Ads, steps: Sequence[Step], account: Account, resource: str) -> dict[str, list[str]]:
    if not steps:
        return {}
    names = one_of(dict.fromkeys(step.name for step in steps))
    there = [_there(resource)] if resource == "campaign" else []  # an asset is there for good
    query = select((f"{resource}.id", f"{resource}.name"), resource, f"{resource}.name IN {names}", *there)
    (rows,) = ads.search_all(account, [query])
    by_name: dict[str, list[str]] = {}
    for row in rows:
        by_name.setdefault(str(dig(row, f"{resource}.name")), []).append(str(dig(row, f"{resource}.id")))
    return {step.key: sorted(by_name[step.name], key=int) for step in steps if step.name in by_name}


def _ad_groups(ads: Ads, steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> dict[str, list[str]]:
    placed = [(step, ids[step.needs[0]]) for step in steps if step.needs and step.needs[0] in ids]
    campaigns = list(dict.fromkeys(parent for _, parent in placed))
    answers = ads.search_all(
        account, [_ad_group_query(f"campaign.id IN {numbers([campaign])}") for campaign in campaigns]
    )
    listed = dict(zip(campaigns, answers, strict=True))
    found = {}
    for step, parent in placed:
        same = [row for row in listed[parent] if str(dig(row, "adGroup.name")).strip() == step.name.strip()]
        if same:
            found[step.key] = sorted((str(dig(row, "adGroup.id")) for row in same), key=int)
    return found


def _ads(ads: Ads, steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> dict[str, list[str]]:
    """Find ads by parent, name and content: an ad of Search has no name.

    Ads of Search with the same content are as good as each other: each step takes one, and what is left over goes to the
    last, as its twins.
    """
    placed = [(step, ids[step.needs[0]]) for step in steps if step.needs and step.needs[0] in ids]
    if not placed:
        return {}
    parents = numbers(dict.fromkeys(parent for _, parent in placed))
    (rows,) = ads.search_all(account, [_ad_query(f"ad_group.id IN {parents}")])
    alike: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda row: int(dig(row, "adGroupAd.ad.id"))):
        name = str(dig(row, "adGroupAd.ad.name") or "")
        mark = _mark(str(dig(row, "adGroup.id")), name, facts(Level.AD, row))
        alike.setdefault(mark, []).append(_ad_id(row))
    found: dict[str, list[str]] = {}
    last: dict[str, str] = {}
    for step, parent in placed:
        mark = _mark(parent, planned_name(step), told_by(step, ids, account))
        if alike.get(mark):
            found[step.key] = [alike[mark].pop(0)]
            last[mark] = step.key
    for mark, key in last.items():
        found[key] += alike[mark]
    return found


def _mark(parent: str, name: str, content: Mapping[str, Any]) -> str:
    """Write what an ad is known by, so that equal ones compare equal.

    Its files are left out: their ids may not be known yet.
    """
    told = sorted((what, value) for what, value in content.items() if what not in ("pictures", "films"))
    return repr((parent, name, told))


# Reading ------------------------------------------------------------------------------------------------------------


def read(ads: Ads, ids: Mapping[str, str], steps: Sequence[Step], account: Account) -> dict[str, Node]:
    """Read the steps' objects back, a campaign with everything below it in one go. What was removed does not exist."""
    wanted = {step.key: step for step in steps if step.key in ids and step.level is not Level.MEDIA}
    if not wanted:
        return {}
    where = _scope(wanted.values(), ids)
    queries = [_ad_group_query(where), _ad_query(where), _ad_group_criterion_query(where)]
    whole = "campaign.id" in where
    if whole:
        queries += [_campaign_query(where), _campaign_criterion_query(where)]
    answers = ads.search_all(account, queries)
    nodes = _nodes(*answers[:3], *(answers[3:] if whole else ([], [])), known=set(ids.values()))
    return {key: nodes[ids[key]] for key in wanted if ids[key] in nodes}


def _scope(steps: Iterable[Step], ids: Mapping[str, str]) -> str:
    """Return the condition that holds for everything wanted: the campaign, or the ad groups where none is asked for."""
    listed = list(steps)
    campaign = next((ids[step.key] for step in listed if step.level is Level.CAMPAIGN), None)
    if campaign is not None:
        return f"campaign.id IN {numbers([campaign])}"
    return f"ad_group.id IN {numbers(sorted({ids[step.key].partition('~')[0] for step in listed}))}"


def _nodes(
    groups: Sequence[Row],
    ads: Sequence[Row],
    criteria: Sequence[Row],
    campaigns: Sequence[Row],
    campaign_criteria: Sequence[Row],
    *,
    known: set[str],
) -> dict[str, Node]:
    below = _gathered(criteria, "adGroup.id", "adGroupCriterion")
    found: list[Node] = []
    for row in groups:
        number = str(dig(row, "adGroup.id"))
        fields = facts(Level.AD_SET, row, below.get(number, []))
        found.append(_node(number, Level.AD_SET, str(dig(row, "campaign.id")), row, "adGroup", fields))
    for row in ads:
        fields = facts(Level.AD, row)
        name = {"adGroupAd": dict(row["adGroupAd"]) | {"name": str(dig(row, "adGroupAd.ad.name") or "")}}
        found.append(_node(_ad_id(row), Level.AD, str(dig(row, "adGroup.id")), row | name, "adGroupAd", fields))
    strangers = sorted(node.external_id for node in found if node.external_id not in known)
    above = _gathered(campaign_criteria, "campaign.id", "campaignCriterion")
    for row in campaigns:
        number = str(dig(row, "campaign.id"))
        if dig(row, "campaign.status") == _AWAY:
            continue
        fields = facts(Level.CAMPAIGN, row, above.get(number, []))
        fields |= {"strangers": strangers} if strangers else {}
        found.append(_node(number, Level.CAMPAIGN, "", row, "campaign", fields))
    return {node.external_id: node for node in found}


def _node(external_id: str, level: Level, parent: str, row: Row, resource: str, fields: Mapping[str, Any]) -> Node:
    is_on = dig(row, f"{resource}.status") == "ENABLED"
    return Node(external_id, level, parent, str(dig(row, f"{resource}.name") or ""), is_on, fields)


def _gathered(rows: Sequence[Row], path: str, resource: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(str(dig(row, path)), []).append(dict(row.get(resource) or {}))
    return found


def _ad_id(row: Row) -> str:
    """Return an ad's id as its resource name ends: ad group, tilde, ad."""
    return f"{dig(row, 'adGroup.id')}~{dig(row, 'adGroupAd.ad.id')}"
