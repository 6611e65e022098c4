"""What the page does while somebody types, before anything is saved."""

from __future__ import annotations

import re
import sys
import unicodedata
from pathlib import Path

import pytest
from playwright.sync_api import expect

from adaccounts.models import AccountAsset
from integrations.platforms.google.capabilities import width
from tests.campaigns.builder.test_in_chromium import WIDE, open_page
from tests.factories import make_account, make_connection, make_draft, make_draft_json
from tests.people import person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
#: Hexagrams and counting rods, narrow before Unicode 16: it depends on the Python's version how wide they are.
MADE_WIDE_LATER = re.compile("[\u4dc0-\u4dff\U0001d300-\U0001d37f]")
SCRIPT = Path(__file__).parents[3] / "static/js/builder.js"


def test_texts_are_counted_as_google_counts_and_there_is_always_room_for_one_more(new_page, live_server):
    make_connection("google")
    account = make_account("google-1", platform="google", defaults={}, assets=[])
    draft = make_draft(created_by=person("carl"), account=account, draft_json=make_draft_json())
    page = open_page(new_page(**WIDE), live_server.url, f"/campaign-drafts/{draft.pk}?node=a1")
    headlines = page.locator("[name='creative.headlines']")

    for number, (text, length) in enumerate([("夏セール🔥", 10), ("Plain", 5), ("夏" * 16, 32)]):
        headlines.nth(number).fill(text)
        expect(headlines.nth(number).locator("..").get_by_text(f"{length} / 30")).to_be_visible()
        expect(headlines).to_have_count(number + 2)
    expect(page.get_by_text("32 / 30")).to_have_class(re.compile("danger-text"))


def test_every_character_is_as_wide_in_the_page_as_on_the_server(new_page, live_server):
    source = re.search(r"const WIDE =\s*/(.*)/u;", SCRIPT.read_text())[1]
    page = new_page()
    known = [char for char in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(char) not in {"Cn", "Cs"}]
    known = [char for char in known if not MADE_WIDE_LATER.match(char)]
    ours = {ord(char) for char in known if width(char) == 2}

    theirs = page.evaluate(
        """([source, last]) => { const wide = new RegExp(source, "u");
        return [...Array(last + 1).keys()].filter((code) => wide.test(String.fromCodePoint(code))); }""",
        [source, sys.maxunicode],
    )

    assert sorted(map(hex, ours - set(theirs))) == []
    assert sorted(map(hex, set(theirs).intersection(map(ord, known)) - ours)) == []


def test_a_long_list_can_be_searched_and_keeps_what_is_chosen(new_page, live_server):
    make_connection()
    account = make_account()
    for number in range(300):
        AccountAsset.objects.create(account=account, kind="page", external_id=f"9{number}", name=f"Shop {number:03}")
    draft = make_draft(created_by=person("carl"), account=account)
    page = open_page(new_page(**WIDE), live_server.url, f"/campaign-drafts/{draft.pk}")
    pages = page.get_by_label("Facebook Page", exact=True)

    page.get_by_label("Facebook Page: search").fill("shop 217")
    assert pages.locator("option").all_inner_texts() == ["Acme Corp (102938475610001)", "Shop 217 (9217)"]
    pages.select_option("9217")
    page.get_by_label("Facebook Page: search").fill("")
    expect(pages.locator("option")).to_have_count(302)
    expect(pages).to_have_value("9217")
    expect(page.get_by_label("Pixel: search")).to_have_count(0)
