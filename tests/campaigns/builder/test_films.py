from __future__ import annotations

import io
import subprocess
import sys

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from PIL import Image

from campaigns import film_probe, films, media
from campaigns.models import CampaignDraft, MediaAsset
from campaigns.pictures import HEAD_BYTES, MediaRefused
from tests.campaigns.builder.pages import open_node
from tests.factories import image_bytes, make_draft, make_draft_json, make_media, make_video, video_bytes

SMALL = video_bytes(64, 48, 4)


def examine(data: bytes) -> films.Film:
    return films.examine(SimpleUploadedFile("film", data), data[:HEAD_BYTES])


@pytest.mark.parametrize(
    ("data", "content_type", "size"),
    [
        (SMALL, "video/mp4", (64, 48)),
        (video_bytes(64, 48, 4, kind="mov"), "video/quicktime", (64, 48)),
        (video_bytes(64, 48, 4, turn=90), "video/mp4", (48, 64)),
    ],
    ids=["MP4", "MOV", "filmed upright"],
)
def test_a_video_is_known_by_its_bytes(data, content_type, size):
    film = examine(data)

    assert (film.content_type, film.codec, film.has_sound) == (content_type, "h264", False)
    assert (film.width, film.height) == size
    assert film.duration == pytest.approx(4, abs=0.1)
    assert {Image.open(io.BytesIO(frame)).size for frame in film.frames} == {size}
    assert 2 <= len(film.frames) <= len(film_probe.PLACES)


