"""Connecting, syncing and disconnecting Meta over real HTTP, against a sandbox process."""

from __future__ import annotations

import logging
import re
from html import unescape
from typing import Any

import pytest
import requests

from adaccounts.models import AccountAsset, AdAccount, SyncRun
from integrations.models import ApiCall, Connection
from integrations.platforms.meta.adapter import MetaPlatform
from stratum.models import Event
from tests.sandbox.process import SandboxProcess

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory):
    running = SandboxProcess(tmp_path_factory.mktemp("sandbox"))
    yield running
    running.stop()


@pytest.fixture
def sandbox(process: SandboxProcess, settings: Any) -> SandboxProcess:
    """The sandbox as at its first start; the product's Meta addresses lead to it."""
    process.post("reset")
    played = {"api_url": "graph", "video_url": "graph-video", "authorize_url": "www", "dashboard_url": "adsmanager"}
    addresses = {name: f"{process.url}/meta/{path}" for name, path in played.items()}
    settings.PLATFORMS = settings.PLATFORMS | {"meta": settings.PLATFORMS["meta"] | addresses}
    settings.BASE_URL = "http://127.0.0.1"
    return process


@pytest.fixture
def admin(ada, as_user):
    return as_user(ada)


def consent(client, *, decision: str = "allow", without: str = "") -> str:
    """Press Connect, answer the consent page, and return the path and query that lead back."""
    address = client.post("/settings/integrations/meta/connect")["Location"]
    browser = requests.Session()
    page = unescape(browser.get(address, timeout=10).text)
    [token] = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    ticked = [value for value in re.findall(r'name="granted"\s+value="([a-z_]+)"', page) if value != without]
    form = {"decision": decision, "granted": ticked, "csrfmiddlewaretoken": token}
    answer = browser.post(address, data=form, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"].removeprefix("http://127.0.0.1")


def connect(client) -> None:
    assert client.get(consent(client)).status_code == 302


def test_connecting_finds_the_accounts(sandbox, admin):
    connect(admin)

    connection = Connection.objects.get()
    assert (connection.status, connection.external_user_name) == ("connected", "Dana Whitfield")
    assert "ads_management" in connection.scopes
    assert (connection.expires_at - connection.connected_at).days in {59, 60}
    main = AdAccount.objects.get(external_id="act_123456789")
    assert (main.name, main.currency, main.time_zone) == ("Acme Corp Main", "USD", "America/New_York")
    assert "Meta connected, 6 ad accounts found." in admin.get("/settings/integrations").content.decode()


def test_a_disabled_account_says_why(sandbox, admin):
    connect(admin)

    assert "Meta has disabled this account" in AdAccount.objects.get(external_id="act_555333444").unusable_reason


def test_declining_connects_nothing(sandbox, admin):
    answer = admin.get(consent(admin, decision="deny"))

    assert answer.status_code == 400
    assert "Meta was not connected" in answer.content.decode()
    assert not Connection.objects.exists()


def test_a_missing_permission_connects_nothing_and_is_named(sandbox, admin):
    answer = admin.get(consent(admin, without="ads_management"))

    assert answer.status_code == 400
    assert "ads_management" in answer.content.decode()
    assert not Connection.objects.exists()


def test_a_code_is_good_once_at_the_platform_too(sandbox, admin):
    way_back = consent(admin)
    admin.get(way_back)
    state = re.search(r"state=([^&#]+)", consent(admin)).group(1)

    answer = admin.get(re.sub(r"state=[^&#]+", f"state={state}", way_back))

    assert answer.status_code == 400
    assert "CODE_REFUSED" in answer.content.decode()


def test_many_accounts_come_page_by_page(sandbox, admin):
    sandbox.post("seed", platform="meta", accounts=230)

    connect(admin)

    assert AdAccount.objects.count() == 230
    pages = [row for row in sandbox.get("requests", platform="meta") if row["path"].endswith("/me/adaccounts")]
    assert len(pages) > 1


def test_a_failure_on_the_second_page_changes_nothing(sandbox, admin, monkeypatch):
    connect(admin)
    sandbox.post("seed", platform="meta", accounts=230)
    before = list(AdAccount.objects.order_by("pk").values())
    original = MetaPlatform.list_accounts

    def break_after_the_first_page(self):
        for position, account in enumerate(original(self)):
            if position == 0:
                sandbox.fault("status", method="GET", path="me/adaccounts$", value=500, times=None)
            yield account

    monkeypatch.setattr(MetaPlatform, "list_accounts", break_after_the_first_page)

    answer = admin.post("/ad-accounts/meta/sync", headers=JSON)

    assert (answer.status_code, answer.json()["error"]["code"]) == (502, "PLATFORM_UNREACHABLE")
    pages = [row for row in sandbox.get("requests", platform="meta") if row["path"].endswith("/me/adaccounts")]
    assert [row["status"] for row in pages[-2:]] == [200, 500]
    assert list(AdAccount.objects.order_by("pk").values()) == before


def test_what_changed_at_the_platform_changes_here(sandbox, admin):
    connect(admin)
    sandbox.post(
        "seed",
        platform="meta",
        remove_accounts=["act_987654321"],
        update_accounts={"act_123456789": {"name": "Acme Corp Flagship"}},
        add_accounts=[{"id": "777", "name": "Acme New"}],
    )

    data = admin.post("/ad-accounts/meta/sync", headers=JSON).json()["data"]

    assert (data["new"], data["updated"], data["stale"], data["unchanged"]) == (1, 1, 1, 4)
    assert not AdAccount.objects.get(external_id="act_987654321").is_selectable


def test_enabling_reads_pages_and_pixels(sandbox, admin):
    connect(admin)

    answer = admin.post("/ad-accounts/meta/act_123456789", {"is_enabled": "true"}, headers=JSON)

    assert (answer.status_code, answer.json()["data"]["warnings"]) == (200, [])
    assert set(AccountAsset.objects.values_list("kind", flat=True)) == {"page", "instagram", "pixel"}
    assert answer.json()["data"]["defaults"]["pixel"] == "880011223344551"


def test_a_token_that_ended_at_the_platform_needs_a_person(sandbox, admin, ada):
    connect(admin)
    sandbox.post("seed", platform="meta", tokens="revoke")

    answer = admin.post("/ad-accounts/meta/sync", headers=JSON)

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "TOKEN_EXPIRED")
    assert Connection.objects.get().status == Connection.Status.NEEDS_RECONNECT
    assert "must be reconnected" in admin.get("/settings/integrations").content.decode()


