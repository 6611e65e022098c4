from __future__ import annotations

import pytest

from campaigns import workflow
from campaigns.models import CampaignDraft, PublishRun
from campaigns.publishing import runner
from integrations import platforms
from tests.factories import make_draft, make_draft_json
from tests.publishing.imaginary import ImaginaryPlatform, World

SHORT_CLOCKS = {"PUBLISH_SETTLE_FACTOR": 0.0, "PUBLISH_LEASE_SECONDS": 5.0, "PUBLISH_RENEW_SECONDS": 1.0}


@pytest.fixture
def world(monkeypatch, settings) -> World:
    """The imaginary platform stands in for Meta, clocks run short."""
    made = World(patch=monkeypatch.setattr)
    cls = type("Imaginary", (ImaginaryPlatform,), {"world": made})
    monkeypatch.setattr(platforms, "platform_class", lambda slug: cls)
    monkeypatch.setattr(CampaignDraft, "get_absolute_url", lambda self: f"/campaign-drafts/{self.pk}")
    for name, value in SHORT_CLOCKS.items():
        setattr(settings, name, value)
    return made


def two_by_two():
    """Content with two ad sets of two ads each."""
    content = make_draft_json()
    first = content["ad_sets"][0]
    first["ads"] = [first["ads"][0], {**first["ads"][0], "key": "a2", "name": "Second ad"}]
    second = {**first, "key": "s2", "name": "CA - 25-54", "budget": "300.00"}
    second["ads"] = [{**ad, "key": f"b{n}"} for n, ad in enumerate(first["ads"])]
    content["ad_sets"] = [first, second]
    return content


@pytest.fixture
def draft(world, db) -> CampaignDraft:
    """An approved campaign of two ad sets and four ads."""
    return make_draft(CampaignDraft.Status.APPROVED, draft_json=two_by_two())


@pytest.fixture
def run(draft, paul) -> PublishRun:
    """The draft's publication, started and not yet worked on."""
    return workflow.publish(draft.pk, by=paul)


def work_until_settled(run: PublishRun, *, most: int = 60) -> PublishRun:
    """Let workers work on the run, as often as it is due, until it settles."""
    for _ in range(most):
        PublishRun.objects.filter(pk=run.pk).update(lease_until=None, due_at=run.created_at)
        runner.work(run.pk)
        fresh = PublishRun.objects.select_related("draft__account").get(pk=run.pk)
        if fresh.state not in PublishRun.DUE:
            return fresh
    raise AssertionError(f"the run is still {fresh.state}: {fresh.waiting_why}")
