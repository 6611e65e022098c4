"""How much of Meta's allowance of calls is used up, from the headers of its answers.

Headers X-Business-Use-Case-Usage, X-Ad-Account-Usage and X-App-Usage (Marketing API v26.0, "Rate limiting").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

MINUTE = 60.0


def percent(headers: Mapping[str, str]) -> float | None:
    """Return how much of the allowance is used up, in percent: the highest of all figures; None without any."""
    shares = ("call_count", "total_cputime", "total_time", "acc_id_util_pct")
    figures = [row[name] for row in _usage_rows(headers) for name in shares if isinstance(row.get(name), int | float)]
    return float(max(figures)) if figures else None


def regain_seconds(headers: Mapping[str, str]) -> float | None:
    """Return after how many seconds Meta says it will listen again, if it says so."""
    waits = [
        float(row.get("estimated_time_to_regain_access") or 0) * MINUTE  # in minutes
        or float(row.get("reset_time_duration") or 0)  # in seconds
        for row in _usage_rows(headers)
    ]
    return max(waits, default=0.0) or None


def _usage_rows(headers: Mapping[str, str]) -> list[dict[str, Any]]:
    rows: list[Any] = []
    by_business = _parsed(headers.get("x-business-use-case-usage", ""))
    if isinstance(by_business, dict):
        rows += [row for group in by_business.values() if isinstance(group, list) for row in group]
    rows += [_parsed(headers.get(name, "")) for name in ("x-ad-account-usage", "x-app-usage")]
    return [row for row in rows if isinstance(row, dict)]


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