def test_a_token_that_is_refused_for_once_is_renewed(sandbox, admin):
    connect(admin)
    before = Connection.objects.get().access_token
    sandbox.fault("token_expired", method="GET", path="me/adaccounts$", times=1)

    answer = admin.post("/ad-accounts/meta/sync", headers=JSON)

    assert answer.status_code == 200
    assert Connection.objects.get().access_token != before


def test_a_slow_platform_is_left_to_the_queue(sandbox, admin, settings):
    connect(admin)
    settings.SYNC_IN_REQUEST_SECONDS = 1.3
    sandbox.fault("delay", method="GET", path="me/adaccounts$", value=2, times=1)

    answer = admin.post("/ad-accounts/meta/sync", headers=JSON)

    assert (answer.status_code, answer.json()["data"]["state"]) == (202, "queued")
    assert SyncRun.objects.get(state="queued").error_code == ""


def test_disconnecting_ends_the_grant_at_the_platform(sandbox, admin):
    connect(admin)
    token = Connection.objects.get().access_token

    answer = admin.post("/settings/integrations/meta/disconnect", headers=JSON)

    assert answer.json()["data"]["revoked_at_platform"] is True
    asked = {"input_token": token, "access_token": "1000000000000001|sandbox-meta-secret-0001"}
    left = requests.get(f"{sandbox.url}/meta/graph/v26.0/debug_token", params=asked, timeout=10)
    assert left.json()["data"]["is_valid"] is False


def test_no_secret_is_kept_in_the_open_or_logged(sandbox, admin, caplog):
    caplog.set_level(logging.DEBUG)
    connect(admin)
    admin.post("/ad-accounts/meta/act_123456789", {"is_enabled": "true"})
    admin.post("/settings/integrations/meta/refresh")
    admin.post("/settings/integrations/meta/disconnect")

    kept = str([list(model.objects.values()) for model in (ApiCall, Event, SyncRun, AdAccount)]) + caplog.text
    secrets = [row["value"] for row in sandbox.get("secrets")]

    assert len(secrets) >= 4, "app secret, code, short and long-lived tokens"
    assert ApiCall.objects.count() > 5
    assert [secret[:12] for secret in secrets if secret in kept] == []
