"""Everything the overview page shows about a draft: its money, what changed, its structure, its ads, its decisions."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adaccounts.models import FormerRule
from campaigns import (
    comments,
    deadlines,
    differences,
    history,
    levels,
    links,
    looking,
    opinions,
    permissions,
    previews,
    rules,
    spending,
    unusual,
    wording,
)
from campaigns.differences import Change, Terms
from campaigns.models import Approval, CampaignDraft, GuestLink, MediaAsset
from campaigns.presentation import JUDGED
from integrations import draft as drafts
from integrations import platforms
from integrations.contracts import AssetKind, Media
from integrations.draft import Ad, AdSet
from integrations.draft_fields import LABELS
from stratum.formats import money

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
    comments: int = 0


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
    held_back: tuple[FormerRule, ...]
    threads: tuple[comments.Thread, ...]
    nodes: tuple[tuple[str, str], ...]
    may_comment: bool
    deadline: str
    is_pressing: bool
    reviewing: str
    guests: tuple[tuple[GuestLink, str], ...]
    history: tuple[history.Entry, ...]
    accepted: tuple[str, ...]
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
    def day_typed(self) -> str:
        """The deadline as a date field holds it."""
        return self.draft.needed_by.isoformat() if self.draft.needed_by else ""

    @property
    def can_ask_guest(self) -> bool:
        return "ask_guest" in self.actions

    @property
    def open_comments(self) -> int:
        return sum(thread.is_open for thread in self.threads)

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
    threads = tuple(comments.threads(draft))
    return Overview(
        draft=draft,
        platform_label=platforms.label(draft.platform),
        actions=actions,
        reason_against_deciding=permissions.reason_against_deciding(user, draft),
        spending=spending.of(draft),
        facts=tuple(_facts(draft, names)),
        ad_sets=tuple(_ad_sets(draft, previews.sender_of(draft, names), media, comments.open_by_node(threads))),
        problems=tuple(_problems(draft, is_editor="edit" in actions)),
        changes=tuple(_changes(draft, decisions, media)),
        decisions=decisions,
        standing=levels.of(draft),
        held_back=tuple(levels.held_back(draft)),
        threads=threads,
        nodes=tuple(comments.names_of(draft).items()),
        may_comment=comments.may_comment(user),
        deadline=deadlines.open_day(draft),
        is_pressing=deadlines.is_pressing(draft),
        reviewing=looking.sentence(user, draft),
        guests=tuple((link, opinions.state(link, draft)) for link in draft.guest_links.select_related("made_by")),
        history=tuple(history.timeline(draft)),
        accepted=tuple(history.warnings_accepted(draft)) if draft.submitted_at else (),
        dashboard_url=_dashboard_url(draft),
    )


@dataclass(frozen=True)
class Snapshot:
    """A content as somebody decided on it, read from what the approval kept."""

    approval: Approval
    draft: CampaignDraft
    account: str
    facts: tuple[tuple[str, str], ...]
    ad_sets: tuple[AdSetLine, ...]

    @property
    def ads(self) -> list[AdLine]:
        return [ad for ad_set in self.ad_sets for ad in ad_set.ads]

    @property
    def fingerprint(self) -> str:
        return wording.fingerprint(self.approval.content_hash)


def snapshot(draft: CampaignDraft, approval: Approval) -> Snapshot:
    """Return what was decided on, however the draft and its account were changed since."""
    kept = approval.snapshot
    shown = _as_it_was(draft, kept)
    account = kept.get("account", {})
    names = dict(draft.account.assets.values_list("external_id", "name"))
    files = {asset.sha256: asset.contract for asset in MediaAsset.objects.filter(sha256__in=shown.content.files())}
    return Snapshot(
        approval,
        shown,
        f"{account.get('name', draft.account.name)} ({account.get('external_id', draft.account.external_id)})",
        tuple(_facts(shown, names)),
        tuple(_ad_sets(shown, previews.sender_of(shown, names), files, {})),
    )


@dataclass(frozen=True)
class GuestView:
    """What a guest may see: the campaign's money and days, its ad sets and its ads; no ids, no account."""

    title: str
    platform_label: str
    facts: tuple[tuple[str, str], ...]
    ad_sets: tuple[AdSetLine, ...]

    @property
    def ads(self) -> list[AdLine]:
        return [ad for ad_set in self.ad_sets for ad in ad_set.ads]


