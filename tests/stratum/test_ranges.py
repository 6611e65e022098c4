from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.test import RequestFactory

from stratum import ranges

WHOLE = bytes(range(100))


@pytest.mark.parametrize(
    ("asked", "status", "expected"),
    [
        ("", 200, WHOLE),
        ("bytes=0-9", 206, WHOLE[:10]),
        ("bytes=20-", 206, WHOLE[20:]),
        ("bytes=-5", 206, WHOLE[-5:]),
        ("bytes=-500", 206, WHOLE),
        ("bytes=90-500", 206, WHOLE[90:]),
        ("bytes=5-2", 416, b""),
        ("bytes=100-", 416, b""),
        ("bytes=-0", 416, b""),
        ("bytes=-", 200, WHOLE),
        ("bytes=0-1,5-6", 200, WHOLE),
        ("pages=1-2", 200, WHOLE),
    ],
)
def test_a_range_answers_that_part_and_nonsense_the_whole_file(asked, status, expected):
    request = RequestFactory().get("/", headers={"Range": asked} if asked else {})

    response = ranges.answer(request, ContentFile(WHOLE), len(WHOLE), "video/mp4")

    body = b"".join(response.streaming_content) if response.streaming else response.content
    assert (response.status_code, body) == (status, expected)


def test_a_part_says_which_one_it_is():
    request = RequestFactory().get("/", headers={"Range": "bytes=10-19"})

    response = ranges.answer(request, ContentFile(WHOLE), len(WHOLE), "video/mp4")

    assert response["Content-Range"] == "bytes 10-19/100"
    assert response["Content-Length"] == "10"
