from __future__ import annotations

from stratum.models import User
from stratum.roles import PERMISSIONS, Role, assign


def test_every_role_has_exactly_its_permissions(db):
    from django.contrib.auth.models import Group

    for role, names in PERMISSIONS.items():
        group = Group.objects.get(name=role)
        held = {f"{p.content_type.app_label}.{p.codename}" for p in group.permissions.all()}
        assert held == set(names), role


def test_admins_and_approvers_are_staff_and_others_are_not(ada, anne, carl, paul, vera):
    assert [user.is_staff for user in (ada, anne, carl, paul, vera)] == [True, True, False, False, False]


def test_losing_the_role_takes_the_admin_away(anne):
    assign(anne, Role.VIEWER)

    assert User.objects.get(pk=anne.pk).is_staff is False


def test_people_with_a_permission_are_found_once_each(ada, anne, carl):
    assert set(User.objects.with_permission("campaigns.approve_campaigndraft")) == {ada, anne}
