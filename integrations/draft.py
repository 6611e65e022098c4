"""The canonical draft: the platform-neutral language of campaigns, version 1.

A draft is kept as JSON. `read()` turns it into the typed models below. A leaf may be empty, and a leaf that cannot be
read is kept as typed and reported, so that nothing a person wrote is lost; whether a draft is complete is judged in
campaigns/rules.py alone. Amounts are decimals in the account's currency; times are wall-clock in the account's time
zone. A path names a place by node keys: `ad_sets[s1].ads[a1].creative.headlines[0]`.
"""

from __future__ import annotations

import copy
import hashlib
import json
import math
import re
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from stratum.storable import storable

MAX_AD_SETS = 50
MAX_ADS_PER_AD_SET = 50
MAX_ADS = 500
MAX_DEPTH = 30


class Objective(StrEnum):
    AWARENESS = "awareness"
    TRAFFIC = "traffic"
    ENGAGEMENT = "engagement"
    VIDEO_VIEWS = "video_views"
    LEADS = "leads"
    CONVERSIONS = "conversions"


class Optimization(StrEnum):
    REACH = "reach"
    IMPRESSIONS = "impressions"
    LINK_CLICKS = "link_clicks"
    LANDING_PAGE_VIEWS = "landing_page_views"
    ENGAGEMENT = "engagement"
    VIDEO_VIEWS = "video_views"
    LEADS = "leads"
    CONVERSIONS = "conversions"
    CONVERSION_VALUE = "conversion_value"


class CallToAction(StrEnum):
    LEARN_MORE = "learn_more"
    SHOP_NOW = "shop_now"
    SIGN_UP = "sign_up"
    SUBSCRIBE = "subscribe"
    DOWNLOAD = "download"
    BOOK_NOW = "book_now"
    CONTACT_US = "contact_us"
    APPLY_NOW = "apply_now"
    GET_QUOTE = "get_quote"
    GET_OFFER = "get_offer"
    ORDER_NOW = "order_now"
    BUY_NOW = "buy_now"
    BUY_TICKETS = "buy_tickets"
    WATCH_MORE = "watch_more"
    LISTEN_NOW = "listen_now"
    PLAY_GAME = "play_game"
    DONATE_NOW = "donate_now"
    SEE_MORE = "see_more"


class BudgetType(StrEnum):
    DAILY = "daily"
    LIFETIME = "lifetime"


class Launch(StrEnum):
    LIVE = "live"
    PAUSED = "paused"


class Gender(StrEnum):
    FEMALE = "female"
    MALE = "male"


class CreativeType(StrEnum):
    IMAGE = "image"
    VIDEO = "video"
    CAROUSEL = "carousel"


class ConversionEvent(StrEnum):
    PURCHASE = "purchase"
    LEAD = "lead"
    ADD_TO_CART = "add_to_cart"
    START_CHECKOUT = "start_checkout"
    REGISTRATION = "registration"
    SUBSCRIBE = "subscribe"
    VIEW_CONTENT = "view_content"
    CONTACT = "contact"


def _empty_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _no_zone(value: datetime | None) -> datetime | None:
    if value is not None and value.tzinfo is not None:
        raise ValueError("Write the time without an offset; it is read in the account's time zone.")
    return value


