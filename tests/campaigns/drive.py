"""How tests press the buttons of a draft: the same POSTs the pages and the JSON callers send."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from campaigns.models import CampaignDraft, PublishRun
from tests.factories import make_draft
from tests.people import person

Status = CampaignDraft.Status
RunState = PublishRun.State


def client_of(name: str) -> Client:
    client = Client()
    client.force_login(person(name))
    return client


def ask(name: str, method: str, url: str, data: Any = None) -> HttpResponse:
    """Send a request of this person that wants JSON."""
    send = getattr(client_of(name), method)
    if method == "get":
        return send(url, headers={"accept": "application/json"})
    return send(url, data or {}, content_type="application/json", headers={"accept": "application/json"})


def press(action: str, draft: CampaignDraft, name: str, **data: Any) -> HttpResponse:
    """Take an action on the draft by JSON; approve and reject say what they must, unless the test says otherwise."""
    if action == "save":
        sent = {"draft_json": draft.draft_json, "version": draft.version} | data
        return ask(name, "put", reverse("campaigns:detail", args=[draft.pk]), sent)
    usual = {"approve": {"content_hash": draft.content_hash}, "reject": {"reason": "Too dear."}}.get(action, {})
    return ask(name, "post", reverse(f"campaigns:{action}", args=[draft.pk]), usual | data)


def press_on_page(action: str, draft: CampaignDraft, name: str, **data: Any) -> HttpResponse:
    """Take an action by the page's form, and follow where it leads."""
    answer: Any = client_of(name).post(reverse(f"campaigns:{action}", args=[draft.pk]), data, follow=True)
    return answer


def fresh(draft: CampaignDraft) -> CampaignDraft:
    return CampaignDraft.objects.select_related("account").get(pk=draft.pk)


def make_run(draft: CampaignDraft, state: str, **fields: Any) -> PublishRun:
    return PublishRun.objects.create(
        draft=draft, approval=draft.approvals.get(), started_by=person("paul"), state=state, **fields
    )


def draft_in(status: str, **fields: Any) -> CampaignDraft:
    """Return Carl's draft in the state, with the run that such a draft has."""
    draft = make_draft(status, **fields)
    runs = {Status.PUBLISHING: RunState.RUNNING, Status.FAILED: RunState.FAILED, Status.PUBLISHED: RunState.SUCCEEDED}
    if status in runs:
        make_run(draft, runs[Status(status)])
    return draft
