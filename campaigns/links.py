"""Where parts of a draft are edited."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from campaigns import outline


def node_url(draft_id: int, node: str, **query: Any) -> str:
    """Return the builder's page with the node open; empty parts of the query are left out."""
    wanted = {"node": node} | {name: value for name, value in query.items() if value not in (None, "", 0)}
    return f"{reverse('campaigns:detail', args=[draft_id])}?{urlencode(wanted)}"


def shown_url(draft_id: int, path: str) -> str:
    """Return the overview at the part that a draft path names; of a large campaign the ad set's ads are opened."""
    node, _ = outline.node_of(path)
    ad_set = re.match(r"ad_sets\[(\w+)\]\.ads\[", path)
    query = f"?{urlencode({'ads': ad_set[1]})}" if ad_set else ""
    return f"{reverse('campaigns:detail', args=[draft_id])}{query}#node-{node}"


def field_url(draft_id: int, path: str) -> str:
    """Return the builder's page at the field that a draft path names: `ad_sets[s1].targeting.age_min`."""
    node, field = outline.node_of(path)
    return node_url(draft_id, node, at=field)
