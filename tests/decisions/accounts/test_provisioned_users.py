"""Whom an identity provider adds, changes, activates and deactivates, and whose roles and departments it changes."""

from typing import Any

import pytest

from accounts.models import AccountChange, Provisioned, Provisioning, Role, User
from accounts.scim.group_membership import patch_group
from accounts.scim.group_reading import ScimGroup
from accounts.scim.patch_parser import PatchStep
from accounts.scim.problems import ScimProblem
from accounts.scim.requested_changes import RequestedChanges
from accounts.scim.user_changes import add_user, change_user, delete_user, get_heirs
from crm.models import Token
from crm.records.history.verb_execution import operation
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(ada, departments) -> Token:
    """New users get the role Sales Rep and the department Sales."""
    made = Token(user=ada, name="Entra", purpose=Token.Purpose.SCIM)
    made.set_new_secret()
    made.save()
    role = Role.objects.get(key="rep")
    Provisioning.objects.create(token=made, role=role, department=departments.sales)
    return made


def read(user: User) -> User:
    return User.objects.get(pk=user.pk)


def add(token: Token, name: str, **values: Any) -> User:
    return add_user(RequestedChanges(user_name=name, **values), token)


# What a deleted user was called, and the userName and email that are added; whether that is the same user.
RETURNS = {
    "the same name": ("eva", "eva@a.example", {"user_name": "eva", "email": "eva@a.example"}, True),
    "the same name with another email": ("eva", "eva@a.example", {"user_name": "EVA", "email": "e@a.example"}, True),
    "the same email with another name": ("eva", "eva@a.example", {"user_name": "eva2", "email": "EVA@a.example"}, True),
    "the email as the name": ("eva", "eva@a.example", {"user_name": "eva@a.example"}, True),
    "neither": ("eva", "eva@a.example", {"user_name": "eva2", "email": "e@a.example"}, False),
}  # fmt: skip


@pytest.mark.parametrize(("name", "email", "again", "same"), RETURNS.values(), ids=RETURNS)
def test_a_deleted_user_comes_back_by_name_or_email(name, email, again, same, token):
    first = add(token, name, email=email)
    with pytest.raises(ScimProblem) as taken:
        add_user(RequestedChanges(user_name=name, email=email), token)
    assert taken.value.status == 409
    delete_user(read(first), token)
    assert not read(first).is_active
    found = add_user(RequestedChanges(**again), token)
    assert (found.pk == first.pk) is same
    assert read(found).is_active
    assert read(found).email == (again.get("email") or again["user_name"]).lower()


# Whether the user is active, what a call says, and whether they are active then.
ACTIVE = {
    "nothing said of an active one": (True, None, True),
    "nothing said of a deactivated one": (False, None, False),
    "an active one is activated": (True, True, True),
    "a deactivated one is activated": (False, True, True),
    "an active one is deactivated": (True, False, False),
    "a deactivated one is deactivated": (False, False, False),
}


@pytest.mark.parametrize(("before", "asked", "after"), ACTIVE.values(), ids=ACTIVE)
def test_whether_a_user_is_active_after_a_change(before, asked, after, token, noted):
    user, other = add(token, "eva@a.example"), make_user("ion", "rep", is_active=False)
    if not before:
        change_user(read(user), RequestedChanges(active=False), token)
    lines = noted(lambda: change_user(read(user), RequestedChanges(display="Eva", active=asked), token))
    assert (read(user).name, read(user).is_active) == ("Eva", after)
    assert not read(other).is_active
    changed = {True: ["user_reactivated"], False: ["user_deactivated"]}[after] if before is not after else []
    assert [line["event"] for line in lines] == changed


# What the token gives new users, what is so of that, and the roles and departments that a new one has.
STARTS: dict[str, tuple[str, list[str], list[str]]] = {
    "a role and a department": ("", ["Sales Rep"], ["Sales"]),
    "a role that was retired": ("retired role", [], ["Sales"]),
    "a role of administrators": ("administrator", [], ["Sales"]),
    "no role": ("no role", [], ["Sales"]),
    "a department that was retired": ("retired department", ["Sales Rep"], []),
    "no department": ("no department", ["Sales Rep"], []),
}


