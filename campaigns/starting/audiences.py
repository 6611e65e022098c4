"""Saved audiences: an ad set's targeting kept under a name, and put into ad sets again, also of another platform."""

from __future__ import annotations

import copy
from collections.abc import Collection
from dataclasses import asdict, dataclass
from functools import cached_property

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from campaigns import authoring, editing, permissions
from campaigns.editing import Kind, Node
from campaigns.models import CampaignDraft, SavedAudience
from campaigns.starting import lookups
from campaigns.starting.audience import Meaning, Meanings, carry, wanted_by
from campaigns.starting.templates import name_of, refused
from integrations import draft as drafts
from integrations import platforms
from integrations.capabilities import Fit
from integrations.draft import AdSet
from stratum import events
from stratum.models import User
from stratum.ui import NotFound, Refusal

SALT = "campaigns.starting.audiences"
GOOD_FOR = 86_400
#: The ad set that stands for the saved one in what is told of it.
STAND_IN = "saved"


@dataclass(frozen=True)
class Use:
    """A saved audience as it would be in ad sets of a platform; `meanings` are that platform's names."""

    audience: SavedAudience
    platform: str
    meanings: Meanings

    @cached_property
    def _carried(self) -> tuple[Node, list[Fit]]:
        node, ad_set = copy.deepcopy(self.audience.targeting), _ad_set(self.audience)
        if self.platform == self.audience.platform:
            return node, []
        target = platforms.platform_class(self.platform)
        return node, list(carry(node, ad_set, target.capabilities.targeting, self.meanings, target.label))

    @property
    def targeting(self) -> Node:
        self._carried  # noqa: B018  (the node is changed while its changes are told)
        return self._carried[0]

    @property
    def changes(self) -> list[Fit]:
        return self._carried[1]

    @property
    def signed(self) -> str:
        meanings = {key: asdict(meaning) for key, meaning in self.meanings.items()}
        return signing.dumps([self.audience.pk, self.platform, meanings], salt=SALT, compress=True)


def _ad_set(audience: SavedAudience) -> AdSet:
    content = {"ad_sets": [{"key": STAND_IN, "targeting": audience.targeting}]}
    return drafts.read(content).draft.ad_sets[0]


def get(audience_id: int) -> SavedAudience:
    """Return the audience; NotFound if there is none."""
    audience = SavedAudience.objects.filter(pk=audience_id).first()
    if audience is None:
        raise NotFound("NOT_FOUND", "There is no such audience. Somebody may have deleted it.")
    return audience


def keep(draft: CampaignDraft, ad_set: str, name: str, *, by: User) -> SavedAudience:
    """Keep an ad set's targeting; Refusal VALIDATION_FAILED when the name is empty or taken."""
    permissions.require(by, draft, "duplicate")
    place = _place(draft, ad_set)
    audience = SavedAudience(
        name=name_of(name, "audience"), platform=draft.platform, targeting=place.node["targeting"], created_by=by
    )
    try:
        with transaction.atomic():
            audience.save()
            events.record(by, "audience.created", audience.event_subject, name=audience.name, draft=draft.pk)
    except IntegrityError as error:
        raise refused(f"There is an audience “{audience.name}” already. Choose another name.") from error
    return audience


def delete(audience_id: int, *, by: User) -> str:
    """Delete the audience and return its name. Ad sets that use it keep what they have."""
    with transaction.atomic():
        audience = get(audience_id)
        if not may_delete(by, audience):
            raise PermissionDenied("Only the audience's creator or an Admin may do this.")
        events.record(by, "audience.deleted", audience.event_subject, name=audience.name)
        audience.delete()
    return audience.name


def may_delete(user: User, audience: SavedAudience) -> bool:
    own = audience.created_by_id == user.pk and user.has_perm(permissions.CREATE)
    return own or user.has_perm(permissions.EDIT_ANY)


def propose(audience: SavedAudience, draft: CampaignDraft) -> Use:
    """Return what the audience would be in the draft; asks the draft's platform for names, within one deadline."""
    if audience.platform == draft.platform:
        return Use(audience, draft.platform, {})
    taken = platforms.platform_class(draft.platform).capabilities.targeting
    names = wanted_by([_ad_set(audience).targeting], taken)
    return Use(audience, draft.platform, lookups.look_up(draft.platform, draft.account.contract, names))


def read(signed: str, draft: CampaignDraft) -> Use:
    """Return what a form brings back; Refusal EDIT_CONFLICT when it was not made here, or for another platform."""
    try:
        audience_id, platform, meanings = signing.loads(signed, salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature as error:
        raise Refusal("EDIT_CONFLICT", "What was shown is out of date: choose the audience again.") from error
    if platform != draft.platform:
        raise Refusal("EDIT_CONFLICT", "What was shown is for another platform: choose the audience again.")
    return Use(get(audience_id), platform, {key: Meaning(**meaning) for key, meaning in meanings.items()})


def put(draft: CampaignDraft, use: Use, ad_sets: Collection[str], *, by: User) -> CampaignDraft:
    """Put the audience into the ad sets; Refusal VALIDATION_FAILED without any, and authoring.save()'s refusals."""
    content = copy.deepcopy(draft.reading.json)
    chosen = [node for node in content["ad_sets"] if node["key"] in set(ad_sets)]
    if not chosen:
        raise Refusal("VALIDATION_FAILED", "Tick the ad sets that get this audience.")
    for node in chosen:
        node["targeting"] = copy.deepcopy(use.targeting)
    return authoring.save(draft.pk, by=by, draft_json=content, version=draft.version)


def _place(draft: CampaignDraft, ad_set: str) -> editing.Place:
    try:
        place = editing.locate(draft.reading.json, ad_set)
    except editing.NoSuchNode as error:
        raise NotFound("NOT_FOUND", "There is no such ad set.") from error
    if place.kind is not Kind.AD_SET:
        raise NotFound("NOT_FOUND", "There is no such ad set.")
    return place
