from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.models import CampaignDraft, MediaAsset
from tests.campaigns.builder.pages import open_node, query_of
from tests.factories import image_bytes, make_draft, make_draft_json, make_media

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def client(carl, as_user):
    return as_user(carl)


def picture(colour: str = "#224466", name: str = "new.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, image_bytes(800, 800, colour))


def creative(draft: CampaignDraft):
    return CampaignDraft.objects.get(pk=draft.pk).content.ad_sets[0].ads[0].creative


def test_json_gets_what_a_draft_names_a_picture_by(client):
    response = client.post("/media", {"file": picture()}, headers=JSON)

    data = response.json()["data"]
    assert response.status_code == 201
    assert data["sha256"] == MediaAsset.objects.get().sha256
    assert (data["content_type"], data["width"], data["height"]) == ("image/jpeg", 800, 800)


def test_a_page_shows_the_picture_after_the_upload(client):
    response = client.post("/media", {"file": picture()}, follow=True)

    assert response.redirect_chain == [("/media", 302)]
    assert "new.jpg is in the media library." in response.content.decode()


BAD = {
    "no file": ({}, "Choose a file first."),
    "a drawing": ({"file": SimpleUploadedFile("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")}, "SVG"),
    "a film": ({"file": SimpleUploadedFile("x.mp4", b"\0\0\0\x18ftypmp42" + bytes(99))}, "damaged or cut off"),
    "a page in disguise": ({"file": SimpleUploadedFile("x.png", b"<html>", "image/png")}, "no JPEG, PNG, GIF, MP4"),
}


@pytest.mark.parametrize(("data", "reason"), BAD.values(), ids=BAD.keys())
def test_what_cannot_be_used_is_refused_with_a_reason(client, data, reason):
    page = client.post("/media", data)
    for file in data.values():
        file.seek(0)
    answer = client.post("/media", data, headers=JSON)

    assert (page.status_code, answer.status_code) == (422, 422)
    assert reason in page.content.decode()
    assert answer.json()["error"]["code"] == "VALIDATION_FAILED"
    assert reason in answer.json()["error"]["details"][0]["message"]
    assert not MediaAsset.objects.exists()


def test_a_file_that_is_too_large_is_stopped_while_it_arrives(client, settings):
    settings.MAX_UPLOAD_BYTES = 1024 * 1024

    answer = client.post("/media", {"file": SimpleUploadedFile("huge.jpg", bytes(3 * 1024 * 1024))}, headers=JSON)

    assert answer.status_code == 422
    assert answer.json()["error"]["message"].startswith("“huge.jpg” is larger than 1 MB.")


def test_a_viewer_may_look_but_not_upload(vera, as_user):
    client = as_user(vera)

    assert client.post("/media", {"file": picture()}).status_code == 403
    assert client.get("/media").status_code == 200


def test_a_picture_is_served_as_a_picture_and_nothing_else(client):
    asset = make_media()

    response = client.get(f"/media/{asset.sha256}")

    assert b"".join(response.streaming_content) == asset.file.open().read()
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == "inline"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "private" in response["Cache-Control"]
    assert "max-age=31536000" in response["Cache-Control"]


def test_a_thumbnail_is_a_small_jpeg(client):
    response = client.get(f"/media/{make_media(kind='PNG').sha256}/thumbnail")

    assert response["Content-Type"] == "image/jpeg"
    assert b"".join(response.streaming_content).startswith(b"\xff\xd8\xff")


def test_pictures_are_for_members_only(client):
    url = f"/media/{make_media().sha256}"
    client.logout()

    assert client.get(url).status_code == 302
    assert client.get(f"{url}/thumbnail").status_code == 302


@pytest.mark.parametrize("name", ["0" * 64, "..%2f..%2fetc%2fpasswd", "../../stratum.sqlite3", "x.jpg"])
def test_nothing_but_the_library_is_served(client, name):
    assert client.get(f"/media/{name}").status_code == 404


def test_a_file_that_left_the_storage_is_not_found(client):
    asset = make_media(colour="#010101")
    Path(asset.file.path).unlink()

    assert client.get(f"/media/{asset.sha256}").status_code == 404


def test_the_library_takes_as_many_queries_for_forty_pictures_as_for_one(client):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as context:
            assert client.get("/media").status_code == 200
        return len(context)

    make_media()
    one = queries()
    for number in range(40):
        make_media(64, 64, colour=f"#0000{number:02x}")

    assert queries() == one


# In an ad -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def draft(carl):
    return make_draft(created_by=carl)


def test_an_upload_takes_the_place_of_an_image_ads_picture(client, draft):
    response = open_node(client, draft, "a1").send(client, name="Renamed", files={"upload": picture()})

    assert response.status_code == 302
    asset = MediaAsset.objects.get(filename="new.jpg")
    assert creative(draft).media == [asset.sha256]
    assert f"/media/{asset.sha256}/thumbnail" in client.get(response["Location"]).content.decode()


def test_uploads_join_the_pictures_of_a_carousel(client, carl):
    content = make_draft_json()
    content["ad_sets"][0]["ads"][0]["creative"]["type"] = "carousel"
    draft = make_draft(created_by=carl, draft_json=content)

    open_node(client, draft, "a1").send(client, files={"upload": [picture("#101010"), picture("#202020")]})

    assert len(creative(draft).media) == 3


def test_a_refused_upload_is_told_at_its_field_and_the_rest_is_saved(client, draft):
    before = creative(draft).media

    response = open_node(client, draft, "a1").send(
        client, name="Renamed", files={"upload": SimpleUploadedFile("x.png", b"not a picture")}
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert "This is no JPEG, PNG, GIF, MP4 or MOV file" in page[page.index('id="f-creative.media_error"') :]
    assert CampaignDraft.objects.get(pk=draft.pk).content.ad_sets[0].ads[0].name == "Renamed"
    assert creative(draft).media == before


def test_an_upload_that_was_stopped_is_told_at_its_field(client, draft, settings):
    settings.MAX_UPLOAD_BYTES = 1024 * 1024

    response = open_node(client, draft, "a1").send(client, files={"upload": SimpleUploadedFile("h.jpg", bytes(2**21))})

    assert response.status_code == 422
    assert "larger than 1 MB" in response.content.decode()


def test_a_picture_is_chosen_from_the_library(client, draft):
    other = make_media(colour="#654321", filename="other.jpg")
    assert "other.jpg" in client.get(f"/campaign-drafts/{draft.pk}?node=a1").content.decode()

    open_node(client, draft, "a1").send(client, creative__media=["", other.sha256])

    assert creative(draft).media == [other.sha256]


def test_the_library_in_an_ad_pages_to_older_pictures_and_saves_on_the_way(client, draft):
    for number in range(20):
        make_media(64, 64, colour=f"#00{number:02x}00", filename=f"picture-{number}.jpg")
    form = open_node(client, draft, "a1")
    older = next(do for do in form.buttons if do.startswith("library:") and do != "library:")

    response = form.send(client, do=older, name="Renamed")

    page = client.get(response["Location"]).content.decode()
    assert query_of(response["Location"])["library"] == older.removeprefix("library:")
    assert "picture-1.jpg" in page
    assert "picture-19.jpg" not in page
    assert "Renamed" in page


def test_a_file_that_is_not_in_the_library_is_said_so(client, carl):
    draft = make_draft(created_by=carl, draft_json=make_draft_json(media="f" * 64))

    page = client.get(f"/campaign-drafts/{draft.pk}?node=a1").content.decode()

    assert "Not in the library" in page
    assert 'id="f-creative.media_error"' in page


def test_an_upload_does_not_need_to_be_called_a_picture(client, draft):
    upload = SimpleUploadedFile("holiday", image_bytes(800, 800, "#998877", "PNG"), "application/octet-stream")

    open_node(client, draft, "a1").send(client, files={"upload": upload})

    assert MediaAsset.objects.get(filename="holiday").content_type == "image/png"
    assert io.BytesIO(MediaAsset.objects.get(filename="holiday").file.read()).read(4) == b"\x89PNG"
