"""CSV that spreadsheets can open: no cell is a formula to them, and every cell comes back as it was."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from typing import Any

#: A cell that begins with one of these is a formula to a spreadsheet (OWASP, "CSV injection").
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: The mark by which spreadsheets know UTF-8.
MARK = "\ufeff"


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


_write: Callable[[list[Any]], str] = csv.writer(_Echo()).writerow


def line(cells: Iterable[Any]) -> str:
    """Return the cells as one line of CSV."""
    return _write([harmless(cell) for cell in cells])


def harmless(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula: a text that begins like one gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and _is_taken_for_a_formula(value) else value


def original(cell: str) -> str:
    """Return the text that harmless() made the cell of."""
    return cell[1:] if cell.startswith("'") and _is_taken_for_a_formula(cell[1:]) else cell


def _is_taken_for_a_formula(text: str) -> bool:
    # With the apostrophes: else a text that was typed with one would lose it on the way back.
    return text.lstrip("'").startswith(FORMULA)
