"""The messages of the Google Ads API v26 as far as the sandbox takes them, and their strict reading from JSON.

Written from the public protos. A field that is not listed is refused the way the JSON front end refuses it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import bad_value, unknown_field


@dataclass(frozen=True)
class Enum:
    values: frozenset[str]


@dataclass(frozen=True)
class Many:
    of: Any


@dataclass(frozen=True)
class OneOf:
    """Fields of which at most one may be there."""

    name: str
    fields: frozenset[str]


STRING, INT64, BOOL, DOUBLE, BYTES = "string", "int64", "bool", "double", "bytes"
Message = dict[str, Any]


def _enum(*values: str) -> Enum:
    return Enum(frozenset(values) | {"UNSPECIFIED"})


_STATUS = _enum("ENABLED", "PAUSED", "REMOVED")
_TEXT: Message = {
    "text": STRING,
    "pinnedField": _enum(*(f"HEADLINE_{n}" for n in (1, 2, 3)), "DESCRIPTION_1", "DESCRIPTION_2"),
}
_ASSET_LINK: Message = {"asset": STRING}
_CHANNELS = (
    "SEARCH", "DISPLAY", "SHOPPING", "HOTEL", "VIDEO", "MULTI_CHANNEL", "LOCAL", "SMART", "PERFORMANCE_MAX",
    "LOCAL_SERVICES", "TRAVEL", "DEMAND_GEN",
)  # fmt: skip
_AUTOMATIONS = (
    "TEXT_ASSET_AUTOMATION", "GENERATE_VERTICAL_YOUTUBE_VIDEOS", "GENERATE_SHORTER_YOUTUBE_VIDEOS",
    "GENERATE_LANDING_PAGE_PREVIEW", "GENERATE_LANDING_PAGE_TEXT", "GENERATE_ENHANCED_YOUTUBE_VIDEOS",
    "GENERATE_IMAGE_ENHANCEMENT", "GENERATE_IMAGE_EXTRACTION", "GENERATE_DESIGN_VERSIONS_FOR_IMAGES",
    "FINAL_URL_EXPANSION_TEXT_ASSET_AUTOMATION", "GENERATE_VIDEOS_FROM_OTHER_ASSETS",
    "GENERATE_ANIMATED_IMAGES_FROM_OTHER_ASSETS", "AUTOMATED_VIDEO_CRAWL",
)  # fmt: skip
_AUTOMATION: Message = {
    "assetAutomationType": _enum(*_AUTOMATIONS),
    "assetAutomationStatus": _enum("OPTED_IN", "OPTED_OUT"),
}

BUDGET: Message = {
    "resourceName": STRING,
    "name": STRING,
    "amountMicros": INT64,
    "totalAmountMicros": INT64,
    "deliveryMethod": _enum("STANDARD", "ACCELERATED"),
    "explicitlyShared": BOOL,
    "period": _enum("DAILY", "CUSTOM_PERIOD"),
}
BIDDING: Message = {
    "manualCpc": {"enhancedCpcEnabled": BOOL},
    "manualCpm": {},
    "maximizeConversions": {"targetCpaMicros": INT64},
    "maximizeConversionValue": {"targetRoas": DOUBLE},
    "targetCpa": {"targetCpaMicros": INT64},
    "targetCpc": {"targetCpcMicros": INT64},
    "targetRoas": {"targetRoas": DOUBLE},
    "targetSpend": {"cpcBidCeilingMicros": INT64},
    "targetImpressionShare": {"locationFractionMicros": INT64, "cpcBidCeilingMicros": INT64},
}
CAMPAIGN: Message = {
    "resourceName": STRING,
    "name": STRING,
    "status": _STATUS,
    "advertisingChannelType": _enum(*_CHANNELS),
    "campaignBudget": STRING,
    "startDateTime": STRING,
    "endDateTime": STRING,
    "finalUrlSuffix": STRING,
    "trackingUrlTemplate": STRING,
    "containsEuPoliticalAdvertising": _enum(
        "CONTAINS_EU_POLITICAL_ADVERTISING", "DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING"
    ),
    "networkSettings": dict.fromkeys(
        ("targetGoogleSearch", "targetSearchNetwork", "targetContentNetwork", "targetPartnerSearchNetwork"), BOOL
    ),
    "geoTargetTypeSetting": {
        "positiveGeoTargetType": _enum("PRESENCE_OR_INTEREST", "SEARCH_INTEREST", "PRESENCE"),
        "negativeGeoTargetType": _enum("PRESENCE_OR_INTEREST", "PRESENCE"),
    },
    "demandGenCampaignSettings": {"upgradedTargeting": BOOL},
    "assetAutomationSettings": Many(_AUTOMATION),
    **BIDDING,
    "": OneOf("campaign_bidding_strategy", frozenset(BIDDING)),
}
_LOCATION: Message = {"geoTargetConstant": STRING}
_LANGUAGE: Message = {"languageConstant": STRING}
CAMPAIGN_CRITERION: Message = {
    "resourceName": STRING,
    "campaign": STRING,
    "negative": BOOL,
    "status": _STATUS,
    "location": _LOCATION,
    "language": _LANGUAGE,
    "": OneOf("criterion", frozenset({"location", "language"})),
}
AD_GROUP: Message = {
    "resourceName": STRING,
    "campaign": STRING,
    "name": STRING,
    "status": _STATUS,
    "type": _enum("SEARCH_STANDARD", "DISPLAY_STANDARD"),
    "cpcBidMicros": INT64,
    "optimizedTargetingEnabled": BOOL,
    "audienceSetting": {"useAudienceGrouped": BOOL},
    "demandGenAdGroupSettings": {
        "channelControls": {
            "channelStrategy": _enum("ALL_CHANNELS", "ALL_OWNED_AND_OPERATED_CHANNELS"),
            "selectedChannels": dict.fromkeys(
                ("youtubeInStream", "youtubeInFeed", "youtubeShorts", "discover", "gmail", "display", "maps"), BOOL
            ),
            "": OneOf("channel_configuration", frozenset({"channelStrategy", "selectedChannels"})),
        }
    },
}
_AGES = ("18_24", "25_34", "35_44", "45_54", "55_64", "65_UP", "UNDETERMINED")
AD_GROUP_CRITERION: Message = {
    "resourceName": STRING,
    "adGroup": STRING,
    "negative": BOOL,
    "status": _STATUS,
    "cpcBidMicros": INT64,
    "keyword": {"text": STRING, "matchType": _enum("EXACT", "PHRASE", "BROAD")},
    "ageRange": {"type": _enum(*(f"AGE_RANGE_{age}" for age in _AGES))},
    "gender": {"type": _enum("MALE", "FEMALE", "UNDETERMINED")},
    "userInterest": {"userInterestCategory": STRING},
    "location": _LOCATION,
    "language": _LANGUAGE,
    "": OneOf("criterion", frozenset({"keyword", "ageRange", "gender", "userInterest", "location", "language"})),
}
_SEARCH_AD: Message = {"headlines": Many(_TEXT), "descriptions": Many(_TEXT), "path1": STRING, "path2": STRING}
_IMAGE_AD: Message = {
    "marketingImages": Many(_ASSET_LINK),
    "squareMarketingImages": Many(_ASSET_LINK),
    "portraitMarketingImages": Many(_ASSET_LINK),
    "tallPortraitMarketingImages": Many(_ASSET_LINK),
    "logoImages": Many(_ASSET_LINK),
    "headlines": Many(_TEXT),
    "descriptions": Many(_TEXT),
    "businessName": STRING,
    "callToActionText": STRING,
}
_VIDEO_AD: Message = {
    "headlines": Many(_TEXT),
    "longHeadlines": Many(_TEXT),
    "descriptions": Many(_TEXT),
    "videos": Many(_ASSET_LINK),
    "logoImages": Many(_ASSET_LINK),
    "businessName": _TEXT,
    "callToActions": Many(_ASSET_LINK),
    "breadcrumb1": STRING,
    "breadcrumb2": STRING,
}
AD: Message = {
    "name": STRING,
    "finalUrls": Many(STRING),
    "finalUrlSuffix": STRING,
    "responsiveSearchAd": _SEARCH_AD,
    "demandGenMultiAssetAd": _IMAGE_AD,
    "demandGenVideoResponsiveAd": _VIDEO_AD,
    "": OneOf("ad_data", frozenset({"responsiveSearchAd", "demandGenMultiAssetAd", "demandGenVideoResponsiveAd"})),
}
AD_GROUP_AD: Message = {
    "resourceName": STRING,
    "adGroup": STRING,
    "status": _STATUS,
    "ad": AD,
    "adGroupAdAssetAutomationSettings": Many(_AUTOMATION),
}
ASSET: Message = {
    "resourceName": STRING,
    "name": STRING,
    "type": _enum("IMAGE", "YOUTUBE_VIDEO", "TEXT", "CALL_TO_ACTION"),
    "imageAsset": {"data": BYTES},
    "youtubeVideoAsset": {"youtubeVideoId": STRING, "youtubeVideoTitle": STRING},
    "": OneOf("asset_data", frozenset({"imageAsset", "youtubeVideoAsset"})),
}
OPERATIONS: dict[str, Message] = {
    "assetOperation": ASSET,
    "campaignBudgetOperation": BUDGET,
    "campaignOperation": CAMPAIGN,
    "campaignCriterionOperation": CAMPAIGN_CRITERION,
    "adGroupOperation": AD_GROUP,
    "adGroupCriterionOperation": AD_GROUP_CRITERION,
    "adGroupAdOperation": AD_GROUP_AD,
}


def _operation(message: Message) -> Message:
    fields = frozenset({"create", "update", "remove"})
    return {
        "create": message,
        "update": message,
        "remove": STRING,
        "updateMask": STRING,
        "": OneOf("operation", fields),
    }


MUTATE: Message = {
    "customerId": STRING,
    "mutateOperations": Many(
        {name: _operation(message) for name, message in OPERATIONS.items()}
        | {"": OneOf("operation", frozenset(OPERATIONS))}
    ),
    "partialFailure": BOOL,
    "validateOnly": BOOL,
    "responseContentType": _enum("RESOURCE_NAME_ONLY", "MUTABLE_RESOURCE"),
}
SEARCH: Message = {
    "customerId": STRING,
    "query": STRING,
    "pageToken": STRING,
    "pageSize": INT64,
    "validateOnly": BOOL,
    "searchSettings": {"omitResults": BOOL, "returnSummaryRow": BOOL, "returnTotalResultsCount": BOOL},
}
SUGGEST: Message = {
    "locale": STRING,
    "countryCode": STRING,
    "locationNames": {"names": Many(STRING)},
    "geoTargets": {"geoTargetConstants": Many(STRING)},
    "": OneOf("query", frozenset({"locationNames", "geoTargets"})),
}
VIDEO_UPLOAD: Message = {
    "customerId": STRING,
    "youTubeVideoUpload": {
        "channelId": STRING,
        "videoTitle": STRING,
        "videoDescription": STRING,
        "videoPrivacy": _enum("PUBLIC", "UNLISTED"),
    },
}


def read(value: Any, message: Message) -> dict[str, Any]:
    """Reads a JSON body as the message; raises Plain 400 for what it does not have or cannot be."""
    return _message(value, message, "")


def snake(name: str) -> str:
    """youTubeVideoUpload → you_tube_video_upload."""
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name)


def _read(value: Any, kind: Any, path: str) -> Any:
    if isinstance(kind, Many):
        if not isinstance(value, list):
            raise bad_value(path, f"Invalid value at '{path}', it must be a list.")
        return [_read(item, kind.of, f"{path}[{index}]") for index, item in enumerate(value)]
    if isinstance(kind, dict):
        return _message(value, kind, path)
    if isinstance(kind, Enum):
        if value not in kind.values:
            raise bad_value(path, f"Invalid value at '{path}' (type.googleapis.com/google.ads), \"{value}\"")
        return value
    return _scalar(value, kind, path)


def _message(value: Any, message: Message, path: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise bad_value(path, f"Invalid value at '{path}', it must be an object.")
    found = {}
    for name, item in value.items():
        if name not in message or not name:
            raise unknown_field(name, path)
        found[name] = _read(item, message[name], f"{path}.{snake(name)}".lstrip("."))
    only = message.get("")
    if isinstance(only, OneOf) and len(only.fields & found.keys()) > 1:
        second = sorted(only.fields & found.keys())[1]
        raise bad_value(
            path, f"Invalid value at '{path}' (oneof), oneof field '{only.name}' is already set. Cannot set '{second}'"
        )
    return found


def _scalar(value: Any, kind: str, path: str) -> Any:
    if kind == STRING and isinstance(value, str):
        return value
    if kind == BOOL and isinstance(value, bool):
        return value
    if kind == INT64 and not isinstance(value, bool) and isinstance(value, int | str):
        try:
            return int(value)
        except ValueError:
            pass
    if kind == DOUBLE and not isinstance(value, bool) and isinstance(value, int | float):
        return float(value)
    if kind == BYTES and isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True)
        except binascii.Error as error:
            raise bad_value(path, f"Invalid value at '{path}' (TYPE_BYTES), Base64 decoding failed") from error
    raise bad_value(path, f"Invalid value at '{path}' (TYPE_{kind.upper()}), {value!r}")
