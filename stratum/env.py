"""Every environment variable the product reads: its type, its default and what it is for.

`.env.example` is made from this list (`python -m stratum.env`), and a test keeps the two equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import environ

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Variable:
    name: str
    cast: type
    default: Any
    help: str


VARIABLES = [
    Variable("SECRET_KEY", str, "", "Signs sessions and queue payloads. Required. 50 random characters or more."),
    Variable(
        "TOKEN_KEYS", list, [], "Fernet keys for tokens, comma separated. The first encrypts, all decrypt. Required."
    ),
    Variable(
        "AUDIT_KEYS", list, [], "Sign the audit trail. The first signs, all verify: keep old ones. Empty: SECRET_KEY."
    ),
    Variable("DEBUG", bool, False, "Development only. Off in production."),
    Variable(
        "BASE_URL", str, "http://127.0.0.1:8000", "The address people open, also in mails and for OAuth redirects."
    ),
    Variable("ALLOWED_HOSTS", list, [], "Host names that may be asked for. Empty: the host of BASE_URL."),
    Variable(
        "DATA_DIR", str, "data", "Folder of the SQLite file and of uploads. Relative to the project, or absolute."
    ),
    Variable(
        "MEDIA_STORAGE", str, "", "Pictures and videos: s3://bucket/folder?endpoint_url=https://… Empty: in DATA_DIR."
    ),
    Variable("DATABASE_URL", str, "", "PostgreSQL: postgres://user:password@host/name. Empty: SQLite in DATA_DIR."),
    Variable("TIME_ZONE", str, "UTC", "Time zone of pages and mails. Schedules always use the ad account's own zone."),
    Variable("EMAIL_URL", str, "consolemail://", "Where mail goes, for example smtp+tls://user:password@host:587."),
    Variable("DEFAULT_FROM_EMAIL", str, "Stratum <stratum@localhost>", "Sender of notification mails."),
    Variable("CREATOR_CAN_PUBLISH", bool, True, "Creators may publish their own approved campaigns."),
    Variable("ALLOW_SELF_APPROVAL", bool, False, "People may approve their own campaigns. Only for a team of one."),
    Variable("REQUIRE_TWO_FACTOR", bool, False, "All but Creators and Viewers must log in with a second factor."),
    Variable(
        "ALLOW_INSECURE_LOOPBACK", bool, False, "Allow http to this machine, for the sandbox. Refused with DEBUG off."
    ),
    Variable("LANDING_PAGE_CHECK", bool, True, "Visit the landing pages of ads before a campaign is submitted."),
    Variable("SANDBOX_URL", str, "", "Address of the sandbox that plays the platforms. Empty: the real platforms."),
    Variable("WEB_PORT", int, 8000, "Port that `manage.py serve` listens on."),
    Variable("WEB_BIND", str, "127.0.0.1", "Address that `manage.py serve` listens on."),
    Variable("TRUSTED_PROXIES", int, 0, "How many reverse proxies in front set X-Forwarded-For and X-Forwarded-Proto."),
    Variable("META_APP_ID", str, "", "Meta app id. See docs/platforms/meta.md."),
    Variable("META_APP_SECRET", str, "", "Meta app secret."),
    Variable("GOOGLE_CLIENT_ID", str, "", "Google OAuth client id. See docs/platforms/google.md."),
    Variable("GOOGLE_CLIENT_SECRET", str, "", "Google OAuth client secret."),
    Variable("TIKTOK_APP_ID", str, "", "TikTok for Business app id. See docs/platforms/tiktok.md."),
    Variable("TIKTOK_APP_SECRET", str, "", "TikTok for Business app secret."),
    Variable("SNAPCHAT_CLIENT_ID", str, "", "Snapchat OAuth client id. See docs/platforms/snapchat.md."),
    Variable("SNAPCHAT_CLIENT_SECRET", str, "", "Snapchat OAuth client secret."),
    Variable("SNAPCHAT_SCOPES", str, "snapchat-marketing-api", "Add snapchat-profile-api if Snap allowed it."),
    Variable(
        "SNAPCHAT_PUBLIC_PROFILES", str, "", "Public profiles that Snapchat does not list: id=Name, comma separated."
    ),
    Variable("PUBLISH_WORKERS", int, 2, "Worker processes of the publish queue on this host."),
    Variable("PUBLISH_LEASE_SECONDS", float, 90.0, "How long a worker owns a run without renewing its claim."),
    Variable("PUBLISH_RENEW_SECONDS", float, 20.0, "How often the claim is renewed while a call runs."),
    Variable("PUBLISH_RING_SECONDS", float, 1.0, "How often `manage.py serve` looks for runs that are due."),
    Variable(
        "SUPERVISOR_PING_SECONDS", float, 15.0, "How often `manage.py serve` asks an idle queue for a sign of life."
    ),
    Variable(
        "SUPERVISOR_STALE_SECONDS", float, 150.0, "A queue silent for longer is restarted, unless a task still runs."
    ),
    Variable("SUPERVISOR_GRACE_SECONDS", float, 130.0, "How long running tasks may go on when a queue is stopped."),
    Variable("PUBLISH_SETTLE_FACTOR", float, 1.0, "Scales the platforms' settle times. Below 1 only in tests."),
    Variable("PUBLISH_DEADLINE_FACTOR", float, 1.0, "Scales the deadlines of platform calls. Below 1 only in tests."),
]


def read() -> environ.Env:
    """Return the environment, completed from `.env`; real environment variables win."""
    env = environ.Env(**{variable.name: (variable.cast, variable.default) for variable in VARIABLES})
    env.read_env(ROOT / ".env")
    return env


def example() -> str:
    """Return the text of `.env.example`: every variable, described, with its default."""
    lines = ["# Copy to .env and fill in what is required. `make run` writes one for development.", ""]
    for variable in VARIABLES:
        default = ",".join(variable.default) if isinstance(variable.default, list) else variable.default
        lines += [f"# {variable.help}", f"{variable.name}={default}", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    print(example(), end="")
