"""What an import would make: a draft for each campaign of the file, or every fault of it by row and column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from adaccounts.models import AdAccount
from campaigns.models import MediaAsset
from campaigns.sheets import columns
from campaigns.sheets.columns import AD_REF, AD_SET_REF, BY_LEVEL, CAMPAIGN_REF, Column, Level
from campaigns.sheets.reading import Row
from integrations import draft as drafts
from integrations import platforms

KEY = re.compile(r"[a-z0-9]{1,12}")
#: What a spreadsheet makes of a long number: 7.01E+18.
SHORTENED = re.compile(r"\d([.,]\d+)?E\+\d+")
SHA256 = re.compile(r"[0-9a-f]{64}")
MEDIA = "media"


@dataclass(frozen=True)
class Fault:
    row: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"Row {self.row}, {self.column}: {self.message}" if self.column else f"Row {self.row}: {self.message}"


@dataclass
class Plan:
    """A campaign of the file. Its content is whole and can be read when there are no faults."""

    rows: list[Row]
    account: AdAccount | None = None
    content: dict[str, Any] = field(default_factory=dict)
    reading: drafts.Reading | None = None
    faults: list[Fault] = field(default_factory=list)
    #: Path of a leaf in the content → where it stands in the file.
    places: dict[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return next((row["campaign_name"] for row in self.rows if row["campaign_name"]), "") or "Untitled campaign"

    @property
    def first_row(self) -> int:
        return self.rows[0].number

    @property
    def ad_sets(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.content.get("ad_sets", [])
        return found

    @property
    def ad_count(self) -> int:
        return sum(len(ad_set["ads"]) for ad_set in self.ad_sets)

    def blame(self, row: int, column: str, message: str) -> None:
        self.faults.append(Fault(row, column, message))


def plans(rows: Iterable[Row], accounts: Iterable[AdAccount]) -> list[Plan]:
    """Return a plan for each campaign, in the order of the file; accounts are those that new drafts may use."""
    read, offered = list(rows), list(accounts)
    found, media = [Plan(group) for group in _grouped(read)], Media(read)
    for plan in found:
        _find_account(plan, offered)
        _build(plan, media)
        _read(plan)
    return found


def _grouped(rows: Iterable[Row]) -> Iterable[list[Row]]:
    """Rows of one reference belong together, else of one name and account; what has neither goes on with the row above."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    key: tuple[str, ...] = ("",)
    for row in rows:
        if row[CAMPAIGN_REF]:
            key = (row[CAMPAIGN_REF],)
        elif row["campaign_name"]:
            name = (row["campaign_name"], row[columns.PLATFORM], row[columns.ACCOUNT])
            key = key if groups and _goes_on(groups[key][0], row) else name
        groups.setdefault(key, []).append(row)
    return groups.values()


def _goes_on(first: Row, row: Row) -> bool:
    """Whether a row that repeats the name, and perhaps the account, of the campaign above belongs to it."""
    names = ("campaign_name", columns.PLATFORM, columns.ACCOUNT)
    return not first[CAMPAIGN_REF] and all(row[name] in ("", first[name]) for name in names)


def _find_account(plan: Plan, accounts: list[AdAccount]) -> None:
    platform = _shared(plan, plan.rows, columns.PLATFORM).strip().lower()
    external_id = _shared(plan, plan.rows, columns.ACCOUNT).strip()
    fitting = [a for a in accounts if a.external_id == external_id and platform in ("", a.platform)]
    if len(fitting) == 1:
        plan.account = fitting[0]
    elif fitting:
        plan.blame(plan.first_row, columns.PLATFORM, "Several platforms have this account: name one.")
    elif not external_id:
        plan.blame(plan.first_row, columns.ACCOUNT, "Name the ad account that pays, by its id at the platform.")
    else:
        where = f" of {platforms.label(platform)}" if platform else ""
        message = f"No ad account “{external_id[:60]}”{where} can be used for new campaigns."
        plan.blame(plan.first_row, columns.ACCOUNT, message)


def _shared(plan: Plan, rows: Iterable[Row], name: str) -> str:
    """Return the one thing that the rows say in a column; empty cells repeat it, another text is a fault."""
    said: Row | None = None
    for row in rows:
        if said is None and row[name]:
            said = row
        elif said is not None and row[name] not in ("", said[name]):
            plan.blame(row.number, name, f"Row {said.number} of the same part says “{said[name][:60]}”.")
    return said[name] if said else ""


# The content --------------------------------------------------------------------------------------------------------


