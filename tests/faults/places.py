"""Where the calls of a publication go on each platform, as the sandbox sees them, and how the platform refuses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Place:
    """Calls of one kind: method and path. So many of them pass first as `skip` says."""

    method: str
    path: str
    skip: int = 0


@dataclass(frozen=True)
class Places:
    """One platform. `kinds` are its kinds of call: files, creations, switches, the reading back.

    `refused` are the kinds whose calls the platform may refuse whole, `item` where, and at what place, it refuses one of
    several objects; `middle` is the kind at which tokens end; `on` is the status of what is switched on; `limit` is the hint
    of a rate limit that parks a run, in the platform's own unit.
    """

    kinds: Mapping[str, Place]
    refusal: Mapping[str, Any]
    refused: tuple[str, ...]
    on: str
    limit: Any
    middle: str = "ad set"
    last_switch: str = "last switch"
    item: tuple[str, int] | None = None
    every_read: Place = Place("GET", r".")
    is_renewable: bool = True

    def is_read(self, method: str, path: str) -> bool:
        return method == "GET" or (self.every_read.method == method and bool(re.search(self.every_read.path, path)))


META = Places(
    kinds={
        "media": Place("POST", r"act_\d+/adimages$"),
        "campaign": Place("POST", r"act_\d+/campaigns$"),
        "ad set": Place("POST", r"act_\d+/adsets$"),
        "creative": Place("POST", r"act_\d+/adcreatives$"),
        "ad": Place("POST", r"act_\d+/ads$"),
        "switch": Place("POST", r"^/?v[\d.]+/\d+$"),
        "read": Place("GET", r"."),
    },
    refusal={
        "status": 400,
        "body": {"error": {"message": "Invalid parameter", "type": "OAuthException", "code": 100, "fbtrace_id": "A1"}},
    },
    refused=("media", "campaign", "ad set", "creative", "ad"),
    on="ACTIVE",
    limit=1,  # minute
    last_switch="switch",
    is_renewable=False,
)

_MUTATE = r"googleAds:mutate$"
GOOGLE = Places(
    kinds={
        "media": Place("POST", r"youTubeVideoUploads:create$"),
        "media bytes": Place("POST", r"youTubeVideoUploads:create$", skip=1),
        "campaign": Place("POST", _MUTATE),
        "switch": Place("POST", _MUTATE, skip=1),
        "last switch": Place("POST", _MUTATE, skip=2),
        "read": Place("POST", r"googleAds:search$", skip=1),
        "last read": Place("POST", r"googleAds:search$", skip=6),
    },
    refusal={
        "status": 400,
        "body": {
            "error": {
                "code": 400,
                "message": "Request contains an invalid argument.",
                "status": "INVALID_ARGUMENT",
                "details": [
                    {
                        "@type": "type.googleapis.com/google.ads.googleads.v26.errors.GoogleAdsFailure",
                        "errors": [{"errorCode": {"fieldError": "INVALID_VALUE"}, "message": "Invalid."}],
                        "requestId": "A1",
                    }
                ],
            }
        },
    },
    refused=("media", "media bytes", "campaign", "switch"),
    on="ENABLED",
    limit=30,
    item=("campaign", 7),
    middle="campaign",
    every_read=Place("POST", r"googleAds:search$"),
)

TIKTOK = Places(
    kinds={
        "media": Place("POST", r"/file/video/ad/upload/$"),
        "cover": Place("GET", r"/file/video/ad/info/$"),
        "campaign": Place("POST", r"/campaign/create/$"),
        "ad set": Place("POST", r"/adgroup/create/$"),
        "second ad set": Place("POST", r"/adgroup/create/$", skip=1),
        "ad": Place("POST", r"/ad/create/$"),
        "switch": Place("POST", r"/(ad|adgroup)/status/update/$"),
        "last switch": Place("POST", r"/campaign/status/update/$"),
        "read": Place("GET", r"/(campaign|adgroup|ad)/get/$"),
    },
    refusal={"status": 200, "body": {"code": 40002, "message": "Invalid.", "request_id": "A1", "data": {}}},
    refused=("media", "campaign", "ad set", "ad", "switch"),
    on="ENABLE",
    limit="QPM",
    item=("ad", 1),
    is_renewable=False,
)

SNAPCHAT = Places(
    kinds={
        "media": Place("POST", r"/adaccounts/[^/]+/media$"),
        "media bytes": Place("POST", r"/media/[^/]+/upload$"),
        "campaign": Place("POST", r"/campaigns$"),
        "creative": Place("POST", r"/creatives$"),
        "ad set": Place("POST", r"/adsquads$"),
        "ad": Place("POST", r"/adsquads/[^/]+/ads$"),
        "switch": Place("PUT", r"/(ads|adsquads)$"),
        "last switch": Place("PUT", r"/campaigns$"),
        "read": Place("GET", r"/(campaigns|adsquads|ads)"),
    },
    refusal={
        "status": 400,
        "body": {
            "request_status": "ERROR",
            "request_id": "A1",
            "debug_message": "Bad request",
            "display_message": "Bad request parameter.",
            "error_code": "E1001",
        },
    },
    refused=("media", "media bytes", "campaign", "creative", "ad set", "ad"),
    on="ACTIVE",
    limit=30,  # seconds
    item=("ad", 1),
)

PLACES: dict[str, Places] = {"meta": META, "google": GOOGLE, "tiktok": TIKTOK, "snapchat": SNAPCHAT}