def for_guest(draft: CampaignDraft) -> GuestView:
    """Return what a guest is shown of the draft as it is now."""
    campaign, currency, most = draft.content.campaign, draft.account.currency, spending.ceiling(draft)
    facts = [
        ("Budget", wording.budget(campaign.budget, currency)),
        ("At most", money(most, currency) if most is not None else ""),
        ("Schedule", wording.schedule(campaign.schedule)),
        ("Objective", wording.choice(campaign.objective)),
    ]
    names = dict(draft.account.assets.values_list("external_id", "name"))
    ad_sets = _ad_sets(draft, previews.sender_of(draft, names), _media(draft, ()), {})
    shown = tuple((word, value) for word, value in facts if value and value != "–")
    return GuestView(draft.title, platforms.label(draft.platform), shown, tuple(ad_sets))


def _as_it_was(draft: CampaignDraft, kept: Mapping[str, Any]) -> CampaignDraft:
    """Return a draft at hand, never saved, with the content and the account's money and clock of that day."""
    account = copy.copy(draft.account)
    account.currency = kept.get("account", {}).get("currency", account.currency)
    account.time_zone = kept.get("account", {}).get("time_zone", account.time_zone)
    content = kept["draft_json"]
    return CampaignDraft(account=account, draft_json=content, name=drafts.read(content).draft.campaign.name)


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


def _ad_sets(
    draft: CampaignDraft, sender: str, media: Mapping[str, Media], comments_at: Mapping[str, int]
) -> list[AdSetLine]:
    return [_ad_set(draft, ad_set, sender, media, comments_at) for ad_set in draft.content.ad_sets]


def _ad_set(
    draft: CampaignDraft, ad_set: AdSet, sender: str, media: Mapping[str, Media], comments_at: Mapping[str, int]
) -> AdSetLine:
    kind, currency = draft.content.campaign.budget.type, draft.account.currency
    return AdSetLine(
        key=ad_set.key,
        path=ad_set.path,
        name=ad_set.name,
        audience=wording.audience(ad_set.targeting),
        budget=wording.per_kind(ad_set.budget, kind, currency) if ad_set.budget is not None else "",
        optimization=wording.choice(ad_set.optimization),
        ads=tuple(_ad(draft, ad_set, ad, sender, media) for ad in ad_set.ads),
        comments=sum(comments_at.get(key, 0) for key in (ad_set.key, *(ad.key for ad in ad_set.ads))),
    )


def _ad(draft: CampaignDraft, ad_set: AdSet, ad: Ad, sender: str, media: Mapping[str, Media]) -> AdLine:
    shown = previews.preview(ad, sender, media, draft.content.campaign.url_tags)
    return AdLine(ad.key, ad_set.ad_path(ad), shown)


def _problems(draft: CampaignDraft, *, is_editor: bool) -> list[Task]:
    if draft.status not in JUDGED:
        return []
    url = links.field_url if is_editor else links.shown_url
    known = rules.problems_of(draft, own_commitment=spending.own_commitment(draft))
    tasks = [
        Task(problem.is_error, problem.message, problem.fix, url(draft.pk, problem.path) if problem.path else "")
        for problem in known
    ]
    odd = unusual.of(draft)
    tasks += [Task(False, odd.sentence, "Check that it is meant.", url(draft.pk, rules.BUDGET))] if odd else []
    return sorted(tasks, key=lambda task: not task.is_error)


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
