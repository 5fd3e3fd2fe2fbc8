"""Two tabs, two people, two clicks: the second one gets a message, and nothing is saved twice."""

import re
import threading

import pytest
from django.contrib.auth.models import Permission
from django.db import connections
from django.test import Client

from accounts.models import Department, Role, User
from tests.conftest import make_user


def drawn(page) -> str:
    return re.search(r'name="drawn" value="([^"]+)"', page.text)[1]


def test_the_second_editor_of_a_role_sees_what_changed_and_chooses(sign_in, ada):
    browser = sign_in(ada)
    rep = Role.objects.get(key="rep")
    first, second = (drawn(browser.get(f"/admin/roles/{rep.pk}")) for _tab in (1, 2))
    form = {"name": "Sales Rep", "scope": "accounts.see_own", "rights": ["leads.view_lead"]}
    assert browser.post(f"/admin/roles/{rep.pk}", {**form, "drawn": first}).status_code == 302
    mine = {**form, "rights": ["leads.view_lead", "leads.add_lead"], "drawn": second}
    answer = browser.post(f"/admin/roles/{rep.pk}", mine)
    assert answer.status_code == 409
    assert "changed these fields since you opened the page: Can view, Permissions." in answer.text
    assert "leads.add_lead" not in rep.permission_names
    again = {**mine, "drawn": drawn(answer)}
    assert browser.post(f"/admin/roles/{rep.pk}", again).status_code == 302
    assert rep.permission_names == {"leads.view_lead", "leads.add_lead", "accounts.see_own"}


def test_the_second_editor_of_a_user_gets_a_message(sign_in, ada, bob, departments):
    browser = sign_in(ada)
    where = f"/admin/users/{bob.pk}/edit"
    was = drawn(browser.get(where))
    roles = [Role.objects.get(key="rep").pk]
    form = {
        "name": "Bob",
        "email": bob.email,
        "department": departments.sales.pk,
        "roles": roles,
        "drawn": was,
    }
    assert browser.post(where, {**form, "name": "Robert"}).status_code == 302
    answer = browser.post(where, {**form, "email": "bob@new.example"})
    assert answer.status_code == 409
    assert "changed these fields since you opened the page: Name." in answer.text
    assert 'value="bob@new.example"' in answer.text
    bob.refresh_from_db()
    assert (bob.name, bob.email) == ("Robert", "bob@example.com")


def test_the_second_editor_of_a_department_gets_a_message(sign_in, ada, departments):
    browser = sign_in(ada)
    where = f"/admin/departments/{departments.export.pk}"
    was = drawn(browser.get(where))
    assert browser.post(where, {"name": "Abroad", "country": "DE", "drawn": was}).status_code == 302
    assert browser.post(where, {"name": "Export", "country": "FR", "drawn": was}).status_code == 409
    departments.export.refresh_from_db()
    assert (departments.export.name, departments.export.country) == ("Abroad", "DE")


@pytest.mark.parametrize("senseless", ["x", "name:", ":::", "name:1 name:2", "a" * 5000])
def test_an_invalid_state_is_a_conflict_and_no_server_error(sign_in, ada, departments, senseless):
    where = f"/admin/departments/{departments.export.pk}"
    answer = sign_in(ada).post(where, {"name": "Abroad", "country": "DE", "drawn": senseless})
    assert answer.status_code == 409


def at_once(*calls) -> list[int]:
    """The status codes of simultaneous requests, each from a separate browser."""
    start, found = threading.Barrier(len(calls)), []

    def send(call):
        browser = Client()
        browser.force_login(
            User.objects.get(email="ada@example.com"), backend="accounts.sign_in.EmailBackend"
        )
        start.wait()
        try:
            found.append(browser.post(*call).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


@pytest.fixture
def company(transactional_db):
    """A department and an administrator that other connections can see."""
    from accounts.roles.initial_data import install_roles_and_department

    install_roles_and_department()
    sales = Department.objects.get_or_create(name="Sales")[0]
    return make_user("ada", "administrator", [sales]), sales


def test_clicking_a_button_twice_adds_one_user_one_role_and_one_department(company):
    _ada, sales = company
    rep = Role.objects.get(key="rep")
    user = {"name": "Eve", "email": "eve@example.com", "department": sales.pk, "roles": [rep.pk]}
    assert at_once(*[("/admin/users/new", user)] * 3) == [302, 422, 422]
    assert User.objects.with_email("eve@example.com").count() == 1
    role = {"name": "Trainee", "copied": rep.pk}
    assert at_once(*[("/admin/roles/new", role)] * 3) == [302, 422, 422]
    assert Role.objects.with_name("Trainee").count() == 1
    assert at_once(*[("/admin/departments/new", {"name": "Abroad"})] * 3) == [302, 422, 422]
    assert Department.objects.filter(name="Abroad").count() == 1


def test_when_two_people_save_a_role_at_once_one_gets_a_message(company):
    rep = Role.objects.get(key="rep")
    browser = Client()
    browser.force_login(company[0], backend="accounts.sign_in.EmailBackend")
    was = drawn(browser.get(f"/admin/roles/{rep.pk}"))
    form = {"name": "Sales Rep", "scope": "accounts.see_own", "drawn": was}
    calls = [{**form, "rights": [right]} for right in ("leads.view_lead", "leads.add_lead")]
    assert at_once(*[(f"/admin/roles/{rep.pk}", call) for call in calls]) == [302, 409]
    assert rep.permissions.count() == 2
    assert Permission.objects.filter(group=rep).exclude(codename="see_own").count() == 1


@pytest.mark.parametrize(
    "path",
    [
        "users/{bob}/edit",
        "users/{bob}/deactivate",
        "roles/{rep}",
        "roles/{rep}/retire",
        "departments/{sales}",
        "departments/{sales}/retire",
        "departments/{sales}/restore",
    ],
)
def test_each_form_of_people_waits_until_another_one_is_saved(
    sign_in, ada, bob, departments, path, waits_for_no_lock
):
    rep = Role.objects.get(key="rep")
    address = "/admin/" + path.format(bob=bob.pk, rep=rep.pk, sales=departments.sales.pk)
    browser, other = sign_in(ada), connections.create_connection("default")
    try:
        other.set_autocommit(False)
        with other.cursor() as held:
            held.execute("SELECT FROM accounts_role WHERE key = 'administrator' FOR UPDATE")
        assert browser.post(address).status_code == 409
    finally:
        other.close()


def test_a_taken_name_gets_a_plain_message(sign_in, ada, bob, departments):
    browser = sign_in(ada)
    rep = Role.objects.get(key="rep").pk
    user = {"name": "Eve", "email": bob.email.upper(), "department": departments.sales.pk, "roles": [rep]}
    assert "An active or inactive user already has this email." in browser.post("/admin/users/new", user).text
    taken = "A role with this name already exists."
    form = {"name": "Operator", "scope": "accounts.see_own", "rights": ["leads.view_lead"]}
    assert taken in browser.post(f"/admin/roles/{rep}", form).text
    assert taken in browser.post("/admin/roles/new", {"name": "operator", "copied": rep}).text
    name = {"name": "Export"}
    assert "A department with this name already exists." in browser.post("/admin/departments/new", name).text
