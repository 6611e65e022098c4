from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from adaccounts import approval_rules
from campaigns import comments, deadlines, opinions, workflow
from campaigns.models import CampaignDraft
from tests.campaigns.drive import draft_in, fresh
from tests.factories import make_draft, make_draft_json, make_large_draft_json
from tests.people import PASSWORD, person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCREENS = {
    "wide and light": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "narrow and dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}
STATES = ["submitted", "approved", "rejected", "publishing", "published", "failed"]


def open_page(page: Page, base: str, path: str, name: str) -> Page:
    page.goto(f"{base}/login?next={path}")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{base}{path}")
    return page


def faults(page: Page) -> list[str]:
    """Return what keeps people out of the page, and whether it is wider than the screen."""
    found = [
        f"{page.url}: {problem['id']} at {problem['nodes'][0]['target']}"
        for problem in Axe().run(page).response["violations"]
        if problem["impact"] in {"serious", "critical"}
    ]
    is_wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return found + ([f"{page.url}: wider than the screen"] if is_wide else [])


def much_said_about(draft: CampaignDraft) -> CampaignDraft:
    """Make the draft need Finance as well, soon, with comments on it and a guest who objects."""
    carl, anne = person("carl"), person("anne")
    approval_rules.set_rule(draft.account_id, by=person("ada"), level="finance", over_per_day=None, over_total=None)
    comments.write(draft, by=anne, node="a1", text="The headline shouts.")
    comments.resolve(draft, comments.write(draft, by=anne, node="campaign", text="Why?").pk, by=carl)
    deadlines.set_needed_by(draft.pk, by=carl, needed_by=workflow.today_in(draft.account))
    opinions.make(draft.pk, by=carl, guest="Acme Inc.")
    return draft


@pytest.fixture
def drafts(transactional_db: None) -> list[CampaignDraft]:
    """A draft in each state, one of fifty ad sets, and one whose name runs from right to left."""
    long = make_draft_json(name="حملة الصيف الكبيرة للأحذية والملابس " * 5)
    return [
        much_said_about(draft_in("submitted")),
        *[draft_in(state) for state in STATES if state != "submitted"],
        make_draft("submitted", draft_json=make_large_draft_json()),
        make_draft("submitted", draft_json=long),
    ]


@pytest.mark.parametrize("screen", SCREENS)
def test_the_pages_hold_nothing_that_keeps_people_out_and_break_no_policy(new_page, live_server, drafts, screen):
    page = new_page(**SCREENS[screen])
    errors: list[str] = []
    open_page(page, live_server.url, "/campaigns/pending-approval", "anne")
    paths = ["/campaigns/pending-approval", *[draft.get_absolute_url() for draft in drafts]]
    paths += [f"{drafts[1].get_absolute_url()}/decisions/1", f"/ad-accounts/meta/{drafts[0].account.external_id}"]
    paths += [opinions.make(drafts[0].pk, by=person("carl"), guest="Beta Ltd.")[1].removeprefix("http://testserver")]
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if "Content Security Policy" in line.text else None)

    problems = []
    for path in paths:
        page.goto(live_server.url + path)
        problems += faults(page)

    assert (problems, errors) == ([], [])


@pytest.mark.parametrize("path", ["/admin/", "/admin/campaigns/campaigndraft/"])
def test_the_records_hold_nothing_that_keeps_people_out(new_page, live_server, drafts, path):
    page = open_page(new_page(**SCREENS["wide and light"]), live_server.url, path, "anne")

    assert faults(page) == []


def test_a_campaign_is_approved_and_rejected_without_javascript(new_page, live_server, transactional_db):
    first, second = (make_draft("submitted", draft_json=make_draft_json(name=name)) for name in ("First", "Second"))
    person("anne")
    page = open_page(
        new_page(java_script_enabled=False, **SCREENS["wide and light"]),
        live_server.url,
        "/campaigns/pending-approval",
        "anne",
    )

    page.get_by_role("article", name="First").get_by_role("button", name="Approve").click()
    expect(page.get_by_text("“First” is approved.")).to_be_visible()
    page.get_by_role("article", name="Second").get_by_role("button", name="Reject").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("Too dear.")
    dialog.get_by_role("button", name="Reject").click()

    expect(page.get_by_text("Nothing waits for approval")).to_be_visible()
    assert [fresh(draft).status for draft in (first, second)] == ["approved", "rejected"]
