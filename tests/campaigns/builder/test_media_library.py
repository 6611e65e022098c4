from __future__ import annotations

import io
from dataclasses import replace

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from campaigns import cropping, media, verdicts
from campaigns.models import CampaignDraft, MediaAsset, MediaUse
from integrations import platforms
from stratum.models import Event
from tests.campaigns.builder.pages import open_node
from tests.factories import make_draft, make_draft_json, make_media, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(carl, as_user):
    return as_user(carl)


def row(carl, number: int, **facts) -> MediaAsset:
    """Return a file of the library without bytes: only what is known of it counts."""
    usual = {"kind": "image", "content_type": "image/jpeg", "size": 1000, "width": 1080, "height": 1080}
    return MediaAsset(sha256=f"{number:064x}", filename=f"file {number}.jpg", uploaded_by=carl, **(usual | facts))


SIZES = [(1080, 1920), (1080, 1080), (1200, 628), (300, 300), (960, 1200), (4000, 5000), (1920, 1080), (500, 2000)]
FILM = {"kind": "video", "content_type": "video/mp4", "codec": "h264", "has_sound": True}
OTHERS = [
    {"content_type": "image/gif"},
    {"content_type": "image/gif", "is_animated": True},
    {"size": 6 * 1024**2},
    {"size": 40 * 1024**2},
    *({**FILM, "width": 1080, "height": 1920, "duration": seconds} for seconds in (1, 4, 15, 120, 900)),
    {**FILM, "width": 1080, "height": 1920, "duration": 15, "codec": "hevc"},
    {**FILM, "width": 1080, "height": 1920, "duration": 15, "content_type": "video/quicktime"},
    {**FILM, "width": 1080, "height": 1350, "duration": 15},
    {**FILM, "width": 600, "height": 600, "duration": 15},
    {**FILM, "width": 1080, "height": 1920, "duration": 15, "has_sound": False},
]


def test_the_filter_by_platform_finds_what_the_verdicts_say(carl):
    facts = [{"width": width, "height": height} for width, height in SIZES] + OTHERS
    MediaAsset.objects.bulk_create(row(carl, number, **fact) for number, fact in enumerate(facts))
    everything = list(MediaAsset.objects.all())

    for slug in platforms.available():
        said = {
            asset.sha256
            for asset in everything
            if any(verdict.fits for verdict in verdicts.of(asset.contract) if verdict.platform == slug)
        }
        found = set(MediaAsset.objects.filter(verdicts.takes(slug)).values_list("sha256", flat=True))
        assert found == said, slug
        assert 0 < len(said) < len(everything), slug


def test_a_verdict_names_what_the_platform_wants_and_what_the_file_is(carl):
    square = make_media(1080, 1080).contract
    said = {verdict.platform: verdict for verdict in verdicts.of(square)}

    assert said["snapchat"].text == "wants 9:16: this is 1:1."
    assert not said["snapchat"].fits
    assert said["meta"].fits
    silent = replace(square, kind="video", content_type="video/mp4", height=1920, duration=15, has_sound=False)
    on_tiktok = next(verdict for verdict in verdicts.of(silent) if verdict.platform == "tiktok")
    assert (on_tiktok.fits, on_tiktok.text) == (True, "wants sound: this is silent.")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"sale.jpg", "tall.jpg", "film.mp4"}),
        ("q=SALE", {"sale.jpg"}),
        ("kind=video", {"film.mp4"}),
        ("shape=9:16", {"tall.jpg"}),
        ("fits=snapchat", {"tall.jpg"}),
        ("kind=image&shape=1:1", {"sale.jpg"}),
        ("q=nothing", set()),
        ("kind=x&shape=%00&fits=nobody&q=%00", {"sale.jpg", "tall.jpg", "film.mp4"}),
    ],
)
def test_the_library_is_searched_and_narrowed(client, carl, query, names):
    MediaAsset.objects.bulk_create(
        [
            _named(row(carl, 1), "sale.jpg"),
            _named(row(carl, 2, height=1920), "tall.jpg"),
            _named(row(carl, 3, **FILM, width=64, height=48, duration=4), "film.mp4"),
        ]
    )

    answer = client.get(f"/media?{query}", headers={"Accept": "application/json"})

    assert {item["filename"] for item in answer.json()["data"]["media"]} == names
    assert client.get(f"/media?{query}").status_code == 200


def _named(asset: MediaAsset, name: str) -> MediaAsset:
    asset.filename = name
    return asset


def test_a_file_takes_as_many_queries_for_fifty_campaigns_as_for_one(client, carl):
    asset = make_media()

    def queries() -> int:
        with CaptureQueriesContext(connection) as context:
            assert client.get(f"/media/{asset.sha256}/details").status_code == 200
        return len(context)

    make_draft(created_by=carl)
    one = queries()
    for _ in range(20):
        make_draft(created_by=carl)

    assert queries() == one


# Where a file is used -----------------------------------------------------------------------------------------------


def test_a_file_names_the_campaigns_that_use_it(client, carl):
    asset = make_media()
    draft = make_draft(created_by=carl)
    other = make_draft(created_by=carl, draft_json=make_draft_json(media="f" * 64, name="Without it"))

    page = client.get(f"/media/{asset.sha256}/details").content.decode()

    assert f'href="/campaign-drafts/{draft.pk}"' in page
    assert f'href="/campaign-drafts/{other.pk}"' not in page


def test_what_a_campaign_uses_follows_its_content(carl):
    draft = make_draft(created_by=carl, draft_json=make_draft_json(media="f" * 64))
    draft.draft_json["ad_sets"][0]["ads"][0]["creative"]["media"] = ["e" * 64, "nonsense"]
    draft.save()

    assert set(MediaUse.objects.values_list("sha256", flat=True)) == {"e" * 64}
    draft.draft_json["ad_sets"] = []
    draft.save()
    assert not MediaUse.objects.exists()


