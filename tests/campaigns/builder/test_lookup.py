from __future__ import annotations

import pytest

from campaigns import places
from campaigns.models import CampaignDraft
from campaigns.views import lookup
from integrations.contracts import TargetingKind, TargetingOption
from integrations.errors import ErrorKind, PlatformError
from tests.campaigns.builder.pages import open_node, query_of
from tests.factories import make_draft

pytestmark = pytest.mark.django_db

ANSWERS = {
    TargetingKind.INTEREST: [TargetingOption("6003", "Fashion", "Shopping", 41_000_000, 48_000_000)],
    TargetingKind.LANGUAGE: [TargetingOption("6", "English (US)")],
    TargetingKind.LOCATION: [
        TargetingOption("FR", "France", kind="country"),
        TargetingOption("2490299", "Paris", "Texas, United States", kind="city", country="US"),
    ],
}


@pytest.fixture
def asked(monkeypatch):
    """The platform answers from the table above; what it was asked is noted."""
    questions = []

    def ask(draft, kind, words):
        questions.append((kind, words))
        return ANSWERS[kind]

    monkeypatch.setattr(lookup, "_ask", ask)
    return questions


@pytest.fixture
def client(carl, as_user):
    return as_user(carl)


@pytest.fixture
def draft(carl):
    return make_draft(created_by=carl)


def look_up(client, draft, field, text):
    return client.get(f"/campaign-drafts/{draft.pk}/targeting", {"search": field, "q": text}).content.decode()


def test_an_interest_is_offered_with_its_size(client, draft, asked):
    found = look_up(client, draft, "targeting.interests", "fash")

    assert "Fashion" in found
    assert "41M–48M people" in found
    assert asked == [(TargetingKind.INTEREST, "fash")]


def test_places_are_offered_with_where_they_are_and_countries_once(client, draft, asked):
    found = look_up(client, draft, "targeting.locations", "fra")

    assert found.count("France") == 1
    assert "City, Texas, United States" in found


def test_what_was_found_can_be_ticked_and_saved(client, draft, asked):
    form = open_node(client, draft, "s1")
    response = form.send(client, do="search:targeting.locations", targeting__locations__add="par")
    assert query_of(response["Location"]) == {"node": "s1", "search": "targeting.locations", "q": "par"}
    page = client.get(response["Location"]).content.decode()
    assert "Paris" in page
    assert "par" not in [
        place.id for place in CampaignDraft.objects.get(pk=draft.pk).content.ad_sets[0].targeting.locations
    ]

    ticked = '{"country": "US", "id": "2490299", "kind": "city", "name": "Paris, Texas, United States"}'
    assert ticked.replace('"', "&quot;") in page
    form = open_node(client, draft, "s1")
    form.send(client, targeting__locations=[*form.fields["targeting.locations"], ticked])

    places_now = CampaignDraft.objects.get(pk=draft.pk).content.ad_sets[0].targeting.locations
    assert [(place.kind, place.id) for place in places_now] == [("country", "US"), ("city", "2490299")]
    assert [place.country_code for place in places_now] == ["US", "US"]


def test_a_platform_that_does_not_answer_is_told_and_countries_are_there_all_the_same(client, draft, monkeypatch):
    def silent(draft, kind, words):
        raise PlatformError(ErrorKind.TRANSIENT, "PLATFORM_UNREACHABLE", "Meta did not answer.")

    monkeypatch.setattr(lookup, "_ask", silent)

    found = look_up(client, draft, "targeting.locations", "germ")

    assert "Meta did not answer." in found
    assert "Germany" in found
    assert "Nothing was found" not in look_up(client, draft, "targeting.interests", "fash")


def test_a_single_letter_or_an_unknown_list_asks_nobody(client, draft, asked):
    assert look_up(client, draft, "targeting.interests", " f ")
    assert look_up(client, draft, "campaign.name", "fashion")
    assert asked == []


def test_json_gets_the_parts_of_a_draft(client, draft, asked):
    url = f"/campaign-drafts/{draft.pk}/targeting?search=targeting.languages&q=engl"

    data = client.get(url, headers={"Accept": "application/json"}).json()["data"]

    assert data["options"] == [{"id": "6", "name": "English (US)", "detail": ""}]


def test_only_who_may_edit_may_ask(draft, cora, vera, as_user, asked):
    for person in (cora, vera):
        assert (
            as_user(person).get(f"/campaign-drafts/{draft.pk}/targeting?search=targeting.interests&q=xx").status_code
            == 403
        )
    assert asked == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("US", ["US"]),
        ("usa, UK; deutschland", ["US", "GB", "deutschland"]),
        ("Korea, Republic of, Bolivia, Plurinational State of", ["KR", "BO"]),
        ("  united   states \n\n FR ,, ", ["US", "FR"]),
        ("Côte d'Ivoire", ["CI"]),
        ("", []),
    ],
)
def test_countries_are_read_by_name_and_code(text, codes):
    assert [place["id"] for place in places.read(text)] == codes
