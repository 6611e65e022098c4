"""Writes the content of drafts: makes them, saves them, and makes them from one another. Their state stays as it is.

Everything an action does is in one transaction, under the lock of the draft it is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from adaccounts.models import AdAccount
from campaigns import conventions, permissions, rules
from campaigns.models import CampaignDraft, CampaignTemplate, new_short_id
from campaigns.workflow import locked, touch
from integrations import draft as drafts
from integrations.draft import ShapeError, TooLarge
from stratum import events
from stratum.models import Event, User
from stratum.ui import Refusal

#: A decimal column holds fourteen digits before the point; the content keeps whatever was typed.
MAX_LISTED_AMOUNT = Decimal(10) ** 14


def create(
    account: AdAccount, *, by: User, draft_json: Mapping[str, Any] | None = None, short_id: str = ""
) -> CampaignDraft:
    """Make a draft on the account, its defaults copied in where the content names nothing.

    `short_id` is one that was given out before, so that a form sent twice makes one draft: IntegrityError if it is taken.
    Raises PermissionDenied, and Refusal when the account cannot be used or the content is no draft.
    """
    if not by.has_perm(permissions.CREATE):
        raise PermissionDenied("Only a Creator or an Admin may build campaigns.")
    if not account.is_selectable:
        raise Refusal("AD_ACCOUNT_NOT_ENABLED", f"{account} cannot be used for new campaigns.")
    reading = _read(draft_json if draft_json is not None else drafts.empty())
    content = conventions.tag(_with_defaults(reading.json, account), account, rules.now_in(account))
    with transaction.atomic():
        draft = CampaignDraft(account=account, draft_json=content, created_by=by, short_id=short_id or new_short_id())
        _copy_listed(draft)
        draft.save()
        draft.edited_by.add(by)
        events.record(by, "draft.created", draft.event_subject, account=account.external_id)
    return draft


def save(draft_id: int, *, by: User, draft_json: Mapping[str, Any], version: int) -> CampaignDraft:
    """Store new content made from `version`; a save that changes nothing leaves the version as it is.

    Raises Refusal EDIT_CONFLICT with both contents when somebody saved in between.
    """
    reading = _read(draft_json)
    with locked(draft_id) as draft:
        permissions.require(by, draft, "edit")
        if reading.json == draft.draft_json:
            return draft
        if version != draft.version:
            raise Refusal(
                "EDIT_CONFLICT",
                "Somebody else saved this campaign after you opened it. Nothing of yours is lost: compare, then save.",
                {"version": draft.version, "theirs": draft.draft_json, "yours": reading.json},
            )
        before = draft.version
        draft.draft_json = reading.json
        draft.version += 1
        draft.reading = reading
        _copy_listed(draft)
        touch(draft)
        draft.edited_by.add(by)
        events.record(by, "draft.saved", draft.event_subject, before=before, after=draft.version)
        return draft


def made_before(short_id: str, by: User) -> CampaignDraft | None:
    """Return the draft that this person made with this short id, if a form came twice."""
    return CampaignDraft.objects.select_related("account").filter(short_id=short_id, created_by=by).first()


def duplicate(draft_id: int, *, by: User, once: str = "") -> CampaignDraft:
    """Make a new draft with the same content under a new name, on the same account.

    `once` names the press of a button: pressed again, it returns the draft of the first time.
    """
    with locked(draft_id) as draft:
        permissions.require(by, draft, "duplicate")
        once = once if once.isascii() and once.isalnum() else ""
        pressed = {"subject": draft.event_subject, "code": "draft.duplicated", "actor": by, "data__once": once}
        before = Event.objects.filter(**pressed).first() if once else None
        if before is not None:
            return CampaignDraft.objects.select_related("account").get(pk=before.data["copy"])
        content = drafts.read(draft.draft_json).json
        content["campaign"]["name"] = f"{draft.name} (copy)"[:1000] if draft.name else ""
        copy = create(draft.account, by=by, draft_json=content)
        events.record(by, "draft.duplicated", draft.event_subject, copy=copy.pk, once=once)
        return copy


def copy(draft_id: int, account: AdAccount, *, by: User, draft_json: Mapping[str, Any], short_id: str) -> CampaignDraft:
    """Make a draft on another account from what the content became there. The same short id gives the same draft again.

    Raises what create() raises.
    """
    with locked(draft_id) as draft:
        permissions.require(by, draft, "duplicate")
        if made := made_before(short_id, by):
            return made
        new = create(account, by=by, draft_json=draft_json, short_id=short_id)
        events.record(by, "draft.copied", draft.event_subject, copy=new.pk, account=account.external_id)
        return new


def start_from(
    template: CampaignTemplate, account: AdAccount, *, by: User, draft_json: Mapping[str, Any], short_id: str
) -> CampaignDraft:
    """Make a draft from what a template became on the account. The same short id gives the same draft again.

    Raises what create() raises.
    """
    with transaction.atomic():
        if made := made_before(short_id, by):
            return made
        new = create(account, by=by, draft_json=draft_json, short_id=short_id)
        events.record(by, "draft.started_from_template", new.event_subject, template=template.name)
        return new


def _read(draft_json: Mapping[str, Any]) -> drafts.Reading:
    try:
        return drafts.read(draft_json)
    except ShapeError as error:
        code = "CAMPAIGN_TOO_LARGE" if isinstance(error, TooLarge) else "VALIDATION_FAILED"
        details = [{"path": path, "message": message} for path, message in error.faults]
        raise Refusal(code, str(error), details) from error


def _with_defaults(content: dict[str, Any], account: AdAccount) -> dict[str, Any]:
    assets = content["campaign"]["assets"]
    for kind, external_id in account.defaults.items():
        if kind in assets and not assets[kind]:
            assets[kind] = external_id
    return content


def _copy_listed(draft: CampaignDraft) -> None:
    """Repeat in columns what lists sort and search by."""
    campaign = draft.content.campaign
    amount = campaign.budget.amount
    draft.name = campaign.name
    draft.budget_amount = amount if amount is not None and abs(amount) < MAX_LISTED_AMOUNT else None
    draft.budget_type = campaign.budget.type or ""
    draft.starts_on = campaign.schedule.start.date() if campaign.schedule.start else None
    draft.ends_on = campaign.schedule.end.date() if campaign.schedule.end else None
