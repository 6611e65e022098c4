"""Files in the sandbox's Snapchat: what it takes, at once or in pieces."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from .process import SandboxProcess
from .snap_client import MAIN, NOWHERE, SnapClient, film, picture

ACCOUNT = f"adaccounts/{MAIN}"


def entry(snap: SnapClient, kind: str = "IMAGE") -> str:
    return str(snap.make(ACCOUNT, "media", {"name": "File", "type": kind, "ad_account_id": MAIN})["id"])


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        ("IMAGE", lambda: b"no picture", "the image must be PNG or JPG"),
        ("IMAGE", lambda: picture(kind="GIF"), "the image must be PNG or JPG"),
        ("IMAGE", lambda: picture() + b"\0" * 5_300_000, "must not be larger than 5 MB"),
        ("VIDEO", lambda: picture(), "the video must be MP4 or MOV"),
    ],
)
def test_a_file_is_refused(snap: SnapClient, kind: str, content: Callable[[], bytes], reason: str) -> None:
    answer = snap.upload(entry(snap, kind), content())

    assert (answer.status_code, answer.json()["error_code"]) == (400, "E1001")
    assert reason in answer.json()["debug_message"]


def test_a_file_is_uploaded_once(snap: SnapClient) -> None:
    media_id = entry(snap)

    assert snap.upload(media_id, picture()).status_code == 200
    assert "has been uploaded already" in snap.upload(media_id, picture()).json()["debug_message"]


def test_bytes_come_in_the_field_of_that_name(snap: SnapClient) -> None:
    answer = snap.call("POST", f"media/{entry(snap)}/upload", files={"picture": ("a.png", picture())})

    assert "one file is required, in the multipart field file" in answer.json()["debug_message"]


@pytest.mark.parametrize(
    ("action", "form", "reason"),
    [
        ("BEGIN", {}, "action must be INIT, ADD or FINALIZE"),
        ("INIT", {"file_name": "a", "file_size": "9"}, "INIT takes file_name, file_size and number_of_parts"),
        ("INIT", {"file_name": "a", "file_size": "9", "number_of_parts": "0"}, "between 1 and 32"),
        ("INIT", {"file_name": "a", "file_size": "9", "number_of_parts": "33"}, "between 1 and 32"),
        ("FINALIZE", {"upload_id": NOWHERE}, "upload_id is unknown"),
    ],
)
def test_an_upload_in_pieces_follows_its_form(snap: SnapClient, action: str, form: dict[str, str], reason: str) -> None:
    files = {name: (None, value) for name, value in form.items()} or {"x": (None, "y")}

    answer = snap.call("POST", f"media/{entry(snap, 'VIDEO')}/multipart-upload-v2?action={action}", files=files)

    assert reason in answer.json()["debug_message"]


def test_a_film_is_whole_before_it_is_finished(snap: SnapClient) -> None:
    media_id, content = entry(snap, "VIDEO"), film(3_000)
    base = f"media/{media_id}/multipart-upload-v2?action="
    about = {"file_name": (None, "a.mp4"), "file_size": (None, "3000"), "number_of_parts": (None, "2")}
    upload_id = snap.call("POST", f"{base}INIT", files=about).json()["upload_id"]

    def add(number: int, piece: bytes) -> None:
        parts = {"upload_id": (None, upload_id), "part_number": (None, str(number)), "file": ("a.mp4", piece)}
        assert snap.call("POST", f"{base}ADD", files=parts).status_code == 200

    add(2, content[1_500:])
    early = snap.call("POST", f"{base}FINALIZE", files={"upload_id": (None, upload_id)})
    add(1, content[:1_500])
    done = snap.call("POST", f"{base}FINALIZE", files={"upload_id": (None, upload_id)})

    assert "not all chunks of the file are there" in early.json()["debug_message"]
    assert done.status_code == 200
    assert snap.one(f"media/{media_id}")["file_size_in_bytes"] == 3_000


def test_pictures_are_still_shown_after_a_restart(tmp_path: Path) -> None:
    first = SandboxProcess(tmp_path)
    snap = SnapClient(first.url, first.post("tokens", platform="snapchat")["access_token"])
    link = snap.one(f"media/{snap.media()['id']}")["download_link"]
    first.stop()

    second = SandboxProcess(tmp_path)
    shown = requests.get(link.replace(first.url, second.url), timeout=10)
    second.stop()

    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/png")
