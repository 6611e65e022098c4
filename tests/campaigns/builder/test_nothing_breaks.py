"""Whatever is typed or sent, the answer is a page or a refusal that says what is wrong, and the builder still opens."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.models import CampaignDraft
from tests.campaigns.builder.pages import open_node
from tests.factories import make_draft, make_draft_json

pytestmark = pytest.mark.django_db
FEW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
JSON = {"Accept": "application/json"}

words = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=40),
    st.sampled_from(["", "0", "-1", "1e309", "NaN", "٣", "10.0000000001", "2027-02-30T25:61", "[]", "{}", "null",
                     '{"id":{}}', '{"id":"1","kind":"moon"}', '{"id":[[]],"name":5}', "x" * 1001, "image", "daily"]),
)  # fmt: skip
CAMPAIGN = ["name", "objective", "budget.amount", "budget.type", "schedule.start", "schedule.end", "launch",
            "assets.page", "assets.conversion_event", "declarations.special_ad_categories",
            "declarations.dsa_payor", "url_tags"]  # fmt: skip
AD_SET = ["name", "budget", "targeting.locations", "targeting.locations.add", "targeting.age_min", "targeting.age_max",
          "targeting.genders", "targeting.languages", "targeting.interests", "optimization"]  # fmt: skip
AD = ["name", "creative.type", "creative.media", "creative.headlines", "creative.descriptions", "creative.primary_text",
      "creative.call_to_action", "creative.link_url"]  # fmt: skip
OURS = ["version", "base", "new_key", "do", "choice.name"]


def sent(names: list[str]) -> st.SearchStrategy[dict[str, list[str]]]:
    return st.dictionaries(st.sampled_from([*names, *OURS]), st.lists(words, max_size=3), max_size=6)


forms = st.one_of(
    st.tuples(st.just("campaign"), sent(CAMPAIGN)),
    st.tuples(st.just("s1"), sent(AD_SET)),
    st.tuples(st.just("a1"), sent(AD)),
)


def assert_every_page_opens(client: Client, draft: CampaignDraft) -> None:
    for node in ("campaign", "s1", "a1"):
        assert client.get(f"/campaign-drafts/{draft.pk}", {"node": node}).status_code == 200
    assert client.get(f"/campaign-drafts/{draft.pk}/preview").status_code == 200
    assert client.get("/campaigns").status_code == 200


@pytest.fixture
def client(carl, as_user):
    return as_user(carl)


@pytest.fixture
def draft(carl):
    return make_draft(created_by=carl)


@FEW
@given(sent=forms)
def test_no_form_breaks_the_builder(client, draft, sent):
    node, changes = sent

    response = open_node(client, draft, node).send(client, **{"do": "save", **changes})

    assert response.status_code in {302, 409}, response.content[:500]
    assert_every_page_opens(client, draft)


leaves = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), words),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=3)),
    max_leaves=5,
)
PATHS = [
    *(("campaign", *name.split(".")) for name in CAMPAIGN),
    *(("ad_sets", 0, *name.split(".")) for name in AD_SET if not name.endswith(".add")),
    *(("ad_sets", 0, "ads", 0, *name.split(".")) for name in AD),
    ("campaign",), ("campaign", "budget"), ("ad_sets",), ("ad_sets", 0), ("ad_sets", 0, "key"), ("ad_sets", 0, "targeting"),
    ("ad_sets", 0, "ads"), ("ad_sets", 0, "ads", 0), ("ad_sets", 0, "ads", 0, "key"), ("version",),
]  # fmt: skip


@FEW
@given(path=st.sampled_from(PATHS), leaf=leaves)
def test_no_json_breaks_the_builder(client, draft, path, leaf):
    content: Any = make_draft_json()
    part = content
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = leaf
    version = CampaignDraft.objects.get(pk=draft.pk).version

    response = client.put(
        f"/campaign-drafts/{draft.pk}",
        json.dumps({"draft_json": content, "version": version}),
        content_type="application/json",
        headers=JSON,
    )

    assert response.status_code in {200, 422}, response.content[:500]
    if response.status_code == 422:
        assert response.json()["error"]["details"][0]["message"]
    assert_every_page_opens(client, draft)
    for node in [ad_set.key for ad_set in CampaignDraft.objects.get(pk=draft.pk).content.ad_sets]:
        assert open_node(client, draft, node).send(client).status_code == 302


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"draft_json":' + b"[" * 500 + b"]" * 500 + b"}"]
)
def test_no_body_breaks_the_api(client, draft, body):
    for send, url in ((client.post, "/campaign-drafts"), (client.put, f"/campaign-drafts/{draft.pk}")):
        response = send(url, body, content_type="application/json", headers=JSON)

        assert response.status_code == 422
        assert response.json()["error"]["code"] == "VALIDATION_FAILED"
