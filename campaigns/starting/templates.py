"""Templates: a draft's content kept under a name for the whole team, without its days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from campaigns import authoring, permissions
from campaigns.models import CampaignDraft, CampaignTemplate
from campaigns.starting import copying
from campaigns.starting.copying import Proposal, Source
from integrations import draft as drafts
from stratum import events
from stratum.models import User
from stratum.ui import NotFound, Refusal

MOST_CHARACTERS = 200


def keep(draft: CampaignDraft, name: str, *, by: User) -> CampaignTemplate:
    """Keep the draft's content as a template; Refusal VALIDATION_FAILED when the name is empty or taken."""
    permissions.require(by, draft, "duplicate")
    content = drafts.read(draft.draft_json).json
    content["campaign"]["schedule"] = {"start": None, "end": None}
    template = CampaignTemplate(name=name_of(name), account=draft.account, content=content, created_by=by)
    with transaction.atomic():
        _save(template)
        events.record(by, "template.created", template.event_subject, name=template.name, draft=draft.pk)
    return template


def rename(template_id: int, name: str, *, by: User) -> CampaignTemplate:
    """Give the template another name; Refusal VALIDATION_FAILED when it is empty or taken."""
    with transaction.atomic():
        template = _own(template_id, by)
        before, template.name = template.name, name_of(name)
        _save(template)
        if before != template.name:
            events.record(by, "template.renamed", template.event_subject, before=before, after=template.name)
    return template


def delete(template_id: int, *, by: User) -> str:
    """Delete the template and return its name. Drafts that began with it stay as they are."""
    with transaction.atomic():
        template = _own(template_id, by)
        events.record(by, "template.deleted", template.event_subject, name=template.name)
        template.delete()
    return template.name


def get(template_id: int) -> CampaignTemplate:
    """Return the template with its account; NotFound if there is none."""
    template = CampaignTemplate.objects.select_related("account", "created_by").filter(pk=template_id).first()
    if template is None:
        raise NotFound("NOT_FOUND", "There is no such template. Somebody may have deleted it.")
    return template


def source_of(template: CampaignTemplate) -> Source:
    reading = drafts.read(template.content)
    return Source(template.event_subject, reading.draft.campaign.name, template.account, reading)


def start(template: CampaignTemplate, proposal: Proposal, leaves: Mapping[str, Any], *, by: User) -> CampaignDraft:
    """Make a draft of what was shown. Raises what authoring.create() raises."""
    content = copying.content_of(proposal, leaves)
    return authoring.start_from(template, proposal.account, by=by, draft_json=content, short_id=proposal.short_id)


def may_change(user: User, template: CampaignTemplate) -> bool:
    """Say whether the user may rename and delete it: whoever made it, and Admins."""
    own = template.created_by_id == user.pk and user.has_perm(permissions.CREATE)
    return own or user.has_perm(permissions.EDIT_ANY)


def _own(template_id: int, by: User) -> CampaignTemplate:
    template = get(template_id)
    if not may_change(by, template):
        raise PermissionDenied("Only the template's creator or an Admin may do this.")
    return template


def name_of(typed: str, what: str = "template") -> str:
    """Return the name with single spaces; Refusal VALIDATION_FAILED when it is empty or too long."""
    name = " ".join(typed.split())
    if not name:
        raise refused(f"Name the {what}.")
    if len(name) > MOST_CHARACTERS:
        raise refused(f"The name has at most {MOST_CHARACTERS} characters; this has {len(name)}.")
    return name


def _save(template: CampaignTemplate) -> None:
    try:
        with transaction.atomic():
            template.save()
    except IntegrityError as error:
        raise refused(f"There is a template “{template.name}” already. Choose another name.") from error


def refused(message: str) -> Refusal:
    return Refusal("VALIDATION_FAILED", message, [{"path": "name", "message": message}])
