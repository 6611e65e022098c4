"""Targeting look-ups (Ads API v1, "Targeting"). Snapchat lists everything there is; the text is searched for here.

A region is named by its country and its number, `us:44`: the targeting spec wants both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pycountry

from integrations.contracts import Account, TargetingKind, TargetingOption
from integrations.errors import ErrorKind, PlatformError
from integrations.memory import DAY, remembered
from integrations.platforms.snapchat.client import Ads, Kind, Row
from stratum.formats import country

MOST = 25
#: Interests are listed by country; where the account's own is not known.
USUAL_COUNTRY = "US"
_LIST = "targeting_dimensions"
#: Where interests are listed now, and where they were.
_INTEREST_PATHS = ("targeting/v1/interests/scls", "targeting/interests/scls")


def search(ads: Ads, account: Account, kind: TargetingKind, text: str) -> list[TargetingOption]:
    """Return up to 25 regions, languages or interests whose name holds the text; those that begin with it first.

    Regions are those of the account's own country, or of the one that is named after a comma: "Bavaria, Germany".
    """
    if kind is TargetingKind.INTEREST:
        return _best(_interests(ads, account), text)
    if kind is TargetingKind.LANGUAGE:
        rows = _dimensions(ads, "targeting/demographics/languages", "languages")
        return _best((TargetingOption(str(row["id"]), str(row["name"])) for row in rows), text)
    words, _, where = (part.strip() for part in text.partition(","))
    code = _country_code(where) if where else _home(account)
    return _best(_regions(ads, code), words) if code else []


def countries(ads: Ads) -> frozenset[str]:
    """Return the countries that ads can be shown in, by ISO 3166-1 alpha-2 code in capitals."""

    def look_up() -> frozenset[str]:
        rows = _dimensions(ads, "targeting/geo/country", "country")
        return frozenset(str(row.get("code2") or row["id"]).upper() for row in rows)

    return remembered(("snapchat-countries",), DAY, look_up)


def split_region(external_id: str) -> tuple[str, str]:
    """Return a region's country code in lower case and its number; ValueError if this is no region of Snapchat's."""
    code, _, number = external_id.partition(":")
    if len(code) != 2 or not code.isalpha() or not number.isalnum():
        raise ValueError(external_id)
    return code.lower(), number


def _regions(ads: Ads, code: str) -> Iterator[TargetingOption]:
    try:
        listed = list(_dimensions(ads, f"targeting/geo/{code.lower()}/region", "region"))
    except PlatformError as error:
        if error.kind in (ErrorKind.GONE, ErrorKind.INVALID):  # a country whose regions Snapchat does not know
            return
        raise
    for row in listed:
        name, key = _titled(str(row["name"])), f"{code.lower()}:{row['id']}"
        yield TargetingOption(key, name, country(code), kind="region", country=code.upper())


def _interests(ads: Ads, account: Account) -> Iterator[TargetingOption]:
    now, before = _INTEREST_PATHS
    query = {"country_code": (_home(account) or USUAL_COUNTRY).lower()}
    try:
        rows = list(_dimensions(ads, now, "scls", query))
    except PlatformError as error:
        if error.kind is not ErrorKind.GONE:
            raise
        rows = list(_dimensions(ads, before, "scls", query))
    for row in rows:
        path = str(row.get("path") or "").strip("/").split("/")
        above = " › ".join(part for part in path if part and part != row.get("name"))
        yield TargetingOption(str(row["id"]), str(row["name"]), above)


def _dimensions(ads: Ads, path: str, singular: str, query: dict[str, Any] | None = None) -> Iterator[Row]:
    for page in ads.pages(path, Kind(_LIST, singular), query):
        yield from (row for row in page if row.get("id") and row.get("name"))


def _best(options: Iterable[TargetingOption], text: str) -> list[TargetingOption]:
    wanted = text.casefold().strip()
    found = [option for option in options if wanted in option.name.casefold()]
    return sorted(found, key=lambda option: (not option.name.casefold().startswith(wanted), option.name))[:MOST]


def _home(account: Account) -> str:
    """Return the country the account's organization is in, as its code; empty if Snapchat did not say."""
    return str(account.extra.get("country") or "")


def _country_code(text: str) -> str:
    if len(text) == 2:
        return text.upper()
    try:
        found = pycountry.countries.search_fuzzy(text)
    except LookupError:
        return ""
    return str(found[0].alpha_2)


def _titled(name: str) -> str:
    """Snapchat writes some names in small letters."""
    return name.title() if name.islower() else name
