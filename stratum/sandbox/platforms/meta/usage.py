"""The headers in which Meta says how much of its limits has been used (Marketing API, rate limiting)."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from stratum.sandbox.call import Call

from .errors import trace_id
from .seed import BUSINESS

TIER = "standard_access"
# Calls an hour that count as all of the limit; the real figure grows with the number of active ads.
_ALLOWANCE = 100_000
_calls: Counter[str] = Counter()


def headers(call: Call, version: str) -> dict[str, str]:
    """The headers of an ordinary answer."""
    account = _account(call)
    _calls[account] += 1
    percent = min(100 * _calls[account] // _ALLOWANCE, 99)
    return _headers(account, version, percent, 0)


def exhausted(call: Call, version: str, minutes: int) -> dict[str, str]:
    """The headers of an answer that says to come back in so many minutes."""
    return _headers(_account(call), version, 100, minutes)


def _headers(account: str, version: str, percent: int, minutes: int) -> dict[str, str]:
    business_use: dict[str, Any] = {
        "type": "ads_management",
        "call_count": percent,
        "total_cputime": percent // 2,
        "total_time": percent // 2,
        "estimated_time_to_regain_access": minutes,
        "ads_api_access_tier": TIER,
    }
    ad_account = {"acc_id_util_pct": percent, "reset_time_duration": minutes * 60, "ads_api_access_tier": TIER}
    app = {"call_count": percent, "total_cputime": percent // 2, "total_time": percent // 2}
    return {
        "X-Business-Use-Case-Usage": json.dumps({account: [business_use]}),
        "X-Ad-Account-Usage": json.dumps(ad_account),
        "X-App-Usage": json.dumps(app),
        "facebook-api-version": version,
        "x-fb-request-id": trace_id(),
        "x-fb-trace-id": trace_id(),
    }


def _account(call: Call) -> str:
    """The account in the path; other calls count for the business."""
    for part in call.path.split("/"):
        if part.startswith("act_"):
            return part.removeprefix("act_")
    return BUSINESS["id"]