REFUSED = {
    "cut off": (SMALL[: len(SMALL) // 2], "damaged or cut off"),
    "nothing but a name": (b"\x00\x00\x00\x18ftypmp42" + bytes(100), "damaged or cut off"),
    "nonsense inside": (SMALL[:200] + b"\xff" * (len(SMALL) - 200), "damaged or cut off"),
    "another codec": (video_bytes(64, 48, 2, codec="mpeg4"), "coded as mpeg4"),
    "endless": (video_bytes(64, 48, 6_000, pace=2_000), "longer than 60 minutes"),
}


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_whole_video_is_refused_with_a_reason(data, reason):
    with pytest.raises(MediaRefused, match=reason):
        examine(data)


@pytest.mark.parametrize(
    "broken",
    [
        subprocess.CalledProcessError(-11, "film_probe"),
        subprocess.TimeoutExpired("film_probe", 30),
    ],
    ids=["crash", "loop"],
)
def test_a_video_that_breaks_the_decoder_is_refused_and_breaks_nothing_else(monkeypatch, broken):
    def run(*args, **kwargs):
        raise broken

    monkeypatch.setattr(films.subprocess, "run", run)

    with pytest.raises(MediaRefused, match="Export it anew as MP4"):
        examine(SMALL)


def test_the_process_that_reads_videos_knows_no_secret_and_no_django():
    code = "import campaigns.film_probe, sys; print('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"False\n"


@pytest.mark.django_db
def test_a_video_is_kept_once_with_frames_that_the_list_does_not_show(client, carl, as_user):
    client = as_user(carl)
    for name in ("a.mp4", "b.mov"):
        upload = TemporaryUploadedFile(name, "video/mp4", len(SMALL), None)
        upload.write(SMALL)
        asset = media.store(upload, by=carl)

    assert MediaAsset.objects.filter(kind="video").count() == 1
    assert asset.filename == "a.mp4"
    assert asset.file.open().read() == SMALL
    assert asset.frames.count() >= 2
    shown = client.get("/media").content.decode()
    assert asset.sha256 in shown
    assert asset.frames.first().sha256 not in shown


@pytest.mark.django_db
def test_a_frame_that_somebody_uploads_as_a_picture_is_one_from_then_on(carl):
    frame = make_video(64, 48, 4).frames.first()

    media.store(SimpleUploadedFile("still.jpg", frame.file.open().read()), by=carl)

    frame.refresh_from_db()
    assert not frame.is_frame


@pytest.mark.django_db
def test_a_picture_beyond_its_own_limit_is_refused(carl, monkeypatch):
    monkeypatch.setattr(media, "MAX_PICTURE_BYTES", 1024)

    with pytest.raises(MediaRefused, match="larger than"):
        media.store(SimpleUploadedFile("big.jpg", image_bytes(400, 400)), by=carl)


# On the pages -------------------------------------------------------------------------------------------------------


@pytest.fixture
def at_home(carl, as_user):
    return as_user(carl)


@pytest.mark.django_db
def test_many_files_are_uploaded_at_once_and_each_refusal_names_its_file(at_home):
    files = [
        SimpleUploadedFile("film.mp4", SMALL),
        SimpleUploadedFile("photo.jpg", image_bytes(70, 70)),
        SimpleUploadedFile("notes.txt", b"no picture at all"),
    ]

    page = at_home.post("/media", {"file": files})

    text = page.content.decode()
    assert page.status_code == 422
    assert "2 files are in the media library." in text
    assert "notes.txt: This is no JPEG" in text
    assert MediaAsset.objects.filter(is_frame=False).count() == 2


@pytest.mark.django_db
def test_a_player_gets_the_part_of_a_video_that_it_asks_for(at_home):
    film = make_video(64, 48, 4)

    response = at_home.get(f"/media/{film.sha256}", headers={"Range": "bytes=-5"})

    assert response.status_code == 206
    assert b"".join(response.streaming_content) == SMALL[-5:]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.mark.django_db
def test_a_video_is_uploaded_in_an_ad_and_pictures_are_not_offered_there(at_home, carl):
    content = make_draft_json(media="")
    content["ad_sets"][0]["ads"][0]["creative"] |= {"type": "video", "media": []}
    draft = make_draft(created_by=carl, draft_json=content)
    make_media(filename="not-for-a-video-ad.jpg")

    response = open_node(at_home, draft, "a1").send(at_home, files={"upload": SimpleUploadedFile("film.mp4", SMALL)})

    film = MediaAsset.objects.get(kind="video")
    assert CampaignDraft.objects.get(pk=draft.pk).content.ad_sets[0].ads[0].creative.media == [film.sha256]
    page = at_home.get(response["Location"]).content.decode()
    assert "film.mp4" in page
    assert "not-for-a-video-ad.jpg" not in page


# Covers -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def film_ad(carl):
    """Carl's draft whose ad shows a video."""
    content = make_draft_json(media=make_video(64, 48, 4).sha256)
    content["ad_sets"][0]["ads"][0]["creative"]["type"] = "video"
    return make_draft(created_by=carl, draft_json=content)


def creative(draft: CampaignDraft):
    return CampaignDraft.objects.get(pk=draft.pk).content.ad_sets[0].ads[0].creative


@pytest.mark.django_db
def test_an_ad_begins_with_a_frame_of_its_video_or_leaves_it_to_the_platform(at_home, film_ad):
    frame = MediaAsset.objects.get(kind="video").frames.first()
    form = open_node(at_home, film_ad, "a1")
    assert form.fields["creative.cover"] == [""]

    form.send(at_home, creative__cover=frame.sha256)

    assert creative(film_ad).cover == frame.sha256
    open_node(at_home, film_ad, "a1").send(at_home, creative__cover="")
    assert creative(film_ad).cover == ""


@pytest.mark.django_db
def test_a_picture_is_uploaded_as_a_cover_and_a_wrong_shape_is_said_at_its_field(at_home, film_ad):
    upload = SimpleUploadedFile("cover.jpg", image_bytes(300, 300))

    response = open_node(at_home, film_ad, "a1").send(at_home, files={"cover_upload": upload})

    assert creative(film_ad).cover == MediaAsset.objects.get(filename="cover.jpg").sha256
    page = at_home.get(response["Location"]).content.decode()
    assert "The cover is 1:1 and the video 4:3" in page


@pytest.mark.django_db
def test_what_is_no_picture_is_refused_as_a_cover_at_its_field(at_home, film_ad):
    upload = SimpleUploadedFile("cover.mp4", video_bytes(48, 48, 2))

    response = open_node(at_home, film_ad, "a1").send(at_home, name="Renamed", files={"cover_upload": upload})

    page = response.content.decode()
    assert response.status_code == 422
    assert "A cover is a picture" in page[page.index('id="f-creative.cover_error"') :]
    assert CampaignDraft.objects.get(pk=film_ad.pk).content.ad_sets[0].ads[0].name == "Renamed"


@pytest.mark.django_db
def test_a_video_chosen_anew_brings_the_cover_the_library_keeps_for_it(at_home, film_ad):
    old = MediaAsset.objects.get(kind="video").frames.first()
    open_node(at_home, film_ad, "a1").send(at_home, creative__cover=old.sha256)
    other = make_video(48, 64, 3, filename="other.mp4")
    kept = other.frames.last()
    assert at_home.post(f"/media/{other.sha256}/cover", {"cover": kept.sha256}).status_code == 302

    open_node(at_home, film_ad, "a1").send(at_home, creative__media=["", other.sha256])

    assert creative(film_ad).cover == kept.sha256
    assert f"cover={kept.pk}" in at_home.get("/media").content.decode()
    shown = b"".join(at_home.get(f"/media/{other.sha256}/thumbnail").streaming_content)
    assert shown == kept.thumbnail.open().read()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ({}, "Choose a frame"),
        ({"cover": "f" * 64}, "Choose a frame"),
        ({"file": "square"}, "has the video&#x27;s shape"),
    ],
)
def test_a_cover_that_is_none_is_refused_on_the_page(at_home, sent, reason):
    film = make_video(64, 48, 4)
    if "file" in sent:
        sent = {"file": SimpleUploadedFile("cover.jpg", image_bytes(300, 300))}

    response = at_home.post(f"/media/{film.sha256}/cover", sent)

    assert response.status_code == 422
    assert reason in response.content.decode()
    film.refresh_from_db()
    assert film.cover is None


@pytest.mark.django_db
def test_a_cover_in_use_is_not_deleted(at_home, film_ad, carl):
    own = make_media(640, 480, filename="own.jpg", uploaded_by=carl)
    open_node(at_home, film_ad, "a1").send(at_home, creative__cover=own.sha256)

    answer = at_home.post(f"/media/{own.sha256}/delete", headers={"Accept": "application/json"})

    assert answer.json()["error"]["code"] == "MEDIA_IN_USE"
