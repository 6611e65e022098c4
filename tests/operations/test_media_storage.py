from __future__ import annotations

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns import cropping, media
from campaigns.models import MediaAsset
from stratum import checks, media_storage
from tests.factories import image_bytes, video_bytes


def test_media_stay_in_the_data_folder_unless_something_else_is_set() -> None:
    assert media_storage.backend("") == {"BACKEND": "django.core.files.storage.FileSystemStorage"}


def test_an_address_names_bucket_folder_and_options() -> None:
    found = media_storage.backend("s3://acme/stratum/media?endpoint_url=https://minio.example.com&region_name=eu")

    assert found["BACKEND"] == "storages.backends.s3.S3Storage"
    assert found["OPTIONS"] == {
        "bucket_name": "acme",
        "location": "stratum/media",
        "file_overwrite": False,
        "endpoint_url": "https://minio.example.com",
        "region_name": "eu",
    }


@pytest.mark.parametrize("address", ["ftp://acme", "acme", "s3://", "s3:///folder"])
def test_an_address_that_is_none_is_named_by_a_check_and_the_disk_is_used(settings, address: str) -> None:
    settings.MEDIA_STORAGE = address

    assert [error.id for error in checks.check_media_storage()] == ["stratum.E010"]
    assert media_storage.or_disk(address) == media_storage.DISK


def test_a_package_that_is_missing_is_named_with_how_to_install_it(settings, monkeypatch) -> None:
    settings.MEDIA_STORAGE = "s3://acme"
    monkeypatch.setattr(media_storage, "S3", "no_such_package.S3Storage")

    [error] = checks.check_media_storage()

    assert (error.id, error.hint) == ("stratum.E011", "Run `pip install -r requirements-s3.txt`.")
    settings.MEDIA_STORAGE = ""
    assert checks.check_media_storage() == []


@pytest.mark.django_db
def test_the_library_lives_on_a_storage_without_paths(settings, carl, as_user) -> None:
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    client = as_user(carl)

    upload = SimpleUploadedFile("film.mp4", video_bytes(64, 48, 4))
    assert client.post("/media", {"file": upload}).status_code == 302
    film = MediaAsset.objects.get(kind="video")
    picture = media.store(SimpleUploadedFile("photo.jpg", image_bytes(800, 600)), by=carl)
    cut = cropping.crop(picture, cropping.SHAPES[0], 0, 0, by=carl)

    assert storages["default"].exists(film.file.name)
    for asset in (film, picture, cut):
        assert client.get(f"/media/{asset.sha256}/details").status_code == 200
        assert b"".join(client.get(f"/media/{asset.sha256}/thumbnail").streaming_content)
    part = client.get(f"/media/{film.sha256}", headers={"Range": "bytes=0-3"})
    assert (part.status_code, len(b"".join(part.streaming_content))) == (206, 4)
    assert client.post(f"/media/{cut.sha256}/delete").status_code == 302
