"""What a campaign's content becomes on another ad account, perhaps of another platform. Pure: nothing is asked here.

Texts and media are carried over as they are: what is too long or of the wrong shape there is said by the platform's own
rules, and a person settles it. What means nothing on the other account is changed or dropped, and every such change is
told. Amounts of money are never converted: in another currency they are asked for again.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from campaigns.editing import Content, Node
from campaigns.starting.audience import Meanings, carry
from integrations import draft as drafts
from integrations.capabilities import Capabilities, Fit, Objective, Verdict
from integrations.contracts import Account, AssetKind
from integrations.draft import AdSet, CallToAction, Draft
from stratum.formats import money

#: What comes nearest to an objective that a platform does not offer, the nearest first.
NEAREST = {
    "engagement": ("traffic", "awareness"),
    "video_views": ("awareness", "engagement"),
    "awareness": ("video_views", "traffic"),
    "traffic": ("awareness",),
    "leads": ("conversions", "traffic"),
    "conversions": ("leads", "traffic"),
}
#: Special ad categories that platforms call differently and mean alike.
SAME_CATEGORY = {"financial_products_services": "credit", "credit": "financial_products_services"}
CATEGORIES = "campaign.declarations.special_ad_categories"


@dataclass(frozen=True)
class Side:
    """An ad account with its platform, as the account a campaign comes from or the one it goes to.

    `defaults` are its chosen assets by kind, `assets` the names of all it has by (kind, external id).
    """

    platform: str
    label: str
    capabilities: Capabilities
    account: Account
    defaults: Mapping[str, str] = field(default_factory=dict)
    assets: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def named(self, kind: str, external_id: str) -> str:
        """Return what the account calls the asset, its id if it does not know it."""
        return self.assets.get((kind, external_id)) or external_id


@dataclass(frozen=True)
class Adapted:
    """Content for the other account, everything that is not as it was, and the paths of amounts to be given anew."""

    content: Content
    changes: tuple[Fit, ...]
    amounts: tuple[str, ...]


def adapt(reading: drafts.Reading, source: Side, target: Side, meanings: Meanings) -> Adapted:
    """Return the content as it can stand on the target; `meanings` holds what its platform calls places and interests."""
    content = copy.deepcopy(reading.json)
    changes = [*_campaign(content["campaign"], reading.draft, source, target)]
    for node, ad_set in zip(content["ad_sets"], reading.draft.ad_sets, strict=True):
        if source.platform != target.platform:
            changes += carry(node["targeting"], ad_set, target.capabilities.targeting, meanings, target.label)
        changes += _goal(node, ad_set, content["campaign"]["objective"], target)
        changes += _buttons(node, ad_set, target)
    changes += _ad_set_budgets(content, reading.draft, source, target)
    return Adapted(content, tuple(changes), tuple(_amounts(content, source, target)))


# The campaign -------------------------------------------------------------------------------------------------------


def _campaign(campaign: Node, draft: Draft, source: Side, target: Side) -> Iterator[Fit]:
    yield from _objective(campaign, target)
    yield from _budget_type(campaign, target)
    yield from _schedule(draft, source, target)
    yield from _assets(campaign, draft, source, target)
    yield from _categories(campaign, draft, target)


def _objective(campaign: Node, target: Side) -> Iterator[Fit]:
    was = str(campaign["objective"] or "")
    if not was or target.capabilities.objective(was) is not None:
        return
    now = next((near for near in NEAREST.get(was, ()) if target.capabilities.objective(near)), None)
    campaign["objective"] = now
    if now:
        becomes = f"{target.label} does not offer {_words(was)}; {_words(now)} comes nearest."
        yield Fit("campaign.objective", "Objective", Verdict.CHANGED, becomes)
    else:
        yield Fit("campaign.objective", "Objective", Verdict.DROPPED, f"{target.label} does not offer {_words(was)}.")


def _budget_type(campaign: Node, target: Side) -> Iterator[Fit]:
    was = campaign["budget"]["type"]
    if was and was not in target.capabilities.budget_types:
        campaign["budget"] |= {"type": None, "amount": None}
        becomes = f"{target.label} takes no {was} budget here: choose one again."
        yield Fit("campaign.budget.type", "Budget type", Verdict.DROPPED, becomes)


def _schedule(draft: Draft, source: Side, target: Side) -> Iterator[Fit]:
    schedule = draft.campaign.schedule
    here, there = source.account.time_zone, target.account.time_zone
    if here != there and (schedule.start or schedule.end):
        becomes = f"The times stay as written, and are now read in {there} instead of {here}."
        yield Fit("campaign.schedule.start", "Schedule", Verdict.CHANGED, becomes)


def _assets(campaign: Node, draft: Draft, source: Side, target: Side) -> Iterator[Fit]:
    """Put the target's default in the place of each asset; the same asset stays where the target may use it as well."""
    if (source.platform, source.account.external_id) == (target.platform, target.account.external_id):
        return
    was = draft.campaign.assets
    labels = {rule.kind: rule.label for rule in (*source.capabilities.assets, *target.capabilities.assets)}
    texts = {rule.kind for rule in target.capabilities.assets if rule.is_text}
    wanted = {rule.kind for rule in target.capabilities.assets}
    for kind in [*AssetKind, "business_name"]:
        before = str(getattr(was, kind))
        after = "" if kind not in wanted else before if kind in texts else _asset(kind, before, target)
        campaign["assets"][kind] = after
        if before and before != after:
            becomes = (
                f"The account's default takes its place: {target.named(kind, after)}."
                if after
                else _no_asset(kind, wanted, target.label)
            )
            verdict = Verdict.CHANGED if after else Verdict.DROPPED
            yield Fit(f"campaign.assets.{kind}", labels.get(kind, _words(kind)), verdict, becomes)
        elif after and not before:
            becomes = f"The account's default is filled in: {target.named(kind, after)}."
            yield Fit(f"campaign.assets.{kind}", labels[kind], Verdict.CHANGED, becomes)
    if AssetKind.PIXEL not in wanted and was.conversion_event is not None:
        campaign["assets"]["conversion_event"] = None
        becomes = f"{target.label} counts by a conversion action of the account instead."
        yield Fit("campaign.assets.conversion_event", "Conversion event", Verdict.DROPPED, becomes)


