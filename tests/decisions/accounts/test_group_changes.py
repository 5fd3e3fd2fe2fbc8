"""What a call of an identity provider about a role or a department changes: its members and what the provider calls it, never its name."""

from typing import Any

import pytest

from accounts.models import AccountChange, Department, Membership, ProvisionedGroup, Role, User
from accounts.scim.group_membership import NAMED_HERE, patch_group, replace_group
from accounts.scim.group_reading import ScimGroup
from accounts.scim.patch_parser import PatchStep
from accounts.scim.problems import ScimProblem
from crm.models import Token
from tests.conftest import make_user

pytestmark = pytest.mark.django_db

OURS = "Role: Agent"
OF_ID = "externalId has to be a text of at most 255 characters, without control characters."
OF_MEMBERS = "members has to be a list."


@pytest.fixture
def token(ada) -> Token:
    made = Token(user=ada, name="Entra", purpose=Token.Purpose.SCIM)
    made.set_new_secret()
    made.save()
    return made


@pytest.fixture
def group(token, departments) -> ScimGroup:
    """The role Agent, which Eva has, and which the identity provider calls "ops"; another one it calls "reps"."""
    eva, _ion = (make_user(name, "rep", [departments.sales]) for name in ("eva", "ion"))
    ProvisionedGroup.objects.create(role=Role.objects.get(key="rep"), external_id="reps")
    role = Role.objects.create(name="Agent")
    eva.groups.add(role)
    ProvisionedGroup.objects.create(role=role, external_id="ops")
    return ScimGroup(role)


def read_state(group: ScimGroup) -> tuple[str, list[str]]:
    """What the provider calls the group, and its members by name."""
    called = dict(ProvisionedGroup.objects.values_list("role", "external_id"))
    assert called.pop(Role.objects.get(key="rep").pk) == "reps"
    (external_id,) = called.values()
    return external_id, sorted(User.objects.filter(groups=group.row.pk).values_list("name", flat=True))


def fill_in(value: Any) -> Any:
    """Names in a list become members, as a provider sends them; no user has the id 0."""
    ids = {user.name: str(user.pk) for user in User.objects.filter(name__in=["Eva", "Ion"])}
    return [{"value": ids.get(name, "0")} for name in value] if isinstance(value, list) else value


# What a PUT of the group has, and then the name that the provider has for it and its members, or why it is refused.
PUTS: dict[str, tuple[dict[str, Any], str, list[str], str]] = {
    "nothing": ({}, "ops", ["Eva"], ""),
    "another member": ({"members": ["Ion"]}, "ops", ["Ion"], ""),
    "a further member": ({"members": ["Eva", "Ion"]}, "ops", ["Eva", "Ion"], ""),
    "in other letters": ({"MEMBERS": ["Ion"], "EXTERNALID": "7"}, "7", ["Ion"], ""),
    "no members": ({"members": []}, "ops", [], ""),
    "null as the members": ({"members": None}, "ops", [], ""),
    "a member without a list": ({"members": {"value": "1"}}, "ops", ["Eva"], OF_MEMBERS),
    "a member that is unknown": ({"members": ["Ion", "Unknown"]}, "ops", ["Eva"], "There is no user with the id '0'."),
    "its own name": ({"displayName": OURS}, "ops", ["Eva"], ""),
    "null as the name": ({"displayName": None}, "ops", ["Eva"], ""),
    "another name": ({"displayName": "Callers"}, "ops", ["Eva"], NAMED_HERE),
    "an empty name": ({"displayName": ""}, "ops", ["Eva"], NAMED_HERE),
    "its name in other letters": ({"displayname": OURS.upper()}, "ops", ["Eva"], NAMED_HERE),
    "another externalId": ({"externalId": " 7 "}, "7", ["Eva"], ""),
    "an empty externalId": ({"externalId": ""}, "", ["Eva"], ""),
    "an externalId as long as it can be": ({"externalId": "x" * 255}, "x" * 255, ["Eva"], ""),
    "a longer externalId": ({"externalId": "x" * 256}, "ops", ["Eva"], OF_ID),
    "a number as the externalId": ({"externalId": 7}, "ops", ["Eva"], OF_ID),
    "null as the externalId": ({"externalId": None}, "ops", ["Eva"], OF_ID),
    "an externalId with a character that no text has": ({"externalId": "a\0b"}, "ops", ["Eva"], OF_ID),
}  # fmt: skip


