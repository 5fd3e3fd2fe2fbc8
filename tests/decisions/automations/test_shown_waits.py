"""Which records an automation shows as waiting."""

import pytest
from django.utils import timezone

from automations.models import WaitingRecord
from automations.running.waiting_steps import waiting_records_queryset
from crm.models import Operation, Verdict
from tests.automations.automating import make_automation

pytestmark = pytest.mark.django_db


def test_a_wait_is_shown_unless_its_first_steps_were_undone_or_the_viewer_does_not_see_the_record(
    ann, departments, make_lead
):
    one, another = make_automation("One", ann), make_automation("Another", ann)
    written = Operation.objects.create(kind="automation", table="lead")
    leads = {
        "it waits from the first step on": make_lead(),
        "its first steps are as they were": make_lead(),
        "its first steps were undone": make_lead(),
        "the viewer doesn't see it": make_lead(department=departments.export),
        "it is in Trash": make_lead(deleted_at=timezone.now()),
        "it waits for another automation": make_lead(),
    }
    for name, lead in leads.items():
        automation = another if "another" in name else one
        wrote = written.pk if "first steps" in name else None
        WaitingRecord.objects.create(
            automation=automation, record=lead.pk, step=1, due_at=timezone.now(), waking=1, written=wrote
        )
    undo = Operation.objects.create(kind="undo", table="lead", undoes=written)
    ids = [leads["its first steps were undone"].pk]
    Verdict.objects.create(operation=undo, table="lead", word="changed", ids=ids, count=1)
    names = {lead.pk: name for name, lead in leads.items()}
    shown = [names[row.record] for row in waiting_records_queryset(one, ann).order_by("record")]
    assert shown == ["it waits from the first step on", "its first steps are as they were"]
