"""Every action in every state by everybody. The tables are written from the design's section on roles and states, by
hand: they know nothing of campaigns/permissions.py."""

from __future__ import annotations

from dataclasses import replace

import pytest

from campaigns import permissions
from campaigns.models import CampaignDraft
from tests.campaigns.drive import ask, draft_in, fresh, press
from tests.people import PEOPLE, person

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

#: Who may ever do it to Carl's draft. Ada is Admin, Cora another Creator, Anne Approver, Paul Publisher, Vera Viewer.
WHO = {
    "save": {"carl", "ada"},
    "submit": {"carl", "ada"},
    "withdraw": {"carl", "ada"},
    "approve": {"anne", "ada"},
    "reject": {"anne", "ada"},
    "revise": {"carl", "ada"},
    "publish": {"carl", "paul", "ada"},
    "cancel": {"carl", "paul", "ada"},
    "retry": {"carl", "paul", "ada"},
    "roll_back": {"carl", "ada"},
    "pause": {"carl", "paul", "ada"},  # stopping spend is open to everybody who could have started it
    "resume": {"paul", "ada"},
    "end": {"paul", "ada"},
    "duplicate": {"carl", "cora", "ada"},
}
#: Where it leads from each state in which it can be done; the delivery stands in the place of a published draft's state.
WHEN = {
    "save": {"draft": "draft"},
    "submit": {"draft": "submitted"},
    "withdraw": {"submitted": "draft"},
    "approve": {"submitted": "approved"},
    "reject": {"submitted": "rejected"},
    "revise": {"rejected": "draft", "approved": "draft", "failed": "draft"},
    "publish": {"approved": "publishing"},
    "cancel": {"publishing": "publishing"},
    "retry": {"failed": "publishing"},
    "roll_back": {"failed": "draft"},
    "pause": {"scheduled": "published", "live": "published", "unknown": "published"},
    "resume": {"paused": "published", "unknown": "published"},
    "end": {"scheduled": "published", "live": "published", "paused": "published", "unknown": "published"},
    "duplicate": {},
}
DELIVERIES = ["scheduled", "live", "paused", "ended", "unknown"]
STATES = ["draft", "submitted", "approved", "rejected", "publishing", "failed", *DELIVERIES]
WHEN["duplicate"] = {state: "published" if state in DELIVERIES else state for state in STATES}
#: A second press of these joins the run that the first one started.
JOINS = {("publish", "publishing"): 200, ("retry", "publishing"): 200}
DONE = {"duplicate": 201}


def make(state: str) -> CampaignDraft:
    return draft_in("published", delivery=state) if state in DELIVERIES else draft_in(state)


def expected(action: str, state: str, name: str) -> int:
    if name not in WHO[action]:
        return 403
    return DONE.get(action, 200) if state in WHEN[action] else JOINS.get((action, state), 409)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", WHO)
def test_an_action_is_open_to_the_right_people_at_the_right_time(action, state):
    person("vera")
    answers = {name: press(action, make(state), name).status_code for name in PEOPLE}

    assert answers == {name: expected(action, state, name) for name in PEOPLE}


@pytest.mark.parametrize(("action", "state"), [(action, state) for action in WHEN for state in WHEN[action]])
def test_an_action_leads_where_the_design_says(action, state):
    draft = make(state)

    press(action, draft, sorted(WHO[action])[0])

    assert fresh(draft).status == WHEN[action][state]


@pytest.mark.parametrize("action", sorted(set(WHO) - {"duplicate"}))
def test_a_refused_action_changes_nothing(action):
    outside = next(state for state in STATES if state not in WHEN[action] and (action, state) not in JOINS)
    draft = make(outside)
    before = CampaignDraft.objects.filter(pk=draft.pk).values().get()

    press(action, draft, "vera")
    press(action, draft, sorted(WHO[action])[0])

    assert CampaignDraft.objects.filter(pk=draft.pk).values().get() == before


@pytest.mark.parametrize(
    ("action", "sentence"),
    [
        ("submit", "Only the campaign's creator or an Admin may do this."),
        ("approve", "Only an Approver or an Admin who had no hand in the campaign may do this."),
        ("publish", "Only a Publisher, an Admin or the campaign's creator may do this."),
        ("resume", "Only a Publisher or an Admin may do this."),
        ("duplicate", "Only a Creator or an Admin may do this."),
    ],
)
def test_403_says_who_may(action, sentence):
    answer = press(action, draft_in("submitted"), "vera")

    assert answer.json()["error"] == {"code": "FORBIDDEN", "message": sentence, "details": None}


@pytest.mark.parametrize(
    ("action", "name", "sentence"),
    [
        ("submit", "carl", "Only a draft can be submitted. This campaign is submitted."),
        ("publish", "carl", "Only an approved campaign can be published"),
        ("retry", "carl", "Only a failed publication can be retried."),
    ],
)
def test_a_wrong_state_says_when(action, name, sentence):
    error = press(action, draft_in("submitted"), name).json()["error"]

    assert error["code"] == "INVALID_STATUS_TRANSITION"
    assert error["message"].startswith(sentence)
    assert error["details"] == {"status": "submitted", "action": action}


def test_creators_may_be_kept_from_publishing_and_from_pausing_what_they_could_not_start(settings):
    settings.CREATOR_CAN_PUBLISH = False

    answers = [
        press("publish", draft_in("approved"), "carl").status_code,
        press("pause", draft_in("published"), "carl").status_code,
        press("publish", draft_in("approved"), "paul").status_code,
    ]

    assert answers == [403, 403, 200]


@pytest.mark.parametrize("action", sorted(WHO))
def test_the_page_offers_exactly_what_the_post_accepts(action):
    state = next(iter(WHEN[action]))
    person("vera")

    offered = {name for name in PEOPLE if {"save": "edit"}.get(action, action) in available(name, state)}

    assert offered == WHO[action]


def available(name: str, state: str) -> list[str]:
    return ask(name, "get", f"/campaign-drafts/{make(state).pk}").json()["data"]["available_actions"]


def test_the_table_would_notice_a_rule_that_lets_everybody_in(monkeypatch):
    open_to_all = replace(permissions.RULES["approve"], who=lambda user, draft: True)
    monkeypatch.setitem(permissions.RULES, "approve", open_to_all)

    assert press("approve", make("submitted"), "vera").status_code != expected("approve", "submitted", "vera")
