"""What an import knows of pipelines: where new records start, which statuses it offers, takes and adds, and what a reason is asked for."""

from typing import Any, NamedTuple

import pytest

from accounts.models import Department
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from crm.records.kinds.reasons import get_reason_sentence
from customers.deals.excel import DealImport
from leads.imports.lead_import import LeadImport
from leads.imports.pipeline_import import find_or_create_status, get_first_pipeline
from leads.models import Pipeline, Status
from leads.statuses import status_contract

pytestmark = pytest.mark.django_db


@pytest.fixture
def events(departments):
    """A second pipeline of leads, which is that of the department Export, with the statuses Invited and Came."""
    with operation("test", by=None):
        pipeline = Pipeline.objects.create(name="Events", position=7, departments=[departments.export.pk])
        for place, (name, kind) in enumerate([("Invited", "new"), ("Came", "won")]):
            Status.objects.create(pipeline=pipeline, name=name, kind=kind, position=place)
    return pipeline


STARTS = {
    "a department with a pipeline of its own": ("export", "leads", "Events"),
    "a department without one": ("sales", "leads", "Sales"),
    "no department": (None, "leads", "Sales"),
    "a department that has one of its own for leads, asked for deals": ("export", "deals", "Deals"),
}


@pytest.mark.parametrize(("department", "purpose", "starts_in"), STARTS.values(), ids=STARTS)
def test_where_new_records_of_a_department_start(department, purpose, starts_in, events, departments):
    number = getattr(departments, department).pk if department else None
    assert get_first_pipeline(number, purpose).label == starts_in


def test_no_department_is_not_the_one_with_the_first_number(db):
    with operation("test", by=None):
        Department.objects.get_or_create(pk=1, defaults={"name": "First"})
        Pipeline.objects.create(name="Events", position=7, departments=[1])
    assert get_first_pipeline(1, "leads").label == "Events"
    assert get_first_pipeline(None, "leads").label == "Sales"


class Suggested(NamedTuple):
    """A text of a file, and the status that is proposed for it."""

    text: str
    status: str | None
    rules: type = LeadImport


SUGGESTED = {
    "its name in another spelling": Suggested("qualified", "Qualified"),
    "the same name of another purpose": Suggested("Proposal", "Proposal"),
    "the same name among deals": Suggested("Proposal", "Proposal", DealImport),
    "a stage of deals in a file of leads, as the word of another program": Suggested(
        "Negotiation", "Proposal"
    ),
    "a name of deals in a file of deals": Suggested("Negotiation", "Negotiation", DealImport),
    "a word of another program": Suggested("JUNK", "Disqualified"),
    "what nothing is known of": Suggested("Expo", None),
}


@pytest.mark.parametrize("case", SUGGESTED.values(), ids=SUGGESTED)
def test_which_status_is_proposed(case, ann):
    rules = case.rules(KINDS["deal" if case.rules is DealImport else "lead"], ann)
    found = Status.objects.filter(pk=rules.suggest_value("status", case.text)).first()
    assert (found and found.label) == case.status
    assert found is None or found.pipeline.purpose == rules.purpose


@pytest.mark.parametrize("are_several", [False, True], ids=["one pipeline", "two pipelines"])
def test_statuses_are_offered_with_their_pipeline_if_there_are_several(are_several, request, ann):
    if are_several:
        request.getfixturevalue("events")
    offered = [label for _value, label in LeadImport(KINDS["lead"], ann).get_choices()["status"]]
    names = ["New", "Contacted", "Qualified", "Proposal", "Won", "Lost", "Disqualified"]
    if are_several:
        names = [*(f"Sales: {name}" for name in names), "Events: Invited", "Events: Came"]
    assert offered == names


def test_a_retired_status_is_not_taken(ann, statuses, make_status):
    retired, other = make_status("Waiting", retired=True), make_status("Called twice")
    allowed = LeadImport(KINDS["lead"], ann).get_allowed_values()["status_id"]
    assert str(retired.pk) not in allowed
    assert {str(other.pk), str(statuses.new.pk)} <= allowed
    deals = Status.objects.filter(pipeline__purpose="deals").values_list("pk", flat=True)
    assert allowed.isdisjoint(map(str, deals))


def test_a_status_that_an_import_adds_comes_after_the_other_open_ones(ann, statuses, events, departments):
    rules = LeadImport(KINDS["lead"], ann)
    with operation("test", by=None):
        added = Status.objects.get(pk=find_or_create_status("Expo", rules, {}))
        of_export = {"department": departments.export.pk}
        elsewhere = Status.objects.get(pk=find_or_create_status("Expo", rules, of_export))
        assert find_or_create_status("expo", rules, {}) == added.pk
    assert (added.pipeline, added.kind) == (statuses.new.pipeline, "contacted")
    assert added.position == statuses.proposal.position
    assert list(Status.objects.of_pipeline(added.pipeline_id).in_order()).index(added) == 4
    assert (elsewhere.pipeline, elsewhere.position) == (events, 0)


ASKED = {
    "that a closed status needs a reason": (True, "lost_reason"),
    "that only lost records have one": (False, ""),
}


@pytest.mark.parametrize(("needs", "field"), ASKED.values(), ids=ASKED)
def test_which_refusal_a_default_corrects(needs, field, ann):
    kind = KINDS["lead"]
    rules = LeadImport(kind, ann)
    sentence = get_reason_sentence("needs_reason", kind) if needs else rules.get_only_lost_sentence()
    assert rules.get_correcting_default(sentence) == field
    of_status = f"Lost: {sentence}" if needs else "Lost: anything else"
    assert rules.get_correcting_default(of_status) == field
    # A status that needs none has no such sentence.
    assert rules.get_correcting_default(f"New: {sentence}") == ""


@pytest.mark.parametrize(("rules", "purpose"), [(LeadImport, "leads"), (DealImport, "deals")])
def test_an_import_locks_the_pipelines_of_its_records_only(rules, purpose, events, monkeypatch):
    locked: list[Any] = []
    monkeypatch.setattr(status_contract, "lock_pipelines", locked.extend)
    rules.lock_settings()
    assert {Pipeline.objects.get(pk=pk).purpose for pk in locked} == {purpose}


def test_the_settings_that_a_check_read_are_the_same_in_any_order(ann):
    rules, other = (LeadImport(KINDS["lead"], ann) for _each in range(2))
    other.statuses = dict(reversed(rules.statuses.items()))
    assert rules.get_judging_settings() == other.get_judging_settings()
    other.statuses = dict(list(rules.statuses.items())[1:])
    assert rules.get_judging_settings() != other.get_judging_settings()
