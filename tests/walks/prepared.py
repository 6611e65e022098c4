"""What a walk finds already done: by the same people, over HTTP, without a browser."""

from __future__ import annotations

from typing import Any

from stratum.demo.browsing import Person
from tests.factories import image_bytes, make_draft_json
from tests.walks.stack import Member, Stack

ACCOUNT = "act_123456789"


def connected(stack: Stack, **account: Any) -> None:
    """Ada connected Meta and enabled Acme Corp Main, without caps unless some are named."""
    ada = Person("ada", stack.url)
    ada.log_in(stack.passwords["ada"])
    consent = ada.send(ada.open("/settings/integrations").form(action="/meta/connect"))
    ada.send(consent.form(button="Allow"), button="Allow")
    stack.member("ada").send("PUT", f"/ad-accounts/meta/{ACCOUNT}", {"is_enabled": True, **account})


def draft(stack: Stack, *, ad_sets: int = 1, **campaign: Any) -> str:
    """Carl built a complete draft; return its path."""
    carl = stack.member("carl")
    content = make_draft_json(media=carl.upload("summer-sale.jpg", image_bytes()), **campaign)
    model = content["ad_sets"][0]
    for number in range(2, ad_sets + 1):
        ads = [{**ad, "key": f"{ad['key']}x{number}"} for ad in model["ads"]]
        content["ad_sets"].append({**model, "key": f"s{number}", "name": f"US, part {number}", "ads": ads})
    return _path(carl.send("POST", "/campaign-drafts", _account() | {"draft_json": content}))


def submitted(stack: Stack, **campaign: Any) -> str:
    path = draft(stack, **campaign)
    stack.member("carl").send("POST", f"{path}/submit")
    return path


def approved(stack: Stack, **campaign: Any) -> str:
    path = submitted(stack, **campaign)
    anne = stack.member("anne")
    anne.send("POST", f"{path}/approve", {"content_hash": anne.get(path)["content_hash"]})
    return path


def _account() -> dict[str, Any]:
    return {"platform": "meta", "platform_account_id": ACCOUNT}


def _path(data: Any) -> str:
    return f"/campaign-drafts/{data['id']}"


def status(member: Member, path: str) -> str:
    return str(member.get(path)["status"])
