from __future__ import annotations

import copy
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from adaccounts.models import CapCommitment
from campaigns import links, spending
from stratum.models import Event
from tests.campaigns.drive import client_of, draft_in, fresh, make_run, press
from tests.factories import make_account, make_draft, make_draft_json, make_large_draft_json
from tests.people import PEOPLE, person

pytestmark = pytest.mark.django_db

STATES = ["draft", "submitted", "approved", "rejected", "publishing", "published", "failed"]


def page(draft, name: str = "vera") -> str:
    answer = client_of(name).get(draft.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", PEOPLE)
def test_everybody_can_open_a_draft_in_every_state(state, name):
    html = page(draft_in(state), name)

    assert "Summer Sale 2024" in html
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", html)


def test_the_page_offers_each_person_their_own_buttons():
    draft = draft_in("submitted")

    shown = {name: set(re.findall(rf"/campaign-drafts/{draft.pk}/([a-z-]+)\"", page(draft, name))) for name in PEOPLE}

    assert shown == {
        "ada": {"approve", "reject", "withdraw", "duplicate", "copy", "template", "needed-by", "look"},
        "carl": {"withdraw", "duplicate", "copy", "template", "needed-by", "look"},
        "cora": {"duplicate", "copy", "template", "look"},
        "anne": {"approve", "reject", "look"},
        "paul": {"look"},
        "vera": {"look"},
    }


def test_the_money_panel_says_what_it_costs_and_how_full_the_caps_get():
    account = make_account(daily_cap="2000", monthly_cap="60000")
    make_draft("approved", account=account, draft_json=make_draft_json(budget={"amount": "750", "type": "daily"}))

    html = page(make_draft("submitted", account=account))

    for part in (
        "$1,000.00",
        "$92,000.00",
        "$1,750.00 of $2,000.00 after approval",
        "$52,500.00 of $60,000.00 after approval",
        "Counts campaigns made here.",
        "175 %",
    ):
        assert part in html


def test_a_month_of_31_days_is_named_beside_what_counts():
    draft = make_draft("submitted", account=make_account(monthly_cap="60000"))
    last = draft.ends_on
    assert last is not None
    CapCommitment.objects.create(
        account=draft.account, draft_id=0, approval_number=1, from_day=last, to_day=last, per_day=1
    )

    assert "August has 31: this campaign may spend $31,000.00 in it." in page(draft)


def test_an_approved_draft_does_not_count_against_itself():
    draft = make_draft("approved", account=make_account(daily_cap="1000"))

    html = page(draft)

    assert "$1,000.00 of $1,000.00" in html
    assert "would be passed" not in html


def test_an_ended_campaign_shows_what_is_still_committed():
    draft = make_draft("published", delivery="ended")
    CapCommitment.objects.update(to_day=draft.starts_on)

    shown = spending.of(fresh(draft))

    assert shown is not None
    assert shown.most == 1000


def test_a_draft_without_an_amount_says_so_instead_of_zero():
    draft = make_draft("rejected", draft_json=make_draft_json(budget={"amount": None, "type": "daily"}))

    assert "nothing can be counted yet" in page(draft)


def test_changes_since_the_last_decision_are_shown_field_by_field():
    draft = make_draft("rejected")
    press("revise", draft, "carl")
    content = copy.deepcopy(draft.draft_json)
    content["campaign"]["budget"]["amount"] = "900.00"
    content["ad_sets"][0]["targeting"]["age_min"] = 30
    press("save", fresh(draft), "carl", draft_json=content)
    press("submit", fresh(draft), "carl")

    html = page(draft, "anne")

    assert "Changed since the rejection" in html
    for part in ("Campaign › Budget", "$1,000.00 a day", "$900.00 a day", "US - 25-54 › Age", "25–54", "30–54"):
        assert part in html


def test_unchanged_content_shows_no_changes():
    draft = make_draft("rejected")
    press("revise", draft, "carl")
    press("submit", fresh(draft), "carl")

    assert "Changed since" not in page(draft, "anne")


def test_the_history_tells_who_did_what():
    draft = make_draft()
    press("submit", draft, "carl")
    press("reject", fresh(draft), "anne", reason="Too dear.")

    entries = client_of("vera").get(draft.get_absolute_url()).context["overview"].history

    assert [(entry.who, entry.what, entry.detail) for entry in entries] == [
        ("Anne Approver", "rejected", "Too dear."),
        ("Carl Creator", "submitted", ""),
    ]


def test_many_saves_in_a_row_are_one_line():
    draft = make_draft()
    for number in range(3):
        press("save", fresh(draft), "carl", draft_json=make_draft_json(name=f"Name {number}"))

    entries = client_of("vera").get(draft.get_absolute_url()).context["overview"].history

    assert [entry.what for entry in entries] == ["saved 3 times"]


def test_a_failed_draft_shows_code_message_retry_and_edit():
    draft = draft_in("failed")
    draft.runs.update(error_code="INVALID_TARGETING", error_message="Age range invalid", error_path="ad_sets[s1]")

    html = page(draft, "carl")

    for part in ("INVALID_TARGETING", "Age range invalid", "Retry", "Edit", 'id="node-s1"'):
        assert part in html


def test_a_published_draft_shows_its_id_and_the_way_to_the_platform():
    html = page(draft_in("published"), "paul")

    assert "23842927000000001" in html
    assert "selected_campaign_ids=23842927000000001" in html
    assert 'rel="noopener noreferrer"' in html


def test_a_removal_under_way_is_shown_on_the_draft_that_can_be_edited_meanwhile():
    draft = make_draft("rejected")
    make_run(draft, "removing")

    assert "Removing what was created on Meta" in page(draft)


def test_a_name_cannot_break_the_page():
    draft = make_draft("submitted", draft_json=make_draft_json(name='"><img src=x onerror=alert(1)>'))

    assert "<img src=x" not in page(draft, "anne")


@pytest.mark.parametrize("state", ["submitted", "approved"])
def test_the_number_of_queries_does_not_grow_with_the_draft(state):
    client = client_of("anne")
    small, large = make_draft(state), make_draft(state, draft_json=make_large_draft_json())
    client.get(small.get_absolute_url())

    counts = []
    for draft in (small, large):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(draft.get_absolute_url())
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[1] < 45


def test_of_a_large_campaign_one_ad_sets_ads_are_shown_at_a_time():
    draft = make_draft("submitted", draft_json=make_large_draft_json())
    client = client_of("anne")

    first = client.get(draft.get_absolute_url()).content.decode()
    third = client.get(links.shown_url(draft.pk, "ad_sets[s2].ads[a2x1].creative")).content.decode()

    assert ('id="node-a0x1"' in first, 'id="node-a2x1"' in first) == (True, False)
    assert ('id="node-a0x1"' in third, 'id="node-a2x1"' in third) == (False, True)
    assert "?ads=s2#ads-s2" in first


@pytest.mark.parametrize(
    ("state", "name", "action", "more"),
    [
        ("submitted", "carl", "withdraw", {}),
        ("submitted", "anne", "approve", {"content_hash": ""}),
        ("submitted", "anne", "reject", {"content_hash": "", "reason": "Too dear."}),
        ("rejected", "carl", "revise", {}),
        ("approved", "carl", "revise", {}),
        ("approved", "paul", "publish", {}),
        ("failed", "paul", "retry", {}),
        ("failed", "carl", "revise", {}),
        ("publishing", "paul", "cancel", {}),
        ("published", "paul", "pause", {}),
        ("published", "paul", "end", {}),
        ("published", "cora", "duplicate", {}),
    ],
)
def test_each_form_carries_what_it_needs_to_be_accepted(state, name, action, more):
    draft = draft_in(state)
    client = Client(enforce_csrf_checks=True)
    client.force_login(person(name))

    sent = form_of(
        client.get(draft.get_absolute_url()).content.decode(), reverse(f"campaigns:{action}", args=[draft.pk])
    )
    answer = client.post(reverse(f"campaigns:{action}", args=[draft.pk]), more | sent)

    assert answer.status_code == 302
    assert Event.objects.about(draft.event_subject).first() is not None


@pytest.mark.parametrize("action", ["approve", "reject"])
def test_each_form_of_the_list_carries_what_it_needs(action):
    draft = make_draft("submitted")
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("anne"))
    url = reverse(f"campaigns:{action}", args=[draft.pk])

    sent = form_of(client.get(reverse("campaigns:pending")).content.decode(), url)
    client.post(url, {"reason": "Too dear."} | sent)

    assert fresh(draft).status == {"approve": "approved", "reject": "rejected"}[action]


