"""The roles of the team. They are Django groups; what each may do is listed here and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import TextChoices

if TYPE_CHECKING:
    from stratum.models import User


class Role(TextChoices):
    ADMIN = "Admin"
    CREATOR = "Creator"
    APPROVER = "Approver"
    FINANCE = "Finance"
    PUBLISHER = "Publisher"
    VIEWER = "Viewer"


STAFF_ROLES = frozenset({Role.ADMIN, Role.APPROVER, Role.FINANCE})

VIEW = [
    "adaccounts.view_adaccount",
    "campaigns.view_campaigndraft",
    "campaigns.view_approval",
    "campaigns.view_publishrun",
    "integrations.view_connection",
]
CREATE = ["campaigns.add_campaigndraft", "campaigns.change_campaigndraft", "campaigns.add_mediaasset"]
APPROVE = ["campaigns.approve_campaigndraft", "stratum.view_event"]
APPROVE_FINANCE = ["campaigns.approve_finance_campaigndraft", "stratum.view_event"]
PUBLISH = ["campaigns.publish_campaigndraft"]
MANAGE = [
    "integrations.change_connection",
    "integrations.view_apicall",
    "adaccounts.change_adaccount",
    "campaigns.change_any_campaigndraft",
    "stratum.view_user",
    "stratum.change_user",
    "stratum.view_webhook",
    "stratum.change_webhook",
    "stratum.view_event",
]

PERMISSIONS: dict[str, list[str]] = {
    Role.ADMIN: VIEW + CREATE + APPROVE + PUBLISH + MANAGE,
    Role.CREATOR: VIEW + CREATE,
    Role.APPROVER: VIEW + APPROVE,
    Role.FINANCE: VIEW + APPROVE_FINANCE,
    Role.PUBLISHER: VIEW + PUBLISH,
    Role.VIEWER: VIEW,
}


class ApprovalLevel(TextChoices):
    """Who has to approve a campaign: each level another person. The first is asked of every campaign."""

    APPROVER = "approver", "Approver"
    SECOND_APPROVER = "second_approver", "Second Approver"
    FINANCE = "finance", "Finance"
    ADMIN = "admin", "Admin"


#: Level → the permission that whoever approves for it must hold.
LEVEL_PERMISSION: dict[str, str] = {
    ApprovalLevel.APPROVER: "campaigns.approve_campaigndraft",
    ApprovalLevel.SECOND_APPROVER: "campaigns.approve_campaigndraft",
    ApprovalLevel.FINANCE: "campaigns.approve_finance_campaigndraft",
    ApprovalLevel.ADMIN: "adaccounts.change_adaccount",
}


def create_groups(**kwargs: Any) -> None:
    """Make the groups and their permissions equal to the table above.

    Runs after each migrate, and after each flush of a test database, which empties the groups as well.
    """
    from django.contrib.auth.models import Group, Permission
    from django.db.models import Q

    known = {f"{p.content_type.app_label}.{p.codename}": p for p in Permission.objects.select_related("content_type")}
    if not all(name in known for names in PERMISSIONS.values() for name in names):
        return  # some app's permissions are still to be created; the last app's signal finds them all
    for role, names in PERMISSIONS.items():
        group, _ = Group.objects.get_or_create(name=role)
        wanted = {known[name].pk for name in names}
        if set(group.permissions.values_list("pk", flat=True)) != wanted:
            group.permissions.set(Permission.objects.filter(Q(pk__in=wanted)))


def keep_staff_flag(instance: Any, action: str, reverse: bool, **kwargs: Any) -> None:
    """Give those who approve the Django admin, and take it from everybody else, whenever groups change."""
    if reverse or action not in {"post_add", "post_remove", "post_clear"}:
        return
    is_staff = instance.is_superuser or instance.groups.filter(name__in=STAFF_ROLES).exists()
    if instance.is_staff != is_staff:
        instance.is_staff = is_staff
        instance.save(update_fields=["is_staff"])


def assign(user: User, *names: Role) -> None:
    """Give the user exactly these roles."""
    from django.contrib.auth.models import Group

    user.groups.set(Group.objects.filter(name__in=names))
