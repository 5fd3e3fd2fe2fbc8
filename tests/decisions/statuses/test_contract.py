"""What keeps a lead out of a status: the same for a form, which looks at values, and for a change of many leads, which asks SQL."""

from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.records.history.verb_execution import operation
from customers.models import Deal
from leads.models import Lead, LeadValues, Pipeline, Status
from leads.statuses.status_contract import (
    get_broken_rules,
    get_contract_key,
    get_missing_fields,
    get_refusals,
    lock_pipelines,
)

NEW, CONTACTED, QUALIFIED, LOST = "new", "contacted", "qualified", "lost"
EXTRA = "extra"


class Case(NamedTuple):
    """A lead with these values, in Contacted, enters Extra, which has these rules; Contacted leads to `next`, or anywhere.
    `also` are values that the same change writes."""

    codes: tuple[str, ...] = ()
    values: dict[str, Any] = {}
    rules: dict[str, Any] = {}
    next: tuple[str, ...] = ()
    also: dict[str, Any] = {}


CASES = {
    "a status without rules": Case(),
    "a retired status": Case(("status_retired",), rules={"retired": True}),
    "a status to which the present one leads": Case(next=(EXTRA,)),
    "one of several": Case(next=(LOST, EXTRA)),
    "a status to which the present one doesn't lead": Case(("not_next",), next=(QUALIFIED,)),
    "a retired status to which the present one doesn't lead": Case(
        ("status_retired", "not_next"), rules={"retired": True}, next=(QUALIFIED,)
    ),
    "a required field that is filled": Case(values={"city": "Arad"}, rules={"required_fields": ["city"]}),
    "a required field that is empty": Case(("needs:city",), rules={"required_fields": ["city"]}),
    "a required field that is empty, and one that isn't": Case(
        ("needs:country",), {"city": "Arad"}, {"required_fields": ["city", "country"]}
    ),
    "two required fields that are empty": Case(
        ("needs:city", "needs:country"), rules={"required_fields": ["city", "country"]}
    ),
    "a required amount of zero is filled": Case(values={"value": 0}, rules={"required_fields": ["value"]}),
    "a required field that the change fills": Case(
        rules={"required_fields": ["city"]}, also={"city": "Arad"}
    ),
    "a required field that the change clears": Case(
        ("needs:city",), {"city": "Arad"}, {"required_fields": ["city"]}, also={"city": ""}
    ),
    "a field that can't be required is ignored": Case(rules={"required_fields": ["shared", "nothing"]}),
    "a lost lead without a reason": Case(("needs_reason",), rules={"kind": LOST}),
    "a lost lead with a reason": Case(rules={"kind": LOST}, also={"lost_reason": "budget"}),
    "a disqualified lead without a reason": Case(("needs_reason",), rules={"kind": "disqualified"}),
    "a won lead needs no reason": Case(rules={"kind": "won"}),
    "a lost lead without a reason and a required field": Case(
        ("needs:city", "needs_reason"), rules={"kind": LOST, "required_fields": ["city"]}
    ),
}  # fmt: skip


def codes_in_sql(lead: Lead, status: Status, given: dict[str, Any], **options: Any) -> list[str]:
    found = get_refusals(status, given, **options)
    return [one.code for one in found if Lead.objects.filter(one.when, pk=lead.pk).exists()]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_what_keeps_a_lead_out_of_a_status(case, make_lead, make_status, statuses, reasons):
    entered = make_status("Extra", **case.rules)
    known = {QUALIFIED: statuses.qualified.pk, LOST: statuses.lost.pk, EXTRA: entered.pk}
    present = make_status("Now", next_statuses=[known[name] for name in case.next])
    lead = make_lead(status=present, **case.values)
    also = {name: reasons.budget if name == "lost_reason" else value for name, value in case.also.items()}
    names = (*entered.required_fields, "lost_reason")
    values = {name: getattr(lead, name, None) for name in names if name != "nothing"} | also
    assert get_broken_rules(entered, values, leaving=present) == [*case.codes]
    assert codes_in_sql(lead, entered, also) == [*case.codes]


class Way(NamedTuple):
    """A lead in this status of this pipeline enters a status that requires a city."""

    codes: list[str]
    already: bool = False
    elsewhere: bool = False
    any_pipeline: bool = False


WAYS = {
    "from another status": Way(["needs:city"]),
    "a lead that has the status already stays in it": Way([], already=True),
    "from another pipeline": Way(["other_pipeline", "needs:city"], elsewhere=True),
    "from another pipeline, when its pipeline changes": Way(
        ["needs:city"], elsewhere=True, any_pipeline=True
    ),
}


