"""Who sees and who changes which lead: one rule, however it is applied."""

import pytest

from accounts.models import Role
from accounts.roles.initial_data import permissions_queryset
from crm.fields.sort_segments import ColumnSort
from crm.records.paging.keyset_pages import read_page
from leads.models import Lead
from tests.conftest import make_user


@pytest.fixture
def world(cast, departments, make_lead):
    """Leads of both departments: owned, unassigned, shared, and one whose owner has left the department."""
    return {
        "bob's": make_lead("Ana Bob", owner=cast.bob),
        "ben's": make_lead("Ana Ben", owner=cast.ben),
        "free": make_lead("Ana Free"),
        "shared": make_lead("Ana Shared", owner=cast.ben, shared=True),
        "dan's": make_lead("Ana Dan", owner=cast.dan, department=departments.export),
        "export free": make_lead("Ana Export", department=departments.export),
        "export shared": make_lead("Ana Both", department=departments.export, shared=True),
        "bob's elsewhere": make_lead("Ana Left", owner=cast.bob, department=departments.export),
    }


ALL = {"bob's", "ben's", "free", "shared", "dan's", "export free", "export shared", "bob's elsewhere"}
SALES = {"bob's", "ben's", "free", "shared"}
EXPORT = {"dan's", "export free", "export shared", "bob's elsewhere"}
SEEN = {
    "bob": {"bob's", "free", "shared", "export shared", "bob's elsewhere"},
    "dan": {"dan's", "export free", "shared", "export shared"},
    "oscar": SALES | {"export shared"},
    "ann": SALES | {"export shared"},
    "carla": EXPORT | {"shared"},
    "sofia": ALL,
    "conrad": ALL,
    "ada": ALL,
}
CHANGED = {
    "bob": {"bob's", "bob's elsewhere"},
    "dan": {"dan's"},
    "oscar": SALES,
    "ann": SALES,
    "carla": EXPORT,
    "sofia": ALL,
    "conrad": ALL,
    "ada": ALL,
}


def names(rows, world):
    by_id = {lead.pk: name for name, lead in world.items()}
    return {by_id[pk] for pk in rows}


@pytest.mark.parametrize("who", SEEN)
def test_each_role_sees_exactly_its_leads(who, world, cast):
    user = getattr(cast, who)
    assert names(Lead.objects.visible_to(user).values_list("pk", flat=True), world) == SEEN[who]


@pytest.mark.parametrize("who", SEEN)
@pytest.mark.parametrize("led_by", [("department_id",), ("department_id", "owner_id", ""), ("",), ()])
def test_the_slices_of_a_page_contain_exactly_the_visible_leads(who, led_by, world, cast):
    user = getattr(cast, who)
    page = read_page(
        Lead.objects.all(),
        Lead.scope.build_slices(user, led_by),
        ColumnSort("created_at", prefixes=led_by),
        size=50,
    )
    assert names(page.ids, world) == SEEN[who]
    assert len(page.ids) == len(set(page.ids))


@pytest.mark.parametrize("who", CHANGED)
def test_each_role_changes_exactly_its_leads(who, world, cast):
    user = getattr(cast, who)
    assert names(Lead.objects.changeable_by(user).values_list("pk", flat=True), world) == CHANGED[who]


def test_a_role_for_own_leads_only_does_not_see_unassigned_ones(world, departments):
    role = Role.objects.create(name="Only own")
    role.permissions.set(permissions_queryset(["accounts.see_own", "leads.view_lead"]))
    user = make_user("eve", "", [departments.sales])
    user.groups.add(role)
    user = type(user).objects.with_rights().get(pk=user.pk)
    assert names(Lead.objects.visible_to(user).values_list("pk", flat=True), world) == {
        "shared",
        "export shared",
    }


def test_a_user_without_any_scope_sees_nothing_not_even_shared_leads(world, departments):
    user = make_user("eve", "", [departments.sales])
    assert not Lead.objects.visible_to(user).exists()
    assert (
        read_page(
            Lead.objects.all(), Lead.scope.build_slices(user, ("department_id",)), ColumnSort("id"), size=9
        ).ids
        == []
    )


def test_the_wider_scope_of_two_roles_applies(world, bob):
    bob.groups.add(Role.objects.get(key="operator"))
    bob = type(bob).objects.with_rights().get(pk=bob.pk)
    assert names(Lead.objects.visible_to(bob).values_list("pk", flat=True), world) == SALES | {
        "export shared",
        "bob's elsewhere",
    }


def test_only_unassigned_leads_of_your_departments_can_be_taken(world, cast):
    assert names(Lead.objects.takeable_by(cast.bob).values_list("pk", flat=True), world) == {"free"}
    assert names(Lead.objects.takeable_by(cast.ada).values_list("pk", flat=True), world) == {
        "free",
        "export free",
        "export shared",
    }
