"""POST customers/{id}/googleAds:mutate: the operations one after the other, and nothing of them if one fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from stratum.sandbox.call import Call
from stratum.sandbox.models import Object

from . import access, ad_groups, ads, assets, budgets, campaigns, criteria, errors, schema
from .errors import Fault, Refusal
from .mutation import Faults, Mutation, resource_name

MOST = 10_000
_Create = Callable[[Mutation, dict[str, Any]], Object]
_CREATE: dict[str, _Create] = {
    "assetOperation": assets.create,
    "campaignBudgetOperation": budgets.create,
    "campaignOperation": campaigns.create,
    "adGroupOperation": ad_groups.create,
    "adGroupAdOperation": ads.create,
}
_CRITERIA: dict[str, tuple[Callable[[Mutation, dict[str, Any]], str], str, str]] = {
    "campaignCriterionOperation": (criteria.create_on_campaign, "campaign", "campaignCriteria"),
    "adGroupCriterionOperation": (criteria.create_on_ad_group, "adGroup", "adGroupCriteria"),
}
_COLLECTIONS = {"campaignOperation": "campaigns", "adGroupOperation": "adGroups", "adGroupAdOperation": "adGroupAds"}
_UPDATE = {
    "campaignOperation": campaigns.update,
    "adGroupOperation": ad_groups.update,
    "adGroupAdOperation": ads.update,
}
_REMOVE = {
    "campaignOperation": campaigns.remove,
    "adGroupOperation": ad_groups.remove,
    "adGroupAdOperation": ads.remove,
}


class _Undone(Exception):
    """Takes back what a transaction did: it was only to be checked."""


def run(call: Call, account: Object) -> dict[str, Any]:
    """Carries out all operations or none; raises Refusal with every fault there is, or Plain for an unreadable body."""
    body = schema.read(call.json, schema.MUTATE)
    access.require_writable(account)
    operations = body.get("mutateOperations", [])
    _check_size(operations)
    if body.get("partialFailure"):
        message = "This request does not support partial failure."
        raise Refusal(Fault("mutateError", "OPERATION_DOES_NOT_SUPPORT_PARTIAL_FAILURE", message))
    results: list[dict[str, Any]] = []
    refused = call.refused_item()  # counted down out here, where nothing takes it back
    try:
        with transaction.atomic():
            results = _all(Mutation(call, account), operations, refused)
            if body.get("validateOnly"):
                raise _Undone
    except _Undone:
        return {}
    return {"mutateOperationResponses": results}


def _check_size(operations: list[Any]) -> None:
    if not operations:
        message = "At least one operation is required."
        raise Refusal(Fault("fieldError", "REQUIRED_NONEMPTY_LIST", message, [("mutate_operations", None)]))
    if len(operations) > MOST:
        message = f"Too many operations: at most {MOST}."
        raise Refusal(Fault("requestError", "TOO_MANY_MUTATE_OPERATIONS", message, [("mutate_operations", None)]))


def _all(mutation: Mutation, operations: list[dict[str, Any]], refused: int | None) -> list[dict[str, Any]]:
    results, faults = [], []
    for index, operation in enumerate(operations):
        name, body = _named(operation)
        kind = next((word for word in ("create", "update", "remove") if word in body), "create")
        try:
            if index == refused:
                raise Fault("fieldError", "INVALID_VALUE", "This one was refused by order.")
            result = _one(mutation, name, body)
            results.append({f"{name.removesuffix('Operation')}Result": {"resourceName": result}})
        except (Fault, Faults) as problem:
            own = problem.faults if isinstance(problem, Faults) else [problem]
            outside = [("mutate_operations", index), (schema.snake(name), None), (kind, None)]
            faults += [fault.below(*outside) for fault in own]
            mutation.failed.add(str((body.get("create") or {}).get("resourceName")))
    if faults:
        raise Refusal(*faults)
    return results


def _named(operation: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return next(iter(operation.items())) if operation else ("", {})


def _one(mutation: Mutation, name: str, body: dict[str, Any]) -> str:
    if name not in schema.OPERATIONS or not {"create", "update", "remove"} & body.keys():
        raise Fault("requestError", "OPERATION_REQUIRED", "The operation is missing.")
    if "create" in body:
        return _created(mutation, name, body["create"])
    if name not in _UPDATE:
        raise Fault("operatorError", "OPERATOR_NOT_SUPPORTED", "The operator is not supported.")
    if "update" in body:
        return _updated(mutation, name, body["update"], body.get("updateMask", ""))
    return _removed(mutation, name, body["remove"])


def _created(mutation: Mutation, name: str, fields: dict[str, Any]) -> str:
    own_name = fields.get("resourceName")
    mutation.announce(own_name)
    if name in _CRITERIA:
        make, parent, collection = _CRITERIA[name]
        criterion_id = make(mutation, fields)
        stored = mutation.find(fields[parent], f"{parent}s", parent)
        return f"customers/{stored.account}/{collection}/{stored.external_id}~{criterion_id}"
    stored = _CREATE[name](mutation, fields)
    if own_name:
        mutation.temporary[own_name] = stored
    return resource_name(stored)


def _updated(mutation: Mutation, name: str, fields: dict[str, Any], mask: str) -> str:
    stored = mutation.find(fields.get("resourceName"), _COLLECTIONS[name], "resource_name")
    if stored.deleted_at:
        raise errors.removed("resource_name")
    if not mask:
        raise Fault("fieldMaskError", "FIELD_MASK_MISSING", "The field mask must be provided.", [("update_mask", None)])
    named = [part.strip() for part in mask.split(",")]
    _UPDATE[name](mutation, stored, fields, named)
    if stored.status == "ENABLED" and stored.first_on_at is None:
        stored.first_on_at = timezone.now()
    stored.updated_at = timezone.now()
    stored.save()
    return resource_name(stored)


def _removed(mutation: Mutation, name: str, target: str) -> str:
    stored = mutation.find(target, _COLLECTIONS[name], "remove")
    if stored.deleted_at:
        raise errors.removed("remove")
    _REMOVE[name](mutation, stored)
    stored.updated_at = timezone.now()
    stored.save()
    return resource_name(stored)
