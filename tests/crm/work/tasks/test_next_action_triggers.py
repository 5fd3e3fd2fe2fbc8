"""The triggers of the next action work with many leads, and read few rows."""

from datetime import date

from django.db import connection

from crm.models import Change, Task
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from crm.work.tasks.next_action import build_open_tasks_sql as tasks_of
from leads.models import Lead
from leads.verbs import SetNextAction
from tests.hard.many import many_leads

MAY, JULY = date(2030, 5, 6), date(2030, 7, 8)


def test_many_leads_are_written_in_a_bounded_number_of_statements(
    make_lead, ann, bob, django_assert_max_num_queries
):
    leads = [make_lead(f"Lead {number}", owner=bob) for number in range(4)]
    first = Lead.objects.filter(pk__in=[lead.pk for lead in leads[:2]])
    carry_out(SetNextAction("Old", JULY), first, by=bob)
    rows = Lead.objects.filter(pk__in=[lead.pk for lead in leads])
    with django_assert_max_num_queries(20):
        record = carry_out(SetNextAction("Call", MAY), rows, by=ann).operation
    assert [(task.title, task.user) for task in Task.objects.open()] == [("Call", bob)] * 4
    assert Change.objects.filter(operation=record, table="lead").count() == 4
    revert_operation(record, by=ann)
    assert Task.objects.present().open().count() == 2


def test_the_next_action_is_looked_up_by_its_lead_even_without_statistics(
    departments, statuses, sources, ann
):
    ids = many_leads(400, departments.sales, statuses.new, sources.event)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE crm_task")
        carry_out(SetNextAction("Call", MAY), Lead.objects.filter(pk__in=ids), by=ann)
        found = f"LEFT JOIN LATERAL ({tasks_of('lead', 'l.id')} LIMIT 1) AS first ON true"
        cursor.execute(f"EXPLAIN SELECT * FROM leads_lead l {found}")
        lines = [line for (line,) in cursor.fetchall()]
    assert any("task_next" in line or "task_of_record" in line for line in lines), lines