@pytest.mark.parametrize("status", ["submitted", "approved", "published", "draft"])
def test_a_file_that_a_campaign_uses_is_not_deleted_and_the_page_says_why(client, carl, status):
    asset = make_media(uploaded_by=carl)
    make_draft(created_by=carl, status=CampaignDraft.Status(status))

    answer = client.post(f"/media/{asset.sha256}/delete", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "MEDIA_IN_USE")
    why = answer.json()["error"]["message"]
    assert ("Take it out" if status == "draft" else f"({status})") in why
    page = client.get(f"/media/{asset.sha256}/details").content.decode()
    assert "cannot be deleted" in page or "can be deleted when" in page
    assert "Delete file" not in page
    assert MediaAsset.objects.filter(pk=asset.pk).exists()


def test_an_unused_video_goes_with_its_frames_and_its_bytes(client, carl, django_capture_on_commit_callbacks):
    film = make_video(64, 48, 4)
    names = [film.file.name, film.thumbnail.name, *(frame.file.name for frame in film.frames.all())]
    assert "Delete file" in client.get(f"/media/{film.sha256}/details").content.decode()

    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"/media/{film.sha256}/delete").status_code == 302

    assert not MediaAsset.objects.exists()
    assert not any(default_storage.exists(name) for name in names)
    assert Event.objects.filter(code="media.deleted", actor=carl).exists()


def test_somebody_elses_file_is_not_deleted(cora, as_user):
    asset = make_media()

    assert as_user(cora).post(f"/media/{asset.sha256}/delete").status_code == 403
    assert MediaAsset.objects.filter(pk=asset.pk).exists()


# Cropping -----------------------------------------------------------------------------------------------------------


def halves(carl) -> MediaAsset:
    """Return a picture that is red on the left and blue on the right."""
    image = Image.new("RGB", (1600, 800), "#ff0000")
    image.paste("#0000ff", (800, 0, 1600, 800))
    target = io.BytesIO()
    image.save(target, "JPEG")
    return media.keep_bytes(target.getvalue(), name="halves.jpg", by=carl)


@pytest.mark.parametrize(("x", "colour"), [("0", (254, 0, 0)), ("100", (0, 0, 254))])
def test_a_crop_keeps_the_part_that_was_chosen_and_the_original(client, carl, x, colour):
    original = halves(carl)

    response = client.post(f"/media/{original.sha256}/crop", {"shape": "1:1", "x": x, "y": "50"})

    made = MediaAsset.objects.exclude(pk=original.pk).get()
    assert response["Location"] == f"/media/{made.sha256}/details"
    assert (made.width, made.height, made.filename) == (800, 800, "halves 1×1.jpg")
    assert Image.open(made.file.open()).getpixel((400, 400)) == pytest.approx(colour, abs=6)
    assert MediaAsset.objects.filter(pk=original.pk).exists()


def test_a_crop_is_made_no_larger_than_platforms_show():
    shape = next(shape for shape in cropping.SHAPES if shape.name == "9:16")

    assert cropping.size_after(cropping.box(3000, 4000, shape, 50, 50), shape) == (1080, 1920)
    assert cropping.size_after(cropping.box(900, 1600, shape, 0, 0), shape) == (900, 1600)


@pytest.mark.parametrize("sent", [{}, {"shape": "7:3"}, {"shape": "1:1", "x": "101"}, {"shape": "1:1", "y": "-1"}])
def test_a_crop_that_is_nonsense_is_refused_on_the_page(client, sent):
    asset = make_media()

    response = client.post(f"/media/{asset.sha256}/crop", sent)

    assert response.status_code == 422
    assert "Choose a shape" in response.content.decode()
    assert MediaAsset.objects.count() == 1


def test_only_still_pictures_are_cropped(client):
    film = make_video(64, 48, 4)

    assert client.get(f"/media/{film.sha256}/crop").status_code == 404
    assert client.get(f"/media/{make_media().sha256}/crop?shape=9:16&x=0").status_code == 200


# In an ad -----------------------------------------------------------------------------------------------------------


def test_an_ad_offers_files_of_its_kind_with_what_the_platform_says_to_each(client, carl):
    content = make_draft_json(media="")
    content["ad_sets"][0]["ads"][0]["creative"] |= {"type": "video", "media": []}
    draft = make_draft(created_by=carl, draft_json=content)
    MediaAsset.objects.bulk_create(
        [
            _named(row(carl, 1, **FILM, width=1080, height=1350, duration=15), "feed.mp4"),
            _named(row(carl, 2, **FILM, width=400, height=2000, duration=15), "banner.mp4"),
            _named(row(carl, 3), "picture.jpg"),
        ]
    )

    page = client.get(f"/campaign-drafts/{draft.pk}?node=a1").content.decode()

    assert "Meta takes it." in page
    assert "Meta wants 9:16 to 1.91:1: this is 0.20:1." in page
    assert "picture.jpg" not in page


def test_the_files_of_an_ad_are_searched_by_name_and_the_ad_is_saved_on_the_way(client, carl):
    draft = make_draft(created_by=carl)
    MediaAsset.objects.bulk_create([_named(row(carl, 1), "beach.jpg"), _named(row(carl, 2), "city.jpg")])

    response = open_node(client, draft, "a1").send(client, do="library:", name="Renamed", library__named="beach")

    page = client.get(response["Location"]).content.decode()
    assert "beach.jpg" in page
    assert "city.jpg" not in page
    assert "Renamed" in page
