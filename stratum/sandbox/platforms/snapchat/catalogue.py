"""What can be targeted: countries, some regions, languages and Snap Lifestyle Categories (Ads API v1, "Targeting")."""

from __future__ import annotations

from functools import cache

import pycountry

#: Region number → name, by country. Snapchat counts them on in each country.
REGIONS: dict[str, dict[str, str]] = {
    "us": {
        "3": "arizona", "5": "california", "10": "florida", "14": "illinois", "33": "new york", "44": "texas",
        "48": "washington",
    },
    "de": {"1": "baden-wurttemberg", "2": "bavaria", "3": "berlin", "6": "hesse"},
    "gb": {"1": "england", "2": "northern ireland", "3": "scotland", "4": "wales"},
    "jp": {"13": "tokyo", "27": "osaka"},
    "ca": {"1": "alberta", "9": "ontario", "11": "quebec"},
}  # fmt: skip
LANGUAGES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish", "ar": "Arabic", "ja": "Japanese"}
#: Category → name and path.
INTERESTS: dict[str, tuple[str, str]] = {
    "SLC_7": ("Fashion & Style Gurus", "Beauty & Fashion"),
    "SLC_8": ("Film & TV Fans", "Entertainment"),
    "SLC_11": ("Fitness Enthusiasts", "Sports & Fitness"),
    "SLC_36": ("Comedy Fans", "Entertainment"),
    "SLC_52": ("Shopaholics", "Shopping"),
    "SLC_61": ("Green Living Enthusiasts", "Home & Family"),
    "SLC_73": ("Gamers", "Entertainment"),
}
#: Where Snapchat shows no ads. Which they are it does not publish; these stand for them.
NOT_OFFERED = frozenset({"CU", "IR", "KP", "SY"})
AGE_GROUPS = ("13-17", "18-20", "21-24", "25-34", "35-44", "45-54", "55+")
YOUNGEST = 13


@cache
def countries() -> dict[str, str]:
    """Code in small letters → name in small letters, as Snapchat writes them. Not every country is offered."""
    return {
        country.alpha_2.lower(): country.name.lower()
        for country in pycountry.countries
        if country.alpha_2 not in NOT_OFFERED
    }
