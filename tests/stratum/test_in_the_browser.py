from __future__ import annotations

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect

from stratum import events, invitations, notifications, twofactor, webhooks
from stratum.kinds import Kind
from stratum.models import Authenticator, Invitation, Notification, User, Webhook
from stratum.roles import Role
from tests.people import PASSWORD, person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCREENS = {
    "wide and light": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "wide and dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "narrow and light": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
    "narrow and dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}


@pytest.fixture
def team(transactional_db: None) -> User:
    """The Admin, a person with a very long name, one whose name runs from right to left, and some notifications."""
    ada = person("ada")
    long = "Maximiliana Konstantinopoulou", "Featherstonehaugh-Cholmondeley"
    User.objects.create_user(
        "max", "maximiliana.konstantinopoulou@a-long-subsidiary.example.com", first_name=long[0], last_name=long[1]
    )
    User.objects.create_user("layla", "layla@example.com", first_name="ليلى", last_name="عبد الرحمن")
    for number in range(3):
        event = events.record(None, "draft.submitted", f"draft:{number}")
        notifications.notify([ada], event=event, title="“حملة الصيف” waits for you", body="$1.00", url="/notifications")
    hook = webhooks.add(by=ada, name="Long " * 15, format="signed", url="http://127.0.0.1:9/", kinds=list(Kind))
    webhooks.test(hook, by=ada)
    invitations.invite(by=ada, email=f"{'nora.' * 8}neu@a-long-subsidiary.example.com", roles=list(Role))
    return ada


def log_in(page: Page, base: str, name: str = "ada") -> None:
    page.goto(f"{base}{reverse('login')}?next={reverse('notifications')}")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{base}{reverse('notifications')}")


def page_of(name: str) -> str:
    return reverse("person", args=[User.objects.get(username=name).pk])


def everywhere() -> list[str]:
    """The addresses of the ground floor's pages."""
    names = ["notifications", "team", "password_change", "notification_choices", "security", "two_factor_set_up"]
    names += ["audit", "webhooks"]
    guest = f"{reverse('invitation')}?token={invitations.token(Invitation.objects.get())}"
    return [*map(reverse, names), page_of("max"), Webhook.objects.get().get_absolute_url(), guest]


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{page.url}: {problem['id']} at {problem['nodes'][0]['target']}"
        for problem in found
        if problem["impact"] in {"serious", "critical"}
    ]


