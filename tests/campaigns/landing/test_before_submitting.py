"""Landing pages before a submission: visited once an hour, warned of, accepted by the creator, private ones refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from campaigns.landing import pages, visiting
from campaigns.landing.models import LandingCheck
from campaigns.landing.visiting import Visit
from campaigns.models import CampaignDraft
from integrations.platforms.meta.adapter import MetaPlatform
from stratum.models import Event
from tests.campaigns.builder.pages import open_node
from tests.campaigns.drive import fresh, press
from tests.factories import make_draft, make_draft_json, make_large_draft_json

pytestmark = pytest.mark.django_db
URL = "https://shop.example.com/summer"
Verdict = LandingCheck.Verdict


@pytest.fixture
def client(carl, as_user):
    return as_user(carl)


@pytest.fixture
def web(monkeypatch, settings):
    """What visits find, and which were made. A visit inside a transaction of ours fails."""
    settings.LANDING_PAGE_CHECK = True
    made: list[str] = []
    found = {"verdict": Verdict.OK, "message": "The page answers."}
    depth = len(connection.savepoint_ids)

    def visit_all(urls):
        for url in urls:
            assert len(connection.savepoint_ids) == depth, "a page is visited inside a transaction"
            made.append(url)
            yield Visit(url, found["verdict"], found["message"])

    monkeypatch.setattr(visiting, "visit_all", visit_all)
    return found, made


@pytest.fixture
def draft(carl):
    return make_draft(created_by=carl)


def test_a_page_that_opens_lets_the_submission_through_and_is_visited_once_an_hour(draft, web):
    press("submit", draft, "carl")
    press("withdraw", draft, "carl")
    press("submit", draft, "carl")
    assert (fresh(draft).status, web[1]) == ("submitted", [URL])

    LandingCheck.objects.update(checked_at=timezone.now() - pages.FRESH - timedelta(minutes=1))
    press("withdraw", draft, "carl")
    press("submit", draft, "carl")
    assert web[1] == [URL, URL]


def test_a_page_that_does_not_open_is_shown_and_accepted_by_the_creator(client, draft, web):
    web[0].update(verdict=Verdict.WARNING, message="The page answers 404 instead of a page.")
    answer = client.post(f"/campaign-drafts/{draft.pk}/submit")
    assert answer["Location"] == f"/campaign-drafts/{draft.pk}/checks"
    assert fresh(draft).status == "draft"
    page = client.get(answer["Location"]).content.decode()
    assert "The page answers 404" in page
    assert "Submit all the same" in page

    client.post(f"/campaign-drafts/{draft.pk}/submit", {"accept_pages": [URL]})
    assert fresh(draft).status == "submitted"
    assert Event.objects.get(code="draft.submitted").data["accepted_pages"] == [URL]


def test_accepting_one_page_accepts_no_other(client, draft, web):
    web[0].update(verdict=Verdict.WARNING, message="The page answers 404 instead of a page.")
    client.post(f"/campaign-drafts/{draft.pk}/submit", {"accept_pages": ["https://shop.example.com/other"]})

    assert fresh(draft).status == "draft"


def test_the_builders_button_leads_to_the_checks_as_well(client, draft, web):
    web[0].update(verdict=Verdict.WARNING, message="The page answers 404 instead of a page.")
    answer = open_node(client, draft).send(client, do="submit")

    assert answer["Location"] == f"/campaign-drafts/{draft.pk}/checks"
    assert fresh(draft).status == "draft"


def test_json_says_which_page_and_how_to_accept_it(draft, web):
    web[0].update(verdict=Verdict.WARNING, message="The page answers 404 instead of a page.")
    answer = press("submit", draft, "carl")

    assert answer.status_code == 422
    (detail,) = answer.json()["error"]["details"]
    assert (detail["url"], detail["path"]) == (URL, "ad_sets[s1].ads[a1].creative.link_url")
    assert "accept_pages" in detail["fix"]


def test_a_private_address_is_an_error_that_nobody_can_accept(client, draft, web):
    web[0].update(verdict=Verdict.ERROR, message="10.0.0.1 is not a public address.")
    client.post(f"/campaign-drafts/{draft.pk}/submit", {"accept_pages": [URL]})

    assert fresh(draft).status == "draft"
    page = client.get(f"/campaign-drafts/{draft.pk}/checks").content.decode()
    assert "10.0.0.1 is not a public address." in page
    assert "Submit all the same" not in page


def test_checking_now_visits_again_and_asks_whoever_may(client, draft, web, as_user, vera):
    client.post(f"/campaign-drafts/{draft.pk}/checks")
    page = client.post(f"/campaign-drafts/{draft.pk}/checks").content.decode()

    assert web[1] == [URL, URL]
    assert "Nothing stands in the way" in page
    assert as_user(vera).post(f"/campaign-drafts/{draft.pk}/checks").status_code == 403


def test_a_platform_that_cannot_be_asked_is_not_promised_to_be(client, carl, web, monkeypatch):
    monkeypatch.setattr(MetaPlatform, "checks_beforehand", False)
    unready = make_draft(created_by=carl, draft_json=make_draft_json(objective=None))
    page = client.post(f"/campaign-drafts/{unready.pk}/checks").content.decode()

    assert "Meta offers no check beforehand" in page
    assert "Settle the errors first" not in page


def test_five_hundred_ads_that_lead_to_one_page_are_one_visit_and_one_problem(carl, web):
    large = make_draft(created_by=carl, draft_json=make_large_draft_json())
    web[0].update(verdict=Verdict.WARNING, message="The page answers 404 instead of a page.")
    pages.visit(large.content)

    assert web[1] == [URL]
    (problem,) = pages.problems_of(large.content)
    assert problem.message.endswith("499 more ads lead there.")


def test_what_was_found_long_ago_says_nothing_any_more(draft, web):
    web[0].update(verdict=Verdict.ERROR, message="10.0.0.1 is not a public address.")
    pages.visit(draft.content)
    assert pages.problems_of(draft.content)
    LandingCheck.objects.update(checked_at=timezone.now() - pages.TOLD_FOR - timedelta(minutes=1))

    assert pages.problems_of(draft.content) == []


def test_without_the_setting_nothing_is_visited(draft, web, settings):
    settings.LANDING_PAGE_CHECK = False
    press("submit", draft, "carl")

    assert web[1] == []
    assert CampaignDraft.objects.get(pk=draft.pk).status == "submitted"
