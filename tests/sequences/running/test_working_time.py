"""When steps are done: in the working time of their author, not while they are away, and so many emails a day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Absence, Department, Holiday, WorkingHours
from crm.models import CompanySettings, Task
from crm.records.history.verb_execution import operation
from sequences.models import ComingStep, Enrollment, EnrollmentStep
from sequences.running.pauses import AWAY, OFF, TEMPLATE_GONE, UNSENT, find_pause
from sequences.running.turns import find_ready_authors, is_anything_due
from sequences.switching import turn_off, turn_on
from tests.crm.work.emails.emailing import work as send_all
from tests.sequences.sequencing import (
    build_step,
    make_due,
    make_sequence,
    send_away,
    start,
    state_of,
    work,
    work_always,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sequence(template):
    return make_sequence(
        "One", build_step("email", "a", template=template.pk), build_step("call", "b", after=1, title="Call")
    )


def close() -> None:
    """No department works today."""
    with operation("test", by=None):
        WorkingHours.objects.all().delete()
        WorkingHours.objects.bulk_create(
            WorkingHours(
                department=one,
                weekday=(timezone.localdate().weekday() + 3) % 7,
                opens="09:00",
                closes="17:00",
            )
            for one in Department.objects.all()
        )


def test_outside_the_working_time_of_the_author_nothing_is_done(ada, sequence, make_lead):
    close()
    start(sequence, ada, make_lead(email="a@example.cz", owner=ada))
    assert ComingStep.objects.get().due_at > timezone.now() + timedelta(hours=12)
    make_due(Enrollment.objects.get())
    assert not is_anything_due(timezone.now())
    assert (work(), EnrollmentStep.objects.count()) == (0, 0)
    work_always()
    assert (work(), EnrollmentStep.objects.count()) == (1, 1)


def test_while_the_author_is_away_it_pauses_and_goes_on_when_they_are_back(always, bob, sequence, make_lead):
    today = timezone.localdate(timezone=bob.zone)
    away = send_away(bob, today - timedelta(days=1), today + timedelta(days=2))
    lead = make_lead(email="a@example.cz", owner=bob)
    start(sequence, bob, lead)
    enrollment = Enrollment.objects.get()
    assert (work(), state_of(lead)) == (0, ("running", ""))
    pause = find_pause(enrollment, timezone.now())
    assert (pause.code, pause.until) == (AWAY, today + timedelta(days=2))
    away.delete()
    assert find_pause(enrollment, timezone.now()) is None
    assert (work(), EnrollmentStep.objects.count()) == (1, 1)


def test_someone_else_who_is_away_pauses_nothing(always, bob, ben, sequence, make_lead):
    send_away(ben, date(2020, 1, 1), date(2100, 1, 1))
    start(sequence, bob, make_lead(email="a@example.cz", owner=bob))
    assert find_ready_authors(timezone.now() + timedelta(minutes=1)) == [bob.pk]


def test_a_sequence_that_is_turned_off_waits_and_one_that_is_turned_on_again_goes_on(
    always, ada, sequence, make_lead
):
    lead = make_lead(email="a@example.cz", owner=ada)
    start(sequence, ada, lead)
    turn_off(sequence, by=ada)
    assert (work(), state_of(lead)) == (0, ("running", ""))
    assert find_pause(Enrollment.objects.get(), timezone.now()).code == OFF
    turn_on(sequence, by=ada)
    assert (work(), EnrollmentStep.objects.count()) == (1, 1)


def limit(number: int) -> None:
    with operation("test", by=None):
        CompanySettings.objects.all().delete()
        CompanySettings.objects.create(pk=CompanySettings.ROW, emails_a_day=number)


def test_emails_over_the_limit_of_a_day_follow_on_the_next_working_day_in_their_order(
    always, ada, sequence, make_lead
):
    limit(2)
    leads = [make_lead(email=f"{one}@example.cz", owner=ada) for one in "abcde"]
    start(sequence, ada, *leads)
    now = timezone.now()
    work()
    assert [row.enrollment.record for row in EnrollmentStep.objects.in_order()] == [
        one.pk for one in leads[:2]
    ]
    late = list(ComingStep.objects.filter(key="a").in_order())
    assert [one.enrollment.record for one in late] == [one.pk for one in leads[2:]]
    assert all(one.due_at > now for one in late)
    # The emails of the day before count no more.
    EnrollmentStep.objects.update(done_at=now - timedelta(days=2))
    make_due(*(one.enrollment for one in late))
    work()
    assert EnrollmentStep.objects.filter(key="a").count() == 4


def test_the_limit_is_that_of_one_mailbox_for_all_sequences_and_calls_dont_count(
    always, ada, template, make_lead
):
    limit(1)
    first = make_sequence("One", build_step("email", "a", template=template.pk))
    other = make_sequence("Two", build_step("email", "x", template=template.pk))
    calls = make_sequence("Three", build_step("call", "c", title="Call"))
    for number, sequence in enumerate((first, other, calls)):
        start(sequence, ada, make_lead(email=f"{number}@example.cz", owner=ada))
    work()
    assert sorted(EnrollmentStep.objects.values_list("key", flat=True)) == ["a", "c"]


def test_a_limit_that_was_raised_lets_more_go_the_same_day(always, ada, sequence, make_lead):
    limit(1)
    leads = [make_lead(email=f"{one}@example.cz", owner=ada) for one in "ab"]
    start(sequence, ada, *leads)
    work()
    limit(2)
    make_due(Enrollment.objects.get(record=leads[1].pk))
    work()
    assert EnrollmentStep.objects.filter(key="a").count() == 2


def test_the_step_after_an_email_that_hasnt_gone_out_waits_for_it(always, ada, sequence, make_lead):
    start(sequence, ada, make_lead(email="a@example.cz", owner=ada))
    work()
    enrollment = Enrollment.objects.get()
    make_due(enrollment)
    work()
    assert (Task.objects.count(), find_pause(enrollment, timezone.now()).code) == (0, UNSENT)
    assert ComingStep.objects.get().due_at > timezone.now()
    send_all()
    make_due(enrollment)
    work()
    assert Task.objects.count() == 1


def test_a_template_that_is_gone_makes_its_email_wait_and_loses_none(
    always, ada, ann, template, sequence, make_lead
):
    with operation("test", by=None):
        type(template).objects.filter(pk=template.pk).update(owner=ann)
    lead = make_lead(email="a@example.cz", owner=ada)
    start(sequence, ada, lead)
    enrollment = Enrollment.objects.get()
    make_due(enrollment)
    assert find_pause(enrollment, timezone.now()).code == TEMPLATE_GONE
    work()
    assert (state_of(lead), EnrollmentStep.objects.count()) == (("running", ""), 0)
    with operation("test", by=None):
        type(template).objects.filter(pk=template.pk).update(owner=None)
    make_due(enrollment)
    work()
    send_all()
    assert len(mail.outbox) == 1


def test_an_absence_and_a_holiday_are_asked_on_the_authors_clock(always, bob, sequence, make_lead):
    with operation("test", by=None):
        bob.time_zone = "Pacific/Kiritimati"
        bob.save(update_fields=["time_zone"])
        start_at = datetime(2026, 6, 1, 11, tzinfo=UTC)
    start(sequence, bob, make_lead(email="a@example.cz", owner=bob))
    ComingStep.objects.update(due_at=start_at - timedelta(days=9))
    # There, it is the second of June by then.
    absence = Absence.objects.create(user=bob, first=date(2026, 6, 2), last=date(2026, 6, 2))
    assert find_ready_authors(start_at) == []
    absence.delete()
    assert find_ready_authors(start_at) == [bob.pk]
    with operation("test", by=None):
        Holiday.objects.create(day=date(2026, 6, 2), name="Holiday")
    assert find_ready_authors(start_at) == []
