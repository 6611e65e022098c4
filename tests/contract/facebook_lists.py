"""What Meta's official SDK knows of the Marketing API: parameters, fields and enum values, at every depth.

The SDK keeps its lists with each call (`create_ad_set` and so on) and with each class (`Targeting` and so on). `problems`
holds a request against them as it goes over the wire, where all that is not text is JSON.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from facebook_business.adobjects.abstractobject import AbstractObject
from facebook_business.adobjects.ad import Ad
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adcreative import AdCreative
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.adspixel import AdsPixel
from facebook_business.adobjects.advideo import AdVideo
from facebook_business.adobjects.business import Business
from facebook_business.adobjects.campaign import Campaign
from facebook_business.adobjects.iguser import IGUser
from facebook_business.adobjects.page import Page
from facebook_business.api import FacebookAdsApi, FacebookRequest
from facebook_business.session import FacebookSession

#: A client that never calls: it only lends its lists.
API = FacebookAdsApi(FacebookSession(access_token="unused"), FacebookAdsApi.API_VERSION)
#: The class of what is read on an edge, or in a field that holds an object.
CLASSES: dict[str, type[AbstractObject]] = {
    "campaigns": Campaign, "adsets": AdSet, "ads": Ad, "adcreatives": AdCreative, "creative": AdCreative,
    "advideos": AdVideo, "adaccounts": AdAccount, "business": Business, "promote_pages": Page,
    "instagram_accounts": IGUser, "adspixels": AdsPixel,
}  # fmt: skip
#: Edges that a reading may ask for as if they were fields.
_EDGES = {"campaigns": {"adsets", "ads"}, "adsets": {"ads"}}
_CREATE = {
    "campaigns": AdAccount.create_campaign,
    "adsets": AdAccount.create_ad_set,
    "ads": AdAccount.create_ad,
    "adcreatives": AdAccount.create_ad_creative,
    "adimages": AdAccount.create_ad_image,
    "advideos": AdAccount.create_ad_video,
}
_READ = {"delivery_estimate": AdAccount.get_delivery_estimate}
#: What the SDK calls an object without saying of which class.
_UNTYPED = {"promoted_object": "AdPromotedObject"}
#: Written by `AdCreative._setitem_trigger` beside every id, without a place in the list.
_UNLISTED = {"AdCreative": {"creative_id": "string"}}
_PRIMITIVES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "int": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "unsigned int": lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
    "float": lambda value: isinstance(value, int | float),
    "datetime": lambda value: value.isdigit() or datetime.fromisoformat(value).tzinfo is not None,
    "file": lambda value: bool(value),
}
#: What the SDK adds by itself: the session's parameters, and a picture under a name that it knows without a list.
_BESIDE = {"access_token", "appsecret_proof", "locale", "filename"}


def creating(edge: str) -> FacebookRequest:
    """Return the SDK's own request that creates an object on an edge of an ad account."""
    return _CREATE[edge](AdAccount("act_1", api=API), pending=True)


def reading(edge: str) -> FacebookRequest:
    """Return the SDK's own request that reads an edge of an ad account that takes more parameters than fields."""
    return _READ[edge](AdAccount("act_1", api=API), pending=True)


def updating(edge: str) -> FacebookRequest:
    """Return the SDK's own request that changes an object of the kind that is created on an edge."""
    return CLASSES[edge]("1", api=API).api_update(pending=True)


def problems(request: FacebookRequest, form: Mapping[str, str]) -> list[str]:
    """Say what a form has that the request does not know; empty if it knows all of it."""
    checker = request._param_checker
    sent = {name: value for name, value in form.items() if name not in _BESIDE}
    enums = {name: _values(found) for name, found in checker._enum_data.items()}
    return list(_each("", sent, checker._type_check_info, enums, _from_wire))


def unknown_fields(edge: str, fields: str) -> Iterator[str]:
    """Yield the names in a reading's `fields` that what is on the edge does not have, those in braces included."""
    for name, inner in re.findall(r"(\w+)(?:\.\w+\(\w+\))?(?:\{([^{}]*)\})?", fields):
        if name not in CLASSES[edge]._field_types and name not in _EDGES.get(edge, ()):
            yield f"{edge}.{name}"
        if inner:
            yield from unknown_fields(name, inner)


Read = Callable[[str, Any], Any]


def _each(
    path: str, sent: Mapping[str, Any], types: Mapping[str, str], enums: Mapping[str, frozenset[str]], read: Read
) -> Iterator[str]:
    for name, value in sent.items():
        where = f"{path}.{name}".strip(".")
        if name not in types:
            yield f"{where}: unknown"
            continue
        try:
            yield from _of_type(where, read(types[name], value), _UNTYPED.get(name, types[name]), enums)
        except ValueError as error:
            yield f"{where}: {error}"


def _of_type(where: str, value: Any, kind: str, enums: Mapping[str, frozenset[str]]) -> Iterator[str]:
    if inner := re.fullmatch(r"list<(.+)>", kind):
        if not isinstance(value, list):
            yield f"{where}: no list"
            return
        for item in value:
            yield from _of_type(where, item, inner[1], enums)
    elif kind in enums:
        if value not in enums[kind]:
            yield f"{where}: no value {value}"
    elif kind in _PRIMITIVES:
        if not _PRIMITIVES[kind](value):
            yield f"{where}: {value!r} is no {kind}"
    else:
        yield from _of_class(where, value, kind)


def _of_class(where: str, value: Any, kind: str) -> Iterator[str]:
    cls = getattr(importlib.import_module(f"facebook_business.adobjects.{kind.lower()}"), kind)
    if not isinstance(value, Mapping):
        yield f"{where}: no {kind}"
        return
    enums = {name: _values(found) for name, found in cls._get_field_enum_info().items()}
    yield from _each(where, value, cls._field_types | _UNLISTED.get(kind, {}), enums, lambda _, found: found)


def _from_wire(kind: str, value: Any) -> Any:
    """Return a form's value as what it stands for. ValueError if it is not written as its type wants it."""
    is_text = kind in ("string", "datetime", "file") or kind.endswith("_enum")
    return value if is_text else json.loads(value)


def _values(members: Any) -> frozenset[str]:
    """The SDK hands out a class's whole dictionary; its own values are those in text, and not of Python's."""
    return frozenset(value for value in members if isinstance(value, str) and "facebook_business" not in value)
