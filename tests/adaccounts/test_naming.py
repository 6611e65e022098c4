"""Patterns for names and rules for URL tags: what they make, what follows them, what is wrong with them."""

from __future__ import annotations

import pytest

from adaccounts import naming
from adaccounts.models import AdAccount
from adaccounts.naming import Facts
from tests.factories import make_account
from tests.people import person

FACTS = Facts("meta", "Acme", "traffic", "Summer Sale", "2027-06-01")
PATTERN = "{platform}_{objective}_{campaign}_{date}"
MACROS = {"campaign_id": "{{campaign.id}}"}


def test_a_name_by_the_pattern_is_read_back():
    made = naming.name(PATTERN, FACTS)

    assert made == "meta_traffic_Summer Sale_2027-06-01"
    assert naming.words_in(PATTERN, made, FACTS) == "Summer Sale"
    assert naming.day_in(PATTERN, made, FACTS) == "2027-06-01"


@pytest.mark.parametrize("text", ["Summer Sale", "meta_leads_Summer Sale_2027-06-01", "meta_traffic__2027-06-01", ""])
def test_another_name_does_not_follow_the_pattern(text):
    assert naming.words_in(PATTERN, text, FACTS) is None


@pytest.mark.parametrize("pattern", ["{campaign} {campaign}", "{campaign}.*{date}{date}", "({campaign})[{platform}]"])
def test_signs_and_repeated_placeholders_mean_themselves(pattern):
    assert naming.words_in(pattern, naming.name(pattern, FACTS), FACTS) == "Summer Sale"


def test_tags_are_encoded_and_macros_stand_as_the_platform_writes_them():
    rule = "utm_source={platform}&utm_campaign={campaign}&utm_id={campaign_id}&d={date}"
    made = naming.tags(rule, FACTS, MACROS)

    assert made == "utm_source=meta&utm_campaign=Summer%20Sale&utm_id={{campaign.id}}&d=2027-06-01"
    assert naming.has_tags_of(rule, made, FACTS, MACROS)
    assert naming.has_tags_of(rule, made.replace("06-01", "07-01"), FACTS, MACROS)  # the day may be another
    assert not naming.has_tags_of(rule, made.replace("Summer", "Winter"), FACTS, MACROS)


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("", ""),
        (PATTERN, ""),
        ("{campaign} {week}", "{week}"),
        ("{platform}", "{campaign}"),
        ("{campaign", "{"),
        ("}", "}"),
    ],
)
def test_a_pattern_that_cannot_be_is_said_to_be(pattern, says):
    problem = naming.name_problem(pattern)

    assert says in problem
    assert bool(problem) == bool(says)


@pytest.mark.parametrize(
    ("rule", "is_wrong"),
    [
        ("", False), ("utm_source={platform}&utm_id={campaign_id}", False), ("utm_source={ad_id}", True), ("?a=b", True),
        ("a=b c", True), ("a", True), ("a={", True),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_said_to_be(rule, is_wrong):
    assert bool(naming.tags_problem(rule, MACROS)) == is_wrong


@pytest.mark.django_db
def test_an_admin_saves_both_and_sees_what_they_make(as_user):
    account = make_account()
    client = as_user(person("ada"))
    url = f"/ad-accounts/meta/{account.external_id}"
    wrong = client.post(url, {"naming_pattern": "{week}", "url_tags_rule": "utm_source={platform}"})
    assert wrong.status_code == 422
    assert "{week} stands for nothing" in wrong.content.decode()
    assert 'value="utm_source={platform}"' in wrong.content.decode()  # what was typed is kept

    client.post(url, {"naming_pattern": "{platform} {campaign}", "url_tags_rule": "utm_campaign={campaign}"})
    stored = AdAccount.objects.get(pk=account.pk)
    assert (stored.naming_pattern, stored.url_tags_rule) == ("{platform} {campaign}", "utm_campaign={campaign}")
    page = client.get(url).content.decode()
    assert "meta Summer Sale" in page
    assert "summer?utm_campaign=meta%20Summer%20Sale" in page
    assert "changed names and links" in page


@pytest.mark.django_db
def test_the_example_follows_what_is_typed_before_it_is_saved(as_user):
    account = make_account()
    typed = {"naming_pattern": "{campaign}!", "url_tags_rule": "utm_source={nothing}"}
    shown = as_user(person("ada")).get(f"/ad-accounts/meta/{account.external_id}/examples", typed).content.decode()

    assert "Summer Sale!" in shown
    assert "{nothing} stands for nothing here" in shown
    assert AdAccount.objects.get(pk=account.pk).naming_pattern == ""
