"""The numbers of reports in small situations, by the reports and by the reference."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.utils import timezone

from crm.records.history.verb_execution import carry_out, operation
from customers.models import Deal
from leads.models import Lead, LostReason, SourceCost, Status, StatusMove
from leads.verbs import Move
from reports.engine.question import parse_question
from reports.engine.report_answer import get_answer
from tests.reports.engine.examples import EXAMPLES
from tests.reports.engine.measured import OF_LEADS
from tests.reports.engine.reference import Reference
from tests.reports.engine.test_truth import same

ADDED = 10


@pytest.fixture
def happened(make_lead, statuses, departments, ada):
    """happened("won:5 value:100") is a lead as the examples write it."""

    def make(text: str) -> None:
        events = [event.split(":") for event in text.split()]
        added = timezone.now() - timedelta(ADDED)
        values: dict = {"created_at": added}
        for name, *rest in events:
            if name == "value":
                values |= {"value": Decimal(rest[0]), "currency": rest[1] if len(rest) > 1 else "EUR"}
            if name == "contact":
                values["first_contacted_at"] = added + timedelta(int(rest[0]))
        lead = make_lead("Jan Novák", **values)
        for name, *rest in events:
            if name == "deal":
                stage = Status.objects.of_deals().filter(kind=rest[0]).first()
                with operation("test", by=None):
                    Deal.objects.create(
                        name="Machine", lead=lead, status=stage, department=departments.sales, value=rest[1]
                    )
            elif name not in ("value", "contact"):
                move(lead, getattr(statuses, name), timezone.now() - timedelta(int(rest[0])))

    def move(lead: Lead, status: Status, at) -> None:
        reason = LostReason.objects.first() if status.needs_reason else None
        verb = Move(status, reason, "Too dear" if reason else "", without_contract=True)
        carry_out(verb, Lead.objects.filter(pk=lead.pk), by=ada)
        moved = StatusMove.objects.filter(lead=lead).latest("pk")
        StatusMove.objects.filter(pk=moved.pk).update(entered=at)
        if status.kind == "won":
            with operation("test", by=None):
                Lead.objects.filter(pk=lead.pk).update(converted_at=at)

    return make


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_a_definition_gives_the_number_of_its_example(example, happened, sources, ada):
    for text in example.leads:
        happened(text)
    if example.costs:
        with operation("test", by=None):
            month = timezone.localdate().replace(day=1)
            SourceCost.objects.create(source=sources.website, month=month, amount=example.costs)
    question = replace(parse_question(QueryDict("period=all"), ada), measures=tuple(OF_LEADS.values()))
    found = get_answer(question, ada).total
    zone = timezone.get_current_timezone_name()
    expected = Reference(ada, zone).groups(OF_LEADS, [], "added", None, None)[()]
    for name, number in example.numbers.items():
        assert near(found.get_value(OF_LEADS[name]), number), name
        assert near(expected[name], number), name


def near(one, number) -> bool:
    return one is number is None or (
        one is not None and number is not None and same(float(one), float(number))
    )


def test_every_measure_has_an_example():
    assert {name for example in EXAMPLES for name in example.numbers} == set(OF_LEADS)
