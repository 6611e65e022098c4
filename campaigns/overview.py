"""Everything the overview page shows about a draft: its money, what changed, its structure, its ads, its decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaigns import differences, history, levels, links, permissions, previews, rules, spending, wording
from campaigns.differences import Change, Terms
from campaigns.models import Approval, CampaignDraft, MediaAsset
from campaigns.presentation import JUDGED
from integrations import draft as drafts
from integrations import platforms
from integrations.contracts import AssetKind, Media
from integrations.draft import Ad, AdSet
from integrations.draft_fields import LABELS

if TYPE_CHECKING:
    from stratum.models import User

Status = CampaignDraft.Status


#: Up to how many ads are shown together; of more, one ad set's at a time.
SHOWN_AT_ONCE = 12


@dataclass(frozen=True)
class Task:
    """A problem as the page lists it, with where it can be settled."""

    is_error: bool
    message: str
    fix: str
    url: str


@dataclass(frozen=True)
class AdLine:
    key: str
    path: str
    preview: previews.AdPreview


@dataclass(frozen=True)
class AdSetLine:
    """An ad set as the structure table shows it; `budget` is empty when it spends from the campaign's."""

    key: str
    path: str
    name: str
    audience: str
    budget: str
    optimization: str
    ads: tuple[AdLine, ...]


@dataclass(frozen=True)
class Overview:
    draft: CampaignDraft
    platform_label: str
    actions: frozenset[str]
    reason_against_deciding: str
    spending: spending.Spending | None
    facts: tuple[tuple[str, str], ...]
    ad_sets: tuple[AdSetLine, ...]
    problems: tuple[Task, ...]
    changes: tuple[Change, ...]
    decisions: tuple[Approval, ...]
    standing: levels.Standing
    history: tuple[history.Entry, ...]
    dashboard_url: str

    @property
    def currency(self) -> str:
        return self.draft.account.currency

    @property
    def fingerprint(self) -> str:
        return wording.fingerprint(self.draft.content_hash)

    @property
    def last_decision(self) -> Approval | None:
        return self.decisions[0] if self.decisions else None

    @property
    def binding(self) -> Approval | None:
        """The approval under which this content runs, or may run."""
        last = self.last_decision
        is_bound = self.draft.status in spending.COUNTED and last is not None
        return last if is_bound else None

    @property
    def ads(self) -> list[AdLine]:
        return [ad for ad_set in self.ad_sets for ad in ad_set.ads]

    def open_ad_sets(self, chosen: str) -> set[str]:
        """Return the keys of the ad sets whose ads are shown: all of a small campaign, one of a large one."""
        keys = [ad_set.key for ad_set in self.ad_sets if ad_set.ads]
        if len(self.ads) <= SHOWN_AT_ONCE:
            return set(keys)
        return {chosen} if chosen in keys else set(keys[:1])

    @property
    def errors(self) -> int:
        return sum(problem.is_error for problem in self.problems)


def of(draft: CampaignDraft, user: User) -> Overview:
    """Return the overview as this user may see and use it; the number of queries does not depend on the draft's size."""
    decisions = tuple(draft.approvals.select_related("by"))
    media = _media(draft, decisions)
    names = dict(draft.account.assets.values_list("external_id", "name"))
    actions = frozenset(permissions.available_actions(user, draft))
    return Overview(
        draft=draft,
        platform_label=platforms.label(draft.platform),
        actions=actions,
        reason_against_deciding=permissions.reason_against_deciding(user, draft),
        spending=spending.of(draft),
        facts=tuple(_facts(draft, names)),
        ad_sets=tuple(_ad_sets(draft, previews.sender_of(draft, names), media)),
        problems=tuple(_problems(draft, is_editor="edit" in actions)),
        changes=tuple(_changes(draft, decisions, media)),
        decisions=decisions,
        standing=levels.of(draft),
        history=tuple(history.timeline(draft)),
        dashboard_url=_dashboard_url(draft),
    )


def _media(draft: CampaignDraft, decisions: Sequence[Approval]) -> dict[str, Media]:
    sums = set(draft.content.files())
    if decisions:
        sums |= set(decisions[0].snapshot.get("media", []))
    return {asset.sha256: asset.contract for asset in MediaAsset.objects.filter(sha256__in=sums)}


