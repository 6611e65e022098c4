"""What was decided on is readable for ever, with its pictures, however the campaign was changed since."""

from __future__ import annotations

import copy

import pytest

from adaccounts.models import AdAccount
from campaigns import authoring, workflow
from tests.campaigns.drive import ask, client_of, press
from tests.factories import make_draft, make_draft_json
from tests.people import person

pytestmark = pytest.mark.django_db


def decided_and_changed():
    draft = make_draft("submitted")
    workflow.approve(draft.pk, by=person("anne"), content_hash=draft.content_hash, comment="As planned.")
    press("revise", draft, "carl")
    content = copy.deepcopy(draft.draft_json)
    content["campaign"] |= {"name": "Autumn Sale", "budget": {"amount": "5", "type": "daily"}}
    content["ad_sets"] = []
    authoring.save(draft.pk, by=person("carl"), draft_json=content, version=draft.version)
    AdAccount.objects.update(currency="EUR", name="Renamed", external_id="act_9")
    return draft


def test_the_page_shows_the_content_money_account_and_pictures_of_that_day():
    draft = decided_and_changed()

    html = client_of("vera").get(f"/campaign-drafts/{draft.pk}/decisions/1").content.decode()

    for part in (
        "Summer Sale 2024",
        "$1,000.00 a day",
        "As planned.",
        "Anne Approver",
        "Acme Corp Main (act_123456789)",
    ):
        assert part in html
    assert f"/media/{draft.content.media()[0]}/thumbnail" in html
    for part in ("Autumn Sale", "€", "Renamed"):
        assert part not in html


def test_json_gives_the_content_that_the_hash_is_of():
    draft = decided_and_changed()

    data = ask("vera", "get", f"/campaign-drafts/{draft.pk}/decisions/1").json()["data"]

    assert (data["decision"], data["content_hash"], data["draft_json"]) == (
        "approved",
        draft.content_hash,
        draft.draft_json,
    )


def test_the_draft_leads_to_each_decision_and_to_no_other():
    draft = make_draft("rejected")

    assert (
        f"/campaign-drafts/{draft.pk}/decisions/1" in client_of("anne").get(draft.get_absolute_url()).content.decode()
    )
    assert client_of("anne").get(f"/campaign-drafts/{draft.pk}/decisions/2").status_code == 404


def test_whoever_decides_reads_which_warnings_the_creator_accepted():
    content = make_draft_json()
    content["ad_sets"][0]["targeting"] |= {"age_min": None, "age_max": None}
    content["ad_sets"][0]["ads"][0]["creative"]["headlines"] = ["x" * 60]
    draft = make_draft(draft_json=content)
    warned = ask("carl", "get", draft.get_absolute_url()).json()["data"]["problems"]
    assert {row["severity"] for row in warned} == {"warning"}
    workflow.submit(draft.pk, by=person("carl"))

    html = client_of("anne").get(draft.get_absolute_url()).content.decode()

    assert "Submitted in spite of these warnings" in html
    assert html.count(warned[0]["message"].split("’")[0][:20]) >= 2
