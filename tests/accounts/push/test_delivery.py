"""Notifications on devices: encrypted and signed, once, only what the user wants, and retried while they are of use."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Absence, PushDevice, PushMessage, User
from accounts.push.push_delivery import send_push
from accounts.reminders.task_reminders import send_due_task_reminders
from crm.models import Notification, Task
from crm.platform.web.notifications import create_notification
from crm.records.history.verb_execution import operation
from leads.stuck.stuck_reminders import OWN
from tests.accounts.push.pushing import SubscribedBrowser, a_device, signed, state_of

State = PushMessage.State


def test_a_reminder_arrives_encrypted_and_signed(remind, device, subscriber, service, lead):
    message = remind()
    send_push(message.pk)
    ((headers, body),) = service.heard
    assert subscriber.read(body) == {
        "title": "Reminder",
        "body": "“Call back” for Jan Novák is due at 14:00.",
        "path": f"/admin/leads/{lead.pk}",
        "tag": f"notification-{message.notification_id}",
        "lang": "en",
    }
    assert b"Jan" not in body
    assert signed(headers["Authorization"])["aud"] == service.origin
    assert (headers["Content-Encoding"], headers["Urgency"]) == ("aes128gcm", "high")
    assert 0 < int(headers["TTL"]) <= 4 * 60 * 60
    assert headers["Topic"] == f"notification-{message.notification_id}"
    assert state_of(message) == (State.DELIVERED, 201, 1)
    device.refresh_from_db()
    assert device.last_used_at is not None


def test_a_task_about_to_be_due_is_pushed(device, subscriber, service, bob, lead, make_task):
    now = timezone.now()
    soon = timezone.localtime(now + timedelta(minutes=10), bob.zone)
    make_task("Call back", lead, user=bob, due_on=soon.date(), due_time=soon.time().replace(microsecond=0))
    assert send_due_task_reminders(now) == 1
    send_push(PushMessage.objects.get().pk)
    assert subscriber.read(service.heard[0][1])["body"].startswith("“Call back” for Jan Novák is due at ")


def test_of_two_summaries_the_later_one_replaces_the_earlier_one(device, service, bob):
    for number in (1, 2):
        create_notification(bob, "tasks_of_day", path="/admin/tasks", number=number, overdue=0, of="")
    for message in PushMessage.objects.order_by("pk"):
        send_push(message.pk)
    assert [headers["Topic"] for headers, _body in service.heard] == ["tasks-of-the-day"] * 2


def test_a_mention_arrives_in_the_language_of_its_reader(
    device, subscriber, service, sign_in, ann, bob, lead
):
    User.objects.filter(pk=bob.pk).update(language="ro")
    sign_in(ann).post(f"/admin/leads/{lead.pk}/activities", {"type": "note", "text": "@Bob please look"})
    send_push(PushMessage.objects.get().pk)
    told = subscriber.read(service.heard[0][1])
    with translation.override("ro"):
        assert told["title"] == gettext("Mention") != "Mention"
    assert told["lang"] == "ro"
    assert "Ann" in told["body"]
    assert "please look" not in str(told)


def test_a_colleagues_reminder_of_stuck_leads_is_pushed(device, bob):
    create_notification(bob, "stuck", path=OWN, number=2, by="Ann")
    assert PushMessage.objects.count() == 1


def test_other_notifications_stay_in_the_product(device, bob):
    create_notification(bob, "assigned")
    assert not PushMessage.objects.exists()


@pytest.mark.parametrize(("off", "kind", "left"), [
    ("push_reminders", "stuck", 0), ("push_reminders", "mentioned", 1),
    ("push_mentions", "stuck", 1), ("push_mentions", "mentioned", 0),
])  # fmt: skip
def test_users_choose_reminders_and_mentions_separately(off, kind, left, device, bob):
    User.objects.filter(pk=bob.pk).update(**{off: False})
    create_notification(bob, kind, number=1)
    assert PushMessage.objects.count() == left


def test_a_message_goes_to_every_device_of_its_user_and_to_no_other(remind, device, service, bob, ben):
    a_device(bob, SubscribedBrowser(), f"{service.origin}/send/2")
    a_device(ben, SubscribedBrowser(), f"{service.origin}/send/3")
    remind()
    assert set(PushMessage.objects.values_list("device__user", flat=True)) == {bob.pk}
    assert PushMessage.objects.count() == 2
    jobs = ProcrastinateJob.objects.filter(task_name="send_push")
    assert {(job.queue_name, job.lock) for job in jobs} == {("webhooks", f"push {bob.pk}")}


def complete(bob):
    with operation("test", by=None):
        Task.objects.update(done_at=timezone.now())


def away(bob):
    today = timezone.localdate(timezone=bob.zone)
    Absence.objects.create(user=bob, first=today, last=today)


@pytest.mark.parametrize("since", [
    lambda bob: Notification.objects.of_user(bob).mark_read(),
    lambda bob: User.objects.filter(pk=bob.pk).update(is_active=False),
    lambda bob: User.objects.filter(pk=bob.pk).update(push_reminders=False),
    lambda bob: Notification.objects.of_user(bob).update(at=timezone.now() - timedelta(hours=5)),
    lambda bob: PushDevice.objects.update(server_key="of a lost secret key"),
    complete,
    away,
], ids=["read", "deactivated", "turned off", "too late", "lost key", "completed", "away"])  # fmt: skip
def test_what_is_no_longer_of_use_is_not_sent(since, remind, device, service, bob):
    message = remind()
    since(bob)
    send_push(message.pk)
    assert service.heard == []
    assert state_of(message) == (State.DROPPED, None, 0)


def test_the_setting_turns_everything_off(remind, device, service, settings):
    message = remind()
    settings.PUSH = False
    send_push(message.pk)
    assert remind() == message
    assert service.heard == []


def test_a_record_that_the_user_no_longer_sees_is_not_named(
    remind, device, subscriber, service, bob, ann, lead, departments, dan
):
    reminder = remind()
    with operation("test", by=ann) as record:
        create_notification(bob, "mentioned", record, [lead.pk], table="lead")
        type(lead).objects.filter(pk=lead.pk).update(owner=dan, department=departments.export)
    for message in (reminder, PushMessage.objects.latest("pk")):
        send_push(message.pk)
    (told,) = [subscriber.read(body) for _headers, body in service.heard]
    assert told["body"] == "Ann mentioned you on 1 lead."