def _facts(draft: CampaignDraft, names: Mapping[str, str]) -> list[tuple[str, str]]:
    campaign, assets = draft.content.campaign, draft.content.campaign.assets
    said = campaign.declarations
    chosen = [(kind.value, str(getattr(assets, kind.value))) for kind in AssetKind]
    facts = [
        ("Objective", wording.choice(campaign.objective)),
        ("Budget", wording.budget(campaign.budget, draft.account.currency)),
        ("Start", wording.moment(campaign.schedule.start) if campaign.schedule.start else "When it is published"),
        ("End", wording.moment(campaign.schedule.end) if campaign.schedule.end else "None"),
        ("Time zone", draft.account.time_zone),
        ("Launch", wording.choice(campaign.launch)),
        *[(_label_of("assets", kind), f"{names.get(value, 'Unknown')} ({value})") for kind, value in chosen if value],
        ("Conversion event", wording.choice(assets.conversion_event)),
        ("Business name", assets.business_name),
        ("Special ad categories", ", ".join(wording.choice(item) for item in said.special_ad_categories)),
        ("Political in the EU", wording.yes_no(said.eu_political) if said.eu_political is not None else ""),
        (_label_of("declarations", "dsa_beneficiary"), said.dsa_beneficiary),
        (_label_of("declarations", "dsa_payor"), said.dsa_payor),
        ("URL tags", campaign.url_tags),
    ]
    return [(word, value) for word, value in facts if value and value != "–"]


def _label_of(part: str, field: str) -> str:
    return LABELS[f"campaign.{part}.{field}"]


def _ad_sets(draft: CampaignDraft, sender: str, media: Mapping[str, Media]) -> list[AdSetLine]:
    return [_ad_set(draft, ad_set, sender, media) for ad_set in draft.content.ad_sets]


def _ad_set(draft: CampaignDraft, ad_set: AdSet, sender: str, media: Mapping[str, Media]) -> AdSetLine:
    kind, currency = draft.content.campaign.budget.type, draft.account.currency
    return AdSetLine(
        key=ad_set.key,
        path=ad_set.path,
        name=ad_set.name,
        audience=wording.audience(ad_set.targeting),
        budget=wording.per_kind(ad_set.budget, kind, currency) if ad_set.budget is not None else "",
        optimization=wording.choice(ad_set.optimization),
        ads=tuple(_ad(draft, ad_set, ad, sender, media) for ad in ad_set.ads),
    )


def _ad(draft: CampaignDraft, ad_set: AdSet, ad: Ad, sender: str, media: Mapping[str, Media]) -> AdLine:
    shown = previews.preview(ad, sender, media, draft.content.campaign.url_tags)
    return AdLine(ad.key, ad_set.ad_path(ad), shown)


def _problems(draft: CampaignDraft, *, is_editor: bool) -> list[Task]:
    if draft.status not in JUDGED:
        return []
    url = links.field_url if is_editor else links.shown_url
    found = sorted(rules.problems_of(draft, own_commitment=_own(draft)), key=lambda problem: not problem.is_error)
    return [
        Task(
            problem.is_error,
            problem.message,
            problem.fix,
            url(draft.pk, problem.path) if problem.path else "",
        )
        for problem in found
    ]


def _own(draft: CampaignDraft) -> tuple[int, int] | None:
    """Return what names the draft's own commitment, so that it does not count against itself."""
    if draft.status not in spending.COUNTED:
        return None
    approval = draft.approvals.filter(decision=Approval.Decision.APPROVED).first()
    return (draft.pk, approval.number) if approval else None


def _changes(draft: CampaignDraft, decisions: Sequence[Approval], media: Mapping[str, Media]) -> list[Change]:
    """Return what differs from the content that was decided on last."""
    if not decisions or decisions[0].content_hash == draft.content_hash:
        return []
    before = drafts.read(decisions[0].snapshot["draft_json"])
    return differences.differences(before, draft.reading, Terms(draft.account.currency, media))


def _dashboard_url(draft: CampaignDraft) -> str:
    if not draft.platform_campaign_id:
        return ""
    return platforms.offline(draft.platform).dashboard_url(draft.platform_campaign_id, draft.account.contract)
