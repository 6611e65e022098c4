"""Flows 1 and 7, and what can go otherwise: a refusal, a permission taken away, accounts that come and go."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.walks import prepared
from tests.walks.flows import row_of
from tests.walks.hands import Mouse

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture
def ada(enter) -> Mouse:
    return enter("ada")


def meta(ada: Mouse) -> Locator:
    return ada.page.get_by_role("region", name="Meta (Facebook/Instagram)")


def ask_for_consent(ada: Mouse) -> None:
    ada.go_to("Integrations")
    ada.press("Connect", meta(ada))
    expect(ada.page.get_by_role("button", name="Allow")).to_be_visible()


def test_whoever_denies_the_consent_reads_that_nothing_was_connected_and_can_try_again(stack, ada, allowed):
    allowed(400)
    ask_for_consent(ada)
    ada.press("Deny")

    expect(ada.page.get_by_role("heading", level=1)).to_have_text("Meta was not connected")
    ada.sees("Nothing was stored or changed.")
    assert stack.member("ada").get("/settings/ad-accounts") == []

    ada.press("Try again")
    ada.press("Allow")
    ada.sees("Meta connected, 6 ad accounts found.")


def test_a_permission_that_was_unticked_is_named_and_nothing_is_connected(stack, ada, allowed):
    allowed(400)
    ask_for_consent(ada)
    ada.page.get_by_label("ads_management").uncheck()
    ada.press("Allow")

    ada.sees(re.compile("ads_management"))
    ada.sees("Nothing was stored or changed.")
    ada.follow("Back to Integrations")
    expect(meta(ada)).to_contain_text("Not connected")
    assert stack.member("ada").get("/settings/ad-accounts") == []


def test_a_platform_that_was_disconnected_is_reconnected_and_its_accounts_and_caps_are_as_before(stack, ada):
    prepared.connected(stack, daily_budget_cap="1000")
    ada.go_to("Integrations")
    ada.press("Disconnect", meta(ada))
    ada.press("Disconnect", ada.page.get_by_role("dialog", name="Disconnect Meta?"))
    expect(meta(ada)).to_contain_text("Not connected")

    ada.press("Reconnect", meta(ada))
    ada.press("Allow")
    ada.sees("Meta connected, 6 ad accounts found.")
    ada.go_to("Ad Accounts")
    expect(row_of(ada.page, "Acme Corp Main")).to_contain_text(re.compile("Enabled.*of \\$1,000.00", re.DOTALL))


def test_a_sync_says_what_is_new_what_changed_and_what_is_gone(stack, ada):
    there = [{"id": str(777_000 + n), "name": f"Acme Branch {n}"} for n in range(4)]
    stack.sandbox.order("seed", platform="meta", add_accounts=there)
    prepared.connected(stack)
    renamed = {f"act_{777_000 + n}": {"name": f"Acme Shop {n}"} for n in range(3)}
    new = [{"id": "778001", "name": "Acme Nordic"}, {"id": "778002", "name": "Acme Iberia"}]
    stack.sandbox.order(
        "seed", platform="meta", add_accounts=new, update_accounts=renamed, remove_accounts=["act_777003"]
    )

    ada.go_to("Ad Accounts")
    ada.press("Sync Accounts")

    told = "2 new accounts found, 3 accounts updated, 1 account stale. Last synced: just now."
    expect(ada.page.locator("#messages")).to_contain_text(told)
    expect(row_of(ada.page, "Acme Nordic")).to_contain_text("Disabled")
    expect(row_of(ada.page, "Acme Shop 0")).to_be_visible()
    expect(row_of(ada.page, "Acme Branch 3")).to_contain_text("Stale")
    expect(ada.button("Enable", row_of(ada.page, "Acme Branch 3"))).to_have_count(0)


def test_an_account_appears_in_the_builder_when_it_is_enabled(stack, ada, enter):
    prepared.connected(stack)
    carl = enter("carl")
    ada.go_to("Ad Accounts")
    ada.press("Disable", row_of(ada.page, "Acme Corp Main"))
    ada.press("Enable", row_of(ada.page, "Acme Corp Test"))
    ada.sees("Acme Corp Test is enabled")

    carl.go_to("All campaigns")
    carl.follow("Create New", carl.page.locator("main .empty, main .page-head").first)
    offered = carl.field("Ad account").locator("option:not([value=''])")
    expect(offered).to_have_text(["Acme Corp Test (act_987654321, USD)"])
