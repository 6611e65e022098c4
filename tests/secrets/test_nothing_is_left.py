"""After everything that has to do with tokens, none of the platform's secrets can be found anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.places import Place
from tests.operations.processes import ROOT, wait_until
from tests.secrets import search
from tests.walks import prepared
from tests.walks import stack as stacks
from tests.walks.stack import Stack

pytestmark = [pytest.mark.timeout(300)]

ROLES = ["ada", "carl", "anne", "paul", "vera"]
UNREDACTED = Path(__file__).parent / "unredacted"


def live_through_everything(stack: Stack) -> None:
    """Connect, publish, fail to publish with an answer that repeats the token, have the token refused, renew it."""
    prepared.connected(stack)
    ada, paul = stack.member("ada"), stack.member("paul")
    settle(paul, prepared.approved(stack, name="Autumn"), "published")
    token = secrets_of(stack)[-1]
    said = f"Malformed access token {token} (access_token={token})"
    error = {"message": said, "type": "OAuthException", "code": 100, "error_user_msg": said, "fbtrace_id": "A1"}
    stack.sandbox.fault(
        "error_body", Place("POST", r"act_\d+/adsets$"), value={"status": 400, "body": {"error": error}}
    )
    settle(paul, prepared.approved(stack, name="Winter"), "failed")
    stack.sandbox.fault("token_expired", Place("GET", r"me/adaccounts$"))
    ada.send("POST", "/ad-accounts/meta/sync")
    ada.send("POST", "/settings/integrations/meta/refresh")


def settle(paul: Any, path: str, status: str) -> None:
    paul.send("POST", f"{path}/publish")
    wait_until(lambda: prepared.status(paul, path) == status, f"{path} is {status}")


def secrets_of(stack: Stack) -> list[str]:
    """Return whatever the platforms gave out that nobody else may learn, the latest last."""
    return [row["value"] for row in stack.sandbox.look("secrets")]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """An installation that lived through everything, before the access is given back."""
    with stacks.running(tmp_path_factory.mktemp("secrets")) as stack:
        search.keep_payloads(stack)
        live_through_everything(stack)
        yield stack


@pytest.fixture(scope="module")
def unredacted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The same with redaction switched off in every process."""
    with stacks.running(tmp_path_factory.mktemp("unredacted"), PYTHONPATH=f"{UNREDACTED}:{ROOT}") as stack:
        live_through_everything(stack)
        yield stack


def own_secrets(stack: Stack) -> list[str]:
    """Return the keys of the installation itself."""
    return [stack.installation.env[name] for name in ("SECRET_KEY", "TOKEN_KEYS")]


@pytest.fixture(scope="module")
def seen(lived: Stack) -> dict[str, bytes]:
    """What everybody can see of it."""
    return {place: text for name in ROLES for place, text in search.seen_by(lived, name).items()}


def test_no_secret_is_left_in_the_database_the_queue_the_logs_the_mails_or_on_a_page(lived, seen):
    secrets = secrets_of(lived) + own_secrets(lived)
    connected = search.database(lived) | search.on_disk(lived)
    lived.member("ada").send("POST", "/settings/integrations/meta/disconnect")
    places = {**seen, **connected, **{f"after: {k}": v for k, v in search.database(lived).items()}}

    assert len(secrets) >= 8, "app secrets, code, short- and long-lived tokens, renewed tokens, own keys"
    assert search.leaks(places, secrets) == []


#: What the search has to come across, or it proves nothing.
PARTS = [
    "/publish-logs", "/settings/integrations", "/settings/ad-accounts", "/settings/team", "/settings/audit",
    "/campaign-drafts/", "/admin/integrations/apicall/", "/admin/integrations/connection/",
]  # fmt: skip


def test_the_search_looks_at_what_it_should(lived, seen):
    kept = search.database(lived)

    assert len(seen) < len(ROLES) * search.MOST_PAGES, "the crawl ended before everything was seen"
    assert [part for part in PARTS if not any(f"text/html {part}" in place for place in seen)] == []
    assert b"stratum" in search.opened(kept[f"table {search.KEPT_PAYLOADS}"])
    assert b"_auth_user_id" in search.opened(kept["table stratum_personsession"])
    assert b"adsets" in kept["table integrations_apicall"]


def test_with_redaction_off_the_same_search_finds_tokens(unredacted):
    secrets = secrets_of(unredacted)

    kept = search.leaks(search.database(unredacted), secrets)
    shown = search.leaks(search.seen_by(unredacted, "ada", most=20), secrets)

    assert any("table integrations_apicall" in leak for leak in kept)
    assert any("/publish-logs" in leak for leak in shown)
