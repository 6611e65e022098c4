"""The Django admin: records to read, and decisions on several campaigns at once."""

from __future__ import annotations

import copy
import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from adaccounts import approval_rules
from adaccounts.models import SyncRun
from campaigns import authoring, workflow
from campaigns.bulk.answered import MOST
from campaigns.models import Approval, CampaignDraft
from integrations.models import ApiCall
from stratum import events
from stratum.models import Notification
from stratum.roles import Role, assign
from tests.campaigns.drive import client_of, draft_in, fresh
from tests.factories import make_account, make_connection, make_draft, make_draft_json
from tests.people import person

pytestmark = pytest.mark.django_db

LIST = "/admin/campaigns/campaigndraft/"
OURS = [
    model
    for model in admin.site._registry
    if model._meta.app_label in {"stratum", "integrations", "adaccounts", "campaigns"}
]
NAMES = [f"{model._meta.app_label}_{model._meta.model_name}" for model in OURS]


def choose(name: str, action: str, *drafts: CampaignDraft, **more: str):
    data = {"action": action, "_selected_action": [str(draft.pk) for draft in drafts]} | more
    return client_of(name).post(LIST, data, follow=True)


def hashes(*drafts: CampaignDraft) -> dict[str, str]:
    return {f"hash-{draft.pk}": draft.content_hash for draft in drafts} | {"decided": "Approve"}


# Who gets in --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "status"), [("ada", 200), ("anne", 200), ("carl", 403), ("paul", 403), ("vera", 403)])
def test_the_records_are_open_to_admins_and_approvers(name, status):
    answer = client_of(name).get("/admin/", follow=True)

    assert answer.status_code == status


def test_who_is_not_logged_in_comes_to_the_products_own_log_in_page():
    answer = Client().get(LIST)

    assert answer["Location"].startswith("/login?next=")
    assert Client().get("/admin/login/?next=/admin/")["Location"].startswith("/login?next=")


def test_an_approver_sees_campaigns_and_events_but_no_people_and_no_api_calls():
    html = client_of("anne").get("/admin/").content.decode()

    assert [word for word in ("campaigndraft", "approval", "event") if f"/{word}/" in html] == [
        "campaigndraft",
        "approval",
        "event",
    ]
    assert [word for word in ("/user/", "/apicall/", "/group/") if word in html] == []


# Nothing can be changed ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_ours_can_be_added_changed_or_deleted_not_even_by_a_superuser(name):
    root = person("ada")
    root.is_superuser = root.is_staff = True
    root.save()
    make_draft("approved")
    client = client_of("ada")

    assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200
    assert client.get(reverse(f"admin:{name}_add")).status_code == 403


@pytest.fixture
def one_of_each() -> None:
    """A row of everything that the records show."""
    draft = draft_in("failed")
    event = events.record(person("carl"), "draft.saved", draft)
    Notification.objects.create(user=person("anne"), event=event, title="Look", url="/")
    ApiCall.objects.create(platform="meta", method="GET", url="https://graph.facebook.com/v26.0/me")
    SyncRun.objects.create(platform="meta")


@pytest.mark.parametrize("model", OURS, ids=NAMES)
def test_a_record_refuses_a_post_and_a_deletion(model, one_of_each):
    root = person("ada")
    root.is_superuser = root.is_staff = True
    root.save()
    client, name = client_of("ada"), f"{model._meta.app_label}_{model._meta.model_name}"
    change, delete = (
        reverse(f"admin:{name}_{page}", args=[model.objects.order_by("pk")[0].pk]) for page in ("change", "delete")
    )

    assert client.get(change).status_code == 200
    assert [client.post(url, {"post": "yes"}).status_code for url in (change, delete)] == [403, 403]


def test_the_records_of_a_connection_hold_no_token():
    connection = make_connection()

    html = client_of("ada").get(f"/admin/integrations/connection/{connection.pk}/change/").content.decode()

    assert "meta-access-token" not in html
    assert "Dana Whitfield" in html


def test_a_persons_record_holds_no_password():
    user = person("anne")

    html = client_of("ada").get(f"/admin/stratum/user/{user.pk}/change/").content.decode()

    assert user.password not in html
    assert "superuser" not in html


@pytest.mark.parametrize("path", ["/admin/", LIST, "/admin/stratum/event/", "/admin/adaccounts/adaccount/"])
def test_no_page_needs_what_the_content_security_policy_forbids(path):
    make_draft("submitted")

    answer = client_of("anne").get(path)

    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert not re.search(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=\"|\son[a-z]+=", answer.content.decode()
    )


# The list -----------------------------------------------------------------------------------------------------------


def test_the_list_shows_money_and_the_way_to_the_review():
    draft = make_draft("submitted")

    html = client_of("anne").get(LIST).content.decode()

    for part in ("$1,000.00 a day", "$92,000.00", "Jun 1 – Aug 31", f'href="{draft.get_absolute_url()}"', "Submitted"):
        assert part in html


@pytest.mark.parametrize("query", ["status__exact=submitted", "account__platform=meta", "q=Summer"])
def test_the_list_can_be_narrowed(query):
    make_draft("submitted")
    make_draft("approved", account=make_account("1-2", platform="google"), draft_json=make_draft_json(name="Other"))

    html = client_of("anne").get(f"{LIST}?{query}").content.decode()

    assert ("Summer Sale 2024" in html, ">Other<" in html) == (True, False)


