"""SCIM's groups are the roles and departments: finding them, and changing who is in them."""

import pytest

from accounts.models import AccountChange, Department, Role, User
from tests.accounts.scim.conftest import named

pytestmark = pytest.mark.django_db


def roles(user: User) -> list[str]:
    return sorted(user.groups.values_list("name", flat=True))


def test_a_role_and_a_department_with_the_same_name_are_two_groups(provider):
    Role.objects.create(name="Berlin")
    Department.objects.create(name="Berlin")
    names = [one["displayName"] for one in provider.get("/Groups")["Resources"]]
    assert {"Role: Berlin", "Department: Berlin", "Role: Administrator"} <= set(names)
    for name in ("Role: Berlin", "Department: Berlin"):
        (one,) = provider.find("/Groups", f'displayName eq "{name}"')["Resources"]
        assert one["id"].startswith(name.partition(":")[0].lower())


def test_a_group_lists_its_members_with_their_names(provider, group_of, bob, ben):
    shown = provider.get(group_of("Role: Sales Rep"))
    members = {member["value"]: member["display"] for member in shown["members"]}
    assert members[str(bob.pk)] == "Bob"
    assert members[str(ben.pk)] == "Ben"
    assert shown["meta"]["location"].endswith(shown["id"])


def test_retired_roles_and_departments_are_no_groups(provider):
    Role.objects.create(name="Old", retired=True)
    Department.objects.create(name="Old", retired=True)
    names = [one["displayName"] for one in provider.get("/Groups")["Resources"]]
    assert not [name for name in names if "Old" in name]


def test_entra_adds_a_member_and_removes_one_by_its_value(provider, group_of, bob):
    operator = group_of("Role: Operator")
    answer = provider.patch(operator, {"op": "Add", "path": "members", "value": [{"value": str(bob.pk)}]})
    assert str(bob.pk) in [member["value"] for member in answer["members"]]
    assert roles(bob) == ["Operator", "Sales Rep"]
    provider.patch(operator, {"op": "Remove", "path": "members", "value": [{"value": str(bob.pk)}]})
    assert roles(bob) == ["Sales Rep"]


def test_okta_adds_and_removes_members_with_a_filter_in_the_path(provider, group_of, bob, ben, departments):
    export = group_of("Department: Export")
    both = [{"value": str(bob.pk), "display": "bob@example.com"}, {"value": str(ben.pk)}]
    provider.patch(export, {"op": "add", "path": "members", "value": both})
    for user in (bob, ben):
        assert named(user.email).department_ids == [departments.sales.pk, departments.export.pk]
    provider.patch(export, {"op": "remove", "path": f'members[value eq "{bob.pk}"]'})
    assert named(bob.email).department_ids == [departments.sales.pk]
    assert named(ben.email).department_ids == [departments.sales.pk, departments.export.pk]


def test_adding_a_member_twice_changes_nothing(provider, group_of, bob, noted):
    operator = group_of("Role: Operator")
    add = {"op": "add", "path": "members", "value": [{"value": str(bob.pk)}]}
    for _time in range(2):
        provider.patch(operator, add)
    assert AccountChange.objects.filter(user=bob, kind="roles").count() == 1


def test_okta_replaces_all_members(provider, group_of, bob, oscar):
    operator = group_of("Role: Operator")
    provider.patch(operator, {"op": "replace", "path": "members", "value": [{"value": str(bob.pk)}]})
    assert (roles(bob), roles(oscar)) == (["Operator", "Sales Rep"], [])
    provider.call("PUT", operator, {"displayName": "Role: Operator", "members": [{"value": str(oscar.pk)}]})
    assert (roles(bob), roles(oscar)) == (["Sales Rep"], ["Operator"])
    provider.call("PUT", operator, {"displayName": "Role: Operator"})
    assert roles(oscar) == ["Operator"]


def test_removing_members_without_naming_any_removes_all(provider, group_of, bob, ben, dan):
    provider.patch(group_of("Role: Sales Rep"), {"op": "remove", "path": "members"})
    assert [roles(user) for user in (bob, ben, dan)] == [[], [], []]


def test_a_member_who_does_not_exist_is_named_and_none_is_added(provider, group_of, bob):
    both = [{"value": str(bob.pk)}, {"value": "987654321"}]
    answer = provider.patch(
        group_of("Role: Operator"), {"op": "add", "path": "members", "value": both}, expect=400
    )
    assert answer["detail"] == "There is no user with the id '987654321'."
    assert roles(bob) == ["Sales Rep"]


@pytest.mark.parametrize("value", [[{"display": "Bob"}], [[]], {"value": True}, [None], "x"])
def test_members_without_a_usable_id_are_400(provider, group_of, value):
    add = {"op": "add", "path": "members", "value": value}
    assert provider.patch(group_of("Role: Operator"), add, expect=400)["scimType"] == "invalidValue"


