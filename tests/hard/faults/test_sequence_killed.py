"""A worker that is killed while it does a step of a sequence: the next worker does it once, and the email goes once."""

import pytest

from tests.hard.faults.test_automation_killed import at_one_or_each, kill_workers_while_waiting
from tests.hard.faults.test_mailbox_killed import ask, run
from tests.hard.running import a_started_leadwell

pytestmark = pytest.mark.hard

# What a turn writes, in the order in which it does; each time the worker is killed while it waits for one of these tables.
TABLES = ["crm_emailenvelope", "crm_outgoingemail", "sequences_enrollmentstep"]
SET_UP = """
from accounts.models import Department, Holiday, WorkingHours
from crm.models import Template
from crm.records.history.verb_execution import operation
from sequences.models import Sequence, SequenceStep
with operation("test", by=None):
    WorkingHours.objects.all().delete()
    Holiday.objects.all().delete()
    WorkingHours.objects.bulk_create(WorkingHours(department=one, weekday=day, opens="00:00", closes="23:59:59")
        for one in Department.objects.all() for day in range(7))
    template = Template.objects.create(name="Killed", type="email", subject="Killed", text="Killed")
    Sequence.objects.all().update(turned_on=False)
    steps = [SequenceStep("a", "email", template=template.pk), SequenceStep("b", "call", after=30, title="Killed")]
    Sequence.objects.create(name="Killed", table_of="lead", sender="starter", turned_on=True, steps=[one.as_json for one in steps])
"""
START = """
from accounts.models import Department, User
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead, Source, Status
from sequences.models import Sequence
from sequences.verbs import StartSequence
ada = User.objects.with_rights().get(email="admin@demo.example")
with operation("test", by=None):
    lead = Lead.objects.create(last_name="Killed", email="killed-%s@example.com", department=Department.objects.order_by("pk").first(),
        status=Status.objects.get(key="new"), source=Source.objects.order_by("pk").first())
outcome = carry_out(StartSequence(Sequence.objects.get(name="Killed"), ada), Lead.objects.filter(pk=lead.pk), by=ada, wanted=[lead.pk])
assert outcome.changed, outcome
"""
DONE = "SELECT count(*) FROM sequences_enrollmentstep d JOIN sequences_enrollment e ON e.id = d.enrollment_id JOIN sequences_sequence s ON s.id = e.sequence_id WHERE s.name = 'Killed'"


@pytest.mark.parametrize("tables", at_one_or_each(TABLES))
def test_a_step_whose_worker_is_killed_is_done_exactly_once(tables):
    with a_started_leadwell() as leadwell:
        leadwell.start()
        run(leadwell, SET_UP)
        for number, table in enumerate(tables, 1):
            kill_workers_while_waiting(leadwell, table, START % table.replace("_", "-"))
            leadwell.wait(lambda number=number: ask(leadwell, DONE) == number)
            assert ask(leadwell, "SELECT count(*) FROM crm_activity WHERE subject = 'Killed'") == number
            written = "SELECT count(*) FROM crm_operation WHERE kind = 'run_sequence' AND parameters ? 'step'"
            names = "AND (parameters->>'sequence')::bigint = (SELECT id FROM sequences_sequence WHERE name = 'Killed')"
            assert ask(leadwell, f"{written} {names}") == number
        assert leadwell.interrupt() == 0
