"""The builder at 50 ad sets of 10 ads: it asks the database as often as at one, and looks at every part a few times only."""

from __future__ import annotations

import cProfile
import pstats
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import rules
from integrations import draft as drafts
from tests.campaigns.builder.pages import open_node
from tests.factories import make_account, make_connection, make_draft, make_draft_json, make_large_draft_json

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(carl, as_user):
    return as_user(carl)


def queries(act: Any) -> list[str]:
    with CaptureQueriesContext(connection) as log:
        act()
    return [query["sql"] for query in log.captured_queries]


@pytest.mark.parametrize(("node", "same"), [("campaign", "campaign"), ("s1", "s30"), ("a1", "a30x5")])
def test_opening_and_saving_ask_the_database_as_often_as_at_one_ad(client, carl, node, same):
    small = make_draft(created_by=carl, draft_json=make_draft_json())
    large = make_draft(created_by=carl, draft_json=make_large_draft_json(50, 10))
    counts = []
    for draft, key in ((small, node), (large, same)):
        form = open_node(client, draft, key)
        opening = queries(lambda draft=draft, key=key: open_node(client, draft, key))
        saving = queries(lambda form=form: form.send(client, name="Renamed"))
        counts.append((len(opening), len(saving)))

    assert counts[0] == counts[1]
    assert max(counts[1]) <= 25, counts


def test_a_save_reads_the_whole_content_twice(client, carl, monkeypatch):
    draft = make_draft(created_by=carl, draft_json=make_large_draft_json(50, 10))
    form = open_node(client, draft, "a30x5")
    whole: list[int] = []
    read = drafts.read

    def counted(raw: Any) -> drafts.Reading:
        whole.append(len(raw.get("ad_sets", [])))
        return read(raw)

    monkeypatch.setattr(drafts, "read", counted)
    form.send(client, name="Renamed")

    assert whole.count(50) == 2, "once as it is stored, once as it will be"


@pytest.mark.parametrize("slug", ["meta", "google", "tiktok", "snapchat"])
def test_judging_twice_as_many_ads_is_twice_the_work(slug):
    make_connection(slug)
    account = make_account(f"{slug}-1", platform=slug, defaults={})
    calls = []
    for ad_sets in (25, 50):
        draft = make_draft(account=account, draft_json=make_large_draft_json(ad_sets, 10))
        profile = cProfile.Profile()
        profile.runcall(rules.judge, draft)
        calls.append(pstats.Stats(profile).total_calls)

    assert calls[1] < 2.3 * calls[0], "the work grows faster than the campaign"