def _end_of_day(value: Any) -> Any:
    """A day without a time, as an end, includes the whole day."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()):
        return datetime.combine(date.fromisoformat(value.strip()), time(23, 59))
    return _empty_is_none(value)


def _place(value: Any) -> Any:
    return {"id": value.strip().upper(), "kind": "country"} if isinstance(value, str) else value


def _language(value: Any) -> Any:
    return {"id": value.strip()} if isinstance(value, str) else value


def _yes_no(value: Any) -> Any:
    return {"yes": True, "no": False}.get(value, _empty_is_none(value)) if isinstance(value, str) else value


Line = Annotated[str, StringConstraints(max_length=1_000)]
Text = Annotated[str, StringConstraints(max_length=10_000)]
Money = Annotated[Annotated[Decimal, Field(allow_inf_nan=False, max_digits=30)] | None, BeforeValidator(_empty_is_none)]
Moment = Annotated[datetime | None, BeforeValidator(_empty_is_none), AfterValidator(_no_zone)]
EndMoment = Annotated[datetime | None, BeforeValidator(_end_of_day), AfterValidator(_no_zone)]
Age = Annotated[Annotated[int, Field(ge=0, le=150)] | None, BeforeValidator(_empty_is_none)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{1,12}$")]
YesNo = Annotated[bool | None, BeforeValidator(_yes_no)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Budget(_Part):
    amount: Money = None
    type: Annotated[BudgetType | None, BeforeValidator(_empty_is_none)] = BudgetType.DAILY


class Schedule(_Part):
    start: Moment = None
    end: EndMoment = None


class Assets(_Part):
    """Account assets by external id, and what is said beside them."""

    page: Line = ""
    instagram: Line = ""
    pixel: Line = ""
    conversion_event: Annotated[ConversionEvent | None, BeforeValidator(_empty_is_none)] = None
    conversion_action: Line = ""
    identity: Line = ""
    profile: Line = ""
    logo: Line = ""
    business_name: Line = ""
    music: Line = ""


class Declarations(_Part):
    special_ad_categories: list[Line] = []
    eu_political: YesNo = None
    dsa_beneficiary: Line = ""
    dsa_payor: Line = ""


class Campaign(_Part):
    name: Line = ""
    objective: Annotated[Objective | None, BeforeValidator(_empty_is_none)] = None
    budget: Budget = Budget()
    schedule: Schedule = Schedule()
    launch: Annotated[Launch | None, BeforeValidator(_empty_is_none)] = Launch.LIVE
    assets: Assets = Assets()
    declarations: Declarations = Declarations()
    url_tags: Line = ""


class Location(_Part):
    """A country by its ISO 3166-1 alpha-2 code, or a smaller place by the platform's own id.

    `country` is the code of the country that a smaller place lies in, empty where the platform did not say.
    """

    kind: Literal["country", "region", "city"] = "country"
    id: Line
    name: Line = ""
    country: Line = ""

    @property
    def country_code(self) -> str:
        """The country that it is or lies in, in capitals; empty if that is not known."""
        return (self.id if self.kind == "country" else self.country).upper()


class Interest(_Part):
    id: Line
    name: Line = ""


class Language(_Part):
    """A language by the platform's own id, with the name it was chosen by."""

    id: Line
    name: Line = ""


class Targeting(_Part):
    locations: list[Annotated[Location, BeforeValidator(_place)]] = []
    excluded_locations: list[Annotated[Location, BeforeValidator(_place)]] = []
    age_min: Age = None
    age_max: Age = None
    genders: list[Gender] = []
    languages: list[Annotated[Language, BeforeValidator(_language)]] = []
    interests: list[Interest] = []
    keywords: list[Line] = []


class Creative(_Part):
    """`media` holds SHA-256 sums of files in the media library, in the order they are shown.

    `cover` is that of the picture that stands before a video plays; empty leaves it to the platform.
    """

    type: Annotated[CreativeType | None, BeforeValidator(_empty_is_none)] = CreativeType.IMAGE
    media: list[Line] = []
    cover: Line = ""
    headlines: list[Line] = []
    descriptions: list[Line] = []
    primary_text: Text = ""
    call_to_action: Annotated[CallToAction | None, BeforeValidator(_empty_is_none)] = None
    link_url: Line = ""

    @property
    def own_cover(self) -> str:
        """The cover, if the ad shows a video: of any other kind of ad it is kept and means nothing."""
        return self.cover if self.type is CreativeType.VIDEO else ""


class Ad(_Part):
    key: Key
    name: Line = ""
    creative: Creative = Creative()


class AdSet(_Part):
    """An ad set without a budget amount spends from the campaign's."""

    key: Key
    name: Line = ""
    budget: Money = None
    targeting: Targeting = Targeting()
    optimization: Annotated[Optimization | None, BeforeValidator(_empty_is_none)] = None
    ads: list[Ad] = []

    @property
    def path(self) -> str:
        return f"ad_sets[{self.key}]"

    def ad_path(self, ad: Ad) -> str:
        return f"{self.path}.ads[{ad.key}]"


