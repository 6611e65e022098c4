"""Where an ad account may show ads: a country that it cannot reach is said before anybody approves it."""

from __future__ import annotations

from collections.abc import Container

from integrations.contracts import Order
from integrations.errors import ErrorKind, PlatformError
from stratum.formats import country


def unreached(order: Order, known: Container[str], label: str) -> dict[str, PlatformError]:
    """Return an error for each ad set with countries that are not among the known codes, by its step's key.

    Codes are ISO 3166-1 alpha-2 in capitals. A smaller place counts as its country, where that is known.
    """
    found = {}
    for ad_set in order.draft.ad_sets:
        codes = dict.fromkeys(place.country_code for place in ad_set.targeting.locations)
        missing = [code for code in codes if code and code not in known]
        if missing:
            found[f"{order.prefix}-{ad_set.key}"] = not_here(missing, label, f"{ad_set.path}.targeting.locations")
    return found


def not_here(codes: list[str], label: str, path: str) -> PlatformError:
    """Return the error for countries that an ad account cannot show ads in."""
    names = ", ".join(country(code) for code in codes)
    message = f"{label} does not let this ad account show ads in {names}. Choose other places."
    return PlatformError(ErrorKind.INVALID, "INVALID_TARGETING", message, path)
