"""Whose pages an administrator may view, what is said about who sees a record, and which users a form is about."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from accounts.models import Department, Inspection, Role, User
from accounts.models.inspection import FRESH
from accounts.roles.forms import NewRoleForm, RoleForm
from accounts.users.forms import UserForm
from accounts.users.page_viewing import get_viewed_user, is_shown_in_view
from accounts.users.undo_check import get_undo_remedy
from accounts.visibility_reasons import describe_other_viewers, describe_permissions, get_visibility_reason
from crm.models import Change, Operation
from crm.records.history.verb_execution import operation
from leads.kind import LEAD
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def with_rights(user: User) -> User:
    return User.objects.with_rights().get(pk=user.pk)


# By whom, whose pages, the age of the confirmation, what is different, and whether they are shown.
VIEWED: dict[str, tuple[str, str, timedelta | None, str, bool]] = {
    "an administrator who has confirmed": ("ada", "dan", MINUTE, "", True),
    "one who hasn't": ("ada", "dan", None, "", False),
    "one who has for someone else": ("ada", "bob", MINUTE, "", False),
    "almost an hour ago": ("ada", "dan", FRESH - MINUTE, "", True),
    "more than an hour ago": ("ada", "dan", FRESH + MINUTE, "", False),
    "who isn't an administrator": ("conrad", "dan", MINUTE, "", False),
    "who isn't an administrator, with all permissions": ("conrad", "dan", MINUTE, "all", False),
    "an administrator who may not change users": ("ada", "dan", MINUTE, "-change_user", False),
    "an administrator who doesn't see the user": ("ada", "dan", MINUTE, "-see_all", False),
    "a deactivated user": ("ada", "dan", MINUTE, "left", False),
}


@pytest.mark.parametrize(("by", "of", "age", "other", "shown"), VIEWED.values(), ids=VIEWED)
def test_whose_pages_are_shown(by, of, age, other, shown, cast):
    viewer, person = getattr(cast, by), cast.dan
    if age is not None:
        Inspection.objects.create(by=viewer, user=getattr(cast, of), at=timezone.now() - age)
    rights = cast.ada.groups.get().permissions
    if other == "all":
        viewer.groups.get().permissions.set(rights.all())
    elif other.startswith("-"):
        rights.remove(Permission.objects.get(codename=other[1:]))
    elif other == "left":
        User.objects.filter(pk=person.pk).update(is_active=False)
    found = get_viewed_user(with_rights(viewer), person.pk)
    assert (found is not None) is shown
    if found is not None:
        assert (found.pk, found.sees_private, found.second_factor_due) == (person.pk, False, None)
    assert get_viewed_user(with_rights(viewer), 0) is None


ALL = "take_lead change_lead assign_lead export_lead delete_lead purge_lead view_lead"
# The scope and the permissions of a user of Sales, the lead, and what they may do with it.
MAY: dict[str, tuple[str, dict[str, Any], str]] = {
    "a colleague's": (f"see_departments {ALL}", {"owner": "bob"}, "change, assign, export and delete"),
    "one of no one": (f"see_departments {ALL}", {}, "take, change, assign, export and delete"),
    "one of no one that they may only take": (f"see_unassigned {ALL}", {}, "take and export"),
    "a shared one": (f"see_own {ALL}", {"owner": "bob", "shared": True}, "export"),
    "one in Trash": (f"see_departments {ALL}", {"deleted": True}, "restore and delete permanently"),
    "a shared one in Trash": (f"see_own {ALL}", {"owner": "bob", "shared": True, "deleted": True}, ""),
    "with one permission": ("see_departments view_lead assign_lead", {}, "assign"),
    "without permissions": ("see_departments view_lead", {}, ""),
}


@pytest.mark.parametrize(("rights", "values", "may"), MAY.values(), ids=MAY)
def test_what_a_user_may_do_with_a_record_is_said(rights, values, may, someone_with, bob, make_lead):
    values = dict(values)
    if values.pop("deleted", False):
        values["deleted_at"] = timezone.now()
    if "owner" in values:
        values["owner"] = bob
    said = describe_permissions(make_lead(**values), someone_with(*rights.split()), LEAD)
    nothing = "You can view this record, but you can’t change it."
    assert said == (f"You can also {may} this record." if may else nothing)


def make_role(name: str, *codenames: str, app: str = "") -> Role:
    role = Role.objects.create(name=name)
    found = Permission.objects.filter(codename__in=codenames)
    role.permissions.set(found.filter(content_type__app_label=app) if app else found)
    return role


def test_the_role_that_shows_a_record_is_named(bob, ben, ada, departments, make_lead):
    """Of a user with several roles, the first one by name that does."""
    eva = make_user("eva", "", [departments.sales])
    for name, rights in (("A", ["view_lead"]), ("C", ["see_all"]), ("B", ["see_all"])):
        eva.groups.add(make_role(name, *rights))
    lead = make_lead(owner=bob)
    assert "<b>B</b>" in get_visibility_reason(lead, with_rights(eva))
    User.objects.exclude(pk__in=[eva.pk, bob.pk]).update(is_active=False)
    assert describe_other_viewers(lead, bob, LEAD) == "It’s also visible to 1 with the role B."


def test_only_those_with_the_permission_of_the_record_type_are_counted(bob, departments, make_lead):
    lead = make_lead(owner=bob)
    User.objects.exclude(pk=bob.pk).update(is_active=False)
    eva = make_user("eva", "", [departments.sales])
    eva.groups.add(make_role("Sees", "see_all"))
    assert describe_other_viewers(lead, bob, LEAD) == "No one else can view it."
    # The permission of another app that is called the same.
    other = ContentType.objects.get_by_natural_key("customers", "company")
    right, _made = Permission.objects.get_or_create(content_type=other, codename="view_lead")
    eva.groups.get().permissions.add(right)
    assert describe_other_viewers(lead, bob, LEAD) == "No one else can view it."
    eva.groups.add(make_role("Views", "view_lead", app="leads"))
    assert describe_other_viewers(lead, bob, LEAD) == "It’s also visible to 1 with the role Sees."
    assert describe_other_viewers(lead, eva, LEAD) == "It’s also visible to Bob (owner)."


def test_a_form_begins_with_what_a_user_has_and_offers_what_the_editor_may_give(ann, ada, departments):
    eva = make_user("eva", "rep", [departments.export, departments.sales])
    kept = Role.objects.create(name="Kept", retired=True)
    Role.objects.create(name="Retired", retired=True)
    eva.groups.add(kept)
    form = UserForm(instance=eva, by=ada)
    assert form.initial["department"] == departments.export.pk
    assert form.initial["also"] == [departments.sales.pk]
    assert set(form.initial["roles"]) == set(eva.groups.values_list("pk", flat=True))
    offered = set(form.fields["roles"].queryset.values_list("name", flat=True))
    assert "Kept" in offered
    assert "Retired" not in offered
    assert set(UserForm(by=ann).fields["roles"].queryset.values_list("key", flat=True)) == {
        "rep", "operator", "manager",
    }  # fmt: skip
    assert list(UserForm(by=ann).fields["department"].queryset) == [departments.sales]
    nowhere = make_user("ion", "rep", [])
    assert UserForm(instance=nowhere, by=ada).initial["department"] is None


def test_saving_a_role_says_what_changed_and_counts_new_days_from_now(ada):
    role = make_role("Trainee", "see_own", "view_tag", "add_tag")
    sent = {
        "name": "Trainee",
        "scope": "accounts.see_departments",
        "rights": ["crm.view_tag", "crm.change_tag"],
    }
    form = RoleForm(sent, instance=role, by=ada)
    assert form.is_valid()
    form.save()
    added = ["accounts.see_departments", "crm.change_tag"]
    assert form.difference == {"added": added, "removed": ["accounts.see_own", "crm.add_tag"]}
    assert Role.objects.get(pk=role.pk).second_factor_from is None
    again = RoleForm({**sent, "second_factor_days": 7}, instance=Role.objects.get(pk=role.pk), by=ada)
    assert again.is_valid()
    begins = again.save().second_factor_from
    assert timedelta(days=6) < begins - timezone.now() < timedelta(days=8)
    third = RoleForm({**sent, "second_factor_days": 7}, instance=Role.objects.get(pk=role.pk), by=ada)
    assert third.is_valid()
    assert third.save().second_factor_from == begins


def find_checked(form: RoleForm) -> set[str]:
    rows = form.build_permission_grid()
    cells = [cell for _row, standard, special in rows for cell in (*standard, *special) if cell]
    return {cell.name for cell in cells if cell.checked}


def test_the_grid_of_a_role_has_its_permissions_checked_and_allows_those_of_the_editor(ada, someone_with):
    role = make_role("Trainee", "see_departments", "view_tag", "add_tag", "export_lead")
    kept = {"crm.view_tag", "crm.add_tag", "leads.export_lead"}
    form = RoleForm(instance=role, by=someone_with("see_unassigned", "view_tag", "export_lead"))
    assert find_checked(form) == kept
    cells: dict[str, bool] = {}
    for row, standard, special in form.build_permission_grid():
        assert [cell is not None for cell in standard] == [
            action in row.standard for action in ("view", "add", "change", "delete")
        ]
        cells |= {cell.name: cell.allowed for cell in [*standard, *special] if cell}
    assert {name for name, allowed in cells.items() if allowed} == {"crm.view_tag", "leads.export_lead"}
    # What was sent stays checked when the form is shown again, also if that was nothing.
    sent = {"name": "", "rights": ["crm.change_tag"]}
    assert find_checked(RoleForm(sent, instance=role, by=ada)) == {"crm.change_tag"}
    assert find_checked(RoleForm({"name": ""}, instance=role, by=ada)) == set()
    scopes = [(one.name, one.checked, one.allowed) for one in form.get_scope_checkboxes()]
    assert scopes == [
        ("", False, True),
        ("accounts.see_own", False, True),
        ("accounts.see_unassigned", False, True),
        ("accounts.see_departments", True, False),
        ("accounts.see_all", False, False),
    ]


def test_no_one_grants_a_role_more_than_they_have_nor_changes_the_administrators(ada, someone_with):
    editor = someone_with("see_own", "view_tag", "change_role")
    role = make_role("Trainee", "see_own", "view_tag")

    def find_errors(**sent: Any) -> set[str]:
        return set(RoleForm({"name": "Trainee", "scope": "", **sent}, instance=role, by=editor).errors)

    assert find_errors(scope="accounts.see_own", rights=["crm.view_tag"]) == set()
    assert find_errors(scope="accounts.see_all") == {"scope"}
    assert find_errors(rights=["crm.view_tag", "crm.add_tag"]) == {"rights"}
    administrator = Role.objects.get(key="administrator")
    before = administrator.permission_names
    form = RoleForm(
        {"name": "X", "scope": "", "rights": [], "second_factor_days": 3}, instance=administrator, by=ada
    )
    assert form.is_valid()
    form.save()
    saved = Role.objects.get(key="administrator")
    assert (saved.permission_names, saved.second_factor_days) == (before, 3)
    assert form.difference == {"added": [], "removed": []}
    assert saved.name == administrator.name


def test_a_new_role_copies_one_that_its_editor_may_give(ann, ada):
    def get_offered(by: User) -> set[str]:
        return set(NewRoleForm(by=by).fields["copied"].queryset.values_list("key", flat=True))

    assert get_offered(ann) == {"rep", "operator", "manager"}
    assert "administrator" in get_offered(ada)
    taken = NewRoleForm({"name": "sales rep", "copied": Role.objects.get(key="rep").pk}, by=ada)
    assert not taken.is_valid()


# From whom a change took records, by name with a * for those who have left; who wants to undo it; what is said, and whether it leads
# to the user.
REMEDIES: dict[str, tuple[list[str], str, str, bool]] = {
    "one who has left": (["eva*"], "ada", "Reactivate Eva first.", True),
    "one who has left, for a user who may not reactivate": (["eva*"], "bob", "Reactivate Eva first.", False),
    "one who has left, for no one": (["eva*"], "", "Reactivate Eva first.", False),
    "two who have left": (["ion*", "eva*"], "ada", "Reactivate Eva and Ion first.", False),
    "one who has left, and one who hasn't": (["ion", "eva*"], "ada", "Reactivate Eva first.", True),
    "three who have left": (["ion*", "eva*", "ana*"], "ada", "Reactivate Ana, Eva and Ion first.", False),
    "four who have left": (
        ["ion*", "eva*", "ana*", "oana*"], "ada", "Reactivate Ana, Eva, Ion and others first.", False,
    ),
    "no one who has left": (["eva"], "ada", "Reactivate the user first.", False),
}  # fmt: skip


@pytest.mark.parametrize(("people", "by", "words", "leads_there"), REMEDIES.values(), ids=REMEDIES)
def test_who_has_to_come_back_before_an_undo(people, by, words, leads_there, cast):
    record = Operation.objects.create(kind="assign")
    for row, name in enumerate(people):
        user = make_user(name.rstrip("*"), "rep", is_active=not name.endswith("*"))
        column = ("owner_id", "user_id")[row % 2]
        values = {"kind": "update", "fields": {column: [user.pk, None]}}
        Change.objects.create(operation=record, table="lead", row=row, version=1, **values)
    left = make_user("left", "rep", is_active=False)
    # What else was recorded says nothing of previous owners.
    for kind, fields in (
        ("update", {"city": [left.pk, 1], "owner_id": [None, 1]}),
        ("delete", {"owner_id": [left.pk, None]}),
    ):
        Change.objects.create(operation=record, table="lead", row=99, version=1, kind=kind, fields=fields)
    other = Operation.objects.create(kind="assign")
    values = {"kind": "update", "fields": {"owner_id": [left.pk, None]}}
    Change.objects.create(operation=other, table="lead", row=98, version=1, **values)
    found = get_undo_remedy(record, getattr(cast, by) if by else None)
    assert found.text == f"{words} Then you can undo the rest."
    assert bool(found.url) is leads_there


def test_users_of_one_name_are_in_the_order_in_which_they_were_added(departments):
    users = [make_user(name, "rep", full_name="Eva") for name in ("c", "a", "b")]
    assert list(User.objects.filter(name="Eva").by_name()) == users
    roles = [Role.objects.create(name=name) for name in ("eva", "Éva", "Eva")]
    assert list(Role.objects.filter(pk__in=[role.pk for role in roles]).by_name()) == roles
    places = [Department.objects.create(name=name) for name in ("eva", "Éva", "Eva")]
    assert list(Department.objects.filter(pk__in=[place.pk for place in places]).by_name()) == places


def test_the_invited_are_those_with_a_link_who_never_signed_in(departments, bob):
    now = timezone.now()
    given: dict[str, dict[str, Any]] = {
        "invited": {"link_sent_at": now},
        "not invited": {},
        "with a password": {"link_sent_at": now, "password": "x"},
        "signed in through a provider": {"link_sent_at": now, "last_login": now},
    }
    for name, values in given.items():
        user = User.objects.create_user(f"{name.replace(' ', '.')}@example.com", name)
        with operation("test", by=None):
            User.objects.filter(pk=user.pk).update(**values)
    assert [user.name for user in User.objects.invited()] == ["invited"]
    assert [user.name for user in User.objects.all() if user.is_invited] == ["invited", "not invited"]


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Ana Pop", "AP"), ("ana", "A"), ("Ana Maria Pop", "AP"), ("(Ana) 2x", "2"), ("…", "?")],
)
def test_the_initials_of_a_user(name, initials):
    assert User(name=name).initials == initials


# The roles that a form gives the only administrator, and whether that may be.
KEPT = {"administrator": True, "administrator rep": True, "rep": False, "rep operator": False}


@pytest.mark.parametrize(("keys", "may"), KEPT.items())
def test_the_only_administrator_keeps_that_role_among_others(keys, may, ada, departments):
    roles = list(Role.objects.filter(key__in=keys.split()).values_list("pk", flat=True))
    sent = {"name": "Ada", "email": ada.email, "department": departments.sales.pk, "roles": roles}
    form = UserForm(sent, instance=ada, by=ada)
    assert form.is_valid() is may
    assert set(form.errors) == (set() if may else {"roles"})


# The method, the name of the page, whether it is one of a record type, and whether it is shown in a view of another user.
SHOWN = {
    "a list of records": ("GET", "list", True, True),
    "the head of a list": ("HEAD", "list", True, True),
    "a record": ("GET", "record", True, True),
    "a form of a record": ("GET", "edit", True, False),
    "a form that is sent to a list": ("POST", "list", True, False),
    "a page that is called like one of records": ("GET", "list", False, False),
    "tasks": ("GET", "tasks", False, True),
    "a form that is sent to tasks": ("POST", "tasks", False, False),
    "a report": ("GET", "reports:report", False, True),
    "a page called like a report elsewhere": ("GET", "report", False, False),
    "the profile": ("GET", "profile", False, False),
}


@pytest.mark.parametrize(("method", "name", "of_records", "shown"), SHOWN.values(), ids=SHOWN)
def test_which_pages_are_shown_in_a_view_of_another_user(method, name, of_records, shown):
    match = SimpleNamespace(
        kwargs={"kind": LEAD} if of_records else {}, view_name=name, url_name=name.rpartition(":")[2]
    )
    assert is_shown_in_view(SimpleNamespace(method=method, resolver_match=match)) is shown


EVERYWHERE = "2 with the role Super Operator, 1 with the role Administrator"
# Whose lead of Sales it is, whether it is shared, and who else sees it, for Ann, who manages Sales.
OTHERS = {
    "a colleague's": ("bob", False, f"Bob (owner), 1 person in Sales, {EVERYWHERE} and 1 with the role Company Manager"),
    "an unassigned one": ("", False, f"3 people in Sales, {EVERYWHERE} and 1 with the role Company Manager"),
    "someone else's that is shared": (
        "dan", True,
        f"Dan (owner), 1 person in Sales, {EVERYWHERE}, 1 with the role Company Manager and 3 more people because it’s shared",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("owner", "shared", "said"), OTHERS.values(), ids=OTHERS)
def test_who_else_sees_a_lead_the_nearest_first(owner, shared, said, cast, make_lead):
    make_user("eva", "super")
    # Who sees no leads at all isn't among them.
    make_user("ion", "")
    people = {**vars(cast), "": None}
    lead = make_lead(owner=people[owner], shared=shared)
    assert describe_other_viewers(lead, cast.ann, LEAD) == f"It’s also visible to {said}."
    assert bool(get_visibility_reason(lead, cast.carla)) is shared
