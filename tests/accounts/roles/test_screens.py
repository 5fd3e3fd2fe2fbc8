"""Roles: the list, copying, the grid; users can't give a role permissions they don't have."""

import pytest

from accounts.models import Role, User
from accounts.roles.permissions import permissions_queryset
from tests.conftest import make_user
from tests.reading import close_up

EDITING = tuple(f"accounts.{act}_role" for act in ("view", "add", "change", "delete"))


def role(key) -> Role:
    return Role.objects.get(key=key)


def holds(key) -> set[str]:
    return role(key).permission_names


CUSTOMERS = [("customers", model) for model in ("company", "contact", "deal", "request")]
REP = {
    f"{app}.{action}_{model}"
    for app, model in (("leads", "lead"), *CUSTOMERS)
    for action in ("view", "add", "change", "take")
}


def form_of(*rights, name="Sales Rep", scope="accounts.see_unassigned"):
    return {"name": name, "scope": scope, "rights": rights or sorted(REP)}


# Permissions


@pytest.mark.parametrize("who", ["ann", "bob", "oscar", "sofia", "conrad"])
def test_users_without_permission_get_403_on_every_role_screen(sign_in, cast, who):
    browser = sign_in(getattr(cast, who))
    pk = role("rep").pk
    for path in ("", "/new", f"/{pk}"):
        assert browser.get(f"/admin/roles{path}").status_code == 403, path
    for path in ("/new", f"/{pk}", f"/{pk}/retire", f"/{pk}/restore"):
        assert browser.post(f"/admin/roles{path}", form_of()).status_code == 403, path


@pytest.mark.parametrize(
    ("permission", "opens"),
    [("accounts.view_role", {"", "/{}"}), ("accounts.add_role", {"/new"}), ("accounts.change_role", set())],
)
def test_each_permission_opens_only_its_own_screens(sign_in, ann, grant, permission, opens):
    browser = sign_in(grant(ann, permission))
    for path in ("", "/new", "/{}"):
        expected = 200 if path in opens else 403
        assert browser.get(f"/admin/roles{path.format(role('rep').pk)}").status_code == expected, path


def test_users_who_can_only_view_roles_cannot_change_them(sign_in, conrad, ada, grant):
    others = {"accounts.change_role", "accounts.delete_role"}
    browser = sign_in(grant(conrad, *(set(ada.granted_permissions) - others)))
    page = browser.get(f"/admin/roles/{role('rep').pk}").text
    assert "<fieldset" in page
    assert " disabled>" in page
    assert browser.post(f"/admin/roles/{role('rep').pk}", form_of(name="X")).status_code == 403
    assert browser.post(f"/admin/roles/{role('rep').pk}/retire").status_code == 403
    assert role("rep").name == "Sales Rep"


def test_an_unknown_role_is_not_found(sign_in, ada):
    browser = sign_in(ada)
    assert browser.get("/admin/roles/999999").status_code == 404
    assert browser.post("/admin/roles/999999", form_of()).status_code == 404


# The list


def test_the_list_shows_scope_and_active_users(sign_in, ada, ben):
    User.objects.filter(pk=ben.pk).update(is_active=False)
    answer = sign_in(ada).get("/admin/roles")
    lines = {str(shown): (str(scope), holders) for shown, scope, holders, *_may in answer.context["lines"]}
    assert lines["Sales Rep"] == ("own records and unassigned records in own departments", 2)
    assert lines["Administrator"] == ("records in all departments", 1)


def test_users_who_do_not_see_everyone_count_only_visible_colleagues(sign_in, ann, grant):
    answer = sign_in(grant(ann, "accounts.view_role")).get("/admin/roles")
    lines = {str(shown): holders for shown, _scope, holders, *_may in answer.context["lines"]}
    assert (lines["Sales Rep"], lines["Sales Manager"]) == (2, 1)


# The grid


def test_the_grid_shows_the_roles_permissions(sign_in, ada):
    answer = sign_in(ada).get(f"/admin/roles/{role('rep').pk}")
    form = answer.context["form"]
    checked = {
        cell.name
        for _row, cells, special in form.build_permission_grid()
        for cell in [*filter(None, cells), *special]
        if cell.checked
    }
    assert checked == REP
    assert [cell.name for cell in form.get_scope_checkboxes() if cell.checked] == ["accounts.see_unassigned"]