class Draft(_Part):
    version: Literal[1] = 1
    campaign: Campaign = Campaign()
    ad_sets: list[AdSet] = []

    @property
    def has_ad_set_budgets(self) -> bool:
        return any(ad_set.budget is not None for ad_set in self.ad_sets)

    def ads(self) -> Iterator[tuple[AdSet, Ad]]:
        for ad_set in self.ad_sets:
            for ad in ad_set.ads:
                yield ad_set, ad

    def media(self) -> list[str]:
        """Return the SHA-256 sums of all files the draft shows, each once, in order of first use."""
        return list(dict.fromkeys(sha for _, ad in self.ads() for sha in ad.creative.media))

    def covers(self) -> list[str]:
        """Return the SHA-256 sums of the covers of its video ads, each once, in order of first use."""
        return list(dict.fromkeys(ad.creative.own_cover for _, ad in self.ads() if ad.creative.own_cover))

    def files(self) -> list[str]:
        """Return the SHA-256 sums of all files the draft names: those that are shown, and the covers."""
        return list(dict.fromkeys([*self.media(), *self.covers()]))

    def place_of(self, sha256: str) -> str:
        """Return the draft path where a file is named first; empty if it is nowhere."""
        for ad_set, ad in self.ads():
            if sha256 in ad.creative.media:
                return f"{ad_set.ad_path(ad)}.creative.media"
            if sha256 == ad.creative.own_cover:
                return f"{ad_set.ad_path(ad)}.creative.cover"
        return ""


@dataclass(frozen=True)
class Unread:
    """A leaf that could not be read: where it is, what was typed, what is wrong with it."""

    path: str
    typed: Any
    message: str


@dataclass(frozen=True)
class Reading:
    draft: Draft
    unread: tuple[Unread, ...]
    json: dict[str, Any]  # the whole shape, unread leaves as typed


class ShapeError(ValueError):
    """The JSON is no draft: a part is missing, unknown or of another kind. Holds (path, message) pairs."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{path or 'draft_json'}: {message}" for path, message in faults))
        self.faults = list(faults)


class TooLarge(ShapeError):
    """The draft has more ad sets or ads than one campaign may have."""


#: Pydantic's error types that speak of a part's kind, not of a leaf's value.
_SHAPE_ERRORS = frozenset(
    {"extra_forbidden", "missing", "model_type", "model_attributes_type", "list_type", "dict_type", "literal_error"}
)
_WORDS = {
    "decimal_parsing": "Not an amount. Write digits with a point, for example 1000.00.",
    "decimal_type": "Not an amount. Write digits with a point, for example 1000.00.",
    "finite_number": "Not an amount. Write digits with a point, for example 1000.00.",
    "decimal_max_digits": "Far too many digits for an amount.",
    "int_parsing": "Not a whole number.",
    "int_type": "Not a whole number.",
    "int_from_float": "Not a whole number.",
    "enum": "Not one of the choices.",
    "bool_parsing": "Answer yes or no.",
    "datetime_parsing": "Not a date and time. Write it like 2027-06-01T09:00.",
    "datetime_from_date_parsing": "Not a date and time. Write it like 2027-06-01T09:00.",
    "datetime_type": "Not a date and time. Write it like 2027-06-01T09:00.",
}


def read(raw: Any) -> Reading:
    """Read a draft as stored or sent; ShapeError when it is no draft, TooLarge when it is too large."""
    if not isinstance(raw, Mapping):
        raise ShapeError([("", "A draft is a JSON object with campaign and ad_sets.")])
    data = _with_keys(_storable(dict(raw)))
    _check_size(data)
    unread: dict[tuple[int | str, ...], Unread] = {}
    while True:
        try:
            draft = Draft.model_validate(data)
            break
        except ValidationError as error:
            _set_aside(error, data, unread)
    _check_keys(draft)
    whole = draft.model_dump(mode="json")
    for location, leaf in unread.items():
        _put(whole, location, leaf.typed)
    return Reading(draft, tuple(unread.values()), whole)


def empty() -> dict[str, Any]:
    """Return the JSON of a new draft: one ad set with one ad, all leaves empty."""
    return read({"ad_sets": [{"ads": [{}]}]}).json


def new_key(letter: str) -> str:
    """Return a node key: one letter and random base32, made once and never changed."""
    return letter + "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(4))


def files_in(draft_json: Any) -> set[str]:
    """Return the SHA-256 sums of all files a draft's JSON names, also where other leaves cannot be read."""
    found: set[str] = set()
    for ad_set in draft_json.get("ad_sets") or []:
        for ad in ad_set.get("ads") or []:
            creative = ad.get("creative") or {}
            media = creative.get("media")
            named = [*(media if isinstance(media, list) else []), creative.get("cover")]
            found |= {item for item in named if _is_sum(item)}
    return found


def _is_sum(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value) is not None


