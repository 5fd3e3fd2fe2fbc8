"""Editing a user and sending links: editors can't grant, remove, or change more than they have."""

from django.test import Client

from accounts.authentication.password_links import build_password_link
from accounts.jobs import mail_link
from accounts.models import Membership, Role, User
from tests.conftest import make_user

MANAGING = ("accounts.view_user", "accounts.add_user", "accounts.change_user")


def role(key) -> Role:
    return Role.objects.get(key=key)


def form_of(departments, **values):
    return {
        "name": "Eva Nová",
        "email": "eva@example.com",
        "department": departments.sales.pk,
        "also": [],
        "roles": [role("rep").pk],
        **values,
    }


def offered(answer) -> set[str]:
    return {str(choice) for choice in answer.context["form"].fields["roles"].queryset}


def test_an_editor_can_give_only_roles_within_their_own_permissions(sign_in, ann, departments, grant):
    browser = sign_in(grant(ann, *MANAGING))
    plain = {"Sales Rep", "Operator", "Sales Manager"}
    assert {name for name in offered(browser.get("/admin/users/new")) if "also" not in name} == plain
    for key in ("super", "company", "administrator"):
        answer = browser.post("/admin/users/new", form_of(departments, roles=[role(key).pk]))
        assert answer.status_code == 422, key
    assert browser.post("/admin/users/new", form_of(departments)).status_code == 302


def test_an_editor_can_add_people_only_to_visible_departments(sign_in, ann, departments, grant):
    browser = sign_in(grant(ann, *MANAGING))
    for values in ({"department": departments.export.pk}, {"also": [departments.export.pk]}):
        assert browser.post("/admin/users/new", form_of(departments, **values)).status_code == 422
    assert not User.objects.filter(email="eva@example.com").exists()


def test_an_editor_cannot_change_a_user_with_more_permissions(sign_in, ann, ada, bob, conrad, grant):
    editor = grant(ann, *MANAGING, "accounts.delete_user")
    browser = sign_in(editor)
    for person in (ada, conrad):
        assert (
            "has more permissions or access than you do, so only a user with the same access can change this account."
            in browser.get(f"/admin/users/{person.pk}").text
        )
        assert f"/admin/users/{person.pk}/edit" not in browser.get(f"/admin/users/{person.pk}").text
        assert browser.get(f"/admin/users/{person.pk}/edit").status_code == 403
        assert browser.post(f"/admin/users/{person.pk}/edit", {"name": "Owned"}).status_code == 403
        for act in ("link", "deactivate", "reactivate"):
            assert browser.post(f"/admin/users/{person.pk}/{act}").status_code == 403, act
        person.refresh_from_db()
        assert (person.name, person.is_active, person.link_sent_at) == (person.name.title(), True, None)
    assert browser.get(f"/admin/users/{bob.pk}/edit").status_code == 200


def test_an_editor_cannot_change_a_user_who_sees_other_departments(sign_in, ann, bob, departments, grant):
    Membership.objects.create(user=bob, department=departments.export, position=1)
    browser = sign_in(grant(ann, *MANAGING, "accounts.delete_user"))
    assert browser.get(f"/admin/users/{bob.pk}").status_code == 200
    for act in ("edit", "link", "deactivate"):
        assert browser.post(f"/admin/users/{bob.pk}/{act}").status_code == 403


def test_a_colleague_with_the_same_permissions_can_be_changed(sign_in, ann, departments, grant):
    other = make_user("mihai", "manager", [departments.sales])
    assert sign_in(grant(ann, *MANAGING)).get(f"/admin/users/{other.pk}/edit").status_code == 200


def edited(user, departments, **values):
    return {
        "name": user.name,
        "email": user.email,
        "department": departments.sales.pk,
        "roles": [group.pk for group in user.groups.all()],
        **values,
    }


