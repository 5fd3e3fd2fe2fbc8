"""Who can deactivate whom."""

import threading

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from crm.models import Notification, Operation
from tests.accounts.users.leaving import EVERYWHERE, owner_of, to
from tests.conftest import make_user


def test_users_cannot_deactivate_themselves(sign_in, ada, departments):
    make_user("second", "administrator", [departments.sales])
    for ask in (sign_in(ada).get, sign_in(ada).post):
        assert ask(f"/admin/users/{ada.pk}/deactivate").status_code == 403
    assert f"/admin/users/{ada.pk}/deactivate" not in sign_in(ada).get(f"/admin/users/{ada.pk}").text
    ada.refresh_from_db()
    assert ada.is_active


def test_a_user_with_leads_cannot_be_deactivated_without_the_assign_permission(
    sign_in, oscar, bob, ben, scene, grant
):
    kinds = ("company", "contact", "deal", "request")
    taking = ("leads.take_lead", *(f"customers.take_{kind}" for kind in kinds))
    editor = grant(oscar, "accounts.delete_user", "accounts.view_user", *taking)
    browser = sign_in(editor)
    page = browser.get(f"/admin/users/{bob.pk}/deactivate").text
    assert "You don’t have permission to assign these records" in page
    assert browser.post(f"/admin/users/{bob.pk}/deactivate", to("one", owner=ben)).status_code in (403, 422)
    bob.refresh_from_db()
    assert bob.is_active


def test_a_manager_can_reassign_visible_leads_and_sees_how_many_stay(sign_in, ann, bob, ben, scene, grant):
    browser = sign_in(grant(ann, "accounts.delete_user", "accounts.view_user"))
    page = browser.get(f"/admin/users/{bob.pk}/deactivate").text
    assert "<b>2</b>leads" in page
    assert "have permission to reassign 1 open lead." in page
    browser.post(f"/admin/users/{bob.pk}/deactivate", to("one", owner=ben))
    assert [owner_of(lead) for lead in (scene.new, scene.planned, scene.export)] == [ben, ben, bob]


def test_the_last_administrator_cannot_be_deactivated(sign_in, ada, conrad, departments, grant):
    everything = grant(conrad, *ada.granted_permissions)
    answer = sign_in(everything).post(f"/admin/users/{ada.pk}/deactivate")
    assert answer.status_code == 422
    assert "Ada is the last administrator" in answer.text
    ada.refresh_from_db()
    assert ada.is_active


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_deactivate_each_other_at_once_leave_one(departments):
    first = make_user("first", "administrator", [departments.sales])
    second = make_user("second", "administrator", [departments.sales])
    start, answers = threading.Barrier(2), []

    def press(by, whom):
        browser = Client()
        browser.force_login(by, backend=EVERYWHERE)
        start.wait()
        answers.append(browser.post(f"/admin/users/{whom.pk}/deactivate").status_code)
        connection.close()

    threads = [threading.Thread(target=press, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert User.objects.administrators().count() == 1
    assert 302 in answers


def test_clicking_twice_deactivates_once(press, bob, ben, scene):
    press(to("one", owner=ben))
    assert press(to("one", owner=ben))["Location"] == f"/admin/users/{bob.pk}"
    assert Operation.objects.filter(kind="deactivate").count() == 1
    assert Notification.objects.count() == 1