@pytest.mark.parametrize(("body", "called", "members", "why"), PUTS.values(), ids=PUTS)
def test_what_a_put_of_a_group_changes(body, called, members, why, group, token):
    check_change(
        lambda: replace_group(group, {name: fill_in(value) for name, value in body.items()}, token), why
    )
    assert read_state(group) == (called, members)


# The operation, its path and its value, and the same.
PATCHES: dict[str, tuple[str, str, Any, str, list[str], str]] = {
    "a member is added": ("add", "members", ["Ion"], "ops", ["Eva", "Ion"], ""),
    "a member is removed": ("remove", "members", ["Eva"], "ops", [], ""),
    "all members are removed": ("remove", "members", None, "ops", [], ""),
    "the members are replaced": ("replace", "MEMBERS", ["Ion"], "ops", ["Ion"], ""),
    "the members are replaced by nothing": ("replace", "members", None, "ops", [], ""),
    "nothing is added to the members": ("add", "members", None, "ops", ["Eva"], ""),
    "a member by a filter that finds no one": ("remove", 'members[value eq "0"]', None, "ops", ["Eva"], ""),
    "its own name": ("replace", "displayName", OURS, "ops", ["Eva"], ""),
    "another name": ("replace", "displayName", "Callers", "ops", ["Eva"], NAMED_HERE),
    "another externalId": ("replace", "externalId", "7", "7", ["Eva"], ""),
    "the externalId is removed": ("remove", "externalId", "7", "", ["Eva"], ""),
    "an id, which stays": ("replace", "id", "role-1", "ops", ["Eva"], ""),
    "schemas and meta, which mean nothing": ("replace", "schemas", [], "ops", ["Eva"], ""),
    "an unknown attribute": ("replace", "memberships", [], "ops", ["Eva"], "The attribute 'memberships' is unknown."),
}  # fmt: skip


@pytest.mark.parametrize(("act", "path", "value", "called", "members", "why"), PATCHES.values(), ids=PATCHES)
def test_what_a_patch_of_a_group_changes(act, path, value, called, members, why, group, token):
    check_change(lambda: patch_group(group, [PatchStep(act, path, fill_in(value))], token), why)
    assert read_state(group) == (called, members)


def check_change(change: Any, why: str) -> None:
    if not why:
        change()
        return
    with pytest.raises(ScimProblem) as refused:
        change()
    assert (refused.value.status, refused.value.message) == (400, why)


def test_a_department_is_called_by_the_provider_apart_from_a_role_with_its_number(token, departments):
    department = ScimGroup(departments.sales)
    replace_group(department, {"externalId": "sales"}, token)
    replace_group(department, {"externalId": "s"}, token)
    row = ProvisionedGroup.objects.get()
    assert (row.role, row.department, row.external_id) == (None, departments.sales, "s")


def test_of_members_that_are_unknown_one_is_named_with_the_beginning_of_its_id(group, token):
    entries = [{"value": sign * 60} for sign in "cab"]
    check_change(
        lambda: replace_group(group, {"members": entries}, token),
        f"There is no user with the id '{'a' * 50}'.",
    )


def test_the_user_of_the_token_may_lose_any_role_but_that_of_administrators(group, token, ada):
    ada.groups.add(group.row)
    replace_group(group, {"members": []}, token)
    assert list(ada.groups.values_list("name", flat=True)) == ["Administrator"]


def test_members_change_in_the_order_of_their_ids_and_what_changed_is_named(group, token):
    ids = [str(user.pk) for user in User.objects.filter(name__in=["Eva", "Ion"]).order_by("-pk")]
    members = [{"value": pk} for pk in ids]
    for name in ("Second", "Third"):
        row = Department.objects.create(name=name, country="RO")
        replace_group(ScimGroup(row), {"members": members}, token)
    replace_group(group, {"members": members[:1]}, token)
    told = AccountChange.objects.filter(program="Entra").order_by("pk").values_list("user__name", "kind")
    kinds = AccountChange.Kind
    assert list(told) == [
        ("Eva", kinds.DEPARTMENTS), ("Ion", kinds.DEPARTMENTS), ("Eva", kinds.DEPARTMENTS), ("Ion", kinds.DEPARTMENTS),
        ("Ion", kinds.ROLES), ("Eva", kinds.ROLES),
    ]  # fmt: skip
    rows = Membership.objects.filter(user=ids[0]).order_by("position")
    assert list(rows.values_list("department__name", "position")) == [
        ("Sales", 0),
        ("Second", 1),
        ("Third", 2),
    ]
    dora = make_user("dora", "rep")
    replace_group(ScimGroup(row), {"members": [{"value": str(dora.pk)}]}, token)
    assert dora.memberships.get().position == 0
