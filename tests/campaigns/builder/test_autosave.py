"""The builder saves by itself, and nobody's text is lost: two people, two tabs, no network, no log-in, no draft any more."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from campaigns import authoring, history, workflow
from campaigns.models import CampaignDraft
from stratum import events
from tests.campaigns.builder.pages import Form, form_in, open_node
from tests.campaigns.builder.test_in_chromium import WIDE, open_page
from tests.factories import make_draft
from tests.people import PASSWORD, person

JSON = {"Accept": "application/json, text/html;q=0.5"}


@pytest.fixture
def draft(db: None) -> CampaignDraft:
    return make_draft(created_by=person("carl"))


def stored(draft: CampaignDraft) -> CampaignDraft:
    return CampaignDraft.objects.get(pk=draft.pk)


# What the page asks for ---------------------------------------------------------------------------------------------


def autosave(client, form: Form, **changes):
    data = {**form.fields, **{name.replace("__", "."): value for name, value in changes.items()}, "do": "autosave"}
    return client.post(form.action, data, headers=JSON)


def test_a_page_that_saves_by_itself_gets_the_page_as_it_is_now(draft, carl, as_user):
    client = as_user(carl)

    answer = autosave(client, open_node(client, draft, "a1"), name="Renamed", creative__link_url="nowhere")

    again = form_in(answer.content.decode())
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert again.fields["name"] == ["Renamed"]
    assert again.fields["version"] == [str(draft.version + 1)]
    assert 'id="f-creative.link_url_error"' in answer.content.decode()
    assert b"<nav popover" not in answer.content, "the site's frame is not sent along"
    assert stored(draft).content.ad_sets[0].ads[0].name == "Renamed"


def test_a_field_that_the_page_did_not_renew_is_compared_with_what_it_showed(draft, carl, ada, as_user):
    """Carl's page knows the newest version, but still shows the name from before Ada's."""
    client, other = as_user(carl), as_user(ada)
    old = open_node(client, draft)
    open_node(other, draft).send(other, name="Ada's name")
    form = open_node(client, draft)
    form.fields["base"] = old.fields["base"]

    assert autosave(client, form, name="Carl's name").status_code == 409
    assert stored(draft).name == "Ada's name"
    assert autosave(client, form, name="Summer Sale 2024", budget__amount="900").status_code == 200
    assert (stored(draft).name, stored(draft).budget_amount) == ("Ada's name", 900)


def test_what_stands_against_a_save_comes_as_a_code(draft, carl, ada, as_user):
    client, other = as_user(carl), as_user(ada)
    form = open_node(client, draft)
    open_node(other, draft).send(other, name="Ada's name")
    clash = autosave(client, form, name="Carl's name").json()["error"]
    workflow.submit(draft.pk, by=carl)
    closed = autosave(client, form, name="Carl's name").json()["error"]
    client.logout()
    unknown = autosave(client, form, name="Carl's name")

    assert (clash["code"], clash["message"].split(" saved ")[0]) == ("EDIT_CONFLICT", "Ada Admin")
    assert closed["code"] == "INVALID_STATUS_TRANSITION"
    assert unknown.status_code == 401


def test_what_cannot_be_saved_any_more_is_shown_by_the_names_of_its_fields(draft, carl, as_user):
    client = as_user(carl)
    form = open_node(client, draft, "s1")
    workflow.submit(draft.pk, by=carl)

    page = form.send(client, name="My long thought", targeting__age_max="60").content.decode()

    assert page.count("<dt>") == 2, "only what differs"
    assert "<dt>Ad set name</dt>" in page
    assert "<dt>Age to</dt>" in page


def test_many_saves_do_not_push_out_what_else_happened(draft, carl, monkeypatch):
    monkeypatch.setattr(history, "LATEST", 2)
    events.record(carl, "draft.created", draft.event_subject)
    for _ in range(4):
        events.record(carl, "draft.saved", draft.event_subject)

    assert [entry.what for entry in history.timeline(draft)] == ["saved 2 times", "created the draft"]


# What people see ----------------------------------------------------------------------------------------------------


@pytest.fixture
def page(new_page, live_server, transactional_db) -> Page:
    drafted = make_draft(created_by=person("carl"))
    return open_page(new_page(**WIDE), live_server.url, f"/campaign-drafts/{drafted.pk}")


def saved(page: Page) -> CampaignDraft:
    expect(page.locator("[data-part=saved]")).to_be_visible(timeout=15_000)
    return CampaignDraft.objects.get()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_text_is_saved_by_itself_and_stays_while_there_is_no_network(page):
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    name, amount = page.get_by_label("Campaign name"), page.get_by_label("Budget", exact=True)
    name.press_sequentially("!", delay=10)
    expect(page.get_by_text("Saving…")).to_be_visible()
    assert saved(page).name.startswith("!")
    assert len(posts) == 1
    expect(page.locator("[data-part=saved] time")).to_have_text(page.evaluate(
        "new Date().toLocaleTimeString('en-GB', {hour: '2-digit', minute: '2-digit'})"))  # fmt: skip
    expect(page.get_by_role("heading", level=1)).to_have_text(saved(page).name)

    page.context.set_offline(True)
    amount.fill("1234.5678")
    expect(page.get_by_role("alert").filter(has_text="Not saved: no connection.")).to_be_visible()
    name.fill("Typed without a network")
    page.context.set_offline(False)
    assert saved(page).name == "Typed without a network"
    amount.blur()
    expect(page.get_by_text("takes at most 2 decimals in USD")).to_have_count(2)
    expect(name).to_have_value("Typed without a network")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_text_stays_over_a_log_out_and_is_saved_after_a_log_in_in_another_tab(page):
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("Campaign name").fill("Typed after the log-out")
    with page.expect_popup() as popup:
        page.get_by_role("link", name="Log in in another tab").click()
    other = popup.value
    other.get_by_label("User name").fill("carl")
    other.get_by_label("Password", exact=True).fill(PASSWORD)
    other.get_by_role("button", name="Log in").click()
    expect(other.get_by_label("Campaign name")).to_be_visible()

    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    assert saved(page).name == "Typed after the log-out"
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_text("Saved as draft.")).to_be_visible()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_clash_waits_for_a_person_and_shows_both_texts(page):
    draft = CampaignDraft.objects.get()
    content = {**draft.draft_json, "campaign": {**draft.draft_json["campaign"], "name": "Ada's", "url_tags": "a=1"}}
    authoring.save(draft.pk, by=person("ada"), draft_json=content, version=draft.version)
    page.get_by_label("Budget", exact=True).fill("900")
    assert saved(page).budget_amount == 900
    expect(page.get_by_label("Campaign name")).to_have_value("Ada's")

    authoring.save(draft.pk, by=person("ada"), draft_json=content, version=saved(page).version)
    page.get_by_label("Budget", exact=True).fill("800")
    expect(page.get_by_text("Not saved: Ada Admin saved this campaign after you opened it.")).to_be_visible()
    page.get_by_role("button", name="Look at both").click()
    expect(page.get_by_role("radio").nth(0)).to_be_checked()
    page.get_by_role("button", name="Save my choice").click()
    expect(page.get_by_label("Budget", exact=True)).to_have_value("800")

    workflow.submit(draft.pk, by=person("carl"))
    page.get_by_label("Campaign name").fill("Too late")
    expect(page.get_by_text("Not saved: Only a draft can be edited.")).to_be_visible()
    page.get_by_role("button", name="Look at both").click()
    expect(page.get_by_text("Too late")).to_be_visible()
