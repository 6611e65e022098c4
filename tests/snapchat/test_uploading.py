"""Uploads: an empty entry first, then its bytes; long films in pieces. Broken off, they are begun anew or found complete."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass
from typing import IO, Any

import pytest
import requests
import responses

from integrations.contracts import Call, Deadline, Outcome, Tokens
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.snapchat import uploading
from integrations.platforms.snapchat.adapter import SnapchatPlatform
from tests.snapchat.conftest import Sandbox
from tests.snapchat.drafts import MAIN, film, picture

FILM = film(pieces=400)
NODE = "ad_sets[s1].ads[a1].creative.media"


def upload(content: bytes = FILM, kind: str = "VIDEO") -> Call:
    content_type, ending = ("video/mp4", "mp4") if kind == "VIDEO" else ("image/png", "png")
    request = {
        "kind": "upload", "account": MAIN.external_id, "name": "summer [st-k]", "node": NODE, "type": kind,
        "sha256": hashlib.sha256(content).hexdigest(), "content_type": content_type, "filename": f"file.{ending}",
        "size": len(content),
    }  # fmt: skip
    return Call(("k",), Deadline.UPLOAD, request, upload_bytes=len(content))


def send(snapchat: SnapchatPlatform, content: bytes = FILM, kind: str = "VIDEO") -> Outcome:
    def open_content(sha256: str) -> IO[bytes]:
        assert sha256 == hashlib.sha256(content).hexdigest()
        return io.BytesIO(content)

    return snapchat.send(upload(content, kind), MAIN, open_content)["k"]


def error_of(outcome: Outcome) -> PlatformError:
    assert outcome.error is not None
    return outcome.error


@pytest.fixture
def in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes two kilobytes a film of three pieces."""
    monkeypatch.setattr(uploading, "PIECE", 1_000)


def full(sandbox: Sandbox) -> list[dict[str, Any]]:
    """Entries of the library that have their bytes."""
    return [row for row in sandbox.of_kind("media") if "_file" in row["data"] and row["account"] == MAIN.external_id]


@pytest.fixture
def before(sandbox: Sandbox) -> int:
    """How many files the account has at first."""
    return len(full(sandbox))


def test_a_file_is_an_entry_and_its_bytes(sandbox: Sandbox, snapchat: SnapchatPlatform, before: int) -> None:
    outcome = send(snapchat)

    assert sandbox.writes() == ["POST adaccounts/*/media", "POST media/*/upload"]
    made = full(sandbox)[before:]
    assert [(row["id"], row["name"], row["data"]["file_size_in_bytes"]) for row in made] == [
        (outcome.external_id, "summer [st-k]", len(FILM))
    ]


def test_a_long_film_arrives_whole_in_pieces(
    sandbox: Sandbox, snapchat: SnapchatPlatform, before: int, in_pieces: None
) -> None:
    outcome = send(snapchat)

    assert outcome.is_done, outcome.error
    assert sandbox.writes() == [
        "POST adaccounts/*/media",
        "POST media/*/multipart-upload-v2",  # INIT
        "POST /us/v1/media/*/multipart-upload-v2",
        "POST /us/v1/media/*/multipart-upload-v2",
        "POST /us/v1/media/*/multipart-upload-v2",
        "POST media/*/multipart-upload-v2",  # FINALIZE
    ]
    [made] = full(sandbox)[before:]
    assert (made["id"], made["data"]["file_size_in_bytes"]) == (outcome.external_id, len(FILM))
    kept = sandbox_file(sandbox, made)
    assert kept == hashlib.sha256(FILM).hexdigest()


def sandbox_file(sandbox: Sandbox, row: dict[str, Any]) -> str:
    """Which bytes the sandbox keeps: it names a file by their digest."""
    return str(row["data"]["_file"]).rpartition("/")[2].partition(".")[0]


def test_the_bytes_of_a_picture_are_what_the_library_shows(sandbox: Sandbox, snapchat: SnapchatPlatform) -> None:
    content = picture()

    outcome = send(snapchat, content, "IMAGE")

    token = snapchat.tokens.access_token if snapchat.tokens else ""
    answer = requests.get(
        f"{sandbox.url}/snapchat/api/v1/media/{outcome.external_id}",
        headers={"Authorization": f"Bearer {token}"},
        timeout=10,
    )
    shown = requests.get(answer.json()["media"][0]["media"]["download_link"], timeout=10)
    assert (shown.content, shown.headers["Content-Type"]) == (content, "image/png")


