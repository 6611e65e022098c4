"""What is posted to webhooks: Slack's incoming-webhook message, or our own JSON, signed.

The signature follows the Standard Webhooks specification 1.0: `webhook-id`, `webhook-timestamp` (seconds since 1970) and
`webhook-signature` (`v1,` and the Base64 of HMAC-SHA256 over `id.timestamp.body`). docs/webhooks.md tells receivers how to
check it, and to refuse what is older than five minutes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from datetime import datetime
from typing import Any

from django.conf import settings

from stratum.kinds import Kind
from stratum.models import Webhook, WebhookPost

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    """Return a signing secret as the specification writes it: `whsec_` and the Base64 of 32 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def post_id(post: WebhookPost) -> str:
    """Return the id under which a post goes out, each time it is tried."""
    return f"msg_{post.pk}"


def body(post: WebhookPost, webhook: Webhook) -> bytes:
    """Return the body in the webhook's format, UTF-8."""
    content = _slack(post) if webhook.format == Webhook.Format.SLACK else _own(post)
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def headers(post: WebhookPost, webhook: Webhook, content: bytes, *, at: datetime) -> dict[str, str]:
    """Return the headers of one attempt; those of the signature are made anew each time."""
    found = {"Content-Type": "application/json; charset=utf-8"}
    if webhook.format == Webhook.Format.SIGNED:
        stamp = str(int(at.timestamp()))
        found |= {
            "webhook-id": post_id(post),
            "webhook-timestamp": stamp,
            "webhook-signature": sign(webhook.secret, post_id(post), stamp, content),
        }
    return found


def sign(secret: str, ident: str, timestamp: str, content: bytes) -> str:
    """Return the signature of one attempt, with the secret as it was shown to the Admin."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.new(key, f"{ident}.{timestamp}.".encode() + content, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def _own(post: WebhookPost) -> dict[str, Any]:
    return {
        "type": post.event.code,
        "timestamp": post.event.at.isoformat(),
        "data": {
            "kind": post.kind,
            "subject": post.event.subject,
            "by": str(post.event.actor) if post.event.actor else None,
            "title": post.title,
            "text": post.body,
            "url": settings.BASE_URL + post.url,
        },
    }


def _slack(post: WebhookPost) -> dict[str, Any]:
    sign = {Kind.FAILED: ":warning: ", Kind.SECURITY: ":warning: ", Kind.CONNECTION: ":warning: "}.get(
        Kind(post.kind), ""
    )
    title = " ".join(post.title.split()).replace("|", "¦")
    text = f"{sign}<{settings.BASE_URL}{post.url}|{_escaped(title)}>"
    return {"text": f"{text}\n{_escaped(post.body)}" if post.body else text}


def _escaped(text: str) -> str:
    """Escape the three letters with which Slack begins mentions and links (Slack, "Formatting text for app surfaces")."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
