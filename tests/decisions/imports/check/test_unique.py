"""Unique fields: no import makes a second record with a value, whoever has the first one."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from crm.records.history.verb_execution import operation
from crm.transfer.imports.check.import_rules import ImportRules
from crm.transfer.imports.check.unique_values import get_current_holders, get_unique_keys
from leads.models import LeadValues
from tests.decisions.imports.on_paper import custom
from tests.decisions.imports.plan_on_paper import lead, planned

TAKEN, TWICE = "Another record already has this value.", "Row 2 has the same value."
CODE, NUMBER = custom("Code", is_unique=True), custom("Number", number=2, is_unique=True)


@dataclass(frozen=True)
class Case:
    """Lead 7 has the code "a" and the number "1", lead 8 the code "b" and no number, and a lead that the importer can't
    see has the code "x". The last of the `rows` is the one in question."""

    rows: tuple[dict[str, str], ...]
    does: str
    error: str = ""
    choices: dict[int, str] = field(default_factory=dict)


NEW, LEAD, OTHER = {"last_name": "Pop"}, {"id": "#7"}, {"id": "#8"}
CASES = {
    "a new record with a new value": Case((NEW | {"c1": "c"},), "add"),
    "a new record with the value of another one": Case((NEW | {"c1": "b"},), "", TAKEN),
    "a new record with the value of one that the importer can't see": Case((NEW | {"c1": "x"},), "", TAKEN),
    "a new record without a value": Case((NEW | {"c1": ""}, NEW | {"c1": ""}), "add"),
    "the value that the record has": Case((LEAD | {"c1": "a", "city": "Cluj"},), "change"),
    "its value in capitals": Case((LEAD | {"c1": "A"},), "change"),
    "the value of another record": Case((LEAD | {"c1": "b"},), "", TAKEN),
    "a new value for a record": Case((LEAD | {"c1": "c"},), "change"),
    "the value that an earlier row adds": Case((NEW | {"c1": "c"}, NEW | {"c1": "C"}), "", TWICE),
    "the value that an earlier row gives a record": Case((LEAD | {"c1": "c"}, NEW | {"c1": "c"}), "", TWICE),
    "the value that an earlier row adds, for a record": Case(
        (NEW | {"c1": "c"}, LEAD | {"c1": "c"}), "", TWICE
    ),
    "the value of a record that an earlier row changes to another one": Case(
        (LEAD | {"c1": "c"}, NEW | {"c1": "a"}), "", TAKEN
    ),
    "an earlier row with an error writes nothing": Case(
        (NEW | {"c1": "c", "value": "x"}, NEW | {"c1": "c"}), "add"
    ),
    "an earlier row that is refused for this writes nothing": Case(
        (NEW | {"c1": "x", "c2": "2"}, NEW | {"c1": "c", "c2": "2"}), "add"
    ),
    "an earlier row that is skipped writes nothing": Case(
        (LEAD | {"c1": "c"}, NEW | {"c1": "c"}), "add", choices={2: "leave"}
    ),
    "an earlier row that changes nothing writes nothing": Case(
        (LEAD | {"c1": "a"}, OTHER | {"city": "Cluj"}), "change"
    ),
    "a row that is added although it has an ID": Case(
        (LEAD | NEW | {"c1": "a"},), "", TAKEN, choices={2: "new"}
    ),
    "the second of two unique values": Case((NEW | {"c1": "c", "c2": "1"},), "", TAKEN),
    "the second of two unique values twice": Case(
        (NEW | {"c1": "c", "c2": "2"}, NEW | {"c1": "d", "c2": "2"}), "", TWICE
    ),
    "the value of the first of three rows": Case(
        (NEW | {"c1": "c"}, NEW | {"c1": "d"}, NEW | {"c1": "c"}), "", TWICE
    ),
    "the same text in another unique field": Case((NEW | {"c1": "1", "c2": "a"},), "add"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_unique_value(case):
    leads = [lead(7, c1="a", c2="1"), lead(8, c1="b", c2="")]
    held = {("c1", "a"): 7, ("c1", "b"): 8, ("c1", "x"): 99, ("c2", "1"): 7}
    plans = planned(
        *({"c1": "", **row} for row in case.rows),
        leads=leads,
        found={"held": held},
        fields=[CODE, NUMBER],
        choices=case.choices,
        match="id",
    )
    last = plans[-1]
    assert last.action == case.does
    assert [sentence for _place, sentence in last.errors] == ([case.error] if case.error else [])
    if case.error:
        assert (last.verdict, last.values, last.old) == ("error", {}, {})
        # At the cell of the value, not at the row.
        assert last.errors[0][0] is not None


def test_rows_with_the_same_unique_value_are_checked_together():
    for cells, keys in (
        ({"c1": "C"}, ["c1:c"]),
        ({"c1": "c", "c2": "2"}, ["c1:c", "c2:2"]),
        ({"c1": ""}, []),
    ):
        (plan,) = planned(NEW | cells, fields=[CODE, NUMBER])
        assert plan.keys == keys


@pytest.fixture
def rules(ada):
    """The rules for someone who sees these fields, as the database has them."""

    def of(*fields: Any) -> ImportRules:
        found = ImportRules.__new__(ImportRules)
        found.unique_fields = {one.name: one for one in fields}
        return found

    return of


@pytest.fixture
def give(make_lead):
    def made(values: dict[str, Any], **told: Any):
        given = make_lead(**told)
        with operation("test", by=None):
            LeadValues.objects.update_or_create(record=given, defaults={"values": values})
        return given

    return made


@pytest.mark.django_db
def test_the_values_of_rows_are_compared_as_the_database_does(rules, make_field, give, departments):
    code, number = make_field("Code", is_unique=True), make_field("Number", "number", is_unique=True)
    one = rules(code, number)
    rows = [{code.name: " A-1", number.name: 0}, {code.name: "", number.name: None}, {code.name: "a-1"}, {}]
    keys = get_unique_keys(one, rows)
    assert keys[0][code.name] == keys[2][code.name]
    assert [sorted(row) for row in keys] == [[code.name, number.name], [], [code.name], []]
    first = give({code.name: "a-1"}, department=departments.export)
    zero = give({number.name: "0"})
    gone = give({code.name: "b"})
    with operation("test", by=None):
        type(gone).objects.filter(pk=gone.pk).update(deleted_at="2026-01-01T10:00Z")
    keys += get_unique_keys(one, [{code.name: "b"}])
    assert get_current_holders(one, keys) == {
        (code.name, keys[2][code.name]): first.pk,
        (number.name, keys[0][number.name]): zero.pk,
    }
    assert get_current_holders(one, [{}]) == {}
