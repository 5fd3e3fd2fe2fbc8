"""There is always an active administrator."""

import os
import threading
from unittest import mock

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from accounts.models import Role, User
from tests.accounts.users.test_edit import edited
from tests.conftest import make_user


def role(key) -> Role:
    return Role.objects.get(key=key)


def test_the_last_administrator_keeps_the_role(sign_in, ada, departments):
    answer = sign_in(ada).post(
        f"/admin/users/{ada.pk}/edit", edited(ada, departments, roles=[role("rep").pk])
    )
    assert answer.status_code == 422
    assert "Ada is the last administrator" in answer.text
    assert User.objects.administrators().count() == 1


def test_an_inactive_administrator_does_not_count(sign_in, ada, departments):
    second = make_user("second", "administrator", [departments.sales])
    User.objects.filter(pk=second.pk).update(is_active=False)
    answer = sign_in(ada).post(
        f"/admin/users/{ada.pk}/edit", edited(ada, departments, roles=[role("rep").pk])
    )
    assert answer.status_code == 422


def test_an_administrator_can_give_up_the_role_if_there_is_another_one(sign_in, ada, departments):
    make_user("second", "administrator", [departments.sales])
    answer = sign_in(ada).post(
        f"/admin/users/{ada.pk}/edit", edited(ada, departments, roles=[role("rep").pk])
    )
    assert answer.status_code == 302


def test_createsuperuser_creates_an_ordinary_administrator(db):
    with mock.patch.dict(os.environ, {"DJANGO_SUPERUSER_PASSWORD": "a brand new password 7"}):
        call_command("createsuperuser", interactive=False, email="Root@example.com", name="Root", verbosity=0)
    root = User.objects.get(email="root@example.com")
    assert root.is_administrator
    assert not root.is_superuser


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_remove_each_others_role_at_once_leave_one(departments):
    first = make_user("first", "administrator", [departments.sales])
    second = make_user("second", "administrator", [departments.sales])
    start, answers = threading.Barrier(2), []

    def strip(by, whom):
        browser = Client()
        browser.force_login(by, backend="accounts.sign_in.EmailBackend")
        values = edited(whom, departments, roles=[role("rep").pk])
        start.wait()
        answers.append(browser.post(f"/admin/users/{whom.pk}/edit", values).status_code)
        connection.close()

    threads = [threading.Thread(target=strip, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert User.objects.administrators().count() == 1
    assert sorted(answers)[0] == 302
    assert sorted(answers)[1] in (403, 422)