def test_editing_changes_name_email_departments_and_roles(sign_in, ada, bob, departments):
    values = edited(
        bob,
        departments,
        name="Robert Moreau",
        email="Robert@example.com",
        department=departments.export.pk,
        also=[departments.sales.pk],
        roles=[role("operator").pk],
    )
    browser = sign_in(ada)
    assert browser.post(f"/admin/users/{bob.pk}/edit", values)["Location"] == f"/admin/users/{bob.pk}"
    changed = User.objects.with_rights().get(pk=bob.pk)
    assert (changed.name, changed.email) == ("Robert Moreau", "robert@example.com")
    assert changed.department_ids == [departments.export.pk, departments.sales.pk]
    assert [group.role.key for group in changed.groups.all()] == ["operator"]


def test_a_new_role_applies_from_the_next_click(sign_in, ada, bob, departments):
    bobs = Client()
    bobs.force_login(bob, backend="accounts.sign_in.EmailBackend")
    assert bobs.get("/admin/users").status_code == 403
    sign_in(ada).post(
        f"/admin/users/{bob.pk}/edit", edited(bob, departments, roles=[role("administrator").pk])
    )
    assert bobs.get("/admin/users").status_code == 200


def test_an_invalid_edit_gets_422_keeps_the_input_and_saves_nothing(sign_in, ada, bob, ann, departments):
    values = edited(bob, departments, name="Robert", email="ann@example.com")
    answer = sign_in(ada).post(f"/admin/users/{bob.pk}/edit", values)
    assert answer.status_code == 422
    assert 'value="Robert"' in answer.text
    assert "Edit Bob" in answer.text
    bob.refresh_from_db()
    assert (bob.name, bob.email) == ("Bob", "bob@example.com")


def test_a_role_retired_since_can_be_kept(sign_in, ada, bob, departments):
    Role.objects.filter(key="rep").update(retired=True)
    answer = sign_in(ada).post(f"/admin/users/{bob.pk}/edit", edited(bob, departments))
    assert answer.status_code == 302
    assert [group.role.key for group in bob.groups.all()] == ["rep"]


def test_leads_in_departments_the_user_has_left_are_listed(sign_in, ada, bob, make_lead, departments):
    make_lead(owner=bob)
    browser = sign_in(ada)
    browser.post(f"/admin/users/{bob.pk}/edit", edited(bob, departments, department=departments.export.pk))
    assert "still owns 1 open lead in departments" in browser.get(f"/admin/users/{bob.pk}").text


def test_changing_the_email_expires_unused_links(sign_in, ada, bob, departments):
    link = build_password_link(bob).removeprefix("http://127.0.0.1:8000")
    sign_in(ada).post(f"/admin/users/{bob.pk}/edit", edited(bob, departments, email="robert@example.com"))
    assert Client().get(link).status_code == 410


def test_a_password_link_goes_only_to_its_owner(sign_in, ada, bob, mailoutbox):
    browser = sign_in(ada)
    assert browser.post(f"/admin/users/{bob.pk}/link")["Location"] == f"/admin/users/{bob.pk}"
    page = browser.get(f"/admin/users/{bob.pk}").text
    assert "is on its way to bob@example.com" in page
    assert "password/set" not in page
    mail_link(bob.pk, ada.pk)
    assert mailoutbox[0].to == ["bob@example.com"]
    assert "Ada sent you this link" in mailoutbox[0].body


def test_an_inactive_user_gets_no_link(sign_in, ada, bob):
    User.objects.filter(pk=bob.pk).update(is_active=False)
    browser = sign_in(ada)
    assert browser.post(f"/admin/users/{bob.pk}/link").status_code == 403
    assert "/link" not in browser.get(f"/admin/users/{bob.pk}").text


def test_changes_require_a_post(sign_in, ada, bob):
    browser = sign_in(ada)
    for act in ("link", "reactivate", "inspect"):
        assert browser.get(f"/admin/users/{bob.pk}/{act}").status_code == 405
