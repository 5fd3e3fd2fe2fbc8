"""A worker that is killed while an automation acts: the next worker does it once."""

import signal

import pytest

from tests.hard.faults.test_mailbox_killed import WAITING, ask, no_one_writes, run
from tests.hard.running import Leadwell, a_started_leadwell

pytestmark = pytest.mark.hard

# What a run writes after all of its steps, and a new lead doesn't; each time the worker is killed while it waits for one of these
# tables. tests/automations/running/test_exactly_once.py ends between the steps.
TABLES = ["automations_automationrun", "crm_verdict"]
SET_UP = """
from accounts.models import User
from automations.models import Automation
from crm.records.history.verb_execution import operation
steps = [("set", {"field": "city", "value": "Killed"}), ("add_task", {"title": "Killed", "days": "1"}), ("add_note", {"text": "Killed"})]
with operation("test", by=None):
    Automation.objects.update(turned_on=False)
    Automation.objects.create(name="Killed", table_of="lead", owner=User.objects.get(email="admin@demo.example"), turned_on=True,
        steps=[{"action": action, "values": values} for action, values in steps])
"""
ADD = """
from leads.models import Lead, Source, Status
from accounts.models import Department
from crm.records.history.verb_execution import operation
with operation("test", by=None):
    Lead.objects.create(last_name="%s", department=Department.objects.order_by("pk").first(),
        status=Status.objects.get(key="new"), source=Source.objects.order_by("pk").first())
"""


WAIT_FOR_OPENS = """
from accounts.models import User
from automations.models import Automation
from crm.records.history.verb_execution import operation
with operation("test", by=None):
    Automation.objects.update(turned_on=False)
    Automation.objects.create(name="Opened", table_of="lead", owner=User.objects.get(email="admin@demo.example"), turned_on=True,
        trigger="mailing_opened", steps=[{"action": "add_task", "values": {"title": "Opened", "days": "1"}}])
"""
OPEN = """
from django.utils import timezone
from leads.models import Lead
from mailings.models import Delivery, Mailing
from mailings.responses.tracking import record_open
lead = Lead.objects.present().order_by("pk")[%s]
sent = Delivery.objects.exclude(mailing=None).order_by("pk").first().mailing
made, _new = Delivery.objects.get_or_create(mailing=sent, of="lead", record=lead.pk)
Delivery.objects.filter(pk=made.pk).update(opened_at=None)
for _time in range(10):
    record_open(made, timezone.now())
"""


def at_one_or_each(tables: list[str]) -> list:
    """In the check the worker is killed at the last of these tables, and at night at each."""
    return [
        pytest.param(tables[-1:], id="once"),
        pytest.param(tables, id="at each table", marks=pytest.mark.nightly),
    ]


def kill_workers_while_waiting(leadwell: Leadwell, table: str, begin: str) -> None:
    """Run this Python, and kill the workers while what it starts waits to write to the table."""
    workers = leadwell.named("manage.py work")
    with no_one_writes(leadwell, table):
        run(leadwell, begin)
        leadwell.wait(lambda: ask(leadwell, WAITING, table))
        for worker in workers:
            worker.send_signal(signal.SIGKILL)
        leadwell.wait(lambda: leadwell.named("manage.py work") not in ([], workers))


@pytest.mark.parametrize("tables", at_one_or_each(TABLES))
def test_an_automation_whose_worker_is_killed_acts_exactly_once(tables):
    with a_started_leadwell() as leadwell:
        leadwell.start()
        run(leadwell, SET_UP)
        for number, table in enumerate(tables, 1):
            kill_workers_while_waiting(leadwell, table, ADD % table)
            leadwell.wait(lambda: not ask(leadwell, "SELECT count(*) FROM automations_wakingoperation"))
            assert ask(leadwell, "SELECT count(*) FROM leads_lead WHERE city = 'Killed'") == number
            assert ask(leadwell, "SELECT count(*) FROM crm_task WHERE title = 'Killed'") == number
            assert ask(leadwell, "SELECT count(*) FROM crm_activity WHERE text = 'Killed'") == number
            acted = "SELECT count(*) FROM automations_automationrun WHERE outcome = 'acted'"
            assert ask(leadwell, acted) == number
            written = "SELECT count(*) FROM crm_operation WHERE kind = 'run_automation'"
            assert ask(leadwell, written) == number
        assert leadwell.interrupt() == 0


@pytest.mark.parametrize("tables", at_one_or_each(TABLES))
def test_an_open_whose_worker_is_killed_wakes_an_automation_exactly_once(tables):
    with a_started_leadwell() as leadwell:
        leadwell.start()
        run(leadwell, WAIT_FOR_OPENS)
        for number, table in enumerate(tables, 1):
            kill_workers_while_waiting(leadwell, table, OPEN % number)
            leadwell.wait(lambda: not ask(leadwell, "SELECT count(*) FROM automations_mailingresponse"))
            assert ask(leadwell, "SELECT count(*) FROM crm_task WHERE title = 'Opened'") == number
            acted = "SELECT count(*) FROM automations_automationrun WHERE outcome = 'acted'"
            assert ask(leadwell, acted) == number
        assert leadwell.interrupt() == 0
