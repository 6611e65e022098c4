"""How long a large campaign takes to publish, beside the limit that latency sets and beside a plain client.

The campaign has 10 ad sets of 10 ads and 10 pictures; the sandbox answers each call after 200 ms. `depth` counts the round
trips that had to wait for one another, `limit_s` is depth × latency. The plain client sends the same payloads, one step in
each call, one call after another.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from adaccounts.models import AdAccount
from campaigns import workflow
from campaigns.models import CampaignDraft, PublishRun
from campaigns.publishing import ledger, plan, runner
from campaigns.publishing.sending import Sender
from integrations import connections
from integrations.contracts import Action, Platform
from tests import contents
from tests.faults.stage import Sandbox
from tests.people import person

LATENCY = 0.2
AD_SETS, ADS = 10, 10


class Meter:
    """Counts calls, and the rounds in which they had to wait for one another."""

    def __init__(self) -> None:
        self.calls = 0
        self.depth = 0

    @contextmanager
    def watching(self, platform: type[Platform]) -> Iterator[None]:
        send, exchanges = Sender.send, self

        def counted(sender: Sender, calls: Any, steps: Any, action: str) -> Any:
            exchanges.depth += math.ceil(len(calls) / sender.platform.parallel_calls)
            return send(sender, calls, steps, action)

        with patch.object(Sender, "send", counted):
            yield


def measure(slug: str, account: AdAccount, sandbox: Sandbox) -> dict[str, Any]:
    """Publish the platform's reference campaign and answer the figures."""
    draft = _approved(slug, account)
    run = workflow.publish(draft.pk, by=person("paul"))
    sandbox.order("settings", latency_ms=int(LATENCY * 1000))
    before = _count(sandbox, slug)
    meter, started = Meter(), time.monotonic()
    with meter.watching(type(connections.platform_for(slug, lambda exchange: None))):
        while PublishRun.objects.get(pk=run.pk).state in PublishRun.DUE:
            PublishRun.objects.filter(pk=run.pk).update(due_at=run.created_at)
            runner.work(run.pk)
    wall = time.monotonic() - started
    run = PublishRun.objects.get(pk=run.pk)
    assert run.state == PublishRun.State.SUCCEEDED, f"{run.state}: {run.error_code} {run.error_message}"
    rows = _rows(sandbox, slug)[before:]
    reads = [row for row in rows if _is_read(row)]
    depth = meter.depth + len(reads)
    plain = _plain(slug, account)
    sandbox.order("settings", latency_ms=0)
    return {
        "name": "publish",
        "platform": slug,
        "calls": len(rows),
        "depth": depth,
        "wall_s": round(wall, 2),
        "limit_s": round(depth * LATENCY, 2),
        "plain_s": round(plain, 2),
    }


def _approved(slug: str, account: AdAccount) -> CampaignDraft:
    carl, anne = person("carl"), person("anne")
    draft = workflow.create(account, by=carl, draft_json=contents.content(account, AD_SETS, ADS))
    workflow.submit(draft.pk, by=carl)
    fresh = CampaignDraft.objects.select_related("account").get(pk=draft.pk)
    workflow.approve(draft.pk, by=anne, content_hash=fresh.content_hash)
    return fresh


def _plain(slug: str, account: AdAccount) -> float:
    """Send the same steps one by one and answer the seconds; nothing is read back and nothing is written down."""
    draft = _approved(slug, account)
    run = workflow.publish(draft.pk, by=person("paul"))
    platform = connections.platform_for(slug, lambda exchange: None)
    files = plan.media_contracts(draft)
    ids: dict[str, str] = {}
    started = time.monotonic()
    for row in run.steps.all():
        step = row.contract_with(ids)
        for call in platform.calls([step], ids, account.contract):
            outcomes = platform.send(call, account.contract, lambda sha: files[sha].file.open())
            outcome = outcomes[step.key]
            assert outcome.is_done, outcome.error
            if step.action == Action.CREATE:
                ids[step.key] = outcome.external_id
    seconds = time.monotonic() - started
    ledger.finish(run, PublishRun.State.REMOVED)
    return seconds


def _rows(sandbox: Sandbox, slug: str) -> list[dict[str, Any]]:
    return list(sandbox.look("requests", platform=slug))


def _count(sandbox: Sandbox, slug: str) -> int:
    return len(_rows(sandbox, slug))


def _is_read(row: dict[str, Any]) -> bool:
    return row["method"] == "GET" or '"method":"GET"' in json.dumps(row["body"]).replace(" ", "").replace('\\"', '"')
