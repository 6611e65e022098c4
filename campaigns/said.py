"""What people write about a draft: reasons, comments, opinions."""

from __future__ import annotations

from stratum.ui import Refusal

#: Characters of a reason or a comment.
MAX_SAID = 2_000


def said(text: str, field: str) -> str:
    """Return what a person wrote as every database can keep it; Refusal VALIDATION_FAILED when it is too long."""
    storable = text.replace("\x00", "").encode("utf-8", "ignore").decode().strip()
    if len(storable) > MAX_SAID:
        message = f"Write at most {MAX_SAID:,} characters; this has {len(storable):,}."
        raise Refusal("VALIDATION_FAILED", message, [{"path": field, "message": message}])
    return storable
