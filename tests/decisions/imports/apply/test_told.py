"""Who is notified of an import, how its progress is told, and how long it and an undo took."""

from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from crm.models import PlannedRow
from crm.platform.sql import chunks
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.transfer.imports.apply.plan_application import StalePlan, apply_import_plan
from crm.transfer.imports.check.record_check import RecordCheck
from leads.models import Lead
from leads.verbs import Edit

pytestmark = pytest.mark.django_db


class Clock:
    """It goes on by a second whenever it is read. What sleeps is noted."""

    def __init__(self) -> None:
        self.now, self.slept = 1_000.0, []

    def monotonic(self) -> float:
        self.now += 1
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))


class Case(NamedTuple):
    """The rows of a file with the owners of leads, and the owners that lead 1 and 2 had. `told` are the people who are
    notified, each with the leads that they get."""

    rows: tuple[tuple[str, str], ...]
    told: dict[str, tuple[str, ...]] = {}
    silent: bool = False
    changed_since: bool = False


CASES = {
    "a new lead without an owner": Case((("", ""),)),
    "a new lead of the importer": Case((("", "ann"),)),
    "a new lead of a colleague": Case((("", "bob"),), {"bob": ("new",)}),
    "two new leads of a colleague": Case((("", "bob"), ("", "bob")), {"bob": ("new", "new")}),
    "new leads of two colleagues": Case((("", "bob"), ("", "ben")), {"bob": ("new",), "ben": ("new",)}),
    "an existing lead gets an owner": Case((("1", "bob"),), {"bob": ("1",)}),
    "an existing lead keeps its owner": Case((("2", "ben"),)),
    "an existing lead gets another owner": Case((("2", "bob"),), {"bob": ("2",)}),
    "a new lead and an existing one": Case((("", "bob"), ("1", "bob")), {"bob": ("new", "1")}),
    "an existing lead that leaves the importer's reach": Case((("1", "bob"),), changed_since=True),
    "the importer wants no notifications": Case((("", "bob"), ("1", "bob")), silent=True),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_who_is_notified_of_an_import(case, read, cast, make_lead, departments, monkeypatch):
    found: dict[str, list[str]] = {}

    def tell(user: Any, kind: str, record: Any, ids: list[int]) -> None:
        names = {lead.pk: pk for pk, lead in known.items()}
        assert kind == "assigned"
        # Each user is told once.
        assert user.name.lower() not in found
        found[user.name.lower()] = [names.get(pk, "new") for pk in ids]

    monkeypatch.setattr("crm.transfer.imports.apply.record_steps.create_notification", tell)
    ann, known = cast.ann, {"1": make_lead("Lead 1"), "2": make_lead("Lead 2", owner=cast.ben)}
    cells = [
        [f"Pop {place}", f"#{known[pk].pk}" if pk else "", getattr(cast, owner).name if owner else ""]
        for place, (pk, owner) in enumerate(case.rows)
    ]
    # The plan of another file says nothing about this one.
    other = read(ann, ["last_name", "id", "owner"], [["Rus", f"#{known['2'].pk}", "Bob"]])
    RecordCheck(other, ann).run()
    told = read(ann, ["last_name", "id", "owner"], cells, silent=case.silent)
    RecordCheck(told, ann).run()
    assert not told.counts.get("error")
    if case.changed_since:
        with operation("test", by=None):
            Lead.objects.filter(pk=known["1"].pk).update(department=departments.export)
    apply_import_plan(told, by=ann)
    assert found == {name: [*leads] for name, leads in case.told.items()}


@pytest.fixture
def clock(monkeypatch):
    found = Clock()
    for module in ("crm.transfer.imports.apply.plan_application", "crm.records.history.undo.field_reversal"):
        monkeypatch.setattr(f"{module}.time", SimpleNamespace(monotonic=found.monotonic, sleep=found.sleep))
    return found


ROWS = {
    "new leads": ([["Pop", ""], ["Rus", ""]], (2, 2)),
    "an existing lead": ([["Pop", "1"]], (1, 1)),
    "a new lead and an existing one": ([["Pop", ""], ["Rus", "1"]], (2, 2)),
}


@pytest.mark.parametrize("case", ROWS.values(), ids=ROWS)
def test_an_import_tells_how_many_rows_are_done_and_pauses_for_others(case, read, ann, make_lead, clock):
    cells, last = case
    lead = make_lead("Ana Ene", owner=ann)
    told = read(ann, ["last_name", "id"], [[name, f"#{lead.pk}" if pk else ""] for name, pk in cells])
    RecordCheck(told, ann).run()
    steps: list[tuple[int, int]] = []
    begun = clock.now + 1
    record = apply_import_plan(told, by=ann, progress=lambda done, total: steps.append((done, total)))
    assert steps[-1] == last
    assert {total for _done, total in steps} == {last[1]}
    assert steps == sorted(steps)
    # A part of the time since the last step.
    assert clock.slept == [0.15] * len(steps)
    assert record.milliseconds == (clock.now - begun) * 1000
    undone = revert_operation(record, by=ann).operation
    assert undone.milliseconds == 1000


def test_an_import_without_progress_does_not_pause(read, ann, clock):
    told = read(ann, ["last_name"], [["Pop"]])
    RecordCheck(told, ann).run()
    apply_import_plan(told, by=ann)
    assert clock.slept == []


@pytest.mark.parametrize("adds", [True, False], ids=["it adds a lead", "it only changes one"])
def test_only_an_import_that_adds_records_waits_for_its_turn(adds, read, ann, make_lead, monkeypatch):
    turns: list[Any] = []
    monkeypatch.setattr(
        "crm.transfer.imports.apply.plan_application.lock_against_same_imports",
        lambda imported, by: turns.append(by),
    )
    told = read(ann, ["last_name", "id"], [["Pop", "" if adds else f"#{make_lead('Ana Ene', owner=ann).pk}"]])
    RecordCheck(told, ann).run()
    apply_import_plan(told, by=ann)
    assert turns == ([ann] if adds else [])


def test_a_second_click_on_apply_returns_the_change_of_the_first(read, ann):
    told = read(ann, ["last_name"], [["Pop"]])
    with pytest.raises(StalePlan):
        apply_import_plan(told, by=ann)
    RecordCheck(told, ann).run()
    record = apply_import_plan(told, by=ann)
    assert apply_import_plan(told, by=ann) == record
    assert Lead.objects.count() == 1


def test_a_unique_value_that_a_colleague_took_since_skips_the_row_of_this_import_only(
    read, ann, make_lead, make_field
):
    code = make_field("Code", is_unique=True).name
    # Two files whose first rows have the same number.
    other, told = (read(ann, ["last_name", code], [["Pop", value]]) for value in ("free", "taken"))
    for imported in (other, told):
        RecordCheck(imported, ann).run()
    carry_out(Edit({code: "taken"}), Lead.objects.filter(pk=make_lead().pk), by=ann)
    apply_import_plan(told, by=ann)
    told.refresh_from_db()
    assert (told.counts["added"], told.counts["refused"]) == (0, {"value_taken": 1})
    assert PlannedRow.objects.get(of=other).action == "add"


def test_a_unique_value_in_another_file_skips_no_row(read, ann, make_lead, make_field):
    code = make_field("Code", is_unique=True).name
    other, told = (read(ann, ["last_name", code], [["Pop", value]]) for value in ("taken", "free"))
    for imported in (other, told):
        RecordCheck(imported, ann).run()
    carry_out(Edit({code: "taken"}), Lead.objects.filter(pk=make_lead().pk), by=ann)
    apply_import_plan(told, by=ann)
    told.refresh_from_db()
    assert (told.counts["added"], told.counts["refused"]) == (1, {})


def test_an_import_adds_its_rows_once_whatever_other_files_plan(read, ann, monkeypatch):
    """Also if two files have rows with the same number, and each row is written by itself."""
    monkeypatch.setattr(chunks, "ROWS_A_STATEMENT", 1)
    other, told = (read(ann, ["last_name"], [[name]]) for name in ("Rus", "Pop"))
    for imported in (other, told):
        RecordCheck(imported, ann).run()
    apply_import_plan(told, by=ann)
    assert [*Lead.objects.values_list("last_name", flat=True)] == ["Pop"]


def test_an_import_changes_its_records_whatever_other_files_plan(read, ann, make_lead):
    its_own, of_other = make_lead(email="ana@example.com"), make_lead(email="eva@example.com")
    other, told = (
        read(ann, ["email", "city"], [[lead.email, "Cluj"]], match="id_email_phone")
        for lead in (of_other, its_own)
    )
    for imported in (other, told):
        RecordCheck(imported, ann).run()
    apply_import_plan(told, by=ann)
    told.refresh_from_db()
    assert told.operation.verdicts.get().ids == [its_own.pk]
    assert [*Lead.objects.filter(city="Cluj")] == [its_own]