def test_saving_the_grid_changes_permissions_and_scope_from_the_next_click(sign_in, ada, bob, make_lead):
    make_lead()
    browser = sign_in(ada)
    answer = browser.post(
        f"/admin/roles/{role('rep').pk}",
        form_of("leads.view_lead", "accounts.view_user", scope="accounts.see_own"),
    )
    assert answer["Location"] == "/admin/roles"
    assert holds("rep") == {"leads.view_lead", "accounts.view_user", "accounts.see_own"}
    theirs = sign_in(bob)
    assert theirs.get("/admin/users").status_code == 200
    assert "Jan Novák" not in theirs.get("/admin/leads?all=1").text


def test_permissions_outside_the_grid_stay_unchanged(sign_in, ada):
    sign_in(ada).post(f"/admin/roles/{role('manager').pk}", form_of("leads.view_lead", name="Sales Manager"))
    assert holds("manager") == {"leads.view_lead", "accounts.see_unassigned"}


def test_a_role_can_see_no_leads_at_all(sign_in, ada):
    sign_in(ada).post(f"/admin/roles/{role('rep').pk}", form_of("accounts.view_user", scope=""))
    assert holds("rep") == {"accounts.view_user"}


def test_a_renamed_role_shows_its_new_name_and_the_others_their_translated_one(sign_in, ada):
    browser = sign_in(ada)
    browser.post(f"/admin/roles/{role('rep').pk}", form_of(name="Hunter"))
    assert "Hunter" in browser.get("/admin/roles").text
    assert role("rep").label == "Hunter"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "Operator"},
        {"name": "x" * 151},
        {"scope": "leads.see_moon"},
        {"scope": "leads.purge_lead"},
        {"rights": ["leads.fly_lead"]},
        {"rights": ["accounts.see_all"]},
        {"rights": ["auth.add_group"]},
    ],
)
def test_an_invalid_role_gets_422_keeps_the_input_and_saves_nothing(sign_in, ada, wrong):
    before = holds("rep")
    answer = sign_in(ada).post(f"/admin/roles/{role('rep').pk}", {**form_of("leads.view_lead"), **wrong})
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert holds("rep") == before
    assert role("rep").name == "Sales Rep"
    if "rights" not in wrong:
        assert 'value="leads.view_lead" aria-label="Leads: view" checked' in close_up(answer.text)


# Users can't grant more than they have


def test_the_name_and_the_permissions_of_the_administrator_are_never_changed(sign_in, ada):
    browser, pk, before = sign_in(ada), role("administrator").pk, holds("administrator")
    assert "Administrators always have every permission." in browser.get(f"/admin/roles/{pk}").text
    assert browser.post(f"/admin/roles/{pk}", form_of(name="Nobody")).status_code == 302
    for path in ("/retire", "/restore"):
        assert browser.post(f"/admin/roles/{pk}{path}").status_code == 403
    assert (role("administrator").name, holds("administrator")) == ("Administrator", before)


def role_of_the_department() -> Role:
    """A role created by its own department, with the permissions of a Sales Rep."""
    made = Role.objects.create(name="Trainee")
    made.permissions.set(role("rep").permissions.all())
    return made


def test_users_who_do_not_see_all_departments_cannot_edit_a_role_used_elsewhere(sign_in, ann, carla, grant):
    browser = sign_in(grant(ann, *EDITING))
    assert "Other departments use this role too" in browser.get(f"/admin/roles/{role('rep').pk}").text
    assert browser.post(f"/admin/roles/{role('rep').pk}", form_of()).status_code == 403
    own = role_of_the_department()
    assert browser.post(f"/admin/roles/{own.pk}", form_of(name="Trainee")).status_code == 302
    carla.groups.add(own)
    assert browser.post(f"/admin/roles/{own.pk}", form_of(name="Trainee")).status_code == 403


def test_a_permission_that_the_editor_does_not_have_cannot_be_granted(sign_in, ann, grant):
    browser = sign_in(grant(ann, *EDITING))
    own = role_of_the_department()
    page = browser.get(f"/admin/roles/{own.pk}")
    assert 'value="leads.purge_lead" disabled' in close_up(page.text)
    for right in ("leads.purge_lead", "accounts.add_user", "leads.change_status"):
        answer = browser.post(f"/admin/roles/{own.pk}", form_of(*REP, right, name="Trainee"))
        assert answer.status_code == 422
        assert "You can only grant permissions that you have." in answer.text
    assert Role.objects.get(pk=own.pk).permission_names == REP | {"accounts.see_unassigned"}


