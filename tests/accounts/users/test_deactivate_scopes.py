"""Who is offered and notified when a user is deactivated."""

from accounts.users.forms import DeactivationForm
from crm.models import Notification
from tests.accounts.users.leaving import owner_of, to


def test_only_visible_departments_and_colleagues_are_offered(ann, ada, bob, carla, departments):
    offered = DeactivationForm(leaving=bob, by=ann).fields
    assert list(offered["department"].queryset) == [departments.sales]
    assert carla not in offered["owner"].queryset
    assert bob not in offered["owner"].queryset
    everything = DeactivationForm(leaving=bob, by=ada).fields
    assert departments.export in everything["department"].queryset
    assert carla in everything["owner"].queryset


def test_a_department_out_of_scope_cannot_be_chosen(sign_in, ann, bob, departments, scene, grant):
    browser = sign_in(grant(ann, "accounts.delete_user", "accounts.view_user"))
    answer = browser.post(f"/admin/users/{bob.pk}/deactivate", to("spread", department=departments.export))
    assert answer.status_code == 422
    bob.refresh_from_db()
    assert bob.is_active


def test_reassigning_records_to_yourself_does_not_notify_you(press, ada, scene):
    press(to("one", owner=ada))
    assert owner_of(scene.new) == ada
    assert not Notification.objects.exists()


def test_reassigning_records_notifies_the_new_owner(press, ben, scene):
    press(to("one", owner=ben))
    assert [notice.user for notice in Notification.objects.all()] == [ben]
