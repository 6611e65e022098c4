"""A CSV file as rows: whatever spreadsheets make of the format, or what is wrong with the file as a whole."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from campaigns.sheets import columns
from stratum import spreadsheets
from stratum.ui import Refusal

MAX_BYTES = 1024 * 1024
MAX_ROWS = 2000
DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True)
class Row:
    """A row of the file by its number there, the header being 1; a column that the file lacks is not in `cells`."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")


def decoded(data: bytes) -> str:
    """Return the text of an uploaded file; Refusal VALIDATION_FAILED when it is too large or no text."""
    if len(data) > MAX_BYTES:
        raise _refused(f"The file has {len(data):,} bytes; {MAX_BYTES:,} are the most. Split it between two campaigns.")
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding).replace("\x00", "")
    except UnicodeDecodeError as error:
        raise _refused("This is no UTF-8 text. Save it as “CSV UTF-8”, then upload it again.") from error


def rows(text: str) -> list[Row]:
    """Return the rows that hold something; Refusal VALIDATION_FAILED when the file is not of the format."""
    text = text.removeprefix(spreadsheets.MARK)
    if len(text.encode()) > MAX_BYTES:
        raise _refused(f"The text has more than {MAX_BYTES:,} bytes.")
    header, *records = _records(text) or [[]]
    names = [name.strip().lower() for name in header]
    _check_header(names)
    found = [_row(names, number, record) for number, record in enumerate(records, start=2)]
    found = [row for row in found if any(row.cells.values())]
    if not found:
        raise _refused("There is no row below the names of the columns.")
    if len(found) > MAX_ROWS:
        raise _refused(f"The file has {len(found):,} rows; {MAX_ROWS:,} are the most. Split it between two campaigns.")
    return found


def _records(text: str) -> list[list[str]]:
    head = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=head.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise _refused(f"This is no CSV: {error}. Is a quotation mark not closed?") from error


def _check_header(names: list[str]) -> None:
    named = [name for name in names if name]
    unknown = [name for name in named if name not in columns.READ]
    if unknown:
        raise _refused("Row 1 must name the columns. " + " ".join(_unknown(name) for name in unknown[:5]))
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        raise _refused(f"Row 1 names a column twice: {', '.join(twice)}.")
    missing = [name for name in (columns.ACCOUNT, "campaign_name") if name not in named]
    if missing:
        raise _refused(f"Row 1 lacks {' and '.join(missing)}. Begin with the template.")


def _unknown(name: str) -> str:
    near = get_close_matches(name, columns.READ, n=1)
    return f"There is no “{name[:60]}”" + (f"; is it “{near[0]}”?" if near else ".")


def _row(names: list[str], number: int, record: list[str]) -> Row:
    cells = {name: spreadsheets.original(cell) for name, cell in zip(names, record, strict=False) if name}
    return Row(number, cells)


def _refused(message: str) -> Refusal:
    return Refusal("VALIDATION_FAILED", message, [{"path": "file", "message": message}])
