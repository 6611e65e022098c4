"""What must hold after every fault, checked from the sandbox's objects and from our own database."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from django_q.models import OrmQ

from adaccounts import caps
from adaccounts.models import AdAccount
from campaigns import workflow
from campaigns.models import CampaignDraft, PublishRun, PublishStep
from campaigns.publishing import ledger, runner
from integrations import connections, platforms
from integrations.contracts import Level
from integrations.models import ApiCall
from stratum.models import Event, Notification
from tests.faults.places import PLACES
from tests.faults.stage import Sandbox

Status = CampaignDraft.Status
State = PublishRun.State
KEY = re.compile(r"\[st-([a-z0-9]+-\d+-[a-z0-9-]+)\]$")
CREATED_LEVELS = {"campaign", "ad_set", "ad"}


@dataclass
class Verdict:
    """What one scenario showed. Every list is empty when all is well; each entry is a sentence."""

    duplicates: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    live_while_failed: list[str] = field(default_factory=list)
    lost_drafts: list[str] = field(default_factory=list)
    over_cap: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        return [sentence for sentences in vars(self).values() for sentence in sentences]


def check(sandbox: Sandbox, draft: CampaignDraft, run: PublishRun, hash_before: str) -> Verdict:
    """Check everything that can be said of one campaign after its run settled."""
    verdict = Verdict()
    objects = sandbox.look("objects", platform=draft.platform)
    ours = _objects_of(objects, draft)
    _check_duplicates(ours, verdict)
    _check_settled(draft, run, verdict)
    _check_nothing_live_unless_published(ours, draft, run, verdict)
    _check_content(draft, hash_before, verdict)
    _check_ledger(ours, objects, run, verdict)
    _check_tree(draft, run, verdict)
    _check_caps(objects, draft.account, verdict)
    return verdict


def judged(slug: str) -> set[str]:
    """Return the kinds of objects that must not exist twice: what may spend, and what the platform lets us remove.

    A file that was uploaded twice lies in a library, a creative of Snapchat likewise: nobody sees it, nothing deletes it.
    """
    return CREATED_LEVELS | {str(level) for level in platforms.platform_class(slug).removal_levels}


def _objects_of(objects: list[dict[str, Any]], draft: CampaignDraft) -> list[dict[str, Any]]:
    """Return the campaign's own objects: those that carry its key, and everything below them."""
    keyed = [(o, KEY.search(o["name"] or "")) for o in objects if o["kind"] in judged(draft.platform)]
    ours = [o for o, found in keyed if found and found[1].startswith(f"{draft.short_id}-")]
    ids = {o["id"] for o in ours}
    for _ in range(2):
        below = [o for o in objects if o["parent"] in ids and o["id"] not in ids and o["kind"] in CREATED_LEVELS]
        ours += below
        ids |= {o["id"] for o in below}
    return ours


def _check_duplicates(ours: list[dict[str, Any]], verdict: Verdict) -> None:
    keyed = Counter((o["kind"], o["parent"] if o["kind"] in {"ad_set", "ad"} else "", o["name"]) for o in ours)
    verdict.duplicates += [f"{kind} {name} exists {n} times" for (kind, _, name), n in keyed.items() if n > 1]


def _check_settled(draft: CampaignDraft, run: PublishRun, verdict: Verdict) -> None:
    if run.state in PublishRun.DUE:
        verdict.stuck.append(f"run {run.pk} is still {run.state}: {run.waiting_why}")
    if run.lease_until is not None:
        verdict.stuck.append(f"run {run.pk} settled and is still held")
    wanted = {
        State.SUCCEEDED: {Status.PUBLISHED},
        State.FAILED: {Status.FAILED},
        State.NEEDS_ATTENTION: {Status.FAILED, Status.DRAFT},
        State.REMOVED: {Status.DRAFT},
    }.get(State(run.state), set())
    if draft.status not in wanted:
        verdict.stuck.append(f"the run is {run.state} and its draft {draft.status}")


def _check_nothing_live_unless_published(
    ours: list[dict[str, Any]], draft: CampaignDraft, run: PublishRun, verdict: Verdict
) -> None:
    campaigns = [o for o in ours if o["kind"] == "campaign"]
    on = [o for o in campaigns if o["status"] == PLACES[draft.platform].on]
    if run.state != State.SUCCEEDED and on and draft.may_be_live == "no":
        verdict.live_while_failed.append(f"{on[0]['name']} is on, and the draft says that nothing is")
    if run.state == State.FAILED and on:
        verdict.live_while_failed.append(f"{on[0]['name']} is on while the run failed")
    if run.state == State.SUCCEEDED and len(on) != 1:
        verdict.other.append(f"published, and {len(on)} campaigns are on")
    ever_on = [o for o in campaigns if o["first_on_at"]]
    if ever_on and run.read_back_at is None:
        verdict.live_while_failed.append(f"{ever_on[0]['name']} was on before it was read back")


