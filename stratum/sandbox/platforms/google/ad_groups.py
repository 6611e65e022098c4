"""Ad groups (v26, ad_group, AdGroupError)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from stratum.sandbox import ids
from stratum.sandbox.models import Object

from . import campaigns
from .errors import Fault
from .mutation import Faults, Mutation, checked_name

_UPDATABLE = frozenset({"name", "status"})


def create(mutation: Mutation, fields: dict[str, Any]) -> Object:
    campaign = mutation.live(fields.get("campaign"), "campaigns", "campaign")
    faults = [
        *checked_name(fields.get("name"), "adGroupError INVALID_ADGROUP_NAME"),
        *_duplicate(mutation, campaign, fields.get("name")),
        *_type(campaign, fields),
    ]
    if faults:
        raise Faults(faults)
    status = fields.get("status", "ENABLED")
    data = {
        "type": fields.get("type") or ("SEARCH_STANDARD" if campaigns.channel(campaign) == "SEARCH" else "UNSPECIFIED"),
        # Demand Gen widens the audience unless told not to.
        "optimizedTargetingEnabled": fields.get(
            "optimizedTargetingEnabled", campaigns.channel(campaign) == "DEMAND_GEN"
        ),
        "useAudienceGrouped": fields.get("audienceSetting", {}).get("useAudienceGrouped", False),
        "criteria": [],
    }
    return Object.objects.create(
        platform="google",
        kind=Object.Kind.AD_SET,
        external_id=ids.digits(12, "1"),
        account=mutation.account.external_id,
        parent=campaign.external_id,
        name=fields["name"],
        status=status,
        data=data,
        first_on_at=timezone.now() if status == "ENABLED" else None,
    )


def update(mutation: Mutation, stored: Object, fields: dict[str, Any], mask: list[str]) -> None:
    unknown = [name for name in mask if name not in _UPDATABLE]
    if unknown:
        message = "The field cannot be changed once the ad group is there."
        raise Faults([Fault("fieldError", "IMMUTABLE_FIELD", message, [(unknown[0], None)])])
    if "status" in mask and fields.get("status") not in ("ENABLED", "PAUSED"):
        raise Faults([Fault("adGroupError", "INVALID_STATUS", "The status cannot be set.", [("status", None)])])
    stored.name = fields["name"] if "name" in mask else stored.name
    stored.status = fields["status"] if "status" in mask else stored.status


def remove(mutation: Mutation, stored: Object) -> None:
    stored.status, stored.deleted_at = "REMOVED", timezone.now()
    for ad in mutation.children(stored, Object.Kind.AD):
        Object.objects.filter(pk=ad.pk).update(deleted_at=timezone.now(), updated_at=timezone.now())


def campaign_of(ad_group: Object) -> Object:
    return Object.objects.get(platform="google", kind=Object.Kind.CAMPAIGN, external_id=ad_group.parent)


def _duplicate(mutation: Mutation, campaign: Object, name: Any) -> Iterator[Fault]:
    if any(other.name == name for other in mutation.children(campaign, Object.Kind.AD_SET)):
        message = "An ad group with the same name already exists in the campaign."
        yield Fault("adGroupError", "DUPLICATE_ADGROUP_NAME", message, [("name", None)], trigger=str(name))


def _type(campaign: Object, fields: dict[str, Any]) -> Iterator[Fault]:
    is_search = campaigns.channel(campaign) == "SEARCH"
    if fields.get("type", "UNSPECIFIED") not in (("SEARCH_STANDARD", "UNSPECIFIED") if is_search else ("UNSPECIFIED",)):
        message = "The ad group type is not compatible with the advertising channel type of the campaign."
        code = "AD_GROUP_TYPE_NOT_VALID_FOR_ADVERTISING_CHANNEL_TYPE"
        yield Fault("adGroupError", code, message, [("type", None)])
    for name, where in (
        ("demandGenAdGroupSettings", "demand_gen_ad_group_settings"),
        ("audienceSetting", "audience_setting"),
    ):
        if is_search and name in fields:
            message = "The setting value is not compatible with the campaign."
            yield Fault("settingError", "SETTING_VALUE_NOT_COMPATIBLE_WITH_CAMPAIGN", message, [(where, None)])
