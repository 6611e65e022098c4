"""Without a sandbox and with an app's own credentials, Connect leads to exactly the address that the platform documents."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

PROJECT = Path(__file__).resolve().parents[2]
CREDENTIALS = {
    "META_APP_ID": "1234567890123456",
    "META_APP_SECRET": "dummy-secret-of-meta",
    "GOOGLE_CLIENT_ID": "123456789012-dummy.apps.googleusercontent.com",
    "GOOGLE_CLIENT_SECRET": "dummy-secret-of-google",
    "TIKTOK_APP_ID": "7123456789012345678",
    "TIKTOK_APP_SECRET": "dummy-secret-of-tiktok",
    "SNAPCHAT_CLIENT_ID": "01234567-89ab-4cde-8f01-23456789abcd",
    "SNAPCHAT_CLIENT_SECRET": "dummy-secret-of-snapchat",
}
BACK = "https%3A%2F%2Fads.example.com%2Foauth%2Fcallback"
ADDRESSES = {
    "meta": (
        f"https://www.facebook.com/v26.0/dialog/oauth?client_id=1234567890123456&redirect_uri={BACK}&state=STATE"
        "&response_type=code&scope=ads_management%2Cads_read%2Cbusiness_management%2Cpages_show_list"
        "%2Cpages_read_engagement%2Cpages_manage_ads&auth_type=rerequest"
    ),
    "google": (
        "https://accounts.google.com/o/oauth2/v2/auth?client_id=123456789012-dummy.apps.googleusercontent.com"
        f"&redirect_uri={BACK}&response_type=code&scope=openid+email+https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fadwords"
        "&state=STATE&access_type=offline&prompt=consent&code_challenge=CHALLENGE&code_challenge_method=S256"
    ),
    "tiktok": (
        f"https://business-api.tiktok.com/portal/auth?app_id=7123456789012345678&state=STATE&redirect_uri={BACK}"
    ),
    "snapchat": (
        "https://accounts.snapchat.com/login/oauth2/authorize?client_id=01234567-89ab-4cde-8f01-23456789abcd"
        f"&redirect_uri={BACK}&response_type=code&scope=snapchat-marketing-api&state=STATE"
    ),
}


@pytest.fixture(scope="module")
def production() -> dict[str, Any]:
    """The settings that an installation without a sandbox reads from its environment."""
    wanted = {"BASE_URL": "https://ads.example.com", "SANDBOX_URL": "", "ALLOW_INSECURE_LOOPBACK": "False"}
    program = (
        "import json; from stratum import settings as s;"
        "print(json.dumps([s.PLATFORMS, s.BASE_URL, s.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action']]))"
    )
    environment = os.environ | CREDENTIALS | wanted
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, env=environment, capture_output=True, text=True, check=True
    )
    names = ("PLATFORMS", "BASE_URL", "form_action")
    return dict(zip(names, json.loads(done.stdout), strict=True))


@pytest.fixture
def admin(ada, as_user, production, settings):
    settings.PLATFORMS, settings.BASE_URL = production["PLATFORMS"], production["BASE_URL"]
    return as_user(ada)


@pytest.mark.parametrize("platform", ADDRESSES)
def test_connect_leads_to_the_documented_address(admin, platform):
    answer = admin.post(f"/settings/integrations/{platform}/connect")

    [asked] = admin.session["oauth"]
    sum_of = hashlib.sha256(asked["verifier"].encode()).digest()
    expected = ADDRESSES[platform].replace("STATE", asked["state"])
    expected = expected.replace("CHALLENGE", base64.urlsafe_b64encode(sum_of).decode().rstrip("="))
    assert (answer.status_code, answer["Location"]) == (302, expected)
    assert not [secret for name, secret in CREDENTIALS.items() if "SECRET" in name and secret in answer["Location"]]


def test_browsers_may_follow_connect_to_each_platform(production):
    asked = {f"https://{urlsplit(address).netloc}" for address in ADDRESSES.values()}

    assert set(production["form_action"]) == {"'self'"} | asked


def test_nothing_is_sent_to_a_sandbox(production):
    addresses = [value for app in production["PLATFORMS"].values() for name, value in app.items() if "_url" in name]

    assert len(addresses) >= 16
    assert all(address.startswith("https://") for address in addresses)
