"""Trials of automations by mailings and sequences: each response at its own moment, by the record of then."""

from datetime import timedelta

import pytest
from django.utils import timezone

from automations.models import Automation
from automations.trial.trial_lines import build_trial_page
from sequences.models import Enrollment
from sequences.running.enrollment_ends import finish_enrollments
from tests.automations.mailed import deliver, make_mailing, respond
from tests.sequences.sequencing import build_step, make_sequence, start

pytestmark = pytest.mark.django_db

Trigger = Automation.Trigger
OPENED = Trigger.MAILING_OPENED


def test_an_open_is_judged_by_the_record_of_then(make_automation, try_out, make_lead, change, ada):
    met, unmet = make_lead(city="Cluj"), make_lead(city="Brno")
    respond(*deliver(make_mailing(ada), met, unmet))
    change(met, city="Brno")
    change(unmet, city="Cluj")
    trial = try_out(make_automation(trigger=OPENED, conditions="city.is=Cluj"))
    assert (trial.woken, trial.unmet, trial.acted_records) == (2, 1, 1)
    [line] = build_trial_page(trial, ada, "acted", "").lines
    assert (line.record, line.waking_words, len(line.steps)) == (met, "opened a mailing", 1)


def test_two_opens_between_two_changes_of_a_record_are_two_events_the_newest_first(
    make_automation, try_out, make_lead, ada
):
    lead, now = make_lead(), timezone.now()
    first, second = (deliver(make_mailing(ada, subject=name), lead) for name in ("First", "Second"))
    respond(second, at=now + timedelta(minutes=1))
    respond(first, at=now + timedelta(minutes=2))
    trial = try_out(make_automation(trigger=OPENED))
    assert trial.acted == [first.pk, second.pk]
    assert [line.at for line in build_trial_page(trial, ada, "acted", "").lines] == [
        now + timedelta(minutes=2),
        now + timedelta(minutes=1),
    ]
    assert build_trial_page(trial, ada, "acted", str(first.pk)).lines[0].at == now + timedelta(minutes=1)


def test_only_responses_of_the_period_and_of_the_mailing_are_tried(make_automation, try_out, make_lead, ada):
    mailing = make_mailing(ada)
    old, new, other = (make_lead() for _number in range(3))
    respond(deliver(mailing, old), at=timezone.now() - timedelta(days=100))
    respond(deliver(mailing, new))
    respond(deliver(mailing, other), column="replied_at")
    respond(deliver(make_mailing(ada, subject="Other"), other))
    automation = make_automation(trigger=OPENED, trigger_values={"mailing": mailing.pk})
    assert (try_out(automation).woken, try_out(automation, days=365).woken) == (1, 2)


def test_the_limit_of_an_hour_counts_by_the_moments_of_the_responses(
    make_automation, try_out, make_lead, ada
):
    now, mailing = timezone.now(), make_mailing(ada)
    rows = deliver(mailing, *(make_lead() for _number in range(4)))
    for row, minutes in zip(rows, (200, 90, 80, 10), strict=True):
        respond(row, at=now - timedelta(minutes=minutes))
    trial = try_out(make_automation(trigger=OPENED, most_an_hour=1))
    assert (trial.acted, trial.over_limit) == ([rows[3].pk, rows[1].pk, rows[0].pk], 1)


def test_a_trial_tells_nothing_of_records_that_the_viewer_does_not_see(
    make_automation, try_out, make_lead, ada, carla, departments
):
    lead = make_lead(department=departments.export)
    respond(deliver(make_mailing(ada), lead))
    automation = make_automation(trigger=OPENED)
    assert (try_out(automation).woken, try_out(automation, viewer=carla).woken) == (
        1,
        int(type(lead).objects.visible_to(carla).filter(pk=lead.pk).exists()),
    )


def test_the_end_of_a_sequence_is_tried_as_a_change(make_automation, try_out, make_lead, ada):
    sequence = make_sequence("Welcome", build_step("call", title="Call", after=1))
    lead = make_lead(email="jan@example.cz", owner=ada)
    start(sequence, ada, lead)
    finish_enrollments([Enrollment.objects.get().pk])
    trial = try_out(make_automation(trigger="sequence_ended", trigger_values={"reason": "finished"}))
    assert (trial.woken, trial.acted_records) == (1, 1)
    assert (
        try_out(make_automation("B", trigger="sequence_ended", trigger_values={"reason": "replied"})).woken
        == 0
    )
    [line] = build_trial_page(trial, ada, "acted", "").lines
    assert line.record == lead
