"""A request reads the IDs of its user's permissions; each process keeps their names."""

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType

from accounts.models import Role, User
from accounts.models.role import SHIPPED_ENGLISH
from accounts.roles import permission_names
from leads.models import Lead
from tests.conftest import make_user


def read_joined_names(role: Role) -> set[str]:
    rows = role.permissions.values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in rows}


@pytest.mark.parametrize("key", SHIPPED_ENGLISH)
def test_the_permissions_of_a_user_are_those_of_the_role(departments, key):
    names = read_joined_names(Role.objects.get(key=key))
    assert names
    assert make_user("eve", key).granted_permissions == names


def test_two_roles_add_up(departments):
    user = make_user("eve", "rep")
    user.groups.add(Role.objects.get(key="operator"))
    both = [read_joined_names(Role.objects.get(key=key)) for key in ("rep", "operator")]
    assert User.objects.with_rights().get(pk=user.pk).granted_permissions == both[0] | both[1]
    assert both[0] | both[1] not in both


def test_a_permission_that_came_after_the_names_were_kept_is_known(departments):
    user = make_user("eve", "rep")
    added = Permission.objects.create(
        content_type=ContentType.objects.get_for_model(Lead), codename="paint_lead", name="Can paint leads"
    )
    Role.objects.get(key="rep").permissions.add(added)
    assert not user.has_perm("leads.paint_lead")
    assert User.objects.with_rights().get(pk=user.pk).has_perm("leads.paint_lead")


def test_the_names_are_read_once(departments, django_assert_num_queries, monkeypatch):
    user = make_user("eve", "manager")
    other = User.objects.with_rights().get(pk=user.pk)
    monkeypatch.setattr(permission_names, "_kept", {})
    with django_assert_num_queries(1):
        assert user.granted_permissions
    with django_assert_num_queries(0):
        assert other.granted_permissions == user.granted_permissions