def _build(plan: Plan, media: Media) -> None:
    campaign: dict[str, Any] = {}
    _fill(plan, campaign, "campaign", Level.CAMPAIGN, plan.rows)
    plan.content = {"campaign": campaign, "ad_sets": []}
    for rows in _ad_sets(plan.rows):
        ad_set: dict[str, Any] = {"key": _key(plan, rows[0], AD_SET_REF, "s"), "ads": []}
        path = f"ad_sets[{ad_set['key']}]"
        _fill(plan, ad_set, path, Level.AD_SET, rows)
        for row in rows:
            if _says(row, AD_REF, Level.AD):
                ad: dict[str, Any] = {"key": _key(plan, row, AD_REF, "a")}
                _fill(plan, ad, f"{path}.ads[{ad['key']}]", Level.AD, [row])
                media.resolve(plan, ad, row)
                ad_set["ads"].append(ad)
        plan.content["ad_sets"].append(ad_set)


def _ad_sets(rows: Iterable[Row]) -> Iterable[list[Row]]:
    """Rows of one reference or name are one ad set; what has neither goes on with the row above."""
    groups: dict[str, list[Row]] = {}
    key = ""
    for row in rows:
        if _says(row, AD_SET_REF, Level.AD_SET) or _says(row, AD_REF, Level.AD):
            key = row[AD_SET_REF] or (f"name {row['ad_set_name']}" if row["ad_set_name"] else key)
            groups.setdefault(key, []).append(row)
    return groups.values()


def _says(row: Row, reference: str, level: Level) -> bool:
    return bool(row[reference]) or any(row[column.name] for column in BY_LEVEL[level])


def _key(plan: Plan, row: Row, name: str, letter: str) -> str:
    reference = row[name].strip()
    if reference and not KEY.fullmatch(reference):
        plan.blame(row.number, name, "Use up to 12 small letters and digits, or leave it empty.")
        reference = ""
    return reference or drafts.new_key(letter)


def _fill(plan: Plan, part: dict[str, Any], path: str, level: Level, rows: list[Row]) -> None:
    for column in BY_LEVEL[level]:
        if column.name in rows[0].cells:
            cell, number = _shared(plan, rows, column.name), _where(rows, column.name)
            plan.places[f"{path}.{'.'.join(column.path)}"] = (number, column.name)
            column.put(part, _leaf(plan, column, cell, number))


def _where(rows: list[Row], name: str) -> int:
    return next((row.number for row in rows if row[name]), rows[0].number)


def _leaf(plan: Plan, column: Column, cell: str, number: int) -> Any:
    if SHORTENED.fullmatch(cell.strip()):
        message = "A spreadsheet has shortened this number. Format the column as text, and enter it again."
        plan.blame(number, column.name, message)
    try:
        return column.leaf(cell)
    except ValueError as error:
        plan.blame(number, column.name, str(error))
        return ""


def _read(plan: Plan) -> None:
    """Have the content read as every draft is, and say where in the file a leaf stands that cannot be."""
    try:
        plan.reading = drafts.read(plan.content)
    except drafts.ShapeError as error:
        for path, message in error.faults:
            plan.blame(*_place(plan, path), message)
        return
    plan.content = plan.reading.json
    for leaf in plan.reading.unread:
        plan.blame(*_place(plan, leaf.path), leaf.message)


def _place(plan: Plan, path: str) -> tuple[int, str]:
    while path:
        if path in plan.places:
            return plan.places[path]
        path = path.rpartition("[" if path.endswith("]") else ".")[0]
    return plan.first_row, ""


# Media ----------------------------------------------------------------------------------------------------------------


class Media:
    """The files that the rows name, by SHA-256 or by the name they were uploaded with; found in two queries."""

    def __init__(self, rows: Iterable[Row]) -> None:
        column = next(column for column in columns.COLUMNS if column.name == MEDIA)
        named = {item for row in rows for item in _texts(column, row[MEDIA])}
        sums = {item for item in named if SHA256.fullmatch(item)}
        self.known = set(MediaAsset.objects.filter(sha256__in=sums).values_list("sha256", flat=True))
        self.by_name: dict[str, list[str]] = {}
        pairs = MediaAsset.objects.filter(filename__in=named - sums).values_list("filename", "sha256")
        for filename, sha256 in pairs:
            self.by_name.setdefault(filename, []).append(sha256)

    def resolve(self, plan: Plan, ad: Mapping[str, Any], row: Row) -> None:
        """Put the SHA-256 in the place of each name."""
        creative = ad.get("creative", {})
        items = creative.get("media")
        if isinstance(items, list):
            creative["media"] = [self._found(plan, item, row) if isinstance(item, str) else item for item in items]

    def _found(self, plan: Plan, item: str, row: Row) -> str:
        found = self.by_name.get(item, [])
        if item in self.known or not item:
            return item
        if len(found) == 1:
            return found[0]
        message = f"The media library has no “{item[:60]}”. Upload it first."
        if found:
            message = f"{len(found)} files are called “{item[:60]}”: name it by its SHA-256."
        plan.blame(row.number, MEDIA, message)
        return item


def _texts(column: Column, cell: str) -> Iterator[str]:
    try:
        items = column.leaf(cell)
    except ValueError:
        return
    yield from (item for item in items if isinstance(item, str)) if isinstance(items, list) else ()
