"""How long a large campaign takes to publish, beside the limit that latency sets and beside a plain client.

The campaign has 10 ad sets of 10 ads and 10 pictures (on TikTok films); the sandbox answers each call 200 ms after it came.
`depth` counts the requests that had to wait for one another, `limit_s` is depth × latency. The plain client sends the same
payloads, one step in each call, one call after another. The best of three publications counts.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from adaccounts.models import AdAccount
from campaigns import authoring, workflow
from campaigns.models import CampaignDraft, PublishRun
from campaigns.publishing import ledger, plan, runner
from integrations import connections
from integrations.contracts import Action
from tests import contents
from tests.faults.stage import Sandbox
from tests.people import person

LATENCY = 0.2
AD_SETS, ADS = 10, 10
TIMES = 3


def measure(slug: str, account: AdAccount, sandbox: Sandbox) -> dict[str, Any]:
    """Publish the platform's reference campaign and answer the figures."""
    runs = [_publish(slug, account, sandbox) for _ in range(TIMES)]
    rows, wall = min(runs, key=lambda run: run[1])
    depth = sequential_depth(rows)
    plain = _plain(slug, account, sandbox)
    return {
        "name": "publish",
        "platform": slug,
        "calls": len(rows),
        "depth": depth,
        "wall_s": round(wall, 2),
        "limit_s": round(depth * LATENCY, 2),
        "plain_s": round(plain, 2),
        "wall_by_limit": round(wall / (depth * LATENCY), 2),
        "plain_by_wall": round(plain / wall, 1),
        "load": round(os.getloadavg()[0], 1),
    }


def sequential_depth(rows: Sequence[Mapping[str, Any]]) -> int:
    """Return how many of the requests had to wait for one another: the most of which no two were under way at once."""
    spans = sorted(
        (start + timedelta(milliseconds=row["took_ms"]), start)
        for row in rows
        for start in [datetime.fromisoformat(row["at"])]
    )
    depth, free = 0, datetime.min.replace(tzinfo=UTC)
    for end, start in spans:
        if start >= free:
            depth, free = depth + 1, end
    return depth


def _publish(slug: str, account: AdAccount, sandbox: Sandbox) -> tuple[list[dict[str, Any]], float]:
    draft = _approved(account)
    run = workflow.publish(draft.pk, by=person("paul"))
    with latency(sandbox):
        before, started = len(_rows(sandbox, slug)), time.monotonic()
        while PublishRun.objects.get(pk=run.pk).state in PublishRun.DUE:
            PublishRun.objects.filter(pk=run.pk).update(due_at=run.created_at)
            runner.work(run.pk)
        wall = time.monotonic() - started
    run = PublishRun.objects.get(pk=run.pk)
    assert run.state == PublishRun.State.SUCCEEDED, f"{run.state}: {run.error_code} {run.error_message}"
    return _rows(sandbox, slug)[before:], wall


@contextmanager
def latency(sandbox: Sandbox) -> Iterator[None]:
    sandbox.order("settings", latency_ms=int(LATENCY * 1000))
    try:
        yield
    finally:
        sandbox.order("settings", latency_ms=0)


def _approved(account: AdAccount) -> CampaignDraft:
    carl, anne = person("carl"), person("anne")
    draft = authoring.create(account, by=carl, draft_json=contents.content(account, AD_SETS, ADS))
    workflow.submit(draft.pk, by=carl)
    fresh = CampaignDraft.objects.select_related("account").get(pk=draft.pk)
    workflow.approve(draft.pk, by=anne, content_hash=fresh.content_hash)
    return fresh


def _plain(slug: str, account: AdAccount, sandbox: Sandbox) -> float:
    """Send the same steps one by one and answer the seconds; nothing is read back and nothing is written down."""
    draft = _approved(account)
    run = workflow.publish(draft.pk, by=person("paul"))
    platform = connections.platform_for(slug, lambda exchange: None)
    files = plan.media_contracts(draft)
    ids: dict[str, str] = {}
    with latency(sandbox):
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
