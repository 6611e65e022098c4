"""The fields of ad accounts, Pages, Instagram accounts and pixels (Marketing API v26 references)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.utils import timezone

from stratum.sandbox.models import Object

from .view import NAMED, NodeType, View, created_time, created_time_utc, stored_fields


def _utc_offset(stored: Object, view: View) -> float:
    offset = timezone.now().astimezone(ZoneInfo(stored.data["timezone_name"])).utcoffset()
    return offset.total_seconds() / 3600 if offset else 0.0


def _instagram_of_page(stored: Object, view: View) -> Object | None:
    linked = stored.data.get("instagram_business_account")
    return view.object(Object.Kind.INSTAGRAM, linked) if linked else None


_PAGE_TASKS = ["ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MANAGE"]

TYPES: dict[str, NodeType] = {
    Object.Kind.ACCOUNT: NodeType(
        "AdAccount",
        NAMED
        | stored_fields(
            "account_id", "account_status", "disable_reason", "currency", "timezone_id", "timezone_name", "user_tasks",
            "min_daily_budget", "default_dsa_beneficiary", "default_dsa_payor", "is_personal", "business",
        )
        | {
            "timezone_offset_hours_utc": _utc_offset,
            "amount_spent": lambda _stored, _view: "0",
            "balance": lambda _stored, _view: "0",
            "spend_cap": lambda _stored, _view: "0",
            "created_time": created_time,
            "owner": lambda stored, _: (stored.data["business"] or {}).get("id"),
        },
        ("id", "account_id"),
    ),
    Object.Kind.PAGE: NodeType(
        "Page",
        NAMED
        | {
            "tasks": lambda stored, _: stored.data.get("tasks", _PAGE_TASKS),
            "category": lambda stored, _: stored.data.get("category", "Shopping & retail"),
            "instagram_business_account": _instagram_of_page,
        },
        ("id", "name"),
    ),
    Object.Kind.INSTAGRAM: NodeType("IGUser", NAMED | {"username": lambda stored, _: stored.name}),
    Object.Kind.PIXEL: NodeType(
        "AdsPixel",
        NAMED
        | {
            "is_unavailable": lambda _stored, _view: False,
            "last_fired_time": created_time_utc,
            "creation_time": created_time_utc,
        },
    ),
}  # fmt: skip