def content_hash(draft_json: Mapping[str, Any], account_external_id: str) -> str:
    """Return the SHA-256 of what an approval binds: the content, its media and the account it runs on.

    Media are named in the content by the SHA-256 of their bytes, so the content's sum covers them.
    """
    text = json.dumps([draft_json, account_external_id], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _storable(value: Any, depth: int = 0) -> Any:
    """Return a copy that every database can keep: no NUL, no half of a surrogate pair, no NaN, no bottomless nesting."""
    if depth > MAX_DEPTH:
        raise ShapeError([("", f"A draft is not nested more than {MAX_DEPTH} levels deep.")])
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {_storable(str(key)): _storable(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(item, depth + 1) for item in value]
    return value


def _with_keys(data: dict[str, Any]) -> dict[str, Any]:
    ad_sets = data.get("ad_sets")
    for ad_set in ad_sets if isinstance(ad_sets, list) else []:
        if isinstance(ad_set, dict):
            ad_set["key"] = ad_set.get("key") or new_key("s")
            ads = ad_set.get("ads")
            for ad in ads if isinstance(ads, list) else []:
                if isinstance(ad, dict):
                    ad["key"] = ad.get("key") or new_key("a")
    return data


def _check_size(data: Mapping[str, Any]) -> None:
    ad_sets = data.get("ad_sets")
    if not isinstance(ad_sets, list):
        return
    counts = [len(a["ads"]) for a in ad_sets if isinstance(a, dict) and isinstance(a.get("ads"), list)]
    if len(ad_sets) > MAX_AD_SETS:
        raise TooLarge([("ad_sets", f"A campaign has at most {MAX_AD_SETS} ad sets; this one has {len(ad_sets)}.")])
    if any(count > MAX_ADS_PER_AD_SET for count in counts):
        raise TooLarge([("ad_sets", f"An ad set has at most {MAX_ADS_PER_AD_SET} ads; one has {max(counts)}.")])
    if sum(counts) > MAX_ADS:
        raise TooLarge([("ad_sets", f"A campaign has at most {MAX_ADS} ads; this one has {sum(counts)}.")])


def _check_keys(draft: Draft) -> None:
    keys = Counter([ad_set.key for ad_set in draft.ad_sets] + [ad.key for _, ad in draft.ads()])
    twice = sorted(key for key, count in keys.items() if count > 1)
    if twice:
        raise ShapeError([("ad_sets", f"Two parts have the same key: {', '.join(twice)}.")])


def _set_aside(error: ValidationError, data: dict[str, Any], unread: dict[tuple[int | str, ...], Unread]) -> None:
    """Take the leaves that cannot be read out of the data; raise ShapeError for anything else."""
    faults, before = [], set(unread)
    for item in error.errors(include_url=False):
        location = _leaf(item["loc"])
        path = _path(data, location)
        if item["type"] in _SHAPE_ERRORS or location[-1] == "key" or location == ("version",) or location in before:
            faults.append((path, item["msg"]))
            continue
        if location in unread:
            continue  # another item of the same list
        message = _WORDS.get(item["type"]) or item["msg"].removeprefix("Value error, ")
        unread[location] = Unread(path, _get(data, location), message)
    if faults:
        raise ShapeError(faults)
    for location in unread:
        _put(data, location, copy.copy(_EMPTY.get(str(location[-1]))))


def _leaf(location: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Return where the form's field is: a list of words is one leaf, an interest's name is one of its own."""
    return location[:-1] if isinstance(location[-1], int) else location


#: What stands in the place of a leaf that could not be read; None for what is not listed.
_EMPTY: dict[str, Any] = {
    name: [] if info.default == [] else ""
    for model in (Campaign, Assets, Declarations, Location, Interest, Language, Targeting, Creative, Ad, AdSet)
    for name, info in model.model_fields.items()
    if info.default in ("", []) or name == "id"
}


def _get(data: Any, location: Sequence[int | str]) -> Any:
    for step in location:
        data = data[step]
    return data


def _put(data: Any, location: Sequence[int | str], value: Any) -> None:
    _get(data, location[:-1])[location[-1]] = value


def _path(data: Any, location: Sequence[int | str]) -> str:
    """Write a location with node keys in the place of positions."""
    path = ""
    for step in location:
        if isinstance(step, int):
            item = data[step] if isinstance(data, list) and step < len(data) else None
            path += f"[{item['key']}]" if isinstance(item, dict) and item.get("key") else f"[{step}]"
        else:
            path += f".{step}" if path else step
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            data = None
    return path
