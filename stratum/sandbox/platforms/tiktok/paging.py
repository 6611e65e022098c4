"""Pages by number: `page` from 1, `page_size`, and page_info beside the rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from .parameters import Parameters


def _as_it_is(row: Any) -> Any:
    return row


def page(
    params: Parameters,
    rows: Sequence[Any],
    name: str = "list",
    *,
    usual: int = 10,
    most: int = 1000,
    show: Callable[[Any], Any] = _as_it_is,
) -> dict[str, Any]:
    """The page that the parameters ask for; `show` draws up a row of it."""
    number = params.whole("page", 1, 10_000, 1)
    size = params.whole("page_size", 1, most, usual)
    start = (number - 1) * size
    info = {
        "page": number,
        "page_size": size,
        "total_number": len(rows),
        "total_page": max(1, math.ceil(len(rows) / size)),
    }
    return {name: [show(row) for row in rows[start : start + size]], "page_info": info}