# What breaks --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("effect", ["drop_before", "drop_after", "reset", "truncate"])
def test_a_lost_entry_is_begun_anew(sandbox: Sandbox, snapchat: SnapchatPlatform, before: int, effect: str) -> None:
    sandbox.fault(effect, "/adaccounts/[^/]+/media$", method="POST")

    assert error_of(send(snapchat)).kind is ErrorKind.TRANSIENT
    assert send(snapchat).is_done
    assert len(full(sandbox)) == before + 1


@pytest.mark.parametrize("effect", ["drop_after", "truncate"])
def test_bytes_that_arrived_without_an_answer_are_not_sent_again(
    sandbox: Sandbox, snapchat: SnapchatPlatform, before: int, effect: str
) -> None:
    sandbox.fault(effect, "/upload$", method="POST")

    outcome = send(snapchat)

    assert outcome.is_done
    assert [row["id"] for row in full(sandbox)[before:]] == [outcome.external_id]


@pytest.mark.parametrize("effect", ["drop_before", "reset"])
def test_bytes_that_did_not_arrive_are_sent_again(
    sandbox: Sandbox, snapchat: SnapchatPlatform, before: int, effect: str
) -> None:
    sandbox.fault(effect, "/upload$", method="POST")

    error = error_of(send(snapchat))

    assert (error.kind, error.message) == (ErrorKind.TRANSIENT, "The upload of the file broke off. It is sent again.")
    assert len(full(sandbox)) == before
    assert send(snapchat).is_done


def test_when_nobody_can_say_whether_the_bytes_arrived_they_are_sent_again(
    sandbox: Sandbox, snapchat: SnapchatPlatform
) -> None:
    sandbox.fault("drop_after", "/upload$", method="POST")
    sandbox.fault("drop_before", "/media/[^/]+$", method="GET")

    assert error_of(send(snapchat)).kind is ErrorKind.TRANSIENT


@pytest.mark.parametrize("effect", ["drop_before", "drop_after", "reset"])
def test_a_lost_piece_is_sent_again(
    sandbox: Sandbox, snapchat: SnapchatPlatform, before: int, in_pieces: None, effect: str
) -> None:
    sandbox.fault(effect, "^/us/v1/media", method="POST", times=2)

    outcome = send(snapchat)

    assert outcome.is_done, outcome.error
    [made] = full(sandbox)[before:]
    assert sandbox_file(sandbox, made) == hashlib.sha256(FILM).hexdigest()


def test_a_piece_that_never_arrives_breaks_the_upload_off(
    sandbox: Sandbox, snapchat: SnapchatPlatform, before: int, in_pieces: None
) -> None:
    sandbox.fault("drop_before", "^/us/v1/media", method="POST", times=uploading.TRIES_PER_PIECE)

    assert error_of(send(snapchat)).kind is ErrorKind.TRANSIENT
    assert len(full(sandbox)) == before


@pytest.mark.parametrize(("effect", "is_done"), [("drop_after", True), ("drop_before", False)])
def test_a_lost_end_is_told_by_the_entry(
    sandbox: Sandbox, snapchat: SnapchatPlatform, in_pieces: None, effect: str, is_done: bool
) -> None:
    """INIT has the same path as FINALIZE, so the fault waits until the pieces are there."""
    real = uploading._send_piece
    armed: list[str] = []

    def send_piece(*args: Any) -> None:
        real(*args)
        if not armed:
            sandbox.fault(effect, "^/v1/media/[^/]+/multipart-upload-v2", method="POST")
            armed.append(effect)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uploading, "_send_piece", send_piece)
        outcome = send(snapchat)

    assert outcome.is_done is is_done
    if not is_done:
        assert error_of(outcome).kind is ErrorKind.TRANSIENT


def test_a_third_upload_at_once_waits_a_little(sandbox: Sandbox, snapchat: SnapchatPlatform) -> None:
    body = {"request_status": "ERROR", "error_code": "E3002", "debug_message": "Too many concurrent uploads"}
    sandbox.fault("error_body", "/upload$", {"status": 400, "body": body}, method="POST")

    error = error_of(send(snapchat))

    assert (error.kind, error.retry_after) == (ErrorKind.RATE_LIMITED, 5.0)


def test_a_file_snapchat_refuses_is_blamed_on_the_ad(sandbox: Sandbox, snapchat: SnapchatPlatform) -> None:
    error = error_of(send(snapchat, b"no film at all" * 20))

    assert (error.kind, error.path) == (ErrorKind.INVALID, NODE)
    assert "the video must be MP4 or MOV" in error.message


