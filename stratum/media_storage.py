"""Where pictures and videos are kept: in DATA_DIR, or on storage that speaks S3. A setting, `MEDIA_STORAGE`."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

DISK = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
S3 = "storages.backends.s3.S3Storage"


def backend(address: str) -> dict[str, Any]:
    """Return Django's STORAGES entry for an address; ValueError if it is none.

    `s3://bucket/folder?endpoint_url=https://…&region_name=…`: the query holds options of django-storages by name. Keys
    are not part of it: boto3 finds them in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or on the host.
    """
    if not address:
        return DISK
    parts = urlsplit(address)
    if parts.scheme != "s3" or not parts.netloc:
        raise ValueError("It must look like s3://bucket/folder?endpoint_url=https://….")
    options = {"bucket_name": parts.netloc, "location": parts.path.strip("/"), "file_overwrite": False}
    return {"BACKEND": S3, "OPTIONS": {**options, **dict(parse_qsl(parts.query))}}


def or_disk(address: str) -> dict[str, Any]:
    """Return the entry for an address, and the disk's for one that is wrong: the system check says so."""
    try:
        return backend(address)
    except ValueError:
        return DISK
