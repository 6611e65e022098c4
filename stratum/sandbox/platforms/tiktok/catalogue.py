"""What can be targeted: places with GeoNames ids, languages and interest categories, as TikTok lists them."""

from __future__ import annotations

from dataclasses import dataclass

# ISO code → (location id, name). Where TikTok shows no ads is not listed at all.
_COUNTRIES = {
    "US": ("6252001", "United States"), "CA": ("6251999", "Canada"), "MX": ("3996063", "Mexico"),
    "BR": ("3469034", "Brazil"), "AR": ("3865483", "Argentina"), "CL": ("3895114", "Chile"),
    "CO": ("3686110", "Colombia"), "PE": ("3932488", "Peru"), "GB": ("2635167", "United Kingdom"),
    "IE": ("2963597", "Ireland"), "DE": ("2921044", "Germany"), "FR": ("3017382", "France"), "IT": ("3175395", "Italy"),
    "ES": ("2510769", "Spain"), "PT": ("2264397", "Portugal"), "NL": ("2750405", "Netherlands"),
    "BE": ("2802361", "Belgium"), "AT": ("2782113", "Austria"), "CH": ("2658434", "Switzerland"),
    "SE": ("2661886", "Sweden"), "NO": ("3144096", "Norway"), "DK": ("2623032", "Denmark"), "FI": ("660013", "Finland"),
    "PL": ("798544", "Poland"), "CZ": ("3077311", "Czechia"), "HU": ("719819", "Hungary"), "RO": ("798549", "Romania"),
    "GR": ("390903", "Greece"), "TR": ("298795", "Turkey"), "JP": ("1861060", "Japan"), "KR": ("1835841", "South Korea"),
    "TW": ("1668284", "Taiwan"), "SG": ("1880251", "Singapore"), "MY": ("1733045", "Malaysia"),
    "TH": ("1605651", "Thailand"), "ID": ("1643084", "Indonesia"), "PH": ("1694008", "Philippines"),
    "VN": ("1562822", "Vietnam"), "AU": ("2077456", "Australia"), "NZ": ("2186224", "New Zealand"),
    "AE": ("290557", "United Arab Emirates"), "SA": ("102358", "Saudi Arabia"), "EG": ("357994", "Egypt"),
    "ZA": ("953987", "South Africa"), "NG": ("2328926", "Nigeria"),
}  # fmt: skip
EUROPE = frozenset(
    {
        "GB", "IE", "DE", "FR", "IT", "ES", "PT", "NL", "BE", "AT", "CH", "SE", "NO", "DK", "FI", "PL", "CZ",
        "HU", "RO", "GR",
    }
)  # fmt: skip
AMERICAS = frozenset({"US", "CA", "MX", "BR", "AR", "CL", "CO", "PE"})
ADULTS_ONLY = EUROPE | AMERICAS


@dataclass(frozen=True)
class Place:
    id: str
    name: str
    level: str
    country: str
    parent: str = "0"
    area: str = "ADMIN"


PLACES = {
    place.id: place
    for place in [
        *(Place(location_id, name, "COUNTRY", code) for code, (location_id, name) in _COUNTRIES.items()),
        Place("5332921", "California", "PROVINCE", "US", "6252001"),
        Place("5128638", "New York", "PROVINCE", "US", "6252001"),
        Place("4736286", "Texas", "PROVINCE", "US", "6252001"),
        Place("501", "New York DMA", "PROVINCE", "US", "6252001", "METROPOLITAN_OR_DMA"),
        Place("5368361", "Los Angeles", "CITY", "US", "5332921"),
        Place("5391959", "San Francisco", "CITY", "US", "5332921"),
        Place("5128581", "New York City", "CITY", "US", "5128638"),
        Place("2950157", "Berlin", "PROVINCE", "DE", "2921044"),
        Place("2951839", "Bavaria", "PROVINCE", "DE", "2921044"),
        Place("2867714", "Munich", "CITY", "DE", "2951839"),
        Place("1850144", "Tokyo", "PROVINCE", "JP", "1861060"),
        Place("1853904", "Osaka", "PROVINCE", "JP", "1861060"),
    ]
}
LANGUAGES = {
    "ar": "Arabic", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "fi": "Finnish", "fr": "French", "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese",
    "ko": "Korean", "ms": "Malay", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sv": "Swedish", "th": "Thai", "tr": "Turkish", "vi": "Vietnamese",
    "zh-Hant": "Chinese (Traditional)",
}  # fmt: skip
# Interest category → (name, its parts).
_INTERESTS = {
    "15": (
        "Apparel & Accessories",
        {"15100": "Women's Clothing", "15101": "Men's Clothing", "15102": "Shoes", "15103": "Fashion Accessories"},
    ),
    "18": ("Beauty & Personal Care", {"18100": "Skincare", "18101": "Cosmetics", "18102": "Perfume"}),
    "14": ("Food & Beverage", {"14100": "Coffee & Tea", "14101": "Baking", "14102": "Fast Food"}),
    "21": ("Sports & Outdoors", {"21100": "Running", "21101": "Yoga & Fitness", "21102": "Cycling"}),
    "25": ("Shopping", {"25100": "Online Shopping", "25101": "Discounts & Sales"}),
    "23": ("Travel", {"23100": "Hotels", "23101": "Air Travel"}),
    "24": ("Tech & Electronics", {"24100": "Smartphones", "24101": "Cameras"}),
    "26": ("Games", {}),
}


@dataclass(frozen=True)
class Interest:
    id: str
    name: str
    level: int
    parts: tuple[str, ...] = ()


INTERESTS = {
    interest.id: interest
    for whole_id, (whole, parts) in _INTERESTS.items()
    for interest in [
        Interest(whole_id, whole, 1, tuple(parts)),
        *(Interest(part_id, part, 2) for part_id, part in parts.items()),
    ]
}


def reachable(country: str) -> frozenset[str]:
    """The countries that an account registered there may show ads in."""
    if country in EUROPE:
        return EUROPE | {"TR", "AE", "SA"}
    if country == "US":
        return frozenset(_COUNTRIES) - {"GB", "IE", "TR", "EG"}
    return frozenset(_COUNTRIES)


def ancestors(location_id: str) -> set[str]:
    """The places that hold this one."""
    found: set[str] = set()
    parent = PLACES[location_id].parent
    while parent != "0":
        found.add(parent)
        parent = PLACES[parent].parent
    return found
