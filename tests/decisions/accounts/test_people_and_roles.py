"""What users and roles are called and found by, until when an invitation works, and what a pasted line means."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from accounts.invitations.invitation_plan import build_plan
from accounts.invitations.pasted_lines import PastedLine
from accounts.models import Department, Role, User
from accounts.models.user import guess_name
from accounts.roles.forms import NewRoleForm, RoleForm
from accounts.roles.permissions import permissions_queryset
from accounts.users.forms import ChangePasswordForm, DepartmentForm, ProfileForm, UserForm
from tests.conftest import make_user

INITIALS = {
    "Ana Pop": "AP",
    "ana maria pop": "AP",
    "Ana": "A",
    "Ana (Sales)": "A",
    "(Sales) Ana Pop": "AP",
    "Ștefan Ene": "ȘE",
    "-": "?",
    "": "?",
}


@pytest.mark.parametrize(("name", "initials"), INITIALS.items(), ids=INITIALS)
def test_the_initials_of_a_user(name, initials):
    assert User(name=name).initials == initials


GUESSED = {
    "ana.pop@example.com": "Ana Pop",
    "ana_maria.pop@example.com": "Ana Maria Pop",
    "ana@pop.example.com": "Ana",
    "ANA@example.com": "Ana",
    "@example.com": "",
}


@pytest.mark.parametrize(("email", "name"), GUESSED.items(), ids=GUESSED)
def test_the_name_of_someone_of_whom_only_the_email_is_known(email, name):
    assert guess_name(email) == name


DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
# How long ago the invitation was sent, None if none was; whether it has expired; and what is said of a line with that address.
OPEN: dict[str, tuple[timedelta | None, bool, str]] = {
    "sent now": (timedelta(), False, "Invited already, until 3 Dec 2026."),
    "sent almost seven days ago": (7 * DAY - SECOND, False, "Invited already, until 26 Nov 2026."),
    "sent seven days ago": (7 * DAY, False, "Invited already, until 26 Nov 2026."),
    "sent more than seven days ago": (
        7 * DAY + SECOND, True, "Invited already; the invitation expired on 26 Nov 2026.",
    ),
    "never sent": (None, False, "Added already, and hasn’t signed in yet."),
}  # fmt: skip


@pytest.mark.parametrize(("ago", "expired", "said"), OPEN.values(), ids=OPEN)
def test_until_when_an_invitation_works(ago, expired, said, ann, departments, monkeypatch):
    now = timezone.datetime(2026, 11, 26, 12, tzinfo=timezone.get_default_timezone())
    monkeypatch.setattr(timezone, "now", lambda: now)
    user = User.objects.create_user(
        "ion@example.com", "Ion", link_sent_at=now - ago if ago is not None else None
    )
    user.set_departments([departments.sales])
    assert user.is_invitation_expired is expired
    (line,) = build_plan([PastedLine(1, user.email)], roles=[], department=None, by=ann).lines
    assert (line.outcome, line.sentence, line.user) == ("open", said, user)


# The roles that a pasted line names, and the roles that it gives by name; or the name that isn't known.
NAMED: dict[str, tuple[str, list[str], str]] = {
    "none": ("", ["Sales Rep"], ""),
    "one": ("Operator", ["Operator"], ""),
    "in other letters and with spaces": (" operator ", ["Operator"], ""),
    "by its name in another language": ("Agent de vânzări", ["Sales Rep"], ""),
    "two, one of them twice": ("Operator; Sales Rep | operator", ["Operator", "Sales Rep"], ""),
    "one with a comma in its name": ("Calls, north", ["Calls, north"], ""),
    "one with a comma in its name, and another": ("Calls, north; Operator", [], "Calls"),
    "one of two that isn't known": ("Operator, Caretaker", [], "Caretaker"),
    "one that was retired": ("Trainee", [], "Trainee"),
}


@pytest.mark.parametrize(("cell", "roles", "unknown"), NAMED.values(), ids=NAMED)
def test_which_roles_a_pasted_line_names(cell, roles, unknown, ann):
    Role.objects.create(name="Calls, north")
    Role.objects.create(name="Trainee", retired=True)
    rep = Role.objects.get(key="rep")
    plan = build_plan([PastedLine(1, "eva@example.com", role=cell)], roles=[rep], department=None, by=ann)
    assert [role.name for invitee in plan.invitees for role in invitee.roles] == roles
    assert [line.outcome for line in plan.lines] == ["unknown" if unknown else "invited"]
    if unknown:
        assert plan.lines[0].sentence == f"“{unknown}” isn’t a role that you can give."


def test_a_preview_of_invitations_is_the_same_for_the_same_people_with_the_same_roles(ann, departments):
    rep, operator = (Role.objects.get(key=key) for key in ("rep", "operator"))
    line, other = PastedLine(1, "eva@example.com"), PastedLine(2, "ion@example.com")

    def digest(*lines: PastedLine, roles: Any = (rep,), department: Any = departments.sales) -> str:
        return build_plan(lines, roles=roles, department=department, by=ann).digest

    shown = digest(line)
    # A line that invites no one changes nothing.
    assert digest(line, PastedLine(2, "")) == digest(PastedLine(7, "EVA@example.com")) == shown
    others = {
        digest(line, other),
        digest(other),
        digest(PastedLine(1, line.email, "Eva Pop")),
        digest(line, roles=[operator]),
        digest(line, department=None),
    }
    assert len(others - {shown}) == 5


def test_which_users_are_found(departments, ann, django_assert_num_queries):
    eva = make_user("eva", "operator", [departments.export], full_name="Éva Kiss")
    ion = make_user("ion", "rep", [departments.export, departments.sales], full_name="Ion Kiss")
    now = timezone.now()
    sent = [eva.pk, ion.pk, ann.pk]
    for place, pk in enumerate(sent):
        User.objects.filter(pk=pk).update(link_sent_at=now - timedelta(hours=place))
    assert set(User.objects.matching("kiss eva")) == {eva}
    assert set(User.objects.matching("KISS example.com")) == {eva, ion}
    assert set(User.objects.of_ids([eva.pk])) == {eva}
    assert eva in User.objects.holding(Role.objects.get(key="operator"))
    assert ion not in User.objects.holding(Role.objects.get(key="operator"))
    export = User.objects.in_departments([departments.export.pk])
    assert (eva in export, ion in export, ann in export) == (True, True, False)
    rows = User.objects.of_ids(sent)
    assert list(rows.latest_invited_first()) == [eva, ion, ann]
    rows.update(link_sent_at=now, name="Éva")
    assert list(rows.latest_invited_first()) == sorted(rows, key=lambda user: user.pk)
    with django_assert_num_queries(0):
        assert set(ann.installation_department_ids) == {departments.sales.pk, departments.export.pk}


def test_the_page_on_which_a_user_starts():
    assert (User(start_page="list").starts_with_list, User().starts_with_list) == (True, False)


# The key and the name of a role, and what it is called in Romanian.
LABELS = {
    "a shipped one": ("rep", "Sales Rep", "Agent de vânzări"),
    "a shipped one that was renamed": ("rep", "Seller", "Seller"),
    "a shipped one that was renamed as another one was shipped": ("operator", "Sales Rep", "Sales Rep"),
    "one of the company that is called like a shipped one": ("", "Sales Rep", "Sales Rep"),
}


@pytest.mark.parametrize(("key", "name", "label"), LABELS.values(), ids=LABELS)
def test_what_a_role_is_called_in_another_language(key, name, label):
    with translation.override("ro"):
        assert Role(key=key, name=name).label == label


# What someone who reads Romanian sends as the name of the shipped role Sales Rep, and its name then.
SENT = {"as it was shown": ("Agent de vânzări", "Sales Rep"), "another name": ("Vânzător", "Vânzător")}


@pytest.mark.parametrize(("sent", "name"), SENT.values(), ids=SENT)
def test_a_shipped_role_is_translated_until_it_is_renamed(sent, name, ada):
    role = Role.objects.get(key="rep")
    with translation.override("ro"):
        form = RoleForm({"name": sent, "scope": "", "rights": []}, instance=role, by=ada)
        assert form.is_valid(), form.errors
        form.save()
    assert Role.objects.get(key="rep").name == name


def test_a_new_role_has_a_name_of_its_own_and_copies_one_that_is_given(ada):
    rep = Role.objects.get(key="rep")
    Role.objects.create(name="Trainee", retired=True)
    for name, free in (("SALES REP", False), ("trainee", False), ("Sales Rep 2", True)):
        assert NewRoleForm({"name": name, "copied": rep.pk}, by=ada).is_valid() is free
    assert "Trainee" not in {str(role) for role in NewRoleForm(by=ada).fields["copied"].queryset}


@pytest.mark.django_db
def test_which_roles_require_a_second_step():
    now = timezone.now()
    role = Role.objects.create(name="Careful", second_factor_days=0, second_factor_from=now)
    role.permissions.set(permissions_queryset(["leads.view_lead"]))
    assert list(Role.objects.requiring_second_factor()) == [role]
    assert role.permission_names == {"leads.view_lead"}


def test_the_first_department_of_a_user_is_no_other_one_too(departments, ada):
    sales, export = departments.sales, departments.export
    sent = {"name": "Eva", "email": "eva@example.com", "department": export.pk, "also": [sales.pk, export.pk]}
    form = UserForm({**sent, "roles": [Role.objects.get(key="rep").pk]}, by=ada)
    assert form.is_valid()
    assert form.chosen_departments == [export, sales]


def test_a_profile_offers_what_the_user_and_the_installation_have(bob, settings):
    nobody = make_user("eva", "")
    for pushes in (True, False):
        settings.PUSH = pushes
        fields = ProfileForm(instance=bob).fields
        assert ("push_reminders" in fields, "push_mentions" in fields) == (pushes, pushes)
        assert fields["start_page"].choices == [("", "Today"), ("list", "Leads")]
        # Who views no records starts with no list of them.
        assert "start_page" not in ProfileForm(instance=nobody).fields


def test_a_new_password_needs_the_present_one(bob, monkeypatch):
    monkeypatch.setattr(
        "accounts.users.forms.authenticate",
        lambda request, username, password: bob if (username, password) == (bob.email, "right") else None,
    )
    request: Any = SimpleNamespace(user=bob)
    form = ChangePasswordForm(request)
    form.cleaned_data = {"old_password": "right"}
    assert form.clean_old_password() == "right"
    form.cleaned_data = {"old_password": "wrong"}
    with pytest.raises(ValidationError):
        form.clean_old_password()


# What a colleague has saved of a department since its form was opened, the field that an error names, and whether the form counts.
SAVED_SINCE: dict[str, tuple[dict[str, Any], str, bool]] = {
    "nothing": ({}, "", True),
    "its name": ({"name": "Trade"}, "Name", False),
    "its country": ({"country": "DE"}, "Country", False),
    "what its form doesn’t have": ({"retired": True}, "", True),
}


@pytest.mark.parametrize(("saved", "named", "holds"), SAVED_SINCE.values(), ids=SAVED_SINCE)
def test_a_department_that_a_colleague_has_saved_since_is_saved_the_second_time(
    saved, named, holds, departments
):
    def sent(drawn: str) -> DepartmentForm:
        return DepartmentForm(
            {"name": "Sales", "country": "RO", "drawn": drawn}, instance=Department.objects.get(pk=sales.pk)
        )

    sales = departments.sales
    opened = DepartmentForm(instance=Department.objects.get(pk=sales.pk))
    Department.objects.filter(pk=sales.pk).update(**saved)
    form = sent(opened.initial["drawn"])
    assert (form.is_valid(), form.holds) == (holds, holds)
    assert form.non_field_errors() == (
        []
        if holds
        else [
            f"Another user has changed these fields since you opened the page: {named}. Save again to overwrite them with your values."
        ]
    )
    assert sent(form["drawn"].value()).is_valid()


def test_a_new_department_has_no_state_that_a_colleague_could_change(db):
    form = DepartmentForm({"name": "Trade", "country": "RO"})
    assert "drawn" not in form.fields
    assert form.is_valid()
    assert form.holds
