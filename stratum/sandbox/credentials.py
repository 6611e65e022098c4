"""The app registrations that the sandbox accepts, as a developer would have made them on each platform."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AppRegistration:
    client_id: str
    client_secret: str
    name: str = "Stratum Campaign Builder"


APPS: dict[str, AppRegistration] = {
    "meta": AppRegistration("1000000000000001", "sandbox-meta-secret-0001"),
    "google": AppRegistration("100000000001-sandbox.apps.googleusercontent.com", "sandbox-google-secret-0001"),
    "tiktok": AppRegistration("7000000000000000001", "sandbox-tiktok-secret-0001"),
    "snapchat": AppRegistration("5a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", "sandbox-snapchat-secret-0001"),
}
