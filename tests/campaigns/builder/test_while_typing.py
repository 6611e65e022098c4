"""What the page does while somebody types, before anything is saved."""

from __future__ import annotations

import re
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from adaccounts.models import AccountAsset
from campaigns import rules
from campaigns.models import CampaignDraft
from integrations import platforms
from integrations.platforms.google.capabilities import width
from tests.campaigns.builder.test_in_chromium import WIDE, open_page
from tests.factories import make_account, make_connection, make_draft, make_draft_json
from tests.people import person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
#: Hexagrams and counting rods, narrow before Unicode 16: it depends on the Python's version how wide they are.
MADE_WIDE_LATER = re.compile("[\u4dc0-\u4dff\U0001d300-\U0001d37f]")
#: Writes a text at once, whatever is in it, as a paste does.
TYPE = "(control, text) => { control.value = text; control.dispatchEvent(new Event('input', { bubbles: true })); }"
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


#: What people write and paste; each is judged in every text and name of an ad.
WRITTEN = [
    "Summer Sale: 50 % off", "Größe – 夏 – 서울", "€5 → €3, © Acme™", "نیم‌فاصله", "क्‍ष", "#1 *new*",
    "Sale 🎉", "⏰ Last day", "⭐", "1️⃣", "🇩🇪", "👩🏽‍🚀", "❤",
    "a\u202eb", "a\u200fb", "tab\there", "nul\x01", "two\nlines", "line\u2028separator",
    "Sale [st-abc]", "Sale [ST-abc]", "Sale [\ufb06-abc]", "Sale [ſt-abc]", "Sale [st abc]",
]  # fmt: skip
TEXTS = {"primary_text": "primary_text", "headlines": "headlines[0]", "descriptions": "descriptions[0]"}


def said_by_the_rules(draft: CampaignDraft, ad: dict[str, Any], path: str) -> str:
    judged = CampaignDraft.objects.get(pk=draft.pk)
    judged.draft_json["ad_sets"][0]["ads"] = [ad]
    codes = {"EMOJI", "CONTROL_CHARACTERS", "RESERVED_TEXT"}
    found = [problem for problem in rules.problems_of(judged) if problem.path == f"ad_sets[s1].ads[a1].{path}"]
    return " ".join(f"{problem.message} {problem.fix}" for problem in found if problem.code in codes)


@pytest.mark.parametrize("slug", platforms.available())
def test_page_and_server_say_the_same_about_what_a_text_may_not_hold(new_page, live_server, transactional_db, slug):
    make_connection(slug)
    account = make_account(f"{slug}-1", platform=slug, defaults={}, assets=[])
    draft = make_draft(created_by=person("carl"), account=account, draft_json=make_draft_json())
    page = open_page(new_page(**WIDE), live_server.url, f"/campaign-drafts/{draft.pk}?node=a1")
    page.route("**/nodes/**", lambda route: route.abort())  # what a save says would stand in the place of what is typed
    ad = draft.draft_json["ad_sets"][0]["ads"][0]
    known = {f"creative.{name}": f"creative.{place}" for name, place in TEXTS.items()}
    asked = {
        name: path for name, path in ({"name": "name"} | known).items() if page.locator(f"[name='{name}']").count()
    }
    assert len(asked) > 1
    heard: set[str] = set()

    for text in WRITTEN:
        for name in asked:
            page.locator(f"[name='{name}']").first.evaluate(TYPE, text)
        arrived = {name: page.locator(f"[name='{name}']").first.input_value() for name in asked}
        ad["name"] = arrived["name"]
        ad["creative"] |= {"primary_text": arrived.get("creative.primary_text", "")} | {
            name: [arrived.get(f"creative.{name}", "")] for name in ("headlines", "descriptions")
        }
        for name, path in asked.items():
            note = page.locator(f"[data-leaf='{name}'] .is-typed:not([hidden])")
            said = "".join(note.all_inner_texts())
            assert said == said_by_the_rules(draft, ad, path), (text, name)
            heard.add(said)

    assert len(heard) >= 4, "nothing, and each of what no platform wants"
    assert ("TikTok takes no emoji here. Remove the emoji." in heard) == (slug == "tiktok")


def test_an_emoji_is_refused_while_it_is_typed_and_forgiven_when_it_is_gone(new_page, live_server, transactional_db):
    make_connection("tiktok")
    account = make_account("tiktok-1", platform="tiktok", defaults={}, assets=[])
    draft = make_draft(created_by=person("carl"), account=account, draft_json=make_draft_json())
    page = open_page(new_page(**WIDE), live_server.url, f"/campaign-drafts/{draft.pk}?node=a1")
    text, said = page.get_by_label("Primary text"), page.get_by_text("TikTok takes no emoji here.")
    field = page.locator("[data-leaf='creative.primary_text']")
    saved: list[str] = []
    page.on("request", lambda request: saved.append(request.url) if request.method == "POST" else None)

    text.fill("Summer ⏰")
    expect(field.get_by_role("alert")).to_have_text("TikTok takes no emoji here. Remove the emoji.")
    expect(text).to_have_attribute("aria-invalid", "true")
    assert saved == [], "it is said before anything is saved"
    text.fill("Summer")
    expect(field.get_by_role("alert")).to_have_count(0)
    expect(text).not_to_have_attribute("aria-invalid", "true")

    text.fill("Summer ⏰")
    expect(page.locator("[data-part=saved]")).to_be_visible(timeout=15_000)
    text.blur()
    expect(field.locator(".error:not(.is-typed)")).to_be_visible()
    expect(field.locator(said)).to_have_count(1)
    text.press_sequentially("!")
    expect(field.locator(said).locator("visible=true")).to_have_count(1)


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