def test_the_number_of_queries_does_not_grow_with_the_list(django_assert_max_num_queries):
    for _ in range(12):
        make_draft("submitted")
    client = client_of("anne")
    client.get(LIST)

    with django_assert_max_num_queries(16):
        client.get(LIST)


# Decisions ----------------------------------------------------------------------------------------------------------


def test_before_approving_each_row_is_shown_with_its_money_and_its_hash():
    first, second = make_draft("submitted"), make_draft("submitted", draft_json=make_draft_json(name="Other"))

    html = " ".join(choose("anne", "approve_selected", first, second).content.decode().split())

    for draft in (first, second):
        assert f'name="hash-{draft.pk}" value="{draft.content_hash}"' in html
    assert html.count("$92,000.00") == 2
    assert not Approval.objects.exists()


def test_approving_several_approves_each_and_says_so():
    drafts = [make_draft("submitted"), make_draft("submitted", draft_json=make_draft_json(name="Other"))]

    page = choose("anne", "approve_selected", *drafts, **hashes(*drafts))

    assert [fresh(draft).status for draft in drafts] == ["approved", "approved"]
    assert "“Other” is approved." in page.content.decode()
    assert Notification.objects.filter(user=person("carl")).count() == 2


def test_what_changed_after_it_was_shown_is_refused_and_the_others_are_approved():
    kept, changed = make_draft("submitted"), make_draft("submitted", draft_json=make_draft_json(name="Other"))
    sent = hashes(kept, changed)
    workflow.withdraw(changed.pk, by=person("carl"))
    content = copy.deepcopy(changed.draft_json)
    content["campaign"]["budget"]["amount"] = "9000"
    authoring.save(changed.pk, by=person("carl"), draft_json=content, version=changed.version)
    workflow.submit(changed.pk, by=person("carl"))

    page = choose("anne", "approve_selected", kept, changed, **sent)

    assert (fresh(kept).status, fresh(changed).status) == ("approved", "submitted")
    assert "“Other” is not approved: This is not the content that was on your screen." in page.content.decode()


@pytest.mark.parametrize("action", ["approve_selected", "reject_selected"])
def test_a_row_without_its_hash_is_refused(action):
    draft = make_draft("submitted")

    choose("anne", action, draft, decided="yes", reason="Too dear.")

    assert fresh(draft).status == "submitted"


def test_two_that_do_not_both_fit_the_cap_are_answered_row_by_row():
    account = make_account(daily_cap="1500")
    drafts = [make_draft("submitted", account=account) for _ in range(2)]

    page = choose("anne", "approve_selected", *drafts, **hashes(*drafts)).content.decode()

    assert sorted(fresh(draft).status for draft in drafts) == ["approved", "submitted"]
    assert "daily cap would be passed" in page


def test_a_row_that_one_had_a_hand_in_is_left_and_told():
    own = make_draft("submitted", created_by=person("ada"))

    shown = choose("ada", "approve_selected", own).content.decode()
    forced = choose("ada", "approve_selected", own, **hashes(own)).content.decode()

    assert "You created this campaign" in shown
    assert "is not approved: Only an Approver or an Admin who had no hand in the campaign" in forced
    assert fresh(own).status == "submitted"


def test_a_row_in_another_state_is_left_and_told():
    html = choose("anne", "approve_selected", make_draft("approved")).content.decode()

    assert "Only a submitted campaign can be approved. This campaign is approved." in html


def test_rejecting_several_needs_one_reason():
    draft = make_draft("submitted")

    refused = choose("anne", "reject_selected", draft, **hashes(draft), reason=" ")
    choose("anne", "reject_selected", draft, **hashes(draft), reason="Too dear.")

    assert (refused.status_code, "Say why" in refused.content.decode()) == (422, True)
    assert (fresh(draft).status, fresh(draft).rejection_reason) == ("rejected", "Too dear.")


def test_who_may_see_the_records_but_not_approve_has_no_such_action():
    assign(person("ada"), Role.ADMIN)
    viewer = person("vera")
    viewer.is_staff = True
    viewer.save()
    draft = make_draft("submitted")

    page = choose("vera", "approve_selected", draft, **hashes(draft))

    assert fresh(draft).status == "submitted"
    assert "approve_selected" not in page.content.decode()


def test_too_many_at_once_are_refused():
    drafts = [make_draft("submitted") for _ in range(MOST + 1)]

    page = choose("anne", "approve_selected", *drafts).content.decode()

    assert f"Choose at most {MOST} campaigns at once." in page


def test_where_others_must_approve_too_the_records_say_whom_it_waits_for():
    draft = make_draft("submitted")
    approval_rules.set_rule(draft.account_id, by=person("ada"), level="finance", over_per_day=None, over_total=None)
    person("fiona")
    listed = client_of("fiona").get(LIST).content.decode()
    assert "an Approver and Finance" in listed

    assert "Waiting for an Approver and Finance." in choose("anne", "approve_selected", draft).content.decode()
    answer = choose("anne", "approve_selected", draft, **hashes(draft)).content.decode()

    assert "“Summer Sale 2024” is approved by you. Waiting for Finance." in answer
    assert fresh(draft).status == "submitted"