def test_a_scope_wider_than_the_editors_cannot_be_granted_but_a_narrower_one_can(sign_in, ann, grant):
    browser = sign_in(grant(ann, *EDITING))
    where = f"/admin/roles/{role_of_the_department().pk}"

    def saved(scope: str) -> int:
        return browser.post(where, form_of(*REP, name="Trainee", scope=f"accounts.{scope}")).status_code

    assert (saved("see_all"), saved("see_own"), saved("see_departments")) == (422, 302, 302)


def test_a_role_with_more_permissions_than_the_editor_cannot_be_changed(sign_in, ann, grant):
    browser = sign_in(grant(ann, *EDITING))
    for key in ("super", "company"):
        pk = role(key).pk
        assert (
            "This role has more permissions than you do, so only a user with those permissions can change it."
            in browser.get(f"/admin/roles/{pk}").text
        )
        for path in ("", "/retire", "/restore"):
            assert browser.post(f"/admin/roles/{pk}{path}", form_of(name="Owned")).status_code == 403
    assert role("super").name == "Super Operator"


# New


def test_a_new_role_is_a_copy_of_another_one(sign_in, ada):
    browser = sign_in(ada)
    page = browser.get("/admin/roles/new", {"copy": role("operator").pk}).text
    assert f'<option value="{role("operator").pk}" selected>' in page
    answer = browser.post("/admin/roles/new", {"name": " Night shift ", "copied": role("operator").pk})
    made = Role.objects.get(name="Night shift")
    assert answer["Location"] == f"/admin/roles/{made.pk}"
    assert (made.key, made.permission_names) == ("", holds("operator"))


@pytest.mark.parametrize("copy", ["", "x", "999999", "0"])
def test_a_copy_requires_a_role_to_copy(sign_in, ada, copy):
    assert sign_in(ada).get("/admin/roles/new", {"copy": copy}).status_code == 200


@pytest.mark.parametrize(
    "values",
    [{"name": ""}, {"name": "sales rep"}, {"name": "Ok", "copied": ""}, {"name": "Ok", "copied": "999999"}],
)
def test_an_invalid_new_role_gets_422(sign_in, ada, values):
    before = Role.objects.count()
    answer = sign_in(ada).post("/admin/roles/new", {"copied": role("rep").pk, **values})
    assert answer.status_code == 422
    assert Role.objects.count() == before


def test_only_a_role_without_extra_permissions_can_be_copied(sign_in, ann, grant):
    browser = sign_in(grant(ann, *EDITING))
    for key in ("super", "administrator"):
        assert browser.post("/admin/roles/new", {"name": "Mine", "copied": role(key).pk}).status_code == 422
    assert not Role.objects.filter(name="Mine").exists()


def test_anyone_can_create_a_role_that_sees_only_its_own_leads(sign_in, ada, departments, make_lead):
    browser = sign_in(ada)
    where = browser.post("/admin/roles/new", {"name": "Own leads only", "copied": role("rep").pk})["Location"]
    browser.post(where, form_of("leads.view_lead", name="Own leads only", scope="accounts.see_own"))
    loner = make_user("loner", None, [departments.sales])
    loner.groups.add(Role.objects.get(name="Own leads only"))
    make_lead("Ana Own", owner=loner)
    make_lead("Ana Free")
    page = sign_in(loner).get("/admin/leads?all=1").text
    assert "Ana Own" in page
    assert "Ana Free" not in page


# Retiring


def test_an_unused_role_can_be_retired_and_is_no_longer_offered(sign_in, ada):
    unused = Role.objects.create(name="Unused")
    unused.permissions.set(permissions_queryset(["leads.view_lead"]))
    browser = sign_in(ada)
    assert browser.post(f"/admin/roles/{unused.pk}/retire")["Location"] == "/admin/roles"
    assert "retired" in browser.get("/admin/roles").text
    assert "Unused" not in browser.get("/admin/users/new").text
    browser.post(f"/admin/roles/{unused.pk}/restore")
    unused.refresh_from_db()
    assert not unused.retired


def test_a_role_in_use_even_by_an_inactive_user_is_not_retired(sign_in, ada, oscar):
    User.objects.filter(pk=oscar.pk).update(is_active=False)
    answer = sign_in(ada).post(f"/admin/roles/{role('operator').pk}/retire")
    assert answer.status_code == 422
    assert "At least one user, active or inactive, still has this role." in answer.text
    assert not role("operator").retired


def test_retiring_requires_a_post(sign_in, ada):
    assert sign_in(ada).get(f"/admin/roles/{role('rep').pk}/retire").status_code == 405
