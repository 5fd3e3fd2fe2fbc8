"""Which users and roles someone sees, changes and gives: never those with more permissions or departments than their own."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.models import Department, Membership, Role, User
from accounts.roles.permissions import (
    add_narrower_scopes,
    permissions_queryset,
    ungrantable_permissions_queryset,
)
from accounts.users.user_access import (
    get_changeable_role,
    get_changeable_user,
    get_self_or_changeable_user,
    get_visible_user,
    may_edit_role,
)
from tests.conftest import make_user

pytestmark = pytest.mark.django_db

VIEW, DELETE, EDIT = "leads.view_lead", "leads.delete_lead", "accounts.change_user"
HERE, EVERYWHERE = "accounts.see_departments", "accounts.see_all"
OWN = (HERE, VIEW, EDIT)


def make_role(name: str, rights: Sequence[str], **values: Any) -> Role:
    role = Role.objects.create(name=name, **values)
    found = permissions_queryset(rights)
    assert len(found) == len(rights)
    role.permissions.set(found)
    return role


@pytest.fixture
def make_person(departments):
    """make_person("eva", (HERE, VIEW), "sales export") has a role with just these permissions."""

    def make(name: str, *rights: Sequence[str], places: str = "sales", **values: Any) -> User:
        user = make_user(name, "", [getattr(departments, place) for place in places.split()], **values)
        for number, one in enumerate(rights):
            user.groups.add(make_role(f"of {name} {number}", one))
        return User.objects.with_rights().get(pk=user.pk)

    return make


class Reach(NamedTuple):
    """Who of the people below an editor of Sales may see, change, and give records to."""

    sees: bool
    changes: bool
    assigns: bool


NOT = Reach(False, False, False)
# Their roles, their departments, and the reach of an editor who sees the records of Sales, and of one who sees all.
PEOPLE: dict[str, tuple[list[Sequence[str]], dict[str, Any], Reach, Reach]] = {
    "the same permissions": ([OWN], {}, Reach(True, True, True), Reach(True, True, True)),
    "fewer permissions": ([(HERE,)], {}, Reach(True, True, True), Reach(True, True, True)),
    "no role": ([], {}, Reach(True, True, True), Reach(True, True, True)),
    "a narrower scope": ([("accounts.see_own", VIEW)], {}, Reach(True, True, True), Reach(True, True, True)),
    "one permission more": ([(HERE, DELETE)], {}, Reach(True, False, True), Reach(True, False, True)),
    "a second role with one permission more": (
        [OWN, (DELETE,)], {}, Reach(True, False, True), Reach(True, False, True),
    ),
    "a wider scope": ([(EVERYWHERE, VIEW)], {}, Reach(True, False, True), Reach(True, True, True)),
    "another department": ([OWN], {"places": "export"}, NOT, Reach(True, True, True)),
    "another department first": (
        [OWN], {"places": "export sales"}, Reach(True, False, True), Reach(True, True, True),
    ),
    "another department besides": (
        [OWN], {"places": "sales export"}, Reach(True, False, True), Reach(True, True, True),
    ),
    "no department": ([OWN], {"places": ""}, NOT, Reach(True, True, False)),
    "deactivated": ([OWN], {"is_active": False}, Reach(True, True, False), Reach(True, True, False)),
}  # fmt: skip


@pytest.mark.parametrize(("rights", "values", "here", "everywhere"), PEOPLE.values(), ids=PEOPLE)
def test_which_users_an_editor_reaches(rights, values, here, everywhere, make_person):
    person = make_person("eva", *rights, **values)
    for scope, reach in ((HERE, here), (EVERYWHERE, everywhere)):
        editor = make_person(f"editor-{scope}", (scope, VIEW, EDIT))
        rows = User.objects.filter(pk=person.pk)
        found = rows.visible_to(editor), rows.changeable_by(editor), rows.assignable_by(editor)
        assert Reach(*(one.exists() for one in found)) == reach, scope
        assert rows.assignable_by_or(editor, None).exists() == reach.assigns
        assert rows.assignable_by_or(editor, person.pk).exists()
        if not reach.sees:
            with pytest.raises(Http404):
                get_visible_user(editor, person.pk)
        elif not reach.changes:
            assert get_visible_user(editor, person.pk) == person
            with pytest.raises(PermissionDenied):
                get_changeable_user(editor, person.pk)
        else:
            assert get_changeable_user(editor, person.pk) == person


def test_a_user_without_departments_sees_and_changes_themselves_alone(make_person, bob):
    alone = make_person("eva", OWN, places="")
    assert list(User.objects.visible_to(alone)) == [alone]
    assert list(User.objects.changeable_by(alone)) == [alone]
    assert not User.objects.assignable_by(alone).exists()


def test_oneself_is_open_to_everyone_and_others_to_those_with_the_permission(make_person):
    plain, editor, other = make_person("eva", (HERE,)), make_person("ed", OWN), make_person("oana", (HERE,))
    assert get_self_or_changeable_user(plain, plain.pk) == plain
    assert get_self_or_changeable_user(editor, other.pk) == other
    for by, person in ((plain, other), (other, editor), (editor, make_person("ioan", (DELETE,)))):
        with pytest.raises(PermissionDenied):
            get_self_or_changeable_user(by, person.pk)
    with pytest.raises(Http404):
        get_self_or_changeable_user(editor, make_person("dora", places="export").pk)


# The role: its permissions and its key; where those who have it are; and whether an editor of Sales, and one who sees all, may
# give it, and change it.
ROLES: dict[str, tuple[Sequence[str], str, list[tuple[str, Sequence[str]]], tuple[bool, ...]]] = {
    "the same permissions": (OWN, "", [], (True, True, True, True)),
    "none": ((), "", [], (True, True, True, True)),
    "a narrower scope": (("accounts.see_unassigned",), "", [], (True, True, True, True)),
    "one permission more": ((DELETE,), "", [], (False, False, False, False)),
    "all records": ((EVERYWHERE,), "", [], (False, False, True, True)),
    "of the same department": (OWN, "", [("sales", ())], (True, True, True, True)),
    "of someone in another department": (OWN, "", [("sales", ()), ("export", ())], (True, False, True, True)),
    "of someone in another department besides": (OWN, "", [("sales export", ())], (True, False, True, True)),
    "of someone with more permissions": (OWN, "", [("sales", (DELETE,))], (True, False, True, True)),
    "one that Leadwell came with": (OWN, "trainee", [], (True, False, True, True)),
    "the Administrator without permissions": ((), "administrator", [], (True, False, True, False)),
}  # fmt: skip


@pytest.mark.parametrize(("rights", "key", "holders", "may"), ROLES.values(), ids=ROLES)
def test_which_roles_an_editor_gives_and_changes(rights, key, holders, may, make_person):
    if key == "administrator":
        Role.objects.filter(key=key).update(key="")
    role = make_role("Trainee", rights, key=key)
    for number, (places, more) in enumerate(holders):
        make_person(f"holder{number}", more, places=places).groups.add(role)
    found: list[bool] = []
    for scope in (HERE, EVERYWHERE):
        editor = make_person(f"editor-{scope}", (scope, VIEW, EDIT, "accounts.change_role"))
        rows = Role.objects.filter(pk=role.pk)
        changes = rows.changeable_by(editor).exists()
        found += [rows.grantable_by(editor).exists(), changes]
        assert may_edit_role(editor, role) is changes
        if changes:
            assert get_changeable_role(editor, role.pk) == role
        else:
            with pytest.raises(PermissionDenied):
                get_changeable_role(editor, role.pk)
    assert tuple(found) == may


def test_only_those_with_the_permission_edit_roles_and_only_administrators_the_administrator(
    make_person, ada
):
    plain, custom = make_person("eva", OWN), make_role("Trainee", [VIEW])
    assert Role.objects.changeable_by(plain).filter(pk=custom.pk).exists()
    assert not may_edit_role(plain, custom)
    administrator = Role.objects.get(key="administrator")
    every = make_person("ed", sorted(ada.granted_permissions))
    assert may_edit_role(ada, custom)
    assert may_edit_role(every, custom)
    assert (may_edit_role(ada, administrator), may_edit_role(every, administrator)) == (True, False)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert not may_edit_role(User.objects.with_rights().get(pk=ada.pk), administrator)


OWN_SCOPE, UNASSIGNED = "accounts.see_own", "accounts.see_unassigned"
SCOPES = {
    (): set(),
    (VIEW,): {VIEW},
    (OWN_SCOPE,): {OWN_SCOPE},
    (UNASSIGNED, VIEW): {OWN_SCOPE, UNASSIGNED, VIEW},
    (HERE,): {OWN_SCOPE, UNASSIGNED, HERE},
    (EVERYWHERE,): {OWN_SCOPE, UNASSIGNED, HERE, EVERYWHERE},
    (OWN_SCOPE, HERE): {OWN_SCOPE, UNASSIGNED, HERE},
}


@pytest.mark.parametrize(("held", "grants"), SCOPES.items(), ids=["; ".join(one) or "none" for one in SCOPES])
def test_which_scopes_can_be_given(held, grants, make_person):
    assert add_narrower_scopes(set(held)) == grants
    person = make_person("eva", held)
    assert person.rights == grants
    lacked = ungrantable_permissions_queryset(person)
    asked = [OWN_SCOPE, UNASSIGNED, HERE, EVERYWHERE, VIEW, DELETE]
    missing = permissions_queryset(asked).filter(pk__in=lacked.values("pk"))
    assert set(missing.values_list("full_name", flat=True)) == set(asked) - grants


def test_which_departments_are_offered(make_person, departments):
    here, everywhere = make_person("eva", OWN), make_person("ed", (EVERYWHERE,))
    sales, export = departments.sales, departments.export
    assert list(Department.objects.visible_to(here)) == [sales]
    assert list(Department.objects.visible_to(everywhere).by_name()) == [export, sales]
    assert list(Department.objects.offered_to(here, None)) == [sales]
    # The one that is chosen already stays, whoever sees it.
    assert set(Department.objects.offered_to(here, export.pk)) == {sales, export}
    Department.objects.filter(pk=sales.pk).update(retired=True)
    assert list(Department.objects.offered_to(here, None)) == []
    assert list(Department.objects.offered_to(everywhere, sales.pk).by_name()) == [export, sales]


def test_members_are_counted_and_found_by_their_departments(make_person, departments):
    both, left = make_person("eva", places="export sales"), make_person("ion", is_active=False)
    alone = make_person("oana", places="")
    numbers = Department.objects.with_member_counts().values_list("name", "members")
    assert dict(numbers) == {"Sales": 1, "Export": 1}
    assert set(User.objects.in_departments([departments.sales.pk])) == {both, left}
    assert set(User.objects.possible_heirs_or(None)) == {both}
    assert set(User.objects.possible_heirs_or(left.pk)) == {both, left}
    assert both.department_ids == [departments.export.pk, departments.sales.pk]
    again = User.objects.get(pk=both.pk)
    assert again.department_ids == both.department_ids
    assert again.installation_department_ids == sorted([departments.export.pk, departments.sales.pk])
    # A request reads the same with the user.
    loaded = User.objects.with_rights().get(pk=both.pk)
    assert loaded.department_ids == both.department_ids
    assert loaded.installation_department_ids == again.installation_department_ids
    # Without someone who is chosen, no one is added to those.
    make_user("first", "rep", [departments.sales], pk=1, is_active=False)
    assert set(User.objects.possible_heirs_or(None)) == {both}
    assert not User.objects.assignable_by_or(both, None).filter(pk=1).exists()
    both.set_departments([departments.sales])
    assert list(Membership.objects.filter(user=both).values_list("department", "position")) == [
        (departments.sales.pk, 0)
    ]
    assert alone.department_ids == []


@pytest.mark.parametrize(
    ("active", "about", "may"), [(True, None, True), (False, None, False), (True, "x", False)]
)
def test_a_permission_is_an_active_users_and_about_no_single_object(active, about, may, make_person):
    person = make_person("eva", OWN, is_active=active)
    assert person.has_perm(VIEW, about) is may
    assert User.objects.get(pk=person.pk).has_perm(VIEW, about) is may
    assert person.sees_departments is active
    assert not person.sees_everything
