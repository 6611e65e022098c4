"""Campaigns of Search and Demand Gen (v26, campaign, CampaignError; "Create a Demand Gen campaign")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from stratum.sandbox import ids
from stratum.sandbox.models import Object

from . import budgets, currencies, errors
from .errors import Fault
from .mutation import Faults, Mutation, checked_name
from .schema import BIDDING

_STRATEGIES = {
    "SEARCH": {
        "targetSpend", "manualCpc", "maximizeConversions", "maximizeConversionValue", "targetCpa", "targetRoas",
        "targetImpressionShare",
    },
    "DEMAND_GEN": {
        "targetSpend", "maximizeConversions", "maximizeConversionValue", "targetCpa", "targetRoas", "targetCpc",
    },
}  # fmt: skip
_CONVERTING = {"maximizeConversions", "maximizeConversionValue", "targetCpa", "targetRoas"}
_TYPES = {
    "targetSpend": "TARGET_SPEND", "manualCpc": "MANUAL_CPC", "maximizeConversions": "MAXIMIZE_CONVERSIONS",
    "maximizeConversionValue": "MAXIMIZE_CONVERSION_VALUE", "targetCpa": "TARGET_CPA", "targetRoas": "TARGET_ROAS",
    "targetImpressionShare": "TARGET_IMPRESSION_SHARE", "targetCpc": "TARGET_CPC",
}  # fmt: skip
_TIME = re.compile(r"(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})")
_UPDATABLE = frozenset({"name", "status", "startDateTime", "endDateTime", "finalUrlSuffix"})


def create(mutation: Mutation, fields: dict[str, Any]) -> Object:
    budget = mutation.live(fields.get("campaignBudget"), "campaignBudgets", "campaign_budget")
    faults = [
        *checked_name(fields.get("name"), "campaignError INVALID_CAMPAIGN_NAME"),
        *_duplicate(mutation, fields.get("name")),
        *_required(fields),
        *_channel(fields),
        *_bidding(mutation, fields),
        *_dates(mutation, fields),
        *_money(mutation, fields, budget),
        *_suffix(fields),
    ]
    if faults:
        raise Faults(faults)
    status = fields.get("status", "ENABLED")  # what is made without a status is on
    return Object.objects.create(
        platform="google",
        kind=Object.Kind.CAMPAIGN,
        external_id=ids.digits(11, "2"),
        account=mutation.account.external_id,
        parent=mutation.account.external_id,
        name=fields["name"],
        status=status,
        data=_data(mutation, fields, budget),
        first_on_at=timezone.now() if status == "ENABLED" else None,
    )


def update(mutation: Mutation, stored: Object, fields: dict[str, Any], mask: list[str]) -> None:
    """Changes what the mask names."""
    unknown = [name for name in mask if name not in _UPDATABLE]
    if unknown:
        message = "The field cannot be changed once the campaign is there."
        raise Faults([Fault("fieldError", "IMMUTABLE_FIELD", message, [(unknown[0], None)])])
    wanted = {**stored.data, **{name: fields.get(name) for name in mask}}
    faults = []
    if "name" in mask and fields.get("name") != stored.name:
        faults += checked_name(fields.get("name"), "campaignError INVALID_CAMPAIGN_NAME")
        faults += _duplicate(mutation, fields.get("name"))
    if {"startDateTime", "endDateTime"} & set(mask):
        faults += _dates(
            mutation, {name: wanted.get(name) for name in mask} | {"startDateTime": wanted["startDateTime"]}
        )
    if "status" in mask and fields.get("status") not in ("ENABLED", "PAUSED"):
        faults.append(Fault("campaignError", "INVALID_STATUS_CHANGE", "The status cannot be set.", [("status", None)]))
    if faults:
        raise Faults(faults)
    stored.name = fields["name"] if "name" in mask else stored.name
    stored.status = fields["status"] if "status" in mask else stored.status
    stored.data |= {name: fields.get(name) for name in mask if name not in ("name", "status")}


def remove(mutation: Mutation, stored: Object) -> None:
    """Ends the campaign for good; what is below it goes out of sight, and its own budget with it."""
    stored.status = "REMOVED"
    stored.deleted_at = timezone.now()
    budget = Object.objects.filter(platform="google", kind=Object.Kind.BUDGET, external_id=stored.data["budget"])
    budget.filter(data__explicitlyShared=False).update(status="REMOVED", deleted_at=timezone.now())
    for ad_group in mutation.children(stored, Object.Kind.AD_SET):
        for child in [ad_group, *mutation.children(ad_group, Object.Kind.AD)]:
            Object.objects.filter(pk=child.pk).update(deleted_at=timezone.now(), updated_at=timezone.now())


def channel(stored: Object) -> str:
    return str(stored.data["advertisingChannelType"])


def today(account: Object) -> datetime:
    """The beginning of the day on the account's clocks."""
    now = timezone.now().astimezone(ZoneInfo(account.data["time_zone"]))
    return now.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)


