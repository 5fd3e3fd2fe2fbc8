"""Where the open tasks of a lead go when it is converted, and where an undo takes them."""

from typing import NamedTuple

import pytest

from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from crm.work.models.task import Task
from crm.work.tasks.verbs import AddTask, CompleteTask
from customers.conversion.conversion_plan import NEW, NONE, ConversionPlan
from customers.conversion.conversion_verb import Convert
from leads.models import Lead
from leads.triggers.history_check import iterate_wrong_next_actions


class Case(NamedTuple):
    """A lead of Bob is converted into records of this user, with a task for another one. `company` and `contact` are "new",
    "known", "of the same number" or "none", `deal` is whether one is added."""

    home: str
    company: str = NEW
    contact: str = NEW
    deal: bool = False
    owner: str = "bob"
    user: str | None = "bob"
    done: bool = False


CASES = {
    "to the deal, if there is one": Case("deal", deal=True),
    "otherwise to the company": Case("company"),
    "to the contact, if there is no company": Case("contact", company="none"),
    "to a company that was there before": Case("company", company="known"),
    # A change says only what differs, and that isn't the number.
    "to a company of the same number": Case("company", company="of the same number"),
    "a task for no one, too": Case("deal", deal=True, user=None),
    "a completed task stays": Case("lead", deal=True, done=True),
    "not to a company that its user doesn't see": Case("contact", company="known", owner="ben"),
    "it stays if its user sees none of them": Case("lead", company="known", contact="none", owner="ben"),
    "for a manager who sees all of them": Case("company", company="known", owner="ben", user="ann"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_tasks_of_a_converted_lead(case, cast, make_lead, make_company):
    lead = make_lead("Ana Albu", owner=cast.bob, company="Omnia SRL", email="ana@omnia.example")
    rows = Lead.objects.filter(pk=lead.pk)
    user = getattr(cast, case.user) if case.user else None
    carry_out(AddTask(cast.ann, {"title": "Send the offer", "user": user}), rows, by=cast.ann)
    if case.done:
        carry_out(CompleteTask(cast.ann), Task.objects.all(), by=cast.ann)
    company, values = None, {"pk": lead.pk} if case.company == "of the same number" else {}
    if case.company in ("known", "of the same number"):
        company = make_company("Omnia", owner=getattr(cast, case.owner), **values).pk
    plan = ConversionPlan(
        company=company or (NONE if case.company == "none" else NEW),
        contact=NONE if case.contact == "none" else NEW,
        deal_name="Pumps" if case.deal else "",
    )
    record = carry_out(Convert({lead.pk: plan}), rows, by=cast.ann, wanted=[lead.pk]).operation
    lead.refresh_from_db()
    homes = {"lead": lead.pk, "company": lead.client_id, "contact": lead.client_contact_id}
    task = Task.objects.get()
    assert task.of == case.home
    assert case.home == "deal" or task.record == homes[case.home]
    assert list(iterate_wrong_next_actions()) == []
    revert_operation(record, by=cast.ann)
    task = Task.objects.get()
    assert list(iterate_wrong_next_actions()) == []
    assert (task.of, task.record) == ("lead", lead.pk)
    lead.refresh_from_db()
    assert lead.next_action == ("" if case.done else "Send the offer")
