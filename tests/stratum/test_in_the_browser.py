from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page

from stratum import events, notifications
from stratum.models import User
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
    return ada


def log_in(page: Page, base: str, name: str = "ada") -> None:
    page.goto(f"{base}{reverse('login')}?next={reverse('notifications')}")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{base}{reverse('notifications')}")


def page_of(name: str) -> str:
    return reverse("person", args=[User.objects.get(username=name).pk])


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
    for url in (reverse("notifications"), reverse("team"), page_of("max"), reverse("password_change")):
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
    page.locator("summary").click()
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
