"""What can be targeted: places, interests and languages, with keys shaped like Meta's (Targeting Search)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pycountry

EU_AND_EEA = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "HR",
        "CY",
        "CZ",
        "DK",
        "EE",
        "FI",
        "FR",
        "DE",
        "GR",
        "HU",
        "IE",
        "IT",
        "LV",
        "LT",
        "LU",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SK",
        "SI",
        "ES",
        "SE",
        "IS",
        "LI",
        "NO",
    ]
)
COUNTRY_GROUPS = frozenset({"worldwide", "eea", "europe", "north_america", "asia", "mercosur", "nafta"})
# Countries that no ad can be shown in.
UNREACHABLE = frozenset({"CU", "IR", "KP", "SY"})
GROUPS_WITH_EU = frozenset({"worldwide", "eea", "europe"})


@dataclass(frozen=True)
class Place:
    key: str
    name: str
    country: str
    region: str = ""


@dataclass(frozen=True)
class Interest:
    id: str
    name: str
    path: tuple[str, ...]
    audience: int
    retired: bool = False


@cache
def countries() -> dict[str, str]:
    """Names of the countries by ISO 3166-1 alpha-2 code."""
    return {country.alpha_2: getattr(country, "common_name", country.name) for country in pycountry.countries}


REGIONS = {
    place.key: place
    for place in [
        Place("3847", "California", "US"),
        Place("3875", "New York", "US"),
        Place("3886", "Texas", "US"),
        Place("3852", "Florida", "US"),
        Place("537", "Bavaria", "DE"),
        Place("538", "Berlin", "DE"),
        Place("1264", "Tokyo", "JP"),
        Place("1031", "Île-de-France", "FR"),
        Place("4079", "England", "GB"),
    ]
}
CITIES = {
    place.key: place
    for place in [
        Place("2490299", "New York", "US", "New York"),
        Place("2420379", "Los Angeles", "US", "California"),
        Place("2421836", "San Francisco", "US", "California"),
        Place("2438177", "Chicago", "US", "Illinois"),
        Place("2428344", "Miami", "US", "Florida"),
        Place("620501", "Berlin", "DE", "Berlin"),
        Place("662711", "Munich", "DE", "Bavaria"),
        Place("642071", "Hamburg", "DE", "Hamburg"),
        Place("777934", "Paris", "FR", "Île-de-France"),
        Place("814990", "London", "GB", "England"),
        Place("1285563", "Tokyo", "JP", "Tokyo"),
        Place("1283604", "Osaka", "JP", "Osaka Prefecture"),
    ]
}
LOCALES = {
    6: "English (US)",
    24: "English (UK)",
    1001: "English (All)",
    5: "German",
    9: "French (France)",
    1003: "French (All)",
    23: "Spanish",
    7: "Spanish (Spain)",
    1002: "Spanish (All)",
    10: "Italian",
    11: "Japanese",
    12: "Korean",
    14: "Dutch",
    16: "Portuguese (Brazil)",
    31: "Portuguese (Portugal)",
    15: "Polish",
    18: "Swedish",
    4: "Danish",
    13: "Norwegian (bokmal)",
    8: "Finnish",
    19: "Turkish",
    28: "Arabic",
    46: "Hindi",
    1004: "Chinese (All)",
    2: "Czech",
}
_FASHION = ("Interests", "Shopping and fashion")
_FOOD = ("Interests", "Food and drink")
_SPORT = ("Interests", "Sports and outdoors")
_FUN = ("Interests", "Entertainment")
_HOME = ("Interests", "Hobbies and activities")
_WORK = ("Interests", "Business and industry")
INTERESTS = {
    interest.id: interest
    for interest in [
        Interest("6003346592981", "Online shopping", _FASHION, 1_240_000_000),
        Interest("6003263791114", "Shopping", _FASHION, 1_530_000_000),
        Interest("6002839660079", "Fashion", _FASHION, 1_010_000_000),
        Interest("6003188355978", "Clothing", _FASHION, 1_100_000_000),
        Interest("6003348453981", "Shoes", _FASHION, 730_000_000),
        Interest("6003456388203", "Jewelry", _FASHION, 610_000_000),
        Interest("6002867432822", "Beauty", _FASHION, 930_000_000),
        Interest("6003443805331", "Cosmetics", _FASHION, 690_000_000),
        Interest("6003054884732", "Coupons", _FASHION, 400_000_000),
        Interest("6003220634758", "Discount stores", _FASHION, 510_000_000),
        Interest("6003626773307", "Coffee", _FOOD, 560_000_000),
        Interest("6003134986700", "Baking", _FOOD, 480_000_000),
        Interest("6003659420716", "Cooking", _FOOD, 850_000_000),
        Interest("6003372667195", "Fast food", _FOOD, 720_000_000),
        Interest("6003641846820", "Veganism", _FOOD, 220_000_000),
        Interest("6003277229371", "Physical fitness", _SPORT, 980_000_000),
        Interest("6003306084421", "Yoga", _SPORT, 390_000_000),
        Interest("6003397496347", "Running", _SPORT, 450_000_000),
        Interest("6003176678152", "Cycling", _SPORT, 330_000_000),
        Interest("6003107902433", "Association football", _SPORT, 1_060_000_000),
        Interest("6003269553527", "Basketball", _SPORT, 570_000_000),
        Interest("6002925538921", "Acting", _FUN, 310_000_000),
        Interest("6003139266461", "Movies", _FUN, 1_420_000_000),
        Interest("6003020834693", "Music", _FUN, 1_610_000_000),
        Interest("6003940339466", "Video games", _FUN, 1_130_000_000),
        Interest("6004160395895", "Travel", _HOME, 1_080_000_000),
        Interest("6003327847582", "Photography", _HOME, 740_000_000),
        Interest("6003470511564", "Do it yourself", _HOME, 460_000_000),
        Interest("6002920953955", "Interior design", _HOME, 470_000_000),
        Interest("6003332344237", "Dogs", _HOME, 520_000_000),
        Interest("6003402305839", "Business", _WORK, 1_210_000_000),
        Interest("6003371567474", "Entrepreneurship", _WORK, 640_000_000),
        Interest("6003127206524", "Digital marketing", _WORK, 280_000_000),
        Interest("6003109384433", "Flash sales", _FASHION, 0, retired=True),
        Interest("6003395414271", "Coffeehouse culture", _FOOD, 0, retired=True),
    ]
}


def matching_interests(text: str) -> list[Interest]:
    """The interests on offer whose names contain the text; the largest audiences first."""
    found = [
        interest for interest in INTERESTS.values() if text.lower() in interest.name.lower() and not interest.retired
    ]
    return sorted(found, key=lambda interest: -interest.audience)