@pytest.mark.parametrize(("what", "roles", "places"), STARTS.values(), ids=STARTS)
def test_what_a_new_user_starts_with(what, roles, places, token, departments):
    start = token.provisioning
    if what == "administrator":
        start.role = Role.objects.get(key="administrator")
    elif what.startswith("no "):
        setattr(start, what.removeprefix("no "), None)
    elif what:
        # In memory: nobody else uses them in this test.
        getattr(start, what.removeprefix("retired ")).retired = True
    user = read(add(token, "eva@a.example"))
    assert [role.name for role in user.groups.all()] == roles
    assert [department.name for department in user.departments.all()] == places


def test_a_user_who_comes_back_has_the_role_and_the_department_of_new_users(token, departments):
    user = add(token, "eva@a.example")
    user.groups.set([Role.objects.get(key="operator")])
    user.set_departments([departments.export])
    delete_user(read(user), token)
    again = read(add(token, "eva@a.example"))
    assert again.pk == user.pk
    assert [role.key for role in Role.objects.filter(pk__in=again.role_ids)] == ["rep"]
    assert again.department_ids == [departments.sales.pk]


# The userName and the email of a user, what is sent, and the email then.
FOLLOWS: dict[str, tuple[str, str, dict[str, str], str]] = {
    "a new email": ("eva", "eva@a.example", {"email": "New@a.example"}, "new@a.example"),
    "the userName was the email": ("eva@a.example", "eva@a.example", {"user_name": "e@a.example"}, "e@a.example"),
    "the userName was another email": ("x@a.example", "eva@a.example", {"user_name": "e@a.example"}, "eva@a.example"),
    "the userName is no email": ("eva@a.example", "eva@a.example", {"user_name": "eva"}, "eva@a.example"),
    "a removed email": ("x@a.example", "eva@a.example", {"email": ""}, "x@a.example"),
    "a removed email, and the userName is none": ("eva", "eva@a.example", {"email": ""}, "eva@a.example"),
    "another name": ("eva@a.example", "eva@a.example", {"display": "Eva"}, "eva@a.example"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "email", "sent", "after"), FOLLOWS.values(), ids=FOLLOWS)
def test_which_email_a_user_has_after_a_change(name, email, sent, after, token):
    user = add(token, name, email=email)
    change_user(read(user), RequestedChanges(**sent), token)
    assert read(user).email == after


@pytest.mark.parametrize("sent", [{"user_name": "ION"}, {"email": "Ion@a.example"}], ids=["name", "email"])
def test_a_user_gets_neither_the_name_nor_the_email_of_another_one(sent, token):
    add(token, "ion", email="ion@a.example")
    user = add(token, "eva", email="eva@a.example")
    with pytest.raises(ScimProblem) as taken:
        change_user(read(user), RequestedChanges(**sent), token)
    assert taken.value.status == 409


