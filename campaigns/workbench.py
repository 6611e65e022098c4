"""Everything the builder's page shows about a draft and the node that is open on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from adaccounts import caps
from adaccounts.models import AccountAsset
from campaigns import comments, editing, outline, previews, rules
from campaigns.content_rules.schedule import days_of
from campaigns.editing import CAMPAIGN, Kind, NoSuchNode, Place
from campaigns.forms.ad import AdForm
from campaigns.forms.ad_set import AdSetForm
from campaigns.forms.campaign import CampaignForm
from campaigns.forms.leaves import as_text
from campaigns.forms.lists import MediaLeaf
from campaigns.forms.nodes import Frame, NodeForm
from campaigns.models import CampaignDraft
from campaigns.rules import Problem
from integrations import draft as drafts
from integrations import platforms
from integrations.capabilities import Fit
from integrations.contracts import Media

FORMS: dict[Kind, type[NodeForm]] = {Kind.CAMPAIGN: CampaignForm, Kind.AD_SET: AdSetForm, Kind.AD: AdForm}


@dataclass(frozen=True)
class Task:
    """A problem as the page lists it: `node` and `field` say where it is settled."""

    problem: Problem
    node: str
    field: str
    where: str


@dataclass(frozen=True)
class Room:
    """What is left under a cap of the account; `limit` None means that there is no such cap."""

    word: str
    limit: Decimal
    left: Decimal


@dataclass
class Workbench:
    """A draft, its tree, and the open node with its form."""

    draft: CampaignDraft
    place: Place
    form: NodeForm
    tree: outline.Outline
    tasks: list[Task]
    own_tasks: list[Task]
    fits: list[Fit]
    preview: previews.AdPreview | None
    media: Mapping[str, Media]
    rooms: list[Room] = field(default_factory=list)
    threads: list[comments.Thread] = field(default_factory=list)

    @property
    def node(self) -> str:
        return node_key(self.place)

    @property
    def new_key(self) -> str:
        """A key for the next node. It is made with the page, so that pressing twice makes one."""
        return new_key()

    def field_at(self, rest: str) -> str:
        """Return the form's field that a path below the node leads to; empty if it has none."""
        return outline.field_of(rest, self.form.fields)

    @property
    def base(self) -> str:
        return json.dumps(self.form.base())

    @property
    def position_before(self) -> int:
        return self.place.index - 1

    @property
    def position_after(self) -> int:
        return self.place.index + 1

    @property
    def is_first(self) -> bool:
        return self.place.index == 0

    @property
    def is_last(self) -> bool:
        return self.place.index == len(self.place.siblings) - 1

    @property
    def platform_label(self) -> str:
        return self.form.frame.platform_label

    @property
    def chosen_media(self) -> list[tuple[str, Media | None]]:
        """The open ad's files by their SHA-256; None for one that is not in the library."""
        sums = [as_text(item) for item in self.form.initial.get("creative.media", [])]
        return [(sha, self.media.get(sha)) for sha in sums]

    @property
    def other_ad_sets(self) -> list[outline.Branch]:
        """The ad sets that the open ad could be copied into."""
        return [branch for branch in self.tree.ad_sets if branch.key != self.place.parent]

    @property
    def ad_set_budgets(self) -> Decimal | None:
        """The sum of the ad sets' budgets; None if none has its own."""
        amounts = [ad_set.budget for ad_set in self.draft.content.ad_sets if ad_set.budget is not None]
        return sum(amounts, Decimal(0)) if amounts else None

    @property
    def budget(self) -> Decimal | None:
        return self.draft.content.campaign.budget.amount


def new_key() -> str:
    return drafts.new_key("n")


def node_key(place: Place) -> str:
    return CAMPAIGN if place.kind is Kind.CAMPAIGN else str(place.node["key"])


def find_place(draft: CampaignDraft, key: str) -> Place:
    """Return the node's place, the campaign's if there is no such node."""
    try:
        return editing.locate(draft.reading.json, key)
    except NoSuchNode:
        return editing.locate(draft.reading.json, CAMPAIGN)


