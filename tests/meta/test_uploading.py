"""Uploads: images in one request, long videos in the pieces that Meta asks for."""

from __future__ import annotations

import hashlib
import io
from typing import IO, Any

import pytest
import requests
import responses

from integrations.contracts import Call, Deadline, Outcome, Tokens
from integrations.errors import ErrorKind
from integrations.platforms.meta import client, uploading
from integrations.platforms.meta.adapter import MetaPlatform
from tests.meta.conftest import Sandbox
from tests.meta.drafts import MAIN, film

CONTENT = film() + b"x" * 9_000_000
VIDEOS = f"{client.VERSION}/act_123456789/advideos"


def video_call(content: bytes = CONTENT) -> Call:
    sha256 = hashlib.sha256(content).hexdigest()
    request = {
        "kind": "video", "path": "act_123456789/advideos", "name": "summer [st-k]", "sha256": sha256,
        "content_type": "video/mp4", "node": "ad_sets[s1].ads[a1].creative.media",
    }  # fmt: skip
    return Call(("k",), Deadline.UPLOAD, request, upload_bytes=len(content))


def open_content(sha256: str) -> IO[bytes]:
    return io.BytesIO(CONTENT)


@pytest.fixture
def in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes nine megabytes a long video."""
    monkeypatch.setattr(uploading, "WHOLE_UP_TO", 1_000_000)


def test_a_long_video_arrives_whole(sandbox: Sandbox, meta: MetaPlatform, in_pieces: None) -> None:
    outcome = meta.send(video_call(), MAIN, open_content)["k"]

    assert outcome.is_done
    [video] = sandbox.look("objects", kind="media")
    assert (video["id"], video["name"], video["data"]["received"]) == (
        outcome.external_id,
        "summer [st-k]",
        len(CONTENT),
    )
    phases = [row["body"]["upload_phase"] for row in sandbox.look("requests")]
    assert phases == ["start", "transfer", "transfer", "transfer", "finish"]


def test_a_short_video_is_one_request(sandbox: Sandbox, meta: MetaPlatform) -> None:
    meta.send(video_call(), MAIN, open_content)

    assert len(sandbox.look("requests")) == 1


# With an answer for each request in turn ----------------------------------------------------------------------------------

START = {"video_id": "77", "upload_session_id": "5", "start_offset": "0", "end_offset": "4000000"}
LOST = requests.ReadTimeout("no answer")


def offsets(start: int, end: int) -> dict[str, str]:
    return {"start_offset": str(start), "end_offset": str(end)}


def wrong_offset(start: int, end: int) -> dict[str, Any]:
    return {"error": {"code": 6001, "error_subcode": 1363037, "message": "Wrong", "error_data": offsets(start, end)}}


def play(visitor: MetaPlatform, *answers: Any) -> tuple[Outcome, list[str]]:
    """Send the video against these answers; return the outcome and what was sent, by phase and offset."""
    visitor.tokens = Tokens("EAAGtoken")
    url = client.url("act_123456789/advideos", "video_url")
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        for answer in answers:
            if isinstance(answer, Exception):
                mocked.post(url, body=answer)
            else:
                mocked.post(url, json=answer, status=400 if "error" in answer else 200)
        outcome = visitor.send(video_call(), MAIN, open_content)["k"]
        return outcome, [_sent(call.request.body) for call in mocked.calls]


def _sent(body: Any) -> str:
    if isinstance(body, str):
        return "start" if "upload_phase=start" in body else "finish"
    text = bytes(body)[:2_000].decode("latin-1")
    return text.split('name="start_offset"\r\n\r\n')[1].split("\r\n")[0]


@pytest.mark.usefixtures("in_pieces")
class TestPieces:
    def test_each_is_what_meta_asked_for(self, visitor: MetaPlatform) -> None:
        outcome, sent = play(visitor, START, offsets(4_000_000, 8_000_000), offsets(9, 9), {"success": True})

        assert outcome == Outcome("77")
        assert sent == ["start", "0", "4000000", "finish"]

    def test_one_that_got_lost_is_sent_again(self, visitor: MetaPlatform) -> None:
        outcome, sent = play(visitor, START, LOST, offsets(9, 9), {"success": True})

        assert outcome.is_done
        assert sent == ["start", "0", "0", "finish"]

    def test_one_whose_answer_got_lost_is_not_sent_twice(self, visitor: MetaPlatform) -> None:
        answers = [START, LOST, wrong_offset(4_000_000, 8_000_000), offsets(9, 9), {"success": True}]
        outcome, sent = play(visitor, *answers)

        assert outcome.is_done
        assert sent == ["start", "0", "0", "4000000", "finish"]

    def test_one_that_never_arrives_leaves_nothing_behind(self, visitor: MetaPlatform) -> None:
        outcome, sent = play(visitor, START, LOST, LOST, LOST, LOST)

        assert outcome.error is not None
        assert outcome.error.kind is ErrorKind.TRANSIENT
        assert sent == ["start", "0", "0", "0"]

    def test_meta_that_never_moves_on_is_given_up(self, visitor: MetaPlatform) -> None:
        outcome, sent = play(visitor, START, *[wrong_offset(0, 4_000_000)] * 9)

        assert outcome.error is not None
        assert outcome.error.kind is ErrorKind.TRANSIENT
        assert sent == ["start", "0", "0", "0"]

    def test_meta_that_goes_back_and_forth_is_given_up(self, visitor: MetaPlatform) -> None:
        back = [offsets(0, 4_000_000)] * 9
        outcome, sent = play(visitor, START, *back)

        assert outcome.error is not None
        assert len(sent) == 4

    def test_a_start_without_an_answer_made_no_video(self, visitor: MetaPlatform) -> None:
        outcome, _ = play(visitor, LOST)

        assert outcome.error is not None
        assert outcome.error.kind is ErrorKind.TRANSIENT

    def test_a_last_word_without_an_answer_may_have_made_one(self, visitor: MetaPlatform) -> None:
        outcome, _ = play(visitor, START, offsets(9, 9), LOST)

        assert outcome.error is not None
        assert outcome.error.kind is ErrorKind.AMBIGUOUS

    def test_a_refused_format_is_invalid_and_blamed(self, visitor: MetaPlatform) -> None:
        outcome, _ = play(visitor, START, offsets(9, 9), {"error": {"code": 352, "message": "(#352) Unsupported"}})

        assert outcome.error is not None
        assert (outcome.error.kind, outcome.error.path) == (ErrorKind.INVALID, "ad_sets[s1].ads[a1].creative.media")

    @pytest.mark.parametrize("begun", [{"video_id": "7"}, {**START, "start_offset": "x"}])
    def test_an_odd_start_is_no_crash(self, visitor: MetaPlatform, begun: dict[str, str]) -> None:
        outcome, _ = play(visitor, begun)

        assert outcome.error is not None
        assert outcome.error.kind is ErrorKind.TRANSIENT