def moment(text: str | None) -> datetime | None:
    """A time as campaigns have them, on the account's clocks."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S") if text else None  # noqa: DTZ007


def _data(mutation: Mutation, fields: dict[str, Any], budget: Object) -> dict[str, Any]:
    strategy = next(name for name in fields if name in BIDDING)
    copied = ("advertisingChannelType", "endDateTime", "finalUrlSuffix", "containsEuPoliticalAdvertising")
    defaults = {"positiveGeoTargetType": "PRESENCE_OR_INTEREST", "negativeGeoTargetType": "PRESENCE"}
    return {name: fields.get(name) for name in copied} | {
        "budget": budget.external_id,
        "currency": mutation.account.data["currency"],
        # Without a start the campaign begins today, and says so.
        "startDateTime": fields.get("startDateTime") or f"{today(mutation.account):%Y-%m-%d} 00:00:00",
        "biddingStrategyType": _TYPES[strategy],
        "networkSettings": fields.get("networkSettings", {}),
        "geoTargetTypeSetting": defaults | fields.get("geoTargetTypeSetting", {}),
        "criteria": [],
    }


def _required(fields: dict[str, Any]) -> Iterator[Fault]:
    for name, where in (
        ("advertisingChannelType", "advertising_channel_type"),
        ("containsEuPoliticalAdvertising", "contains_eu_political_advertising"),
    ):
        if fields.get(name, "UNSPECIFIED") == "UNSPECIFIED":
            yield errors.required(where)
    if not set(fields) & set(BIDDING):
        yield errors.required("campaign_bidding_strategy")


def _duplicate(mutation: Mutation, name: Any) -> Iterator[Fault]:
    taken = Object.objects.filter(platform="google", kind=Object.Kind.CAMPAIGN, name=str(name or ""))
    if taken.filter(account=mutation.account.external_id).exclude(status="REMOVED").exists():
        message = "A campaign with this name already exists in the account."
        yield Fault("campaignError", "DUPLICATE_CAMPAIGN_NAME", message, [("name", None)], trigger=str(name))


def _channel(fields: dict[str, Any]) -> Iterator[Fault]:
    kind = fields.get("advertisingChannelType", "UNSPECIFIED")
    if kind not in _STRATEGIES and kind != "UNSPECIFIED":
        message = "Campaigns of this type are not made here."
        where = [("advertising_channel_type", None)]
        yield Fault("operationAccessDeniedError", "OPERATION_NOT_PERMITTED_FOR_CAMPAIGN_TYPE", message, where)
    networks = fields.get("networkSettings")
    if kind == "DEMAND_GEN" and networks is not None:
        message = "Network settings do not go with Demand Gen campaigns."
        yield Fault("campaignError", "INCOMPATIBLE_CAMPAIGN_FIELD", message, [("network_settings", None)])
    if kind == "DEMAND_GEN" and "geoTargetTypeSetting" in fields:
        message = "The setting type is not compatible with the campaign."
        where = [("geo_target_type_setting", None)]
        yield Fault("settingError", "SETTING_TYPE_IS_NOT_COMPATIBLE_WITH_CAMPAIGN", message, where)
    if kind == "SEARCH" and networks is not None and not networks.get("targetGoogleSearch"):
        where = [("network_settings", None)]
        if networks.get("targetSearchNetwork"):
            message = "Search partners go with Google search only."
            yield Fault("campaignError", "CANNOT_TARGET_SEARCH_NETWORK_WITHOUT_GOOGLE_SEARCH", message, where)
        else:
            message = "A campaign must target at least one network."
            yield Fault("campaignError", "CAMPAIGN_MUST_TARGET_AT_LEAST_ONE_NETWORK", message, where)


def _bidding(mutation: Mutation, fields: dict[str, Any]) -> Iterator[Fault]:
    kind = fields.get("advertisingChannelType", "UNSPECIFIED")
    strategy = next((name for name in fields if name in BIDDING), None)
    if strategy is None or kind not in _STRATEGIES:
        return
    where = [("".join(f"_{c.lower()}" if c.isupper() else c for c in strategy), None)]
    if strategy not in _STRATEGIES[kind]:
        message = "The bidding strategy type is not allowed for the campaign type."
        yield Fault("biddingError", "CANNOT_CREATE_CAMPAIGN_WITH_BIDDING_STRATEGY", message, where)
    conversions = Object.objects.present().filter(platform="google", kind=Object.Kind.CONVERSION)
    if strategy in _CONVERTING and not conversions.filter(account=mutation.account.external_id).exists():
        message = "Conversion tracking is not enabled in the account."
        yield Fault("campaignError", "CONVERSION_TRACKING_NOT_ENABLED", message, where)


def _dates(mutation: Mutation, fields: dict[str, Any]) -> Iterator[Fault]:
    found: dict[str, datetime] = {}
    for name, where, whole in (
        ("startDateTime", "start_date_time", "00:00:00"),
        ("endDateTime", "end_date_time", "23:59:59"),
    ):
        text = fields.get(name)
        if not text:
            continue
        match = _TIME.fullmatch(text)
        try:
            found[name] = datetime.strptime(text, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007
        except ValueError:
            match = None
        if match is None:
            yield Fault("dateRangeError", "INVALID_DATE", "Invalid date.", [(where, None)], trigger=text)
            return
        if match[2] != whole:
            message = "The requested date granularity is not supported."
            yield Fault("dateRangeError", "REQUESTED_DATE_GRANULARITY_NOT_SUPPORTED", message, [(where, None)])
    start, end = found.get("startDateTime"), found.get("endDateTime")
    if start and end and start > end:
        message = "The start date was after the end date."
        yield Fault("dateRangeError", "START_DATE_AFTER_END_DATE", message, [("end_date_time", None)])
    if end and end < today(mutation.account):
        message = "The end date cannot be set to the past."
        yield Fault("campaignError", "CANNOT_SET_DATE_TO_PAST", message, [("end_date_time", None)])
    if start and start < today(mutation.account) and "campaignBudget" in fields:
        message = "The start date cannot be set to the past."
        yield Fault("campaignError", "CANNOT_SET_DATE_TO_PAST", message, [("start_date_time", None)])


def _money(mutation: Mutation, fields: dict[str, Any], budget: Object) -> Iterator[Fault]:
    where, is_demand_gen = [("campaign_budget", None)], fields.get("advertisingChannelType") == "DEMAND_GEN"
    if budget.data["explicitlyShared"] and is_demand_gen:
        message = "The campaign cannot use a shared budget."
        yield Fault("campaignError", "CAMPAIGN_CANNOT_USE_SHARED_BUDGET", message, where)
    if not budget.data["explicitlyShared"] and budgets.is_used(budget):
        yield Fault("campaignError", "BUDGET_CANNOT_BE_SHARED", "The budget cannot be shared.", where)
    days = None
    if budget.data["period"] == "CUSTOM_PERIOD":
        if not fields.get("endDateTime"):
            message = "An end date is required for a total budget."
            code = "END_DATE_TIME_REQUIRED_FOR_TOTAL_BUDGET"
            yield Fault("campaignError", code, message, [("end_date_time", None)])
            return
        days = _days(mutation, fields)
    least, a_day = currencies.demand_gen_minimum(budget.data["currency"]), budgets.daily_micros(budget, days)
    if is_demand_gen and a_day is not None and a_day < least:
        details = {
            "budgetPerDayMinimumErrorDetails": {
                "budgetPerDayMinimumMicros": str(least),
                "minimumBudgetAmountMicros": str(least * (days or 1)),
                "currencyCode": budget.data["currency"],
            }
        }
        message = "The budget is below the per day minimum."
        yield Fault("campaignBudgetError", "BUDGET_BELOW_PER_DAY_MINIMUM", message, where, details=details)


def _days(mutation: Mutation, fields: dict[str, Any]) -> int | None:
    try:
        start, end = moment(fields.get("startDateTime")) or today(mutation.account), moment(fields["endDateTime"])
    except ValueError:
        return None
    return (end.date() - start.date()).days + 1 if end and end >= start else None


def _suffix(fields: dict[str, Any]) -> Iterator[Fault]:
    suffix = fields.get("finalUrlSuffix")
    if suffix and re.search(r"^[?&]|[\s#]", suffix):
        message = "The final URL suffix is malformed."
        yield Fault(
            "urlFieldError", "FINAL_URL_SUFFIX_MALFORMED", message, [("final_url_suffix", None)], trigger=suffix
        )