@pytest.mark.parametrize("case", WAYS.values(), ids=WAYS.keys())
def test_from_where_a_lead_enters_a_status(case, make_lead, make_status, statuses):
    entered = make_status("Extra", required_fields=["city"], next_statuses=[statuses.lost.pk])
    present = entered if case.already else make_status("Now")
    if case.elsewhere:
        with operation("test", by=None):
            pipeline = Pipeline.objects.create(name="Renewals")
        present = make_status("Elsewhere", pipeline=pipeline)
    lead = make_lead(status=present)
    assert codes_in_sql(lead, entered, {}, from_any_pipeline=case.any_pipeline) == case.codes
    assert codes_in_sql(lead, entered, {"city": ""}, from_any_pipeline=case.any_pipeline) == case.codes
    if not case.already and not case.any_pipeline:
        assert get_broken_rules(entered, {"city": ""}, leaving=present) == case.codes


def test_a_lead_enters_no_stage_of_deals_and_a_deal_no_status_of_leads(make_lead, statuses):
    lead, stage = make_lead(city="Arad"), statuses.qualification
    assert get_broken_rules(stage, {}) == ["other_pipeline"]
    assert get_broken_rules(stage, {}, model=Deal) == []
    assert get_broken_rules(statuses.new, {}, model=Deal) == ["other_pipeline"]
    # Even when its pipeline changes.
    assert codes_in_sql(lead, stage, {}, from_any_pipeline=True) == ["other_pipeline"]


def test_a_status_of_a_retired_pipeline_is_retired(make_status, make_lead, statuses):
    entered = make_status("Extra")
    lead = make_lead()
    with operation("test", by=None):
        Pipeline.objects.filter(pk=entered.pipeline_id).update(retired=True)
    entered = Status.objects.select_related("pipeline").get(pk=entered.pk)
    assert get_broken_rules(entered, {}, leaving=statuses.new) == ["status_retired"]
    assert codes_in_sql(lead, entered, {}) == ["status_retired"]


class Custom(NamedTuple):
    """A required custom field, its definition, and the lead's value."""

    missing: bool
    value: str = ""
    definition: dict[str, Any] = {}
    elsewhere: bool = False


CUSTOM = {
    "an empty one": Custom(missing=True),
    "a filled one": Custom(False, "x"),
    "a retired one isn't asked for": Custom(False, definition={"retired": True}),
    "one of the lead's department": Custom(True, definition={"departments": True}),
    "one of another department isn't asked for": Custom(
        False, definition={"departments": True}, elsewhere=True
    ),
}


@pytest.mark.parametrize("case", CUSTOM.values(), ids=CUSTOM.keys())
def test_a_required_custom_field(case, make_field, make_lead, make_status, departments):
    definition = case.definition
    if "departments" in definition:
        of = departments.export if case.elsewhere else departments.sales
        definition = {"departments": [of.pk]}
    field = make_field("Code", **definition)
    entered, lead = make_status("Extra", required_fields=[field.name]), make_lead()
    if case.value:
        with operation("test", by=None):
            LeadValues.objects.create(record=lead, values={field.name: case.value})
    values = {field.name: case.value, "department": lead.department}
    assert get_missing_fields(entered, values) == ([field.name] if case.missing else [])
    assert codes_in_sql(lead, entered, {}) == ([f"needs:{field.name}"] if case.missing else [])
    # A change that clears it needs it wherever the lead has the field.
    asked = not case.elsewhere and "retired" not in case.definition
    assert codes_in_sql(lead, entered, {field.name: ""}) == ([f"needs:{field.name}"] if asked else [])
    assert codes_in_sql(lead, entered, {field.name: "y"}) == []


def test_the_statuses_of_a_pipeline_are_locked_in_their_order(statuses):
    """So two changes never wait for each other, and none waits for a change of another pipeline."""
    with CaptureQueriesContext(connection) as queries:
        lock_pipelines([statuses.new.pipeline_id])
    (locks,) = [query["sql"] for query in queries]
    assert "ORDER BY s.id FOR SHARE" in locks
    with connection.cursor() as cursor:
        cursor.execute(locks.replace("SELECT FROM", "SELECT s.pipeline_id FROM"))
        assert {pipeline for (pipeline,) in cursor.fetchall()} == {statuses.new.pipeline_id}


@pytest.mark.parametrize(("status", "pipeline"), [(True, False), (False, True), (True, True), (False, False)])
def test_a_status_is_retired_alone_or_with_its_pipeline(status, pipeline):
    row = Status(retired=status, kind="contacted", pipeline=Pipeline(retired=pipeline))
    assert get_contract_key(row) == (status or pipeline, "contacted", [], [])
