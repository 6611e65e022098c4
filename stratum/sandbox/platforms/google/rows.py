"""What a query finds: the rows of each resource (v26, resources)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from stratum.sandbox.call import Call
from stratum.sandbox.models import Object, ObjectQuerySet

from . import access, assets, catalogue, currencies, statuses

Row = dict[str, dict[str, Any]]


def of(call: Call, account: Object, resource: str) -> Iterator[Row]:
    """All rows of a resource on the account, as this call sees them."""
    return _ROWS[resource](call, account)


def _customer(call: Call, account: Object) -> Iterator[Row]:
    yield {"customer": _about(account) | {"resourceName": f"customers/{account.external_id}"}}


def _customer_clients(call: Call, account: Object) -> Iterator[Row]:
    for client, level in access.below(account):
        name = f"customers/{account.external_id}/customerClients/{client.external_id}"
        more = {
            "level": str(level),
            "hidden": client.data["hidden"],
            "clientCustomer": f"customers/{client.external_id}",
            "resourceName": name,
        }
        yield {"customerClient": _about(client) | more}


def _about(account: Object) -> dict[str, Any]:
    # Test accounts are always reported as closed.
    status = "CLOSED" if account.data["test_account"] else account.data["status"]
    return {
        "id": account.external_id,
        "descriptiveName": account.name,
        "currencyCode": account.data["currency"],
        "timeZone": account.data["time_zone"],
        "manager": account.data["manager"],
        "testAccount": account.data["test_account"],
        "status": status,
    }


def _currencies(call: Call, account: Object) -> Iterator[Row]:
    for code in sorted(currencies.CURRENCIES):
        yield {
            "currencyConstant": {
                "resourceName": f"currencyConstants/{code}",
                "code": code,
                "billableUnitMicros": str(currencies.billable_unit(code)),
                "demandGenInfo": {"minimumBudgetPerDayMicros": str(currencies.demand_gen_minimum(code))},
            }
        }


def _campaigns(call: Call, account: Object) -> Iterator[Row]:
    budgets = {budget.external_id: budget for budget in _stored(call, account, Object.Kind.BUDGET, gone=True)}
    for campaign in _stored(call, account, Object.Kind.CAMPAIGN, gone=True):
        row = {"campaign": _campaign(call, campaign), "customer": _about(account)}
        budget = budgets.get(campaign.data["budget"])
        yield row | ({"campaignBudget": _budget(budget)} if budget else {})


def _campaign(call: Call, campaign: Object) -> dict[str, Any]:
    primary, reasons = statuses.primary(campaign, call.settings)
    names = (
        "advertisingChannelType", "startDateTime", "endDateTime", "finalUrlSuffix", "biddingStrategyType",
        "containsEuPoliticalAdvertising", "geoTargetTypeSetting", "networkSettings",
    )  # fmt: skip
    found = {name: campaign.data[name] for name in names if campaign.data.get(name) not in (None, {})}
    return found | {
        "resourceName": _name(campaign, "campaigns"),
        "id": campaign.external_id,
        "name": campaign.name,
        "status": campaign.status,
        "primaryStatus": primary,
        "primaryStatusReasons": reasons,
        "servingStatus": "ENDED" if primary == "ENDED" else "PENDING" if primary == "PENDING" else "SERVING",
        "campaignBudget": f"customers/{campaign.account}/campaignBudgets/{campaign.data['budget']}",
    }


def _budgets(call: Call, account: Object) -> Iterator[Row]:
    for budget in _stored(call, account, Object.Kind.BUDGET, gone=True):
        yield {"campaignBudget": _budget(budget)}


def _budget(budget: Object) -> dict[str, Any]:
    amounts = {name: str(budget.data[name]) for name in ("amountMicros", "totalAmountMicros") if budget.data.get(name)}
    return amounts | {
        "resourceName": _name(budget, "campaignBudgets"),
        "id": budget.external_id,
        "name": budget.name,
        "status": budget.status,
        "period": budget.data["period"],
        "explicitlyShared": budget.data["explicitlyShared"],
        "deliveryMethod": budget.data["deliveryMethod"],
    }


def _campaign_criteria(call: Call, account: Object) -> Iterator[Row]:
    for campaign in _stored(call, account, Object.Kind.CAMPAIGN, gone=True):
        for criterion in campaign.data["criteria"]:
            name = f"{_name(campaign, 'campaignCriteria')}~{criterion['criterionId']}"
            yield {"campaign": _campaign(call, campaign), "campaignCriterion": criterion | {"resourceName": name}}


def _ad_groups(call: Call, account: Object) -> Iterator[Row]:
    campaigns = _campaign_rows(call, account)
    for ad_group in _stored(call, account, Object.Kind.AD_SET, gone=True):
        if ad_group.parent in campaigns:
            yield {"campaign": campaigns[ad_group.parent], "adGroup": _ad_group(ad_group)}


def _ad_group(ad_group: Object) -> dict[str, Any]:
    return {
        "resourceName": _name(ad_group, "adGroups"),
        "id": ad_group.external_id,
        "name": ad_group.name,
        # What went with its campaign keeps its own status; it is only out of sight.
        "status": ad_group.status,
        "type": ad_group.data["type"],
        "campaign": f"customers/{ad_group.account}/campaigns/{ad_group.parent}",
        "optimizedTargetingEnabled": ad_group.data["optimizedTargetingEnabled"],
        "audienceSetting": {"useAudienceGrouped": ad_group.data["useAudienceGrouped"]},
    }


def _ad_group_criteria(call: Call, account: Object) -> Iterator[Row]:
    campaigns = _campaign_rows(call, account)
    for ad_group in _stored(call, account, Object.Kind.AD_SET, gone=True):
        if ad_group.parent not in campaigns:
            continue
        for criterion in [*ad_group.data["criteria"], *_default_people(ad_group)]:
            name = f"{_name(ad_group, 'adGroupCriteria')}~{criterion['criterionId']}"
            yield {
                "campaign": campaigns[ad_group.parent],
                "adGroup": _ad_group(ad_group),
                "adGroupCriterion": criterion | {"resourceName": name},
            }


def _default_people(ad_group: Object) -> Iterator[dict[str, Any]]:
    """Ages and genders that were not excluded are there as well, without anybody having made them."""
    kinds = {
        "ageRange": [(f"AGE_RANGE_{age}", 503000 + n) for n, age in enumerate(("UNDETERMINED", "18_24", "25_34"))],
        "gender": [("MALE", 10), ("FEMALE", 11), ("UNDETERMINED", 20)],
    }
    for kind, values in kinds.items():
        made = {criterion[kind]["type"] for criterion in ad_group.data["criteria"] if kind in criterion}
        for value, number in values:
            if value not in made:
                word = "AGE_RANGE" if kind == "ageRange" else "GENDER"
                yield {
                    "criterionId": str(number), "negative": False, "type": word, "status": "ENABLED", kind: {"type": value}
                }  # fmt: skip


def _ads(call: Call, account: Object) -> Iterator[Row]:
    campaigns = _campaign_rows(call, account)
    groups = {group.external_id: group for group in _stored(call, account, Object.Kind.AD_SET, gone=True)}
    for ad in _stored(call, account, Object.Kind.AD, gone=True):
        group = groups.get(ad.parent)
        if group is None or group.parent not in campaigns:
            continue
        review = statuses.review(ad, call.settings)
        yield {
            "campaign": campaigns[group.parent],
            "adGroup": _ad_group(group),
            "adGroupAd": {
                "resourceName": _name(ad, "adGroupAds"),
                "status": ad.status,
                "adGroup": _name(group, "adGroups"),
                "policySummary": review,
                "ad": _ad(ad),
            },
        }


def _ad(stored: Object) -> dict[str, Any]:
    ad_id = stored.external_id.rpartition("~")[2]
    about = {"id": ad_id, "type": stored.data["type"], "resourceName": f"customers/{stored.account}/ads/{ad_id}"}
    return stored.data["ad"] | about


def _assets(call: Call, account: Object) -> Iterator[Row]:
    for stored in _stored(call, account, Object.Kind.MEDIA):
        row: dict[str, Any] = {
            "resourceName": _name(stored, "assets"),
            "id": stored.external_id,
            "name": stored.name,
            "type": stored.data["asset_type"],
        }
        if stored.data["asset_type"] == "IMAGE":
            size = {"widthPixels": str(stored.data["width"]), "heightPixels": str(stored.data["height"])}
            row["imageAsset"] = {
                "fullSize": size | {"url": call.base_url + assets.url(stored)},
                "fileSize": str(stored.data["size"]),
                "mimeType": stored.data["mime_type"],
            }
        else:
            row["youtubeVideoAsset"] = {"youtubeVideoId": stored.data["youtube_video_id"]}
        yield {"asset": row}


def _conversions(call: Call, account: Object) -> Iterator[Row]:
    for stored in _stored(call, account, Object.Kind.CONVERSION):
        yield {
            "conversionAction": {
                "resourceName": _name(stored, "conversionActions"),
                "id": stored.external_id,
                "name": stored.name,
                "category": stored.data["category"],
                "status": stored.data["status"],
            }
        }


def _languages(call: Call, account: Object) -> Iterator[Row]:
    for number, (name, code) in catalogue.LANGUAGES.items():
        about = {"id": number, "name": name, "code": code, "targetable": True}
        yield {"languageConstant": about | {"resourceName": f"languageConstants/{number}"}}


def _interests(call: Call, account: Object) -> Iterator[Row]:
    for interest in catalogue.INTERESTS.values():
        yield {
            "userInterest": {
                "resourceName": f"customers/{account.external_id}/userInterests/{interest.id}",
                "userInterestId": interest.id,
                "name": interest.name,
                "taxonomyType": interest.taxonomy,
            }
        }


def _places(call: Call, account: Object) -> Iterator[Row]:
    for place in catalogue.places().values():
        yield {"geoTargetConstant": place_row(place)}


def place_row(place: catalogue.Place) -> dict[str, Any]:
    return {
        "resourceName": f"geoTargetConstants/{place.id}",
        "id": place.id,
        "name": place.name,
        "countryCode": place.country,
        "targetType": place.target_type,
        "status": place.status,
        "canonicalName": place.canonical_name,
    }


def _uploads(call: Call, account: Object) -> Iterator[Row]:
    for stored in _stored(call, account, Object.Kind.UPLOAD):
        if stored.data.get("finished_at") is None:
            continue
        state = statuses.upload(stored, call.settings)
        row = {
            "resourceName": _name(stored, "youTubeVideoUploads"),
            "videoUploadId": stored.external_id,
            "state": state,
            "channelId": "UCacmegooglemanaged00001",
        }
        yield {"youTubeVideoUpload": row | ({"videoId": stored.data["videoId"]} if state == "PROCESSED" else {})}


def _campaign_rows(call: Call, account: Object) -> dict[str, dict[str, Any]]:
    """Campaigns that can be seen from below: what hangs on a removed one is not found."""
    rows = (row["campaign"] for row in _campaigns(call, account))
    return {row["id"]: row for row in rows if row["status"] != "REMOVED"}


def _stored(call: Call, account: Object, kind: str, *, gone: bool = False) -> ObjectQuerySet:
    rows = Object.objects.filter(platform="google", kind=kind, account=account.external_id).seen(call.stale_seconds)
    return (rows if gone else rows.filter(deleted_at=None)).order_by("id")


def _name(stored: Object, collection: str) -> str:
    return f"customers/{stored.account}/{collection}/{stored.external_id}"


_ROWS: dict[str, Callable[[Call, Object], Iterator[Row]]] = {
    "customer": _customer,
    "customer_client": _customer_clients,
    "currency_constant": _currencies,
    "campaign": _campaigns,
    "campaign_budget": _budgets,
    "campaign_criterion": _campaign_criteria,
    "ad_group": _ad_groups,
    "ad_group_criterion": _ad_group_criteria,
    "ad_group_ad": _ads,
    "asset": _assets,
    "conversion_action": _conversions,
    "language_constant": _languages,
    "user_interest": _interests,
    "geo_target_constant": _places,
    "you_tube_video_upload": _uploads,
}