@pytest.mark.parametrize("effect", ["token_expired", "token_revoked"])
@pytest.mark.parametrize("path", ["/adaccounts/[^/]+/media$", "/upload$"])
def test_a_refused_token_is_said_to_be(sandbox: Sandbox, snapchat: SnapchatPlatform, effect: str, path: str) -> None:
    sandbox.fault(effect, path, method="POST")

    assert error_of(send(snapchat)).kind is ErrorKind.AUTH


# With an answer for each request in turn ----------------------------------------------------------------------------------

API = "https://adsapi.snapchat.com"
ENTRY = f"{API}/v1/adaccounts/{MAIN.external_id}/media"
OK = {"request_status": "SUCCESS"}
MADE = OK | {"media": [{"sub_request_status": "SUCCESS", "media": {"id": "m1", "name": "summer [st-k]"}}]}


@dataclass(frozen=True)
class Played:
    outcome: Outcome
    addresses: list[str]
    bodies: list[bytes]


def play(visitor: SnapchatPlatform, init: Any, *more: tuple[str, Any]) -> Played:
    visitor.tokens = Tokens("token")
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        mocked.post(ENTRY, json=MADE)
        mocked.post(f"{API}/v1/media/m1/multipart-upload-v2?action=INIT", json=init)
        for address, answer in more:
            mocked.post(address, json=answer)
        mocked.get(f"{API}/v1/media/m1", json=OK | {"media": []})
        outcome = send(visitor)
        calls = [call.request for call in mocked.calls]
        return Played(
            outcome,
            [str(call.url) for call in calls],
            [
                bytes(call.body or b"", "utf8") if isinstance(call.body, str) else bytes(call.body or b"")
                for call in calls
            ],
        )


def field(body: bytes, name: str) -> str:
    found = re.search(rb'name="' + name.encode() + rb'"\r\n\r\n(.*?)\r\n', body, re.DOTALL)
    return found[1].decode() if found else ""


@pytest.mark.usefixtures("in_pieces", "real_addresses")
class TestPieces:
    @pytest.mark.parametrize(
        ("add", "finalize"),
        [
            ("/us/v1/media/m1/multipart-upload-v2?action=ADD", "/v1/media/m1/multipart-upload-v2?action=FINALIZE"),
            ("/media/m1/multipart-upload-v2?action=ADD", "/media/m1/multipart-upload-v2?action=FINALIZE"),
            (f"{API}/v1/media/m1/add", f"{API}/v1/media/m1/finalize"),
        ],
    )
    @pytest.mark.parametrize("is_nested", [True, False])
    def test_go_where_snapchat_says(self, visitor: SnapchatPlatform, add: str, finalize: str, is_nested: bool) -> None:
        named = {"upload_id": "u7", "add_path": add, "finalize_path": finalize}
        to = [f"{API}/v1{path}" if path.startswith("/media") else path for path in (add, finalize)]
        to = [f"{API}{path}" if path.startswith("/") else path for path in to]

        played = play(visitor, OK | ({"result": named} if is_nested else named), (to[0], OK), (to[1], OK))

        assert played.outcome == Outcome("m1")
        assert played.addresses[2:] == [to[0], to[0], to[0], to[1]]
        about = {name: field(played.bodies[1], name) for name in ("file_name", "file_size", "number_of_parts")}
        assert about == {"file_name": "file.mp4", "file_size": str(len(FILM)), "number_of_parts": "3"}
        numbers = [(field(body, "upload_id"), field(body, "part_number")) for body in played.bodies[2:5]]
        assert numbers == [("u7", "1"), ("u7", "2"), ("u7", "3")]

    def test_go_nowhere_else(self, visitor: SnapchatPlatform) -> None:
        """The token would go along."""
        named = {"upload_id": "u7", "add_path": "https://evil.example/add", "finalize_path": "/v1/media/m1/finalize"}

        played = play(visitor, OK | named, ("https://evil.example/add", OK))

        assert error_of(played.outcome).code == "FOREIGN_ADDRESS"
        assert not any("evil" in address for address in played.addresses)

    @pytest.mark.parametrize(
        "host",
        ["https://adsapi.snapchat.com.evil.example", "//evil.example", "https://adsapi.snapchat.com@evil.example"],
    )
    def test_do_not_follow_lookalikes(self, visitor: SnapchatPlatform, host: str) -> None:
        named = {"upload_id": "u7", "add_path": f"{host}/add", "finalize_path": "/v1/media/m1/finalize"}

        played = play(visitor, OK | named)

        assert not played.outcome.is_done
        assert not any("evil" in requests.utils.urlparse(address).netloc for address in played.addresses)

    def test_need_a_beginning_that_can_be_read(self, visitor: SnapchatPlatform) -> None:
        assert error_of(play(visitor, OK).outcome).kind is ErrorKind.TRANSIENT
