from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import CampaignDraft
from tests.factories import make_account, make_draft, make_draft_json, make_large_draft_json

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def client(carl, as_user):
    return as_user(carl)


def named(name: str, status: str = "draft", **fields) -> CampaignDraft:
    return make_draft(status, draft_json=make_draft_json(name=name), **fields)


def names(client, query: str = "") -> list[str]:
    return [draft["name"] for draft in client.get(f"/campaigns{query}", headers=JSON).json()["data"]["drafts"]]


def test_a_line_says_everything_about_a_campaign(client):
    named("Summer Sale 2024")

    page = client.get("/campaigns").content.decode()

    for word in (
        "Summer Sale 2024",
        "Draft",
        "Meta",
        "Acme Corp Main",
        "$1,000.00 a day",
        "Jun 1 – Aug 31",
        "Carl Creator",
    ):
        assert word in page


def test_the_campaign_changed_last_comes_first(client):
    now = timezone.now()
    for number in (2, 0, 1):
        named(f"C{number}", updated_at=now - timedelta(hours=number))

    assert names(client) == ["C0", "C1", "C2"]


def test_a_tab_shows_one_state_and_says_how_many_each_holds(client):
    named("Mine")
    named("Theirs", "submitted")

    assert names(client, "?status=submitted") == ["Theirs"]
    page = client.get("/campaigns?status=submitted").content.decode()
    assert 'href="/campaigns?status=draft"' in page
    assert 'aria-current="page"' in page


def test_a_search_finds_parts_of_names(client):
    named("Summer Sale")
    named("Winter Sale")

    assert names(client, "?q=summer") == ["Summer Sale"]
    assert names(client, "?q=nothing-like-it") == []


def test_a_percent_sign_is_a_percent_sign(client):
    named("50% off")
    named("Nothing off")

    assert names(client, "?q=%25") == ["50% off"]


def test_the_list_can_be_narrowed_to_an_account_or_a_platform(client):
    other = make_account("act_2", name="Other")
    named("First", account=make_account())
    named("Second", account=other)

    assert names(client, f"?account={other.pk}") == ["Second"]
    assert set(names(client, "?account=meta")) == {"First", "Second"}


@pytest.mark.parametrize(
    "query", ["?account=4711", "?account=x'--", "?status=sleeping", "?q=" + "x" * 500, "?status=draft&status=x"]
)
def test_a_filter_that_cannot_be_understood_is_left_out(client, query):
    named("Summer Sale")

    assert client.get(f"/campaigns{query}").status_code == 200


def test_pages_follow_each_other_without_gaps_or_repeats(client):
    now = timezone.now()
    for number in range(120):
        named(f"C{number:03}", updated_at=now - timedelta(minutes=number // 3))

    seen, url = [], "/campaigns"
    while url:
        data = client.get(url, headers=JSON).json()["data"]
        seen += [draft["name"] for draft in data["drafts"]]
        url = data["next"]

    assert len(seen) == len(set(seen)) == 120


def test_the_list_takes_as_many_queries_for_fifty_lines_as_for_one(client):
    def queries() -> int:
        with CaptureQueriesContext(connection) as context:
            assert client.get("/campaigns").status_code == 200
        assert not any('"draft_json"' in query["sql"] for query in context)
        return len(context)

    named("One")
    one = queries()
    for number in range(60):
        named(f"C{number}", account=make_account(f"act_{number}", name=f"Account {number}"))

    assert queries() == one


def test_an_empty_list_says_what_to_do_by_role(client, vera, as_user):
    assert 'href="/campaigns/new"' in client.get("/campaigns").content.decode()

    page = as_user(vera).get("/campaigns").content.decode()

    assert "No campaigns yet" in page
    assert "/campaigns/new" not in page


def test_a_search_without_result_is_not_the_empty_list(client):
    named("Summer Sale")

    page = client.get("/campaigns?q=zzz").content.decode()

    assert "No campaign fits" in page
    assert "No campaigns yet" not in page


def test_everybody_sees_all_drafts(vera, as_user):
    named("Carl's")

    assert names(as_user(vera)) == ["Carl's"]


# A large draft ------------------------------------------------------------------------------------------------------


def test_the_builder_takes_as_many_queries_for_500_ads_as_for_one(client, carl):
    def queries(draft: CampaignDraft, node: str) -> int:
        with CaptureQueriesContext(connection) as context:
            assert client.get(f"/campaign-drafts/{draft.pk}?node={node}").status_code == 200
        return len(context)

    small = make_draft(created_by=carl)
    large = make_draft(created_by=carl, draft_json=make_large_draft_json(50, 10))

    for node, same in (("campaign", "campaign"), ("s1", "s1"), ("a1", "a1x1")):
        assert queries(large, same) == queries(small, node)
