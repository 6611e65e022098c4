"""Whatever is typed or sent, the answer is a page or a refusal that says what is wrong, and the builder still opens."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns import outline
from campaigns.models import CampaignDraft
from integrations import platforms
from tests.campaigns.builder.pages import form_in, open_node
from tests.factories import make_account, make_connection, make_draft, make_draft_json

pytestmark = pytest.mark.django_db
FEW = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
OURS = ["version", "base", "new_key", "do", "choice.name", "into"]
#: Fields of one control, whatever is typed into it.
TYPED = {"campaign": ["name", "budget.amount", "schedule.start", "schedule.end", "url_tags", "declarations.dsa_payor"],
         "s1": ["name", "budget", "targeting.age_min", "targeting.age_max"],
         "a1": ["name", "creative.primary_text", "creative.link_url"]}  # fmt: skip
NEW = ["name", "budget.amount", "schedule.start", "schedule.end"]
VERBS = ["save", "autosave", "spread", "duplicate", "delete", "undo", "move:1", "move:x", "go:a1:creative.link_url",
         "add_ad:s1", "add_ad:", "media:1", "search:targeting.interests", "library:7",
         "preview", "keep_mine", "a:b:c", ""]  # fmt: skip


def sent(names: list[str]) -> st.SearchStrategy[dict[str, list[str]]]:
    return st.dictionaries(st.sampled_from([*names, *OURS]), st.lists(words, max_size=3), max_size=6)


forms = st.one_of(
    st.tuples(st.just("campaign"), sent(CAMPAIGN)),
    st.tuples(st.just("s1"), sent(AD_SET)),
    st.tuples(st.just("a1"), sent(AD)),
)


def shown(text: str) -> str:
    """A text as a page shows it: what no database keeps is gone, white space is not compared."""
    return "".join(text.replace("\x00", "").encode("utf-8", "ignore").decode().split())


def says(now: str, typed: str) -> bool:
    """Whether the field says what was typed, be it written another way: 3 for ٣, a time without its seconds."""
    if shown(now) == shown(typed):
        return True
    try:
        return Decimal(now) == Decimal(typed)
    except InvalidOperation:
        return bool(now) and typed.strip().startswith(now)


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


@FEW
@given(data=st.data(), do=st.sampled_from(["save", "autosave"]), node=st.sampled_from(sorted(TYPED)))
def test_whatever_is_typed_stands_in_its_field_afterwards(client, draft, data, do, node):
    typed = data.draw(st.dictionaries(st.sampled_from(TYPED[node]), words, min_size=1, max_size=3))

    response = open_node(client, draft, node).send(client, do=do, **typed)

    assert response.status_code == (200 if do == "autosave" else 302), response.content[:500]
    page = client.get(f"/campaign-drafts/{draft.pk}", {"node": node}).content.decode()
    fields = form_in(page).fields
    assert {name: fields[name] for name, text in typed.items() if not says(fields[name][0], text)} == {}
    for leaf in CampaignDraft.objects.get(pk=draft.pk).reading.unread:
        at, name = outline.node_of(leaf.path)
        assert at != node or f'id="f-{name}_error"' in page, f"{leaf.path} is refused nowhere"


@FEW
@given(slug=st.sampled_from(platforms.available()), do=st.sampled_from(VERBS), sent=forms)
def test_no_button_breaks_any_platform(client, carl, slug, do, sent):
    node, changes = sent
    make_connection(slug)
    account = make_account(f"{slug}-1", platform=slug, defaults={}, assets=[])
    draft = make_draft(created_by=carl, account=account)

    response = open_node(client, draft, node).send(client, **{**changes, "do": do})

    assert response.status_code in {200, 302, 409}, response.content[:500]
    assert_every_page_opens(client, draft)


@FEW
@given(sent=st.dictionaries(st.sampled_from(["platform", "account", "objective", *NEW]), words, max_size=5))
def test_a_new_campaign_begins_with_what_was_typed_or_says_what_is_missing_at_its_field(client, draft, sent):
    before = CampaignDraft.objects.count()

    response = client.post("/campaign-drafts", {"account": draft.account.external_id, **sent})

    assert response.status_code in {302, 422}, response.content[:500]
    assert CampaignDraft.objects.count() == before + (response.status_code == 302)
    if response.status_code == 422:
        page = response.content.decode()
        assert 'id="f-account_error"' in page or 'id="f-platform_error"' in page
        fields = form_in(page, "/campaign-drafts").fields
        assert [text for name, text in sent.items() if name in NEW and not says(fields[name][0], text)] == []


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
        details = response.json()["error"]["details"]
        assert details
        for fault in details:
            assert fault["message"]
            assert fault["path"].startswith(str(path[0])), "it names the place"
    else:
        told = {problem["path"] for problem in response.json()["data"]["problems"]}
        assert {leaf.path for leaf in CampaignDraft.objects.get(pk=draft.pk).reading.unread} <= told
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
