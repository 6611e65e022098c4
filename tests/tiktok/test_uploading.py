"""Files: uploads, covers of films, music for carousels, and what becomes of names that are taken."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import replace
from typing import Any

import pytest
import requests
import responses

from integrations.contracts import Call, Outcome, Tokens
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.tiktok import calls, client, music, planning, uploading
from integrations.platforms.tiktok.adapter import TikTokPlatform
from integrations.platforms.tiktok.client import Ads
from integrations.platforms.tiktok.wording import width
from tests.tiktok.conftest import Sandbox
from tests.tiktok.drafts import BLUE, FILES, FILM, GREY, IDENTITY, MAIN, PIXEL, RED, ad, ad_set, draft, order, video
from tests.tiktok.publisher import Publisher, open_media

WITHOUT_MUSIC = {"identity": IDENTITY, "pixel": PIXEL}
NODE = "ad_sets[s1].ads[a1].creative.media"


def publisher(tiktok: TikTokPlatform, *ads: dict[str, Any], **campaign: Any) -> Publisher:
    return Publisher(tiktok, order(draft(ad_set(ads=list(ads)), **campaign)))


def upload_call(sha256: str) -> Call:
    shown = video("a1", media=[sha256]) if sha256 == FILM else ad("a1", media=[sha256])
    steps = planning.plan(order(draft(ad_set(ads=[shown]))))
    return calls.calls(steps, {}, MAIN)[0]


# Uploading ------------------------------------------------------------------------------------------------------------


def test_files_arrive_as_they_are_under_our_names(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    publication = publisher(tiktok, ad("a1", media=[RED, BLUE]), video("a2"))

    outcomes = publication.wave()

    assert all(outcome.is_done for outcome in outcomes.values())
    stored = {row["id"]: row for row in sandbox.of_kind("media")}
    for sha256 in (RED, BLUE, FILM):
        step = f"abcd2345-1-m-{sha256[:10]}"
        row = stored[publication.ids[step]]
        assert row["data"]["signature"] == hashlib.md5(FILES[sha256], usedforsecurity=False).hexdigest()
        assert re.fullmatch(rf"summer( sale)? [0-9a-f]{{8}} \[st-{step}\]\.(png|mp4)", row["name"])


def test_a_picture_is_known_by_its_image_id_and_a_film_by_its_video_id(tiktok: TikTokPlatform) -> None:
    publication = publisher(tiktok, ad("a1", media=[RED, BLUE]), video("a2"))
    publication.wave()

    assert publication.ids[f"abcd2345-1-m-{RED[:10]}"].startswith("ad-site-i18n-sg/")
    assert publication.ids[f"abcd2345-1-m-{FILM[:10]}"].startswith("v10033g5")


def test_the_same_file_can_be_uploaded_again(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    """Names of files are unique in an account, and so are ours."""
    for _ in range(2):
        assert publisher(tiktok, ad("a1")).wave()[f"abcd2345-1-m-{RED[:10]}"].is_done

    assert len({row["name"] for row in sandbox.of_kind("media")}) == 4


@pytest.mark.parametrize("name", ["x" * 300 + ".jpeg", "a.mp4", "夏" * 99 + ".png", "no extension"])
def test_a_files_name_fits_and_keeps_mark_and_extension(name: str) -> None:
    found = uploading.file_name(name, "abcd2345-12-m-0123456789")

    assert width(found) <= 100
    assert "[st-abcd2345-12-m-0123456789]" in found
    assert found.rpartition("]")[2] == (name[name.rfind(".") :] if "." in name else "")
    assert found != uploading.file_name(name, "abcd2345-12-m-0123456789")


@pytest.mark.parametrize(
    ("filename", "sent"),
    [
        ("summer sale.png", "summer sale.png"),
        ("Größe (1).PNG", "Gr-e -1.png"),
        ("夏.jpg", "image.jpg"),
        ('a"b\r\nc.png', "a-b-c.png"),
        ("noextension", "noextension"),
        ("x.this-is-no-extension", "x"),
    ],
)
def test_names_are_written_in_letters_that_every_reader_of_forms_understands(filename: str, sent: str) -> None:
    ordered = order(draft(ad_set(ads=[ad(media=[RED])])))
    media = {RED: replace(ordered.media[RED], filename=filename)}

    assert planning.plan(replace(ordered, media=media))[0].name == sent


def test_a_picture_with_other_bytes_on_the_way_is_refused_and_blamed(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    openings = iter([b"one", b"another"])
    outcome = tiktok.send(upload_call(RED), MAIN, lambda sha256: io.BytesIO(next(openings)))
    [error] = [found.error for found in outcome.values()]

    assert error is not None
    assert (error.kind, error.code, error.path) == (ErrorKind.INVALID, "MEDIA_REFUSED", NODE)
    assert "MD5" in error.message


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (40905, ErrorKind.INVALID),
        (40911, ErrorKind.TRANSIENT),  # the name is taken: the next one is another
        (50000, ErrorKind.AMBIGUOUS),
        (40100, ErrorKind.RATE_LIMITED),
    ],
)
@pytest.mark.parametrize("sha256", [RED, FILM], ids=["picture", "film"])
def test_a_refused_upload_says_so(
    sandbox: Sandbox, tiktok: TikTokPlatform, sha256: str, code: int, kind: ErrorKind
) -> None:
    sandbox.refuse("/upload/", code, "No")

    [outcome] = tiktok.send(upload_call(sha256), MAIN, open_media).values()

    assert outcome.error is not None
    assert outcome.error.kind is kind
    assert sandbox.of_kind("media") == []


@responses.activate
@pytest.mark.parametrize("data", [None, [], {}, [{}], {"material_id": "7"}, [{"material_id": "7"}]])
@pytest.mark.parametrize("sha256", [RED, FILM], ids=["picture", "film"])
def test_an_answer_without_an_id_may_have_stored_the_file(visitor: TikTokPlatform, sha256: str, data: Any) -> None:
    path = "file/video/ad/upload/" if sha256 == FILM else "file/image/ad/upload/"
    responses.post(client.url(path), json={"code": 0, "message": "OK", "request_id": "T", "data": data})
    visitor.tokens = Tokens("t")

    [outcome] = visitor.send(upload_call(sha256), MAIN, open_media).values()

    assert outcome.error is not None
    assert outcome.error.kind is ErrorKind.AMBIGUOUS


# Covers ---------------------------------------------------------------------------------------------------------------


def cover_of(publication: Publisher) -> Outcome:
    return publication.wave()[f"abcd2345-1-v-{FILM[:10]}"]


def test_a_film_waits_until_tiktok_has_processed_it(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    sandbox.order("settings", tiktok_video_seconds=3600)
    publication = publisher(tiktok, video("a1"))
    publication.wave()

    waiting = cover_of(publication)
    sandbox.order("settings", tiktok_video_seconds=0)
    ready = cover_of(publication)

    assert waiting.error is not None
    assert (waiting.error.kind, waiting.error.code) == (ErrorKind.TRANSIENT, "MEDIA_PROCESSING")
    assert ready.is_done


def test_a_suggested_cover_is_taken_as_it_is(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    publication = publisher(tiktok, video("a1"))
    publication.wave()
    before = len(sandbox.of_kind("media"))

    assert cover_of(publication).external_id.startswith("ad-site-i18n-sg/")
    assert len(sandbox.of_kind("media")) == before


def test_without_a_suggestion_the_films_first_picture_is_kept(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    sandbox.order("settings", tiktok_suggests_covers=False)
    publication = publisher(tiktok, video("a1"))
    publication.wave()
    before = len(sandbox.of_kind("media"))

    assert cover_of(publication).is_done
    assert len(sandbox.of_kind("media")) == before + 1
    publication.create()
    assert publication.differences() == []


# Music ----------------------------------------------------------------------------------------------------------------


def test_tiktok_recommends_music_for_two_pictures(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    publication = publisher(tiktok, ad("a1", media=[RED, BLUE]), assets=WITHOUT_MUSIC)
    publication.wave()
    publication.wave()

    assert publication.ids["abcd2345-1-mu-a1"] == "7300000000000000004"
    asked = [row["query"]["search_type"] for row in sandbox.look("requests") if row["path"].endswith("/music/get/")]
    assert asked == ["SEARCH_BY_RECOMMEND"]


@pytest.mark.parametrize(
    ("pieces", "chosen"),
    [
        ([("1", "Upbeat Morning", {}), ("2", "Mine", {"liked": True})], "2"),
        ([("1", "Upbeat Morning", {})], "1"),
    ],
)
def test_for_a_single_picture_a_favourite_is_taken_else_something_upbeat(
    sandbox: Sandbox, tiktok: TikTokPlatform, pieces: list[tuple[str, str, dict[str, Any]]], chosen: str
) -> None:
    offered = [{"id": number, "name": name, **more} for number, name, more in pieces]
    sandbox.order("seed", platform="tiktok", assets={"music": offered})
    publication = publisher(tiktok, ad("a1", media=[GREY], type="image"), assets=WITHOUT_MUSIC)
    publication.wave()
    publication.wave()

    assert publication.ids["abcd2345-1-mu-a1"] == chosen


def test_an_account_without_music_is_told_what_to_do(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    sandbox.order("seed", platform="tiktok", assets={"music": []})
    publication = publisher(tiktok, ad("a1", media=[GREY], type="image"), assets=WITHOUT_MUSIC)

    with pytest.raises(PlatformError, match="Choose a favourite in TikTok Ads Manager") as caught:
        publication.create()

    assert (caught.value.code, caught.value.path) == ("MUSIC_MISSING", "campaign.assets.music")
    assert sandbox.of_kind("campaign") == []


def info(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"code": 0, "message": "OK", "request_id": "T", "data": {"list": list(rows)}}


@responses.activate
@pytest.mark.parametrize(("word", "is_refused"), [(False, True), (None, False), (True, False)])
def test_a_picture_that_no_carousel_may_show_is_refused(
    visitor: TikTokPlatform, word: bool | None, is_refused: bool
) -> None:
    row = {"image_id": "x", "image_url": "https://cdn.example/x"}
    responses.get(client.url("file/image/ad/info/"), json=info({**row, "is_carousel_usable": word}))
    found = {"musics": [{"music_id": "7"}]}
    responses.get(client.url("file/music/get/"), json={"code": 0, "message": "OK", "request_id": "T", "data": found})
    ads = Ads(visitor.http, "t")

    if is_refused:
        with pytest.raises(PlatformError) as caught:
            music.recommended(ads, "1", ["x"], NODE)
        assert (caught.value.code, caught.value.path) == ("MEDIA_REFUSED", NODE)
    else:
        assert music.recommended(ads, "1", ["x"], NODE) == "7"


# What is sent ---------------------------------------------------------------------------------------------------------


def test_an_upload_is_a_form_with_token_name_and_sum(visitor: TikTokPlatform) -> None:
    visitor.tokens = Tokens("t-token")
    sent: list[requests.PreparedRequest] = []

    def answered(request: Any) -> tuple[int, dict[str, str], str]:
        sent.append(request)
        request.read = b"".join(request.body) if not isinstance(request.body, bytes) else request.body
        return 200, {}, '{"code": 0, "message": "OK", "request_id": "T", "data": [{"video_id": "v1"}]}'

    with responses.RequestsMock() as mocked:
        mocked.add_callback("POST", client.url("file/video/ad/upload/"), answered)
        outcome = visitor.send(upload_call(FILM), MAIN, open_media)

    text = sent[0].read.decode("latin-1")  # type: ignore[attr-defined]
    names = re.findall(r'name="(\w+)"', text)
    assert [found.external_id for found in outcome.values()] == ["v1"]
    assert sent[0].headers["Access-Token"] == "t-token"
    assert names == ["advertiser_id", "upload_type", "file_name", "video_signature", "video_file"]
    assert hashlib.md5(FILES[FILM], usedforsecurity=False).hexdigest() in text