def test_a_form_without_its_token_is_refused():
    draft = make_draft("submitted")
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("anne"))

    answer = client.post(reverse("campaigns:approve", args=[draft.pk]), {"content_hash": draft.content_hash})

    assert (answer.status_code, fresh(draft).status) == (403, "submitted")


def form_of(html: str, action: str) -> dict[str, str]:
    """Return the hidden fields of the form that posts to the address."""
    found = re.search(rf'<form\s+method="post"\s+action="{re.escape(action)}".*?</form>', html, re.DOTALL)
    assert found is not None
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found[0]))


def test_a_draft_can_be_previewed_while_it_is_edited():
    draft = make_draft()

    html = client_of("carl").get(reverse("campaigns:preview", args=[draft.pk])).content.decode()

    assert reverse("campaigns:submit", args=[draft.pk]) in html
    assert "Structure" in html


def test_its_creator_gets_the_builder_and_everybody_else_the_overview():
    draft = make_draft()
    person("cora")

    assert "overview" not in client_of("carl").get(draft.get_absolute_url()).context
    assert "overview" in client_of("cora").get(draft.get_absolute_url()).context


def test_duplicating_twice_by_one_form_makes_one_copy():
    draft = draft_in("published")
    html = page(draft, "carl")
    once = re.search(r'name="once" value="([a-z0-9]+)"', html)
    assert once is not None

    copies = {press("duplicate", draft, "carl", once=once[1]).json()["data"]["id"] for _ in range(2)}
    other = press("duplicate", draft, "carl").json()["data"]["id"]

    assert len(copies) == 1
    assert other not in copies
