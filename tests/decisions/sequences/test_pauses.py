"""Why a running sequence waits beyond the moment of its next step, as its page says it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.records.history.verb_execution import operation
from sequences.models import ComingStep, EditedEmail, Enrollment
from sequences.running import pauses
from sequences.running.judgment import UNSENT
from sequences.running.pauses import AWAY, OFF, TEMPLATE_GONE, Pause, find_pause
from sequences.verbs import edit_coming_email
from tests.sequences.sequencing import build_step, make_sequence, send_away, start

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("always")]


@pytest.fixture
def enrollment(bob, template, make_lead) -> Enrollment:
    sequence = make_sequence("One", build_step("email", "a", template=template.pk))
    start(sequence, bob, make_lead(email="a@example.cz", owner=bob))
    ComingStep.objects.update(due_at=timezone.now())
    return Enrollment.objects.get()


# The first and the last day of each absence, from today on, and the last day of the pause; None for no pause.
ABSENCES = {
    "today": ([(0, 0)], 0),
    "of two, the one that ends last": ([(-1, 1), (-2, 5)], 5),
    "whichever was entered first": ([(-2, 5), (-1, 1)], 5),
    "not one that begins tomorrow": ([(1, 3)], None),
    "not one that ended yesterday": ([(-3, -1)], None),
}


@pytest.mark.parametrize(("absences", "until"), ABSENCES.values(), ids=ABSENCES.keys())
def test_the_absence_of_the_author_pauses_it_until_its_last_day(bob, enrollment, absences, until):
    now = timezone.now()
    today = timezone.localdate(now, timezone=bob.zone)
    for first, last in absences:
        send_away(bob, today + timedelta(days=first), today + timedelta(days=last))
    expected = None if until is None else Pause(AWAY, today + timedelta(days=until))
    assert find_pause(enrollment, now) == expected


@pytest.mark.usefixtures("second")
@pytest.mark.parametrize("change", [{"retired": True}, {"type": "note"}], ids=["deleted", "of another type"])
def test_a_template_that_is_gone_pauses_its_email_although_another_one_is_there(enrollment, template, change):
    assert find_pause(enrollment, timezone.now()) is None
    with operation("test", by=None):
        type(template).objects.filter(pk=template.pk).update(**change)
    assert find_pause(enrollment, timezone.now()) == Pause(TEMPLATE_GONE)


def test_an_email_that_someone_edited_needs_no_template(bob, enrollment, template):
    edit_coming_email(enrollment, "a", "Mine", "Words", by=bob)
    with operation("test", by=None):
        type(template).objects.filter(pk=template.pk).update(retired=True)
    assert find_pause(enrollment, timezone.now()) is None


def test_that_someone_edited_another_email_doesnt_help(bob, enrollment, template):
    with operation("test", by=None):
        EditedEmail.objects.create(enrollment=enrollment, key="b", subject="Mine", text="Words")
        type(template).objects.filter(pk=template.pk).update(retired=True)
    assert find_pause(enrollment, timezone.now()) == Pause(TEMPLATE_GONE)


def test_a_template_that_is_gone_pauses_nothing_before_the_email_is_due(enrollment, template):
    with operation("test", by=None):
        type(template).objects.filter(pk=template.pk).update(retired=True)
    due_at = enrollment.coming.due_at
    assert find_pause(enrollment, due_at - timedelta(seconds=1)) is None
    assert find_pause(enrollment, due_at) == Pause(TEMPLATE_GONE)


# What is so of a sequence and of its enrollment, the verdict on the record, and the pause that its page names.
FIRST = {
    "it is turned off": ({"turned_on": False}, {}, "unsent", Pause(OFF)),
    "it has ended for the record": ({}, {"state": "finished"}, "unsent", None),
    "its last email hasn't gone out": ({}, {}, "unsent", Pause(UNSENT)),
    "a reply has come, so it is about to end": ({}, {}, "replied", None),
}


@pytest.mark.parametrize(("sequence", "values", "verdict", "pause"), FIRST.values(), ids=FIRST)
def test_which_pause_is_named(sequence, values, verdict, pause, enrollment, monkeypatch):
    monkeypatch.setattr(pauses, "judge_enrollments", lambda ids: {enrollment.pk: verdict})
    vars(enrollment).update(values)
    vars(enrollment.sequence).update(sequence)
    assert find_pause(enrollment, timezone.now()) == pause