def _check_content(draft: CampaignDraft, hash_before: str, verdict: Verdict) -> None:
    if draft.content_hash != hash_before:
        verdict.lost_drafts.append(f"the content of draft {draft.pk} changed")


def _check_ledger(ours: list[dict[str, Any]], objects: list[dict[str, Any]], run: PublishRun, verdict: Verdict) -> None:
    """Each object of ours has its step, and each done step an object that exists."""
    if run.state == State.REMOVED:
        left = [o["name"] for o in ours if o["kind"] in judged(run.draft.platform)]
        verdict.other += [f"{name} is left after the removal" for name in left]
        return
    ids = {o["id"] for o in objects}
    steps = list(run.steps.creations())
    known = {step.external_id for step in steps}
    if run.state != State.NEEDS_ATTENTION:
        sending = {step.name for step in steps if step.state == PublishStep.State.SENDING}
        strangers = [o["name"] for o in ours if o["id"] not in known and o["name"] not in sending]
        if run.state == State.SUCCEEDED:
            verdict.duplicates += [f"{name} is in nobody's ledger" for name in strangers]
    done = [step for step in steps if step.state == PublishStep.State.DONE and step.level != Level.MEDIA]
    gone = [step.key for step in done if step.external_id not in ids]
    if run.state == State.SUCCEEDED:
        verdict.other += [f"{key} is done and does not exist" for key in gone]


def _check_tree(draft: CampaignDraft, run: PublishRun, verdict: Verdict) -> None:
    """A published tree equals the approved one, field by field."""
    if run.state != State.SUCCEEDED:
        return
    platform = connections.platform_for(draft.platform, lambda exchange: None)
    steps = [step.contract for step in run.steps.creations()]
    known = ledger.ids(run.pk)
    nodes = platform.read(known, steps, draft.account.contract)
    found = platform.differences(steps, known, nodes, draft.account.contract)
    verdict.other += [f"{d.node} {d.what}: approved {d.approved}, found {d.found}" for d in found]


def _check_caps(objects: list[dict[str, Any]], account: AdAccount, verdict: Verdict) -> None:
    if account.daily_cap is None:
        return
    used = caps.usage(account, workflow.today_in(account)).day
    if used > account.daily_cap:
        verdict.over_cap.append(f"{used} is committed under a cap of {account.daily_cap}")
    on = {o["id"] for o in objects if o["kind"] == "campaign" and o["status"] == PLACES[account.platform].on}
    budgets = [
        Decimal(o["budget"]["amount"])
        for o in objects
        if o["budget"] and (o["id"] in on or o["parent"] in on) and o["account"] == account.external_id
    ]
    if sum(budgets) > account.daily_cap:
        verdict.over_cap.append(f"{sum(budgets)} a day is on under a cap of {account.daily_cap}")


def check_rerun(sandbox: Sandbox, run: PublishRun, verdict: Verdict) -> None:
    """Working on a settled run again sends no write. Other runs may be at work meanwhile, so only its own count."""
    own = run.steps.exclude(external_id="").exclude(level=Level.MEDIA)  # pictures are shared by all campaigns
    marks = {run.draft.short_id, *own.values_list("external_id", flat=True)}
    before = len(_writes(sandbox, run.draft.platform, marks))
    PublishRun.objects.filter(pk=run.pk).update(lease_until=None)
    runner.work(run.pk)
    if len(_writes(sandbox, run.draft.platform, marks)) != before:
        verdict.other.append("working on the settled run again sent something")


def _writes(sandbox: Sandbox, slug: str, marks: set[str]) -> list[Any]:
    """Return the journal's writes that speak of these marks. A batch of reads goes out as a POST and is none."""
    rows = [r for r in sandbox.look("requests", platform=slug) if not PLACES[slug].is_read(r["method"], r["path"])]
    writes = [row for row in rows if '"method":"GET"' not in str(row["body"]).replace(" ", "")]
    return [row for row in writes if any(mark in f"{row['path']} {row['body']}" for mark in marks)]


def check_secrets(sandbox: Sandbox, *logs: Path) -> list[str]:
    """Search everything that is kept for everything that is secret."""
    secrets = [row["value"] for row in sandbox.look("secrets")]
    places: dict[str, str] = {
        "API calls": " ".join(str(row) for row in ApiCall.objects.values("url", "request", "response", "error")),
        "queue payloads": " ".join(OrmQ.objects.values_list("payload", flat=True)),
        "events": " ".join(str(row) for row in Event.objects.values("data")),
        "notifications": " ".join(str(row) for row in Notification.objects.values("title", "body", "url")),
        "steps": " ".join(str(row) for row in PublishStep.objects.values("payload", "error_message")),
    }
    places |= {log.name: log.read_text(errors="replace") for log in logs}
    return [f"a secret stands in {place}" for place, text in places.items() for secret in secrets if secret in text]
