"""Where parts of a draft are edited."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from campaigns import outline


def node_url(draft_id: int, node: str, **query: Any) -> str:
    """Return the builder's page with the node open; empty parts of the query are left out."""
    wanted = {"node": node} | {name: value for name, value in query.items() if value not in (None, "", 0)}
    return f"{reverse('campaigns:detail', args=[draft_id])}?{urlencode(wanted)}"


def field_url(draft_id: int, path: str) -> str:
    """Return the builder's page at the field that a draft path names: `ad_sets[s1].targeting.age_min`."""
    node, field = outline.node_of(path)
    return node_url(draft_id, node, at=field)