def is_wider_than_the_screen(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.mark.parametrize("screen", SCREENS)
def test_pages_hold_nothing_that_keeps_people_out_and_break_no_policy(new_page, live_server, team, screen):
    page = new_page(**SCREENS[screen])
    errors: list[str] = []
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(live_server.url + reverse("login"))
    problems = serious(page)
    log_in(page, live_server.url)
    for url in everywhere():
        page.goto(live_server.url + url)
        problems += serious(page) + ([f"{url} is too wide"] if is_wider_than_the_screen(page) else [])

    assert problems == []
    assert errors == []


def test_the_check_above_finds_a_page_that_keeps_people_out(new_page, live_server, team):
    page = new_page(**SCREENS["narrow and light"])
    page.goto(live_server.url + reverse("login"))
    page.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=/x width=900>')")

    assert "image-alt" in serious(page)[0]
    assert is_wider_than_the_screen(page)


@pytest.mark.smoke
def test_menu_question_and_log_out_work_without_javascript(new_page, live_server, team):
    page = new_page(**SCREENS["narrow and light"], java_script_enabled=False)
    log_in(page, live_server.url)
    link = page.get_by_role("link", name="Team")
    assert not link.is_visible()

    page.get_by_role("button", name="Menu").click()
    link.click()
    page.get_by_role("link", name="Edit Maximiliana").click()
    page.get_by_role("button", name="Deactivate").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert User.objects.get(username="max").is_active
    page.get_by_role("button", name="Deactivate").click()
    page.get_by_role("dialog").get_by_role("button", name="Deactivate").click()
    page.wait_for_url(live_server.url + reverse("team"))
    assert not User.objects.get(username="max").is_active
    page.get_by_role("button", name="Menu").click()
    page.locator(".user-menu summary").click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(live_server.url + reverse("login"))


def test_the_keyboard_alone_reaches_the_content_and_leaves_a_question(new_page, live_server, team):
    page = new_page(**SCREENS["wide and light"])
    log_in(page, live_server.url)
    page.goto(live_server.url + page_of("max"))

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.get_by_role("button", name="Deactivate").focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("dialog").is_visible()
    assert page.evaluate("document.activeElement.textContent").strip() == "Cancel"
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog").is_visible()
    assert page.evaluate("document.activeElement.textContent").strip() == "Deactivate"


@pytest.mark.smoke
def test_a_form_that_is_on_its_way_is_not_sent_again(new_page, live_server, team):
    page = new_page(**SCREENS["wide and light"])
    log_in(page, live_server.url)
    page.goto(live_server.url + reverse("team"))
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_text("Without mail").click()
    form = page.locator("form", has=page.get_by_label("First name"))
    form.get_by_label("First name").fill("Nora")
    form.get_by_label("Mail address").fill("nora@example.com")
    form.get_by_label("Viewer").check()

    page.get_by_role("button", name="Add person").dblclick()
    page.get_by_text("One-time password for").wait_for()

    assert len(sent) == 1


def test_the_bell_rings_while_the_page_stands_and_leaves_what_is_typed(new_page, live_server, team):
    page = new_page(**SCREENS["wide and light"])
    log_in(page, live_server.url)
    page.goto(live_server.url + reverse("team"))
    page.locator("#invite_email").fill("half typed")
    count = page.locator("#unread-count")
    before = Notification.objects.unread().filter(user=team).count()
    assert count.inner_text().split()[0] == str(before)

    event = events.record(None, "draft.approved", "draft:9")
    notifications.notify([team], event=event, title="News", url="/notifications")
    # A look in the very moment of an answer is not lost: it asks again, and is told that nothing is new.
    again = "() => document.dispatchEvent(new Event('visibilitychange'))"
    page.evaluate(f"document.addEventListener('htmx:oobAfterSwap', {again}, {{once: true}})")
    with page.expect_response(lambda answer: "/count" in answer.url and answer.status == 204, timeout=5_000):
        look(page)

    expect(count).to_have_text(f"{before + 1} unread")
    assert page.locator("#invite_email").input_value() == "half typed"
    assert page.locator("#unread-bell").get_attribute("aria-label") == f"Notifications, {before + 1} unread"
    Notification.objects.all().delete()
    look(page)
    count.wait_for(state="hidden")


def look(page: Page) -> None:
    """Let the page look for news now: it does so every half minute, and when it is seen again."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_a_page_that_nobody_sees_asks_for_nothing(new_page, live_server, team):
    page = new_page(**SCREENS["wide and light"])
    page.clock.install()
    log_in(page, live_server.url)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "count" in request.url else None)

    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    page.clock.run_for(120_000)
    assert asked == []
    page.evaluate("Object.defineProperty(document, 'hidden', {value: false, configurable: true})")
    with page.expect_response(lambda answer: "notifications/count" in answer.url) as answer:
        page.clock.run_for(31_000)
    assert answer.value.status == 204


def test_a_bell_that_cannot_be_reached_disturbs_nobody(new_page, live_server, team):
    page = new_page(**SCREENS["wide and light"])
    log_in(page, live_server.url)
    page.route("**/notifications/count*", lambda route: route.abort())

    with page.expect_event("requestfailed"):
        look(page)
    assert page.locator("#request-problem").is_hidden()


def test_the_second_factor_is_set_up_and_asked_for_without_javascript(new_page, live_server, team):
    page = new_page(**SCREENS["narrow and light"], java_script_enabled=False)
    log_in(page, live_server.url)
    page.goto(live_server.url + reverse("two_factor_set_up"))
    app = pyotp.TOTP(page.locator(".copyable code").inner_text())
    page.get_by_role("textbox", name="Code").fill(app.now())
    page.get_by_role("button", name="Turn it on").click()
    codes = page.locator(".backup-codes code").all_inner_texts()
    assert len(codes) == twofactor.BACKUP_CODES
    page.get_by_role("link", name="I have kept them").click()
    page.context.clear_cookies()

    page.goto(f"{live_server.url}{reverse('login')}?next={reverse('audit')}")
    page.get_by_label("User name").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Log in").click()
    assert "This code is not right" in page.content()
    Authenticator.objects.update(failures=0)
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(live_server.url + reverse("audit"))
    assert page.get_by_text("Person: backup code used").is_visible()
