"""Videos: whole and in chunks, their processing, and creatives that show them."""

from __future__ import annotations

from typing import Any

import pytest

from .graph_client import ACCOUNT, PAGE, GraphClient
from .process import SandboxProcess

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(5000)


def whole(graph: GraphClient, content: bytes = MP4) -> str:
    files = {"source": ("clip.mp4", content, "video/mp4")}
    return graph.post(f"{ACCOUNT}/advideos", title="Clip", files=files)["id"]


def status(graph: GraphClient, video_id: str) -> str:
    return graph.get(video_id, fields="status")["status"]["video_status"]


def video_creative(graph: GraphClient, video_id: str, /, **changes: Any) -> dict[str, Any]:
    data = {
        "video_id": video_id,
        "image_hash": graph.image(),
        "message": "Look",
        "call_to_action": {"type": "SHOP_NOW", "value": {"link": "https://shop.example.com"}},
    }
    parts = {key: value for key, value in (data | changes).items() if value is not None}
    return {"name": "V", "object_story_spec": {"page_id": PAGE, "video_data": parts}}


def test_a_video_is_processed_for_a_while_and_then_ready(graph: GraphClient, sandbox: SandboxProcess) -> None:
    sandbox.post("settings", video_processing_seconds=600)
    video_id = whole(graph)
    assert status(graph, video_id) == "processing"
    error = graph.refusal("POST", f"{ACCOUNT}/adcreatives", **video_creative(graph, video_id))
    assert "still being processed" in error["error_user_msg"]

    sandbox.post("settings", video_processing_seconds=0)
    assert status(graph, video_id) == "ready"
    assert graph.post(f"{ACCOUNT}/adcreatives", **video_creative(graph, video_id))


def test_a_video_can_fail(graph: GraphClient, sandbox: SandboxProcess) -> None:
    sandbox.post("settings", video_processing_seconds=0, video_outcome="error")

    assert status(graph, whole(graph)) == "error"


def test_a_video_arrives_in_chunks(graph: GraphClient, sandbox: SandboxProcess) -> None:
    sandbox.post("settings", video_processing_seconds=0)
    edge = f"{ACCOUNT}/advideos"
    started = graph.post(edge, surface="graph-video", upload_phase="start", file_size=str(len(MP4)))
    session, video_id = started["upload_session_id"], started["video_id"]
    assert status(graph, video_id) == "uploading"

    def transfer(offset: int, content: bytes) -> Any:
        files = {"video_file_chunk": ("chunk", content, "application/octet-stream")}
        params = {"upload_phase": "transfer", "upload_session_id": session, "start_offset": str(offset)}
        return graph.call("POST", edge, files=files, **params)

    assert transfer(0, MP4[:3000]).json()["start_offset"] == "3000"
    wrong = transfer(0, MP4[:3000]).json()["error"]
    assert (wrong["error_subcode"], wrong["error_data"]["start_offset"]) == (1363037, "3000")
    assert graph.refusal("POST", edge, upload_phase="finish", upload_session_id=session)["code"] == 6000
    transfer(3000, MP4[3000:])
    assert graph.post(edge, upload_phase="finish", upload_session_id=session, title="Clip") == {"success": True}
    assert status(graph, video_id) == "ready"
    assert graph.refusal("POST", edge, upload_phase="finish", upload_session_id=session)["code"] == 6002


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, 100),
        ({"file_url": "https://example.com/a.mp4"}, 389),
        ({"upload_phase": "begin"}, 100),
        ({"upload_phase": "start", "file_size": "big"}, 100),
        ({"upload_phase": "finish", "upload_session_id": "1"}, 6002),
        ({"colour": "red"}, 100),
    ],
)
def test_an_upload_that_makes_no_sense_is_refused(graph: GraphClient, params: dict[str, str], code: int) -> None:
    assert graph.refusal("POST", f"{ACCOUNT}/advideos", **params)["code"] == code


def test_what_is_no_film_is_refused(graph: GraphClient) -> None:
    files = {"source": ("clip.mp4", b"not a film at all", "video/mp4")}

    assert graph.refusal("POST", f"{ACCOUNT}/advideos", files=files)["code"] == 352


@pytest.mark.parametrize(
    ("changes", "subcode", "blamed"),
    [
        ({"image_hash": None}, 1443226, "video_data"),
        ({"video_id": "1"}, None, "video_id"),
        ({"call_to_action": None}, None, "call_to_action"),
        ({"link": "https://shop.example.com"}, None, "video_data"),
    ],
)
def test_video_creative_is_refused(
    graph: GraphClient, sandbox: SandboxProcess, changes: dict[str, Any], subcode: int | None, blamed: str
) -> None:
    sandbox.post("settings", video_processing_seconds=0)
    params = video_creative(graph, whole(graph), **changes)

    error = graph.refusal("POST", f"{ACCOUNT}/adcreatives", **params)

    assert error.get("error_subcode") == subcode
    assert error["error_data"]["blame_field_specs"][0][-1] == blamed


def test_a_thumbnail_is_a_placeholder_until_the_video_is_ready(graph: GraphClient, sandbox: SandboxProcess) -> None:
    sandbox.post("settings", video_processing_seconds=600)
    video_id = whole(graph)
    early = graph.get(f"{video_id}/thumbnails")["data"][0]["uri"]
    sandbox.post("settings", video_processing_seconds=0)
    late = graph.get(f"{video_id}/thumbnails")["data"][0]["uri"]

    assert early != late
    assert graph.session.get(late, timeout=5).headers["Content-Type"] == "image/png"
    assert graph.post(f"{ACCOUNT}/adcreatives", **video_creative(graph, video_id, image_hash=None, image_url=late))


def test_videos_are_listed(graph: GraphClient) -> None:
    video_id = whole(graph)

    assert graph.get(f"{ACCOUNT}/advideos", fields="title")["data"] == [{"id": video_id, "title": "Clip"}]
    assert graph.get(f"{ACCOUNT}/adimages")["data"] == []
