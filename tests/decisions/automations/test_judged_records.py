"""For which of the woken records an automation is now, and what is said of the others."""

import pytest
from django.utils import timezone

from automations.running.step_plan import judge_records
from crm.models import MergedRecord
from crm.records.history.verb_execution import operation
from leads.models import Lead
from tests.automations.automating import make_automation

pytestmark = pytest.mark.django_db
NAMES = ("met", "unmet", "unseen", "trashed", "merged")
# A set of so few small numbers isn't in their order by chance.
EACH = 20


def test_the_woken_records_are_told_apart_each_in_the_order_of_their_numbers(ann, departments, lead_of):
    """The log has the first ones."""
    automation = make_automation("Brno", ann, conditions="vip=yes")
    values = {"met": {"vip": True}, "unseen": {"department": departments.export}}
    with operation("test", by=None):
        # Not woken.
        others = Lead.objects.bulk_create(lead_of() for _number in range(2))
        rows = [lead_of(**values.get(name, {})) for _number in range(EACH) for name in NAMES]
        made = [lead.pk for lead in Lead.objects.bulk_create(rows)]
        ids = {name: made[place :: len(NAMES)] for place, name in enumerate(NAMES)}
        Lead.objects.filter(pk__in=[*ids["trashed"], *ids["merged"]]).update(deleted_at=timezone.now())
        Lead.objects.filter(pk__in=[lead.pk for lead in others]).update(deleted_at=timezone.now())
        # One that was merged and has been restored since isn't in Trash.
        merged = [*reversed(ids["merged"]), ids["unmet"][0], ids["unseen"][0], others[1].pk]
        MergedRecord.objects.bulk_create(
            [MergedRecord(table="lead", record=pk, into=ids["met"][0]) for pk in merged]
            + [MergedRecord(table="company", record=ids["trashed"][0], into=1)]
        )
    judged = judge_records(automation, [*reversed(made)], ann)
    assert {name: getattr(judged, name) for name in NAMES} == ids
