"""The pages for people: the dashboard that "View in Ads Manager" leads to, and the front page."""

from __future__ import annotations

import re

import requests

from .graph_client import GraphClient
from .process import SandboxProcess

MANAGE = "meta/adsmanager/adsmanager/manage/campaigns"


def page(sandbox: SandboxProcess, path: str, **query: str) -> requests.Response:
    return requests.get(f"{sandbox.url}/{path}", params=query, timeout=5)


def test_a_campaign_is_shown_with_all_that_is_below_it(graph: GraphClient, sandbox: SandboxProcess) -> None:
    campaign_id = graph.campaign(name="Sale <b>& more</b>")
    ad_set_id = graph.ad_set(campaign_id)
    graph.ad(ad_set_id, graph.creative())
    graph.post(campaign_id, status="ACTIVE")

    shown = page(sandbox, MANAGE, act="123456789", selected_campaign_ids=campaign_id)

    assert shown.status_code == 200
    assert "Sandbox – plays Meta; nothing here is real" in shown.text
    assert "Sale &lt;b&gt;&amp; more&lt;/b&gt;" in shown.text
    assert "<b>" not in shown.text
    for text in ("Acme Corp Main", "USD 500.00 a day", "25 to 54", "United States", "Fashion", "Shop now", "Active"):
        assert text in shown.text
    image = re.search(r'<img src="([^"]+)"', shown.text)
    assert image
    assert requests.get(image.group(1), timeout=5).headers["Content-Type"] == "image/png"


def test_an_account_s_campaigns_are_listed(graph: GraphClient, sandbox: SandboxProcess) -> None:
    campaign_id = graph.campaign(name="One of many")

    shown = page(sandbox, MANAGE, act="123456789")
    assert "One of many" in shown.text
    assert f"selected_campaign_ids={campaign_id}" in shown.text
    assert "There are no campaigns" in page(sandbox, MANAGE, act="987654321").text


def test_a_deleted_campaign_is_shown_as_deleted(graph: GraphClient, sandbox: SandboxProcess) -> None:
    campaign_id = graph.campaign()
    graph.delete(campaign_id)

    shown = page(sandbox, MANAGE, act="123456789", selected_campaign_ids=campaign_id)
    assert "Deleted" in shown.text


def test_what_is_not_there_is_not_found(graph: GraphClient, sandbox: SandboxProcess) -> None:
    foreign = graph.campaign("act_987654321")

    assert page(sandbox, MANAGE, act="1").status_code == 404
    assert page(sandbox, MANAGE, act="123456789", selected_campaign_ids="1").status_code == 404
    assert page(sandbox, MANAGE, act="123456789", selected_campaign_ids=foreign).status_code == 404


def test_pages_load_nothing_from_elsewhere(sandbox: SandboxProcess) -> None:
    shown = page(sandbox, "")

    assert shown.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'; img-src 'self'")
    assert re.findall(r"<script|style=|https?://", shown.text) == []
    assert "Acme Corp Main" in shown.text
    assert page(sandbox, "static/sandbox.css").headers["Content-Type"].startswith("text/css")
