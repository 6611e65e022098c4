"""Five people, their mails from a real SMTP server, and a guest: from the creator by two Approvers and Finance to live."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from adaccounts.models import ApprovalRule
from campaigns.models import CampaignDraft, PublishRun
from stratum.models import User
from stratum.roles import Role, assign
from stratum.tasks import send_mail
from tests.factories import make_account, make_draft
from tests.people import PASSWORD, person
from tests.publishing.conftest import work_until_settled
from tests.publishing.imaginary import World
from tests.stratum.smtp_server import SmtpServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAME = "Summer Sale 2024"


@pytest.fixture
def post(settings):
    """The mail server: what has arrived there, by the address it went to."""
    server = SmtpServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield server
    server.close()


@pytest.fixture
def draft(world: World, settings, live_server) -> CampaignDraft:
    """Carl's campaign of 1,000 a day, on an account where Finance and a second Approver must approve from 500 on."""
    settings.BASE_URL = live_server.url
    for name, role in (("abel", Role.APPROVER), ("fiona", Role.FINANCE)):
        user = User.objects.create_user(name, f"{name}@example.com", PASSWORD, first_name=name.capitalize())
        assign(user, role)
    for name in ("carl", "anne", "paul"):
        person(name)
    account = make_account(daily_cap="2000")
    for level in (ApprovalRule.Level.FINANCE, ApprovalRule.Level.SECOND_APPROVER):
        ApprovalRule.objects.create(account=account, level=level, over_per_day=500)
    return make_draft(account=account)


def link_to(post: SmtpServer, name: str, word: str) -> str:
    """Have the mails sent, and return the link of the one to this person whose subject says so; AssertionError if none."""
    send_mail()
    mine = [message for message in post.received if message["To"] == f"{name}@example.com"]
    found = next((message for message in mine if word in message["Subject"]), None)
    assert found is not None, f"{name} got {[message['Subject'] for message in mine]}"
    assert found.get_body(("html",)) is not None
    return re.findall(r"http://\S+/notifications/\d+", found.get_body(("plain",)).get_content())[0]


@pytest.fixture
def enter(new_page, live_server) -> Callable[..., Page]:
    def come_in(name: str, url: str) -> Page:
        page: Page = new_page(viewport={"width": 1280, "height": 900})
        page.goto(url)
        page.get_by_label("User name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url("**/campaign-drafts/*")
        return page

    return come_in


def test_five_people_are_led_by_their_mails_to_a_published_campaign(post, draft, enter, new_page, live_server, world):
    def status_of(page: Page):
        return page.locator(".page-head .status").first

    carl = enter("carl", f"{live_server.url}/login?next=/campaign-drafts/{draft.pk}")
    carl.get_by_role("button", name="Submit for Approval").first.click()
    expect(status_of(carl)).to_have_text("Submitted")

    carl.get_by_label("Ask somebody without an account").fill("Acme Inc.")
    carl.get_by_role("button", name="Make link").click()
    guest = new_page(viewport={"width": 390, "height": 844})
    guest.goto(carl.locator(".copyable code").inner_text())
    guest.get_by_label("I object").check()
    guest.get_by_label("Your name").fill("Clara Client")
    guest.get_by_label("Comment").fill("Our logo is missing.")
    guest.get_by_role("button", name="Send").click()
    expect(guest.get_by_role("heading")).to_have_text("Thank you, Clara Client")
    guest.goto(f"{live_server.url}/campaign-drafts/{draft.pk}")
    guest.wait_for_url("**/login**")  # the link showed nothing else, and it opened nothing

    for name, waiting in (("anne", "Waiting for a second Approver and Finance"), ("fiona", "a second Approver")):
        page = enter(name, link_to(post, name, f"asks you to approve “{NAME}”"))
        expect(page.get_by_role("region", name="Guest opinions")).to_contain_text("Our logo is missing.")
        page.get_by_role("button", name="Approve", exact=True).first.click()
        expect(page.locator("#messages")).to_contain_text(waiting)
        expect(status_of(page)).to_have_text("Submitted")

    abel = enter("abel", link_to(post, "abel", "asks you to approve"))
    abel.get_by_role("button", name="Approve", exact=True).first.click()
    expect(status_of(abel)).to_have_text("Approved")
    carl.goto(link_to(post, "carl", "Abel approved"))
    expect(status_of(carl)).to_have_text("Approved")

    paul = enter("paul", f"{live_server.url}/login?next=/campaign-drafts/{draft.pk}")
    paul.get_by_role("button", name="Publish to Platform").first.click()
    expect(status_of(paul)).to_have_text("Publishing")
    work_until_settled(PublishRun.objects.get())
    carl.goto(link_to(post, "carl", f"“{NAME}” is "))
    expect(status_of(carl)).to_have_text("Published")
    assert world.can_spend