def test_the_last_administrator_cannot_lose_the_role_nor_be_deactivated(provider, group_of, ada, sofia):
    administrators = group_of("Role: Administrator")
    provider.patch(administrators, {"op": "add", "path": "members", "value": [{"value": str(sofia.pk)}]})
    assert "Administrator" in roles(sofia)
    answer = provider.patch(administrators, {"op": "remove", "path": "members"}, expect=409)
    assert answer["detail"] == "This token works on behalf of Ada, who has to stay an administrator."
    assert "Administrator" in roles(ada)
    assert "Administrator" in roles(sofia)
    provider.patch(administrators, {"op": "remove", "path": f'members[value eq "{sofia.pk}"]'})
    assert "Administrator" not in roles(sofia)


def test_only_a_group_makes_a_user_an_administrator(provider, group_of, okta):
    made = provider.call("POST", "/Users", {**okta, "roles": [{"value": "Administrator"}]}, 201)
    user = User.objects.get(pk=made["id"])
    assert not user.is_administrator
    provider.patch(
        group_of("Role: Administrator"), {"op": "add", "value": {"members": [{"value": made["id"]}]}}
    )
    assert User.objects.get(pk=user.pk).is_administrator


def test_groups_are_found_by_name_external_id_and_member(provider, group_of, bob):
    rep = group_of("role: SALES rep")
    provider.patch(rep, {"op": "Replace", "path": "externalId", "value": "8f0e"})
    for asked in (
        'externalId eq "8f0e"',
        f'id eq "{rep.removeprefix("/Groups/")}" and members eq "{bob.pk}"',
        f'members.value eq "{bob.pk}" and displayName eq "Role: Sales Rep"',
    ):
        found = provider.find("/Groups", asked)["Resources"]
        assert [one["displayName"] for one in found] == ["Role: Sales Rep"]
        assert found[0]["externalId"] == "8f0e"
    assert provider.find("/Groups", 'externalId eq ""')["Resources"] == []
    assert provider.find("/Groups", 'members eq "x"')["Resources"] == []
    assert provider.find("/Groups", 'colour eq "red"', expect=400)["scimType"] == "invalidFilter"


def test_members_are_left_out_on_request(provider, group_of):
    for query in ("excludedAttributes=members", "attributes=displayName"):
        shown = provider.get(f"/Groups?{query}")["Resources"][0]
        assert "members" not in shown
        assert shown["displayName"]
    assert "members" not in provider.get(f"{group_of('Role: Operator')}?excludedAttributes=members")


def test_a_group_keeps_its_name_and_cannot_be_created_or_deleted(provider, group_of):
    operator = group_of("Role: Operator")
    answer = provider.patch(operator, {"op": "replace", "value": {"displayName": "Other"}}, expect=400)
    assert answer["scimType"] == "mutability"
    key = operator.removeprefix("/Groups/")
    provider.patch(operator, {"op": "replace", "value": {"id": key, "displayName": "Role: Operator"}})
    said = provider.call("POST", "/Groups", {"displayName": "Role: Team"}, 403)["detail"]
    assert "Create the role or department in Leadwell" in said
    assert (
        provider.call("POST", "/Groups", {"displayName": "Role: Operator"}, 409)["scimType"] == "uniqueness"
    )
    assert "retired in Leadwell" in provider.call("DELETE", operator, expect=403)["detail"]
    assert Role.objects.filter(name="Operator", retired=False).exists()


def test_groups_that_do_not_exist_are_404(provider):
    for key in ("role-987654321", "department-0", "7", "role-", "x"):
        provider.get(f"/Groups/{key}", expect=404)
        provider.patch(f"/Groups/{key}", {"op": "remove", "path": "members"}, expect=404)


@pytest.mark.parametrize(
    "path", ["members[0]", 'members[value eq "7" or value eq "8"]', "displayName[0]", "externalId[0]"]
)
def test_an_odd_path_is_an_error_and_the_members_stay(provider, group_of, bob, path):
    rep = group_of("Role: Sales Rep")
    before = provider.get(rep)["members"]
    assert str(bob.pk) in {member["value"] for member in before}
    assert provider.patch(rep, {"op": "remove", "path": path}, expect=400)["scimType"] == "invalidPath"
    assert provider.get(rep)["members"] == before


@pytest.mark.parametrize("value", ["a\0b", "\ud800", "a\nb"])
def test_an_external_id_with_broken_characters_is_an_error(provider, group_of, value):
    change = {"op": "replace", "path": "externalId", "value": value}
    assert provider.patch(group_of("Role: Sales Rep"), change, expect=400)["scimType"] == "invalidValue"
