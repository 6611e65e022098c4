"""A campaign or a template taken to an ad account: first a proposal that shows what changes, then the draft it described.

What the other platform calls a place or an interest is looked up once, for the proposal. The proposal travels in the form,
signed, so that what is made is what was shown, and nothing is asked of a platform inside a transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from django.core import signing

from adaccounts import presentation
from adaccounts.models import AdAccount
from campaigns import authoring, conventions, drafting, editing, outline, rules
from campaigns.models import CampaignDraft, new_short_id
from campaigns.rules import Problem
from campaigns.starting import lookups
from campaigns.starting.adapting import Adapted, Side, adapt
from campaigns.starting.audience import Meaning, Meanings, wanted_by
from integrations import draft as drafts
from integrations import platforms
from integrations.capabilities import Fit, Verdict
from integrations.tagging import translated
from stratum.models import User
from stratum.ui import Refusal

SALT = "campaigns.starting.copying"
#: A proposal is good for a day, in seconds.
GOOD_FOR = 86_400
STALE = "What was shown is out of date: look at it again, then make the copy."


@dataclass(frozen=True)
class Source:
    """What is taken: a campaign's or a template's content, and the account it was written for. `ref` names it."""

    ref: str
    name: str
    account: AdAccount
    reading: drafts.Reading

    @property
    def hash(self) -> str:
        return drafts.content_hash(self.reading.json, self.account.external_id)


@dataclass(frozen=True)
class Proposal:
    """What a content would be on an account. `short_id` is the new draft's, so that two presses make one."""

    source: Source
    account: AdAccount
    short_id: str
    meanings: Meanings

    @cached_property
    def adapted(self) -> Adapted:
        found = adapt(self.source.reading, side_of(self.source.account), side_of(self.account), self.meanings)
        before = self.source.reading.draft.campaign.url_tags
        after = self._tags(found.content)
        if after == before:
            return found
        content = editing.apply(found.content, editing.CAMPAIGN, {"url_tags": after})
        becomes = f"They become {after}" if after else "None of them means anything there."
        change = Fit("campaign.url_tags", "URL tags", Verdict.CHANGED if after else Verdict.DROPPED, becomes)
        return Adapted(content, (*found.changes, change), found.amounts)

    def _tags(self, content: editing.Content) -> str:
        """Return the URL tags there: by the account's rule where none were chosen, else in the platform's own words."""
        before, source = self.source.reading, self.source.account
        tags = before.draft.campaign.url_tags
        follows = bool(source.url_tags_rule) and conventions.has_tags_of(before.json, source)
        if self.account.url_tags_rule and (follows or not tags):
            return conventions.tags_of(content, self.account, rules.now_in(self.account))
        if source.platform == self.account.platform:
            return tags
        return translated(tags, presentation.macros(source), presentation.macros(self.account))

    @cached_property
    def reading(self) -> drafts.Reading:
        return drafts.read(self.adapted.content)

    @property
    def fits(self) -> list[Fit]:
        """What the other platform makes of the content, where that is not simply the content."""
        media = rules.media_in(self.source.reading.draft)
        speaker = platforms.offline(self.account.platform)
        lines = speaker.fit(self.reading.draft, self.account.contract, media)
        return [line for line in lines if line.verdict is not Verdict.KEPT]

    @property
    def problems(self) -> list[Problem]:
        """What will have to be settled in the copy; amounts that the page asks for are not among it."""
        account, platform = self.account, platforms.platform_class(self.account.platform)
        media, asked = rules.media_in(self.source.reading.draft), set(self.adapted.amounts)
        found = rules.content_problems(self.reading, account.contract, platform, media, rules.now_in(account))
        return [problem for problem in found if problem.path not in asked]

    @property
    def signed(self) -> str:
        meanings = {key: asdict(meaning) for key, meaning in self.meanings.items()}
        data = {
            "source": self.source.ref,
            "hash": self.source.hash,
            "account": self.account.pk,
            "short_id": self.short_id,
            "meanings": meanings,
        }
        return signing.dumps(data, salt=SALT, compress=True)


def source_of(draft: CampaignDraft) -> Source:
    return Source(draft.event_subject, draft.name, draft.account, draft.reading)


def targets(draft: CampaignDraft) -> list[AdAccount]:
    """Return the accounts a copy may be made on; the draft's own is for Duplicate."""
    return list(drafting.accounts().exclude(pk=draft.account_id))


def side_of(account: AdAccount) -> Side:
    platform = platforms.platform_class(account.platform)
    rows = account.assets.filter(is_stale=False).values_list("kind", "external_id", "name")
    assets = {(kind, external_id): name for kind, external_id, name in rows}
    return Side(platform.slug, platform.label, platform.capabilities, account.contract, dict(account.defaults), assets)


def propose(source: Source, account: AdAccount) -> Proposal:
    """Return what the content would be on the account; asks the account's platform for names, within one deadline."""
    meanings: Meanings = {}
    if account.platform != source.account.platform:
        taken = platforms.platform_class(account.platform).capabilities.targeting
        names = wanted_by((ad_set.targeting for ad_set in source.reading.draft.ad_sets), taken)
        meanings = lookups.look_up(account.platform, account.contract, names)
    return Proposal(source, account, new_short_id(), meanings)


def read(signed: str, source: Source, account: AdAccount) -> Proposal:
    """Return the proposal that a form brings back; Refusal EDIT_CONFLICT when it is not of this content any more."""
    try:
        data: Mapping[str, Any] = signing.loads(signed, salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature as error:
        raise Refusal("EDIT_CONFLICT", STALE) from error
    if (data["source"], data["hash"], data["account"]) != (source.ref, source.hash, account.pk):
        raise Refusal("EDIT_CONFLICT", STALE)
    meanings = {key: Meaning(**meaning) for key, meaning in data["meanings"].items()}
    return Proposal(source, account, data["short_id"], meanings)


def content_of(proposal: Proposal, leaves: Mapping[str, Any]) -> editing.Content:
    """Return what was shown, with the leaves that were given anew, by draft path."""
    before = content = proposal.adapted.content
    for path, value in leaves.items():
        node, leaf = outline.node_of(path)
        content = editing.apply(content, node, {leaf: value})
    return conventions.follow(before, content, proposal.account, rules.now_in(proposal.account))


def make(draft: CampaignDraft, proposal: Proposal, leaves: Mapping[str, Any], *, by: User) -> CampaignDraft:
    """Make the copy of a draft. Raises what authoring.copy() raises."""
    content = content_of(proposal, leaves)
    return authoring.copy(draft.pk, proposal.account, by=by, draft_json=content, short_id=proposal.short_id)
