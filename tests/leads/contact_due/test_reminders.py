"""Reminders of first contacts: before the moment to the owner, after it to the managers, once, and together."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import Absence, User
from crm.models import Notification
from crm.platform.web.notifications import build_notification_lines
from crm.records.history.verb_execution import carry_out, operation
from leads import verbs
from leads.contact_due.first_contact_reminders import (
    build_reminder_email,
    delete_old_contact_reminders,
    notify_of_overdue_first_contacts,
    remind_of_first_contacts,
)
from leads.jobs import mail_contacts_due
from leads.models import ContactReminder, Lead
from tests.crossing import crossed

# Monday 10:00 in Bucharest, where the departments work from 9:00 to 17:00. With a limit of four hours, leads are at risk
# from 13:00 on and due at 14:00.
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
AT_RISK, DUE, MINUTE = MONDAY + timedelta(hours=3), MONDAY + timedelta(hours=4), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def four_hours(sources):
    with operation("test", by=None):
        type(sources.website).objects.filter(pk=sources.website.pk).update(contact_within=240)


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob, created_at=MONDAY)


@pytest.fixture(autouse=True)
def queued(monkeypatch):
    """The emails that were queued."""
    found: list[dict] = []
    monkeypatch.setattr(mail_contacts_due, "defer", lambda **values: found.append(values))
    return found


def told(user) -> list[str]:
    return [
        line.words
        for line in build_notification_lines(list(Notification.objects.of_user(user).order_by("pk")), user)
    ]


def test_the_owner_is_reminded_once_when_a_quarter_of_the_limit_is_left(lead, bob, queued):
    assert remind_of_first_contacts(AT_RISK - MINUTE) == 0
    assert remind_of_first_contacts(AT_RISK) == 1
    assert remind_of_first_contacts(AT_RISK + MINUTE) == 0
    assert told(bob) == ["The first contact with Jan Novák is due 2 Mar, 14:00."]
    assert Notification.objects.get().path == f"/admin/leads/{lead.pk}"
    assert queued == [{"user_id": bob.pk, "of_id": bob.pk, "leads": [lead.pk], "late": False}]


def test_the_managers_of_the_department_are_told_once_when_it_is_over(lead, ann, bob, carla, conrad, queued):
    assert notify_of_overdue_first_contacts(DUE - MINUTE) == 0
    assert notify_of_overdue_first_contacts(DUE) > 0
    assert notify_of_overdue_first_contacts(DUE + MINUTE) == 0
    assert told(ann) == ["The first contact with Jan Novák is overdue. It was due 2 Mar, 14:00."]
    assert told(conrad) == told(ann)
    # A sales rep of the department, and the manager of another one.
    assert told(bob) == told(carla) == []
    assert len(queued) == Notification.objects.count()


def test_leads_of_an_import_are_one_notification_and_one_email_each(lead_of, bob, ann, queued):
    with operation("test", by=None):
        Lead.objects.bulk_create(lead_of(str(n), owner=bob, created_at=MONDAY) for n in range(300))
    assert remind_of_first_contacts(AT_RISK) == 1
    assert told(bob) == ["300 of your leads have to be contacted soon."]
    assert Notification.objects.get().path == "/admin/leads?first_contact=risk&owner=me&sort=contact_due_at"
    notify_of_overdue_first_contacts(DUE)
    assert told(ann) == ["The first contact with 300 leads is overdue."]
    assert len(queued) == 1 + Notification.objects.exclude(user=bob).count()


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_of_two_workers_at_once_one_sends_the_reminder(lead, bob):
    answers = []
    answers.append(
        crossed(
            lambda: answers.append(remind_of_first_contacts(AT_RISK)),
            lambda: remind_of_first_contacts(AT_RISK),
        )
    )
    assert answers == [1, 0]
    assert len(told(bob)) == 1


def test_no_one_is_reminded_of_leads_that_are_contacted_unassigned_in_trash_or_overdue_for_days(
    make_lead, lead, bob, ada, statuses
):
    carry_out(verbs.Move(statuses.contacted), Lead.objects.filter(pk=lead.pk), by=bob)
    make_lead("Eva", owner=None, created_at=MONDAY)
    gone = make_lead("Gone", owner=bob, created_at=MONDAY)
    carry_out(verbs.Delete(), Lead.objects.filter(pk=gone.pk), by=ada)
    make_lead("Old", owner=bob, created_at=MONDAY - timedelta(days=400))
    assert remind_of_first_contacts(AT_RISK) == 0
    notify_of_overdue_first_contacts(DUE)
    # The unassigned one is.
    assert {notice.parameters["number"] for notice in Notification.objects.all()} == {1}
    assert set(ContactReminder.objects.values_list("late", "lead")) == {
        (True, Lead.objects.get(last_name="Eva").pk)
    }


def test_a_later_moment_is_another_reminder_and_an_earlier_one_is_not(lead, bob, sources):
    assert remind_of_first_contacts(AT_RISK) == 1
    for minutes, number in ((300, 1), (250, 0)):
        with operation("test", by=None):
            Lead.objects.filter(pk=lead.pk).update(
                contact_due_at=MONDAY + timedelta(minutes=minutes), contact_warning_at=AT_RISK
            )
        assert remind_of_first_contacts(AT_RISK + MINUTE) == number


def test_the_substitute_of_an_owner_who_is_away_is_reminded_too(lead, bob, ben, queued):
    Absence.objects.create(user=bob, first=date(2026, 3, 1), last=date(2026, 3, 6), substitute=ben)
    remind_of_first_contacts(AT_RISK)
    # Ben sees unassigned leads and his own.
    assert told(ben) == []
    with operation("test", by=None):
        Lead.objects.update(shared=True)
    ContactReminder.objects.all().delete()
    remind_of_first_contacts(AT_RISK)
    assert told(ben) == ["Bob is away: the first contact with Jan Novák is due 2 Mar, 14:00."]
    assert [values["user_id"] for values in queued] == [ben.pk]


def test_the_email_names_the_leads_and_leaves_out_what_was_contacted_since(lead, make_lead, bob, statuses):
    User.objects.filter(pk=bob.pk).update(time_zone="Europe/Bucharest")
    bob = User.objects.with_rights().get(pk=bob.pk)
    other = make_lead("Eva", owner=bob, created_at=MONDAY)
    ids = [lead.pk, other.pk]
    mail = build_reminder_email(bob, bob, ids, late=False)
    assert mail.subject == "First contact due soon: 2 leads"
    assert "Jan Novák: 2 Mar, 14:00" in mail.body
    assert f"/admin/leads/{other.pk}" in mail.body
    carry_out(verbs.Move(statuses.contacted), Lead.objects.filter(pk=other.pk), by=bob)
    assert "Eva" not in build_reminder_email(bob, bob, ids, late=True).body
    carry_out(verbs.Move(statuses.contacted), Lead.objects.filter(pk=lead.pk), by=bob)
    assert build_reminder_email(bob, bob, ids, late=True) is None


def test_the_email_of_many_leads_names_twenty_and_counts_the_others(lead_of, bob):
    with operation("test", by=None):
        Lead.objects.bulk_create(lead_of(str(n), owner=bob, created_at=MONDAY) for n in range(23))
    ids = list(Lead.objects.values_list("pk", flat=True))
    body = build_reminder_email(bob, bob, ids, late=True).body
    assert body.count("/admin/leads/") == 20
    assert "And 3 more." in body


def test_who_turned_reminders_off_gets_no_email(lead, bob, queued):
    User.objects.filter(pk=bob.pk).update(mail_reminders=False)
    assert remind_of_first_contacts(AT_RISK) == 1
    assert queued == []


def test_old_reminders_are_removed(lead):
    remind_of_first_contacts(AT_RISK)
    ContactReminder.objects.update(moment=datetime(2026, 1, 1, tzinfo=UTC))
    ContactReminder.objects.create(lead=99, late=True, moment=datetime(2100, 1, 1, tzinfo=UTC))
    assert delete_old_contact_reminders() == 1
