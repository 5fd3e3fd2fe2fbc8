"""A program that sends one field changes only this one, also where the lead refers to what nobody can choose any more."""

import pytest

from accounts.models import Department, User
from crm.records.history.verb_execution import operation
from leads.models import Lead, LostReason, Source, Status

GONE = {
    "the owner is deactivated": lambda: User.objects.filter(name__startswith="Ben").update(is_active=False),
    "the owner has no department": lambda: User.objects.get(name__startswith="Ben").departments.clear(),
    "the department is retired": lambda: Department.objects.filter(name="Sales").update(retired=True),
    "the status is retired": lambda: Status.objects.filter(kind="lost").update(retired=True),
    "the source is retired": lambda: Source.objects.update(retired=True),
    "the lost reason is retired": lambda: LostReason.objects.update(retired=True),
}


@pytest.mark.parametrize("gone", GONE)
def test_a_program_that_sends_one_field_changes_only_this_one(
    gone, ann, ben, make_lead, statuses, reasons, umbra
):
    lost = {"status": statuses.lost, "lost_reason": LostReason.objects.first(), "lost_remark": "Too late"}
    lead = make_lead(owner=ben, **lost)
    before = Lead.objects.values().get(pk=lead.pk)
    with operation("test", by=None):
        GONE[gone]()
    umbra(ann).patch(f"/api/v2/leads/{lead.pk}", {"city": "Cluj"})
    after = Lead.objects.values().get(pk=lead.pk)
    assert {key for key in after if after[key] != before[key]} == {"city", "city_key", "version"}
