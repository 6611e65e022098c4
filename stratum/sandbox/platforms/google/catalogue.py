"""What can be targeted: places, languages and interests, with ids as Google's (Geo targets, "Codes and formats")."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pycountry

COUNTRY_BASE = 2000
SANCTIONED = frozenset({"CU", "IR", "KP", "SY"})


@dataclass(frozen=True)
class Place:
    id: str
    name: str
    country: str
    target_type: str
    parents: tuple[str, ...] = ()
    status: str = "ENABLED"

    @property
    def canonical_name(self) -> str:
        return ",".join((self.name, *self.parents))


@dataclass(frozen=True)
class Interest:
    id: str
    name: str
    taxonomy: str


_SMALLER = (
    Place("21137", "California", "US", "State", ("United States",)),
    Place("21167", "New York", "US", "State", ("United States",)),
    Place("21176", "Texas", "US", "State", ("United States",)),
    Place("1023191", "New York", "US", "City", ("New York", "United States")),
    Place("1013962", "Los Angeles", "US", "City", ("California", "United States")),
    Place("1014221", "San Francisco", "US", "City", ("California", "United States")),
    Place("1016367", "Chicago", "US", "City", ("Illinois", "United States")),
    Place("20228", "Bavaria", "DE", "State", ("Germany",)),
    Place("20226", "Berlin", "DE", "State", ("Germany",)),
    Place("1003854", "Berlin", "DE", "City", ("Berlin", "Germany")),
    Place("1004234", "Munich", "DE", "City", ("Bavaria", "Germany")),
    Place("20339", "England", "GB", "Region", ("United Kingdom",)),
    Place("1006886", "London", "GB", "City", ("England", "United Kingdom")),
    Place("1006094", "Paris", "FR", "City", ("Ile-de-France", "France")),
    Place("20321", "Ile-de-France", "FR", "Region", ("France",)),
    Place("1009309", "Tokyo", "JP", "City", ("Tokyo", "Japan")),
    Place("20636", "Tokyo", "JP", "Prefecture", ("Japan",)),
    Place("9031956", "Harvard University", "US", "University", ("Massachusetts", "United States")),
    Place("9004331", "10001", "US", "Postal Code", ("New York", "United States")),
    Place("1099999", "Old Harbour", "US", "City", ("Maine", "United States"), "REMOVAL_PLANNED"),
)
LANGUAGES = {
    "1000": ("English", "en"), "1001": ("German", "de"), "1002": ("French", "fr"), "1003": ("Spanish", "es"),
    "1004": ("Italian", "it"), "1005": ("Japanese", "ja"), "1009": ("Danish", "da"), "1010": ("Dutch", "nl"),
    "1011": ("Finnish", "fi"), "1012": ("Korean", "ko"), "1013": ("Norwegian", "no"), "1014": ("Portuguese", "pt"),
    "1015": ("Swedish", "sv"), "1017": ("Chinese (simplified)", "zh_CN"), "1018": ("Chinese (traditional)", "zh_TW"),
    "1019": ("Arabic", "ar"), "1021": ("Czech", "cs"), "1023": ("Hindi", "hi"), "1024": ("Hungarian", "hu"),
    "1030": ("Polish", "pl"), "1031": ("Russian", "ru"), "1037": ("Turkish", "tr"),
}  # fmt: skip
INTERESTS = {
    interest.id: interest
    for interest in (
        Interest("92913", "Coffee Shop Regulars", "AFFINITY"),
        Interest("92501", "Fashionistas", "AFFINITY"),
        Interest("92503", "Shoppers", "AFFINITY"),
        Interest("92504", "Bargain Hunters", "AFFINITY"),
        Interest("92506", "Beauty Mavens", "AFFINITY"),
        Interest("92931", "Cooking Enthusiasts", "AFFINITY"),
        Interest("92935", "Health & Fitness Buffs", "AFFINITY"),
        Interest("92948", "Travel Buffs", "AFFINITY"),
        Interest("92701", "Music Lovers", "AFFINITY"),
        Interest("80277", "Apparel & Accessories", "IN_MARKET"),
        Interest("80278", "Women's Apparel", "IN_MARKET"),
        Interest("80281", "Shoes", "IN_MARKET"),
        Interest("80432", "Running Shoes", "IN_MARKET"),
        Interest("80546", "Coffee Makers", "IN_MARKET"),
        Interest("80101", "Hotels & Accommodations", "IN_MARKET"),
        Interest("80200", "Mobile Phones", "IN_MARKET"),
    )
}
BUTTONS = frozenset(
    {
        "Apply now", "Book now", "Buy now", "Contact us", "Donate now", "Download", "Get quote", "Learn more", "Order now",
        "Play now", "See more", "Shop now", "Sign up", "Start now", "Subscribe", "Visit site", "Watch now",
    }
)  # fmt: skip


@cache
def places() -> dict[str, Place]:
    """All places by id. Countries have 2000 plus their ISO 3166-1 number."""
    countries = [
        Place(
            str(COUNTRY_BASE + int(country.numeric)),
            getattr(country, "common_name", country.name),
            country.alpha_2,
            "Country",
            (),
            "REMOVAL_PLANNED" if country.alpha_2 in SANCTIONED else "ENABLED",
        )
        for country in pycountry.countries
    ]
    return {place.id: place for place in (*countries, *_SMALLER)}


def called(names: list[str]) -> list[Place]:
    """The places whose names begin with one of the names; larger ones first."""
    wanted = [name.casefold() for name in names]
    order = ("Country", "State", "Region", "Prefecture", "City")
    found = [place for place in places().values() if any(place.name.casefold().startswith(name) for name in wanted)]
    return sorted(found, key=lambda place: order.index(place.target_type) if place.target_type in order else len(order))
