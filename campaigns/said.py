"""What people write about a draft: reasons, comments, opinions."""

from __future__ import annotations

from stratum.ui import Refusal

#: Characters of a reason or a comment.
MAX_SAID = 2_000


def said(text: str, field: str) -> str:
    """Return what a person wrote without the space around it; Refusal VALIDATION_FAILED when it is too long."""
    trimmed = text.strip()
    if len(trimmed) > MAX_SAID:
        message = f"Write at most {MAX_SAID:,} characters; this has {len(trimmed):,}."
        raise Refusal("VALIDATION_FAILED", message, [{"path": field, "message": message}])
    return trimmed
