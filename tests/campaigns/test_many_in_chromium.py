"""Many campaigns at once, as people see and do it: ticked, asked, answered; imported from a file."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from campaigns.models import CampaignDraft
from tests.campaigns.builder.test_in_chromium import SCREENS, is_wider_than_the_screen, open_page, serious
from tests.factories import make_account, make_connection, make_draft, make_draft_json
from tests.people import person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CSV = "account,campaign_name,budget,ad_set_name,ad_name\nact_123456789,{good},50,A,1\nact_123456789,Bad,a lot,A,1\n"


@pytest.mark.parametrize("screen", SCREENS)
def test_ticked_campaigns_are_approved_together_and_a_file_becomes_drafts(new_page, live_server, tmp_path, screen):
    make_connection()
    make_account()
    person("ada")
    for name in ("Überlänge" * 30, "حملة الصيف الكبيرة للأحذية " * 4):
        make_draft("submitted", draft_json=make_draft_json(name=name))
    page = new_page(**SCREENS[screen])
    errors: list[str] = []
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    found: list[str] = []

    def look() -> None:
        found.extend(serious(page) + ([f"{page.url} is too wide"] if is_wider_than_the_screen(page) else []))

    open_page(page, live_server.url, "/campaigns", "ada")
    page.get_by_label("All on this page").focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("2 ticked:")).to_be_visible()
    look()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", name="Approve: 2 campaigns")).to_be_visible()
    look()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", name="2 approved")).to_be_visible()
    look()

    page.goto(f"{live_server.url}/campaigns/import")
    look()
    file = tmp_path / "campaigns.csv"
    file.write_text(CSV.format(good="Überlänge" * 20))
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("Not an amount.")).to_be_visible()
    look()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download 1 row to correct").click()
    assert "Not an amount." in download.value.path().read_text()
    page.get_by_role("button", name="Make 1 draft").click()
    expect(page.get_by_role("heading", name="1 draft made, 1 not")).to_be_visible()
    look()

    assert CampaignDraft.objects.filter(status="draft").count() == 1
    assert found == []
    assert errors == []