def _asset(kind: str, before: str, target: Side) -> str:
    return target.defaults.get(kind) or (before if (kind, before) in target.assets else "")


def _no_asset(kind: str, wanted: set[str], label: str) -> str:
    if kind in wanted:
        return "The account does not have it, and no default of its own: choose one in the draft."
    return f"{label} has nothing of the kind."


def _categories(campaign: Node, draft: Draft, target: Side) -> Iterator[Fit]:
    offered = {value for value, _ in target.capabilities.special_ad_categories}
    kept = []
    for category in draft.campaign.declarations.special_ad_categories:
        same = category if category in offered else SAME_CATEGORY.get(category, "")
        if same in offered:
            kept.append(same)
        else:
            becomes = f"{target.label} has no such category to declare. Its own policy on {_words(category)} holds."
            yield Fit(CATEGORIES, f"Special ad category: {_words(category)}", Verdict.DROPPED, becomes)
        if same in offered and same != category:
            yield Fit(CATEGORIES, "Special ad category", Verdict.CHANGED, f"It is called {_words(same)} there.")
    campaign["declarations"]["special_ad_categories"] = kept


# Ad sets and ads ----------------------------------------------------------------------------------------------------


def _goal(node: Node, ad_set: AdSet, objective: Any, target: Side) -> Iterator[Fit]:
    was = ad_set.optimization
    offered: Objective | None = target.capabilities.objective(str(objective or ""))
    if was is None or offered is None or offered.goal(was) is not None:
        return
    node["optimization"] = now = offered.goals[0].value
    becomes = f"{target.label} does not optimize {_words(offered.value)} for {_words(was)}; {_words(now)} is usual."
    yield Fit(f"{ad_set.path}.optimization", "Optimization", Verdict.CHANGED, becomes)


def _buttons(node: Node, ad_set: AdSet, target: Side) -> Iterator[Fit]:
    offered = target.capabilities.calls_to_action
    now = CallToAction.LEARN_MORE if CallToAction.LEARN_MORE in offered else None
    for ad_node, ad in zip(node["ads"], ad_set.ads, strict=True):
        was = ad.creative.call_to_action
        if was is None or was in offered:
            continue
        ad_node["creative"]["call_to_action"] = now
        becomes = f"{target.label} has no button “{_words(was)}”" + (f"; it says “{_words(now)}”." if now else ".")
        verdict = Verdict.CHANGED if now else Verdict.DROPPED
        yield Fit(f"{ad_set.ad_path(ad)}.creative.call_to_action", "Button", verdict, becomes)


def _ad_set_budgets(content: Content, draft: Draft, source: Side, target: Side) -> Iterator[Fit]:
    """Drop the ad sets' budgets where the platform spends from the campaign's; that changes what may be spent."""
    if not draft.has_ad_set_budgets or "ad_set" in target.capabilities.budget_levels:
        return
    for node in content["ad_sets"]:
        node["budget"] = None
    amounts = [ad_set.budget for ad_set in draft.ad_sets if ad_set.budget is not None]
    together = money(sum(amounts, Decimal(0)), source.account.currency)
    becomes = (
        f"{target.label} spends from the campaign's budget alone. The ad sets together had {together}: "
        "see that the campaign's budget is what you mean."
    )
    yield Fit("campaign.budget.amount", "Budgets of the ad sets", Verdict.DROPPED, becomes)


def _amounts(content: Content, source: Side, target: Side) -> Iterator[str]:
    """Empty the amounts that were written in another currency; yield where each of them stood."""
    if source.account.currency == target.account.currency:
        return
    budget = content["campaign"]["budget"]
    if budget["amount"] is not None:
        budget["amount"] = None
        yield "campaign.budget.amount"
    for ad_set in content["ad_sets"]:
        if ad_set["budget"] is not None:
            ad_set["budget"] = None
            yield f"ad_sets[{ad_set['key']}].budget"


def _words(value: str) -> str:
    return str(value).replace("_", " ")
