"""What is decided about one record depends on the others: the preview in parts is that of the first one, and turns go on from
part to part."""

from collections import Counter

import pytest

from crm.models import Notification, Operation
from crm.records.history import verbs
from crm.records.history.verb_execution import carry_out, operation
from leads.models import AssignmentRun, Lead, LeadValues
from tests.crm.records.history.multi_part_changes.parting import (
    browser,
    leads,
    previewed,
    run,
    small_parts,
    started,
)
from tests.leads.assignment.assigning import make_rule
from tests.reading import close_up

__all__ = ["browser", "leads", "small_parts"]
pytestmark = pytest.mark.django_db(databases=["default", "progress"])
ALL = {"owned": "reassign"}


def test_the_preview_shows_who_gets_the_leads_of_the_first_part(browser, leads, bob):
    make_rule("Everyone", user=bob)
    answer = browser.get(previewed(browser, "rules"), ALL)
    page = close_up(answer.text)
    assert "This preview checked only the first 2 records." in page
    assert "<b>2</b>will change" in page
    assert answer.context["parts"] == [("Everyone", [("Bob", 2)])]
    assert "up to 5 leads" in page


def test_the_preview_counts_the_leads_of_the_same_part_that_leave_the_sight_of_the_user(
    browser, leads, dan, departments
):
    make_rule("Everyone", user=dan, department=departments.export)
    answer = browser.get(previewed(browser, "rules"), ALL)
    assert answer.context["no_longer_seen"] == len(answer.context["outcome"].changed) == 2


def test_turns_go_on_from_part_to_part_and_each_owner_is_told_once(browser, leads, departments):
    rule = make_rule("Everyone", assigns_to="in_turn", department=departments.sales)
    run(started(browser, previewed(browser, "rules"), **ALL))
    record = Operation.objects.whole().get(kind="assign_by_rules")
    assert (record.changed, record.parts_left) == (5, 0)
    owners = Counter(Lead.objects.values_list("owner", flat=True))
    # One lead each, before anyone has a second one.
    assert max(owners.values()) - min(owners.values()) <= 1
    assert len(owners) > 2
    told = Notification.objects.filter(kind="assigned", operation=record)
    assert {notice.user_id: notice.parameters["count"] for notice in told} == {
        owner: number for owner, number in owners.items() if owner != record.by_id
    }
    assert sum(found.assigned for found in AssignmentRun.objects.all()) == 5
    assert {pk for found in AssignmentRun.objects.all() for pk, *_rest in found.counts} == {rule.pk}


def test_an_undo_in_parts_gives_all_leads_back(browser, leads, bob):
    before = dict(Lead.objects.values_list("pk", "owner"))
    make_rule("Everyone", user=bob)
    run(started(browser, previewed(browser, "rules"), **ALL))
    record = Operation.objects.whole().get(kind="assign_by_rules")
    assert Lead.objects.filter(owner=bob).count() == 5
    run(started(browser, f"/admin/operations/{record.pk}/undo"))
    assert dict(Lead.objects.values_list("pk", "owner")) == before


def test_records_with_the_same_unique_value_are_not_previewed_as_if_all_came_back(
    browser, ann, leads, make_field
):
    field = make_field("External ID", is_unique=True)
    carry_out(verbs.Delete(), Lead.objects.all(), by=ann)
    with operation("test", by=None):
        for lead in (leads[0], leads[4]):
            LeadValues.objects.update_or_create(record=lead, defaults={"values": {field.name: "x1"}})
    found = browser.get(previewed(browser, "restore", "all=1&bin")).context
    assert (found["judged"], len(found["outcome"].changed)) == (2, 2)
    job = run(started(browser, previewed(browser, "restore", "all=1&bin")))
    assert (job.operation.changed, job.operation.refused) == (4, 1)