def frame_of(draft: CampaignDraft, place: Place) -> Frame:
    """Return what the node's form must know; the account's assets only where the form offers them."""
    platform = platforms.platform_class(draft.platform)
    assets: tuple[AccountAsset, ...] = ()
    if place.kind is Kind.CAMPAIGN:
        assets = tuple(draft.account.assets.filter(is_stale=False))
    return Frame(draft.account, platform.capabilities, platform.label, draft.reading.json["campaign"], assets)


def form_of(draft: CampaignDraft, place: Place, data: Any = None) -> NodeForm:
    return FORMS[place.kind](frame_of(draft, place), place.node, data)


def takes_one_file(draft: CampaignDraft, place: Place) -> bool:
    """Say whether the ad shows a single file, so that another one takes its place."""
    field = form_of(draft, place).fields.get("creative.media")
    return isinstance(field, MediaLeaf) and field.most == 1


def lay_out(draft: CampaignDraft, key: str, *, strictly: bool = False) -> Workbench:
    """Return the page of a draft with the node open, the campaign if there is no such node.

    `strictly` shows empty fields as errors, after somebody tried to submit them.
    """
    place = find_place(draft, key)
    open_key = node_key(place)
    judged = rules.judge(draft)
    problems, media = judged.problems, judged.media
    form = form_of(draft, place)
    own = [problem for problem in problems if outline.node_of(problem.path)[0] == open_key]
    homeless = form.blame(own, strictly=strictly)
    fits = [line for line in judged.fits if outline.node_of(line.path)[0] == open_key]
    form.tell(fits)
    threads = comments.threads(draft)
    tree = outline.outline(draft.reading.json, problems, open_key, comments.open_by_node(threads))
    tasks = _tasks(draft, problems)
    return Workbench(
        draft=draft,
        place=place,
        form=form,
        tree=tree,
        tasks=tasks,
        own_tasks=[task for task in tasks if task.problem in homeless and task.node == open_key],
        fits=fits,
        preview=_preview(draft, place, media),
        media=media,
        threads=[thread for thread in threads if thread.first.node == open_key or _is_gone_here(thread, open_key)],
        rooms=_rooms(draft) if place.kind is Kind.CAMPAIGN else [],
    )


def _is_gone_here(thread: comments.Thread, open_key: str) -> bool:
    """Say whether the campaign's page must show it, because the part that it is about was deleted."""
    return thread.is_gone and open_key == CAMPAIGN


def _tasks(draft: CampaignDraft, problems: list[Problem]) -> list[Task]:
    names = {node_key(place): str(place.node["name"]) for place in editing.places(draft.reading.json)}
    tasks = []
    for problem in sorted(problems, key=lambda problem: not problem.is_error):
        node, rest = outline.node_of(problem.path)
        tasks.append(Task(problem, node, rest, "" if node == CAMPAIGN else names.get(node, "")))
    return tasks


def _preview(draft: CampaignDraft, place: Place, media: Mapping[str, Media]) -> previews.AdPreview | None:
    """Return the open ad, or the first below the open node."""
    for ad_set, ad in draft.content.ads():
        if place.kind is Kind.CAMPAIGN or node_key(place) in {ad_set.key, ad.key}:
            assets = draft.content.campaign.assets
            chosen = [getattr(assets, kind) for kind in previews.SENDERS if getattr(assets, kind)]
            names = dict(draft.account.assets.filter(external_id__in=chosen).values_list("external_id", "name"))
            shown = previews.preview(ad, previews.sender_of(draft, names), media, draft.content.campaign.url_tags)
            has_keywords = any(part.targeting.keywords for part in draft.content.ad_sets)
            capabilities = platforms.platform_class(draft.platform).capabilities
            return previews.placed(shown, capabilities, has_keywords=has_keywords)
    return None


def _rooms(draft: CampaignDraft) -> list[Room]:
    """Return what is left under the account's caps on the first day of the schedule, this draft not counted."""
    account = draft.account
    if account.daily_cap is None and account.monthly_cap is None:
        return []
    first, _ = days_of(draft.content.campaign.schedule, rules.now_in(account).date())
    used = caps.usage(account, first)
    day = f"{first:%b} {first.day}, {first.year}"
    found = [(f"a day on {day}", account.daily_cap, used.day), (f"in {first:%B %Y}", account.monthly_cap, used.month)]
    return [Room(word, limit, max(Decimal(0), limit - spent)) for word, limit, spent in found if limit is not None]