# What is sent of a new user beside a valid email and name, and why it is refused.
WRONG: dict[str, tuple[dict[str, str], str]] = {
    "an email that is none": ({"email": "eva"}, "emails: Enter a valid email address."),
    "no email": ({"email": ""}, "emails: This field cannot be blank."),
    "a name that is too long": (
        {"display": "x" * 151}, "displayName: Ensure this value has at most 150 characters (it has 151).",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("sent", "why"), WRONG.values(), ids=WRONG)
def test_a_user_whose_email_or_name_is_wrong_is_refused(sent, why, token):
    with pytest.raises(ScimProblem) as refused:
        add(token, "eva", **{"email": "eva@a.example", **sent})
    assert (refused.value.status, refused.value.message) == (400, why)


# Whether the token invites new users, whether the user is new or comes back, and whether they are sent a link.
INVITED = {
    "a new one": (True, "new", True),
    "a new one, by a token that doesn't invite": (False, "new", False),
    "one who was deleted": (True, "deleted", False),
    "one who was deactivated": (True, "deactivated", False),
}


@pytest.mark.parametrize(("invites", "before", "sent"), INVITED.values(), ids=INVITED)
def test_only_new_users_are_invited_and_have_no_password(invites, before, sent, token, noted):
    token.provisioning.invites = invites
    if before == "new":
        lines = noted(lambda: add(token, "eva@a.example"))
        assert not User.objects.get(email="eva@a.example").has_usable_password()
    else:
        user = add(token, "eva@a.example")
        user.set_password("x")
        user.save()
        if before == "deleted":
            delete_user(read(user), token)
            lines = noted(lambda: add(token, "eva@a.example"))
        else:
            change_user(read(user), RequestedChanges(active=False), token)
            lines = noted(lambda: change_user(read(user), RequestedChanges(active=True), token))
        assert read(user).check_password("x")
    assert ("password_link_sent" in {line["event"] for line in lines}) is sent
    assert ("user_added" in {line["event"] for line in lines}) is (before == "new")


def test_a_user_can_be_added_inactive(token):
    assert not read(add(token, "eva@a.example", active=False)).is_active
    assert read(add(token, "ion@a.example", active=None)).is_active


@pytest.mark.parametrize("name", [None, ""], ids=["missing", "empty"])
def test_a_new_user_needs_a_name_for_the_provider(name, token):
    with pytest.raises(ScimProblem) as refused:
        add_user(RequestedChanges(user_name=name, email="eva@a.example"), token)
    assert (refused.value.status, refused.value.message) == (400, "userName is required.")
    assert not User.objects.filter(email="eva@a.example").exists()


def test_the_name_for_the_provider_cant_be_removed(token):
    user = add(token, "eva", email="eva@a.example")
    with pytest.raises(ScimProblem) as refused:
        change_user(read(user), RequestedChanges(user_name=""), token)
    assert refused.value.message == "userName is required."
    assert Provisioned.objects.get(user=user).user_name == "eva"


def test_a_user_who_was_deactivated_but_not_deleted_isnt_added_again(token):
    user = add(token, "eva@a.example")
    change_user(read(user), RequestedChanges(active=False), token)
    with pytest.raises(ScimProblem) as taken:
        add(token, "eva@a.example")
    assert (taken.value.status, read(user).is_active) == (409, False)


def test_the_user_of_the_token_stays_active_although_there_are_other_administrators(token, ada):
    other = make_user("eva", "administrator", [])
    for end in (
        lambda: change_user(read(ada), RequestedChanges(active=False), token),
        lambda: delete_user(read(ada), token),
    ):
        with pytest.raises(ScimProblem) as refused:
            end()
        assert (refused.value.status, read(ada).is_active) == (409, True)
    delete_user(read(other), token)
    assert not read(other).is_active


def step(group: ScimGroup, token: Token, act: str, *users: User) -> None:
    patch_group(group, [PatchStep(act, "members", [{"value": str(user.pk)} for user in users])], token)


@pytest.fixture
def users(token, departments) -> list[User]:
    return [make_user(name, "rep", [departments.export]) for name in ("eva", "ion", "oana")]


def holders(role: Role) -> set[User]:
    return set(User.objects.filter(groups=role.pk))


@pytest.mark.parametrize("key", ["operator", "administrator"])
def test_only_those_who_are_named_get_and_lose_a_role(key, token, users, ada, oscar):
    role = Role.objects.get(key=key)
    group, before = ScimGroup(role), holders(role)
    eva, ion, oana = users
    step(group, token, "add", eva, ion)
    step(group, token, "add", ion, oana)
    assert holders(role) == before | {eva, ion, oana}
    step(group, token, "remove", eva)
    assert holders(role) == before | {ion, oana}
    # Someone who doesn't have it changes nothing.
    step(group, token, "remove", eva)
    step(group, token, "replace", *before, eva)
    assert holders(role) == before | {eva}
    changes = AccountChange.objects.filter(user=ion).order_by("pk").values_list("before", "after")
    names = sorted(["Sales Rep", role.name])
    assert list(changes) == [(["Sales Rep"], names), (names, ["Sales Rep"])]
    assert {read(one).role_ids[0] for one in (ion, oana)} == {Role.objects.get(key="rep").pk}


def test_of_administrators_the_user_of_the_token_and_the_last_one_stay(token, users, ada):
    role = Role.objects.get(key="administrator")
    group = ScimGroup(role)
    step(group, token, "add", users[0])
    with pytest.raises(ScimProblem) as kept:
        step(group, token, "remove", ada)
    assert kept.value.status == 409
    assert holders(role) == {ada, users[0]}
    with operation("test", by=None):
        User.objects.filter(pk=ada.pk).update(is_active=False)
    with pytest.raises(ScimProblem) as last:
        step(group, token, "remove", users[0])
    assert "last administrator" in last.value.message


def test_a_department_is_added_behind_the_others_and_removed_from_those_who_are_named(
    token, users, departments
):
    eva, ion, _oana = users
    sales, export = ScimGroup(departments.sales), ScimGroup(departments.export)
    step(sales, token, "add", eva, ion)
    first = [departments.export.pk, departments.sales.pk]
    assert [read(one).department_ids for one in users] == [first, first, first[:1]]
    assert list(eva.memberships.values_list("position", flat=True)) == [0, 1]
    step(export, token, "remove", eva)
    assert [read(one).department_ids for one in users] == [first[1:], first, first[:1]]
    step(export, token, "add", eva)
    assert read(eva).department_ids == first[::-1]
    told = AccountChange.objects.filter(user=eva).order_by("pk").values_list("before", "after")
    assert list(told) == [
        (["Export"], ["Export", "Sales"]), (["Export", "Sales"], ["Sales"]), (["Sales"], ["Sales", "Export"]),
    ]  # fmt: skip


def test_a_member_who_is_unknown_keeps_all_others_out(token, users):
    group = ScimGroup(Role.objects.get(key="operator"))
    before = holders(group.row)
    gone = add(token, "dora@a.example")
    delete_user(read(gone), token)
    with pytest.raises(ScimProblem) as unknown:
        step(group, token, "add", users[0], gone)
    assert unknown.value.scim_type == "invalidValue"
    assert holders(group.row) == before


def test_the_records_go_to_the_recipient_as_long_as_they_can_be_theirs(token, users, dan):
    eva, ion, _oana = users
    token.provisioning.recipient = ion
    assert get_heirs(token, eva).users == (ion,)
    assert get_heirs(token, ion).users == ()
    User.objects.filter(pk=ion.pk).update(is_active=False)
    assert get_heirs(token, eva).users == ()
    token.provisioning.recipient = None
    assert get_heirs(token, eva).users == ()


def test_each_user_has_one_name_for_the_provider(token, bob):
    add(token, "eva", email="eva@a.example", external_id="6")
    change_user(read(bob), RequestedChanges(external_id="7"), token)
    row = Provisioned.objects.get(user=bob)
    assert (row.user_name, row.external_id, row.deleted) == ("bob@example.com", "7", False)
    change_user(read(bob), RequestedChanges(external_id="", given="Bo", family="Bee"), token)
    assert (read(bob).name, Provisioned.objects.get(user=bob).external_id) == ("Bo Bee", "")


def test_of_a_long_path_of_a_group_the_beginning_is_named(token):
    group = ScimGroup(Role.objects.get(key="operator"))
    with pytest.raises(ScimProblem) as refused:
        patch_group(group, [PatchStep("add", "x" * 200, None)], token)
    assert refused.value.message == f"The attribute '{'x' * 100}' is unknown."
