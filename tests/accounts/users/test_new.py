"""A new user: invited by email, with no more permissions than the user who adds them."""

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.authentication.password_links import build_password_link
from accounts.jobs import mail_link
from accounts.models import Department, Role, User


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


def test_a_new_user_is_invited_by_email_and_no_one_else_sees_the_link(sign_in, ada, departments, mailoutbox):
    browser = sign_in(ada)
    answer = browser.post("/admin/users/new", form_of(departments, email=" Eva@Example.COM "))
    eva = User.objects.with_rights().get(email="eva@example.com")
    assert answer["Location"] == f"/admin/users/{eva.pk}"
    assert (eva.name, eva.is_invited, eva.is_active) == ("Eva Nová", True, True)
    assert eva.department_ids == [departments.sales.pk]
    page = browser.get(answer["Location"]).text
    assert "An invitation is on its way to eva@example.com" in page
    assert "password/set" not in page
    assert "saved as files in" in page
    mail_link(eva.pk, ada.pk)
    (letter,) = mailoutbox
    assert letter.subject == "Your Leadwell account"
    assert "Ada created an account for you" in letter.body


def test_the_invitation_lets_the_new_user_choose_a_password_and_sign_in(sign_in, ada, departments):
    sign_in(ada).post("/admin/users/new", form_of(departments))
    link = build_password_link(User.objects.get(email="eva@example.com")).removeprefix(
        "http://127.0.0.1:8000"
    )
    eva = Client()
    form = eva.get(link)["Location"]
    eva.post(form, {"new_password1": "a brand new password 7", "new_password2": "a brand new password 7"})
    answer = eva.post("/login", {"email": "eva@example.com", "password": "a brand new password 7"})
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_departments_keep_their_order(sign_in, ada, departments):
    sign_in(ada).post(
        "/admin/users/new",
        form_of(
            departments, department=departments.export.pk, also=[departments.sales.pk, departments.export.pk]
        ),
    )
    eva = User.objects.with_rights().get(email="eva@example.com")
    assert eva.department_ids == [departments.export.pk, departments.sales.pk]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 151),
        ("email", "eva"),
        ("email", ""),
        ("email", "BOB@example.com"),
        ("department", ""),
        ("department", "999999"),
        ("department", "x"),
        ("also", ["999999"]),
        ("roles", []),
        ("roles", ["999999"]),
        ("roles", ["x"]),
    ],
)
def test_an_invalid_new_user_gets_422_and_nothing_is_saved(sign_in, ada, bob, departments, field, value):
    before = User.objects.count()
    answer = sign_in(ada).post("/admin/users/new", form_of(departments, **{field: value}))
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    if field != "name":
        assert 'value="Eva Nová"' in answer.text
    assert User.objects.count() == before
    assert not ProcrastinateJob.objects.exists()


def test_a_retired_department_or_role_cannot_be_chosen(sign_in, ada, departments):
    Department.objects.filter(pk=departments.export.pk).update(retired=True)
    Role.objects.filter(key="operator").update(retired=True)
    browser = sign_in(ada)
    for values in ({"department": departments.export.pk}, {"roles": [role("operator").pk]}):
        assert browser.post("/admin/users/new", form_of(departments, **values)).status_code == 422
