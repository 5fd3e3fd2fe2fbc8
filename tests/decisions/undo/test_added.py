"""Which records that a change added go to Trash with its undo, what an undo reads, and which tables it leaves alone."""

from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Change, Operation
from crm.platform.sql import chunks
from crm.records.history.undo.field_reversal import (
    _find_unchangeable_records,
    _get_touched_rows,
    preview_undo,
    revert_operation,
)
from crm.records.history.undo.row_restoration import get_created_rows
from crm.records.history.undo.undo_permission import get_tracked_models
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead, Source
from leads.verbs import Edit

THIS, ANOTHER = 7, 8


class Step(NamedTuple):
    """A later change of a row, by another change, or by the undo of one."""

    of: str
    undoes: str = ""
    table: str = "lead"
    row: int = THIS


EDIT, UNDO, REDO = Step("edit"), Step("undo", "edit"), Step("redo", "undo")
WORKED_ON = {
    "no one has worked on it": ((), False),
    "someone has changed it": ((EDIT,), True),
    "someone has changed it twice": ((EDIT, Step("second")), True),
    "someone has changed it and undone that": ((EDIT, UNDO), False),
    "someone has changed it, undone that and redone it": ((EDIT, UNDO, REDO), True),
    "someone has changed it, undone that, redone it and undone that": (
        (EDIT, UNDO, REDO, Step("last", "redo")),
        False,
    ),
    "someone has changed it, undone that, redone it, undone that and redone it again": (
        (EDIT, UNDO, REDO, Step("last", "redo"), Step("again", "last")),
        True,
    ),
    "someone has changed it twice and undone the first change": ((EDIT, UNDO, Step("second")), True),
    "someone has undone an older change of it": ((Step("undo", "older"),), False),
    "the same change has changed it again": ((Step("import"),), False),
    "someone has changed another record": ((Step("edit", row=ANOTHER),), False),
    "someone has changed a company with the same number": ((Step("edit", table="company"),), False),
    "someone has changed it and another record, and an undo has reverted only the other": (
        (EDIT, Step("edit", row=ANOTHER), Step("undo", "edit", row=ANOTHER)),
        True,
    ),
    "someone has changed it, and the second undo of that has reverted only another record": (
        (EDIT, Step("edit", row=ANOTHER), UNDO, REDO, Step("second undo", "edit", row=ANOTHER)),
        True,
    ),
    "someone has changed it and another record, and an undo has reverted only the company with its number": (
        (EDIT, Step("edit", table="company"), Step("undo", "edit", table="company")),
        True,
    ),
    "someone has changed it, and another record was changed and that undone": (
        (EDIT, Step("second", row=ANOTHER), Step("undo", "second", row=ANOTHER)),
        True,
    ),
}


class Log:
    """Operations by name, and what they have changed."""

    def __init__(self) -> None:
        self.known: dict[str, Operation] = {}

    def of(self, name: str, undoes: str = "") -> Operation:
        if name not in self.known:
            kind = "undo" if undoes else "test"
            other = self.of(undoes) if undoes else None
            self.known[name] = Operation.objects.create(kind=kind, at=timezone.now(), undoes=other, changed=1)
        return self.known[name]

    def change(self, name: str, kind: str, row: int, table: str = "lead", /, **values: Any) -> None:
        record = self.of(name, values.pop("undoes", ""))
        Change.objects.create(
            operation=record, at=record.at, table=table, row=row, kind=kind, version=1, fields=values
        )


@pytest.mark.parametrize("case", WORKED_ON.values(), ids=WORKED_ON)
def test_whether_someone_has_worked_on_an_added_record(case, db):
    steps, touched = case
    log = Log()
    # A record that was deleted permanently and came back had changes before.
    log.change("older", "update", THIS)
    log.change("import", "insert", THIS)
    log.change("import", "update", THIS + 2)
    log.change("import", "insert", THIS, "company")
    log.change("other import", "insert", THIS + 3)
    for step in steps:
        log.change(step.of, "update", step.row, step.table, undoes=step.undoes)
    record = log.of("import")
    assert get_created_rows(record, "lead", []) == (([], [THIS]) if touched else ([THIS], []))
    # Whoever can't change it now doesn't learn whether someone has.
    assert get_created_rows(record, "lead", [THIS]) == ([], [])


def test_an_added_record_that_someone_has_worked_on_stays_and_is_named(ada, departments, statuses, sources):
    with operation("test", by=ada, table="lead", changed=2) as record:
        kept, left = (
            Lead.objects.create(
                last_name=name, department=departments.sales, status=statuses.new, source=sources.website
            )
            for name in ("Pop", "Rus")
        )
    carry_out(Edit({"city": "Cluj"}), Lead.objects.filter(pk=kept.pk), by=ada)
    ahead, undone = preview_undo(record, ada), revert_operation(record, by=ada)
    assert ahead.kept == undone.kept == {"lead": {"worked_on_since": [kept.pk]}}
    assert ahead.back["lead"] == undone.back["lead"] == [left.pk]


def test_an_undo_reads_which_rows_and_columns_a_change_has_touched(db):
    log = Log()
    log.change("edit", "update", 8, city=["Arad", "Cluj"], zip=["", "1"])
    log.change("edit", "update", 7, city=["Arad", "Cluj"])
    log.change("edit", "insert", 9, country=[None, "RO"])
    log.change("edit", "delete", 5, "company", name=["Acme", None])
    log.change("edit", "update", 6, "a table that is no longer there", name=["", "Acme"])
    log.change("other", "update", 4, vip=[False, True])
    found = _get_touched_rows(log.of("edit"))
    touched = {
        table: (sorted(one.rows), one.columns) for table, one in found.items() if one.rows or one.columns
    }
    assert touched == {"lead": ([7, 8, 9], ["city", "zip"]), "company": ([5], [])}


def test_an_undo_locks_its_records_in_their_order(cast, make_lead):
    """So two undos never wait for each other, and no one waits for an undo of other records."""
    leads = [make_lead(owner=cast.bob) for _each in range(3)]
    rows = Lead.objects.filter(pk__in=[leads[0].pk, leads[2].pk])
    record = carry_out(Edit({"city": "Cluj"}), rows, by=cast.bob).operation
    with CaptureQueriesContext(connection) as queries:
        revert_operation(record, by=cast.bob)
    (locks,) = [
        query["sql"]
        for query in queries
        if "FOR NO KEY UPDATE" in query["sql"] and 'FROM "leads_lead"' in query["sql"]
    ]
    assert f"{{{leads[0].pk},{leads[2].pk}}}" in locks
    assert "ORDER BY 1 ASC" in locks


def test_an_undo_brings_records_back_before_those_that_are_linked_to_them():
    # As it is worked out, not as it is remembered.
    found = get_tracked_models.__wrapped__()
    order, tables = [*found], {model: table for table, model in found.items()}
    records = [
        "company",
        "contact",
        "lead",
        "deal",
        "request",
        "employment",
        "deal_contact",
        "task",
        "activity",
    ]
    assert order[: len(records)] == records
    for table, model in found.items():
        for field in model._meta.local_concrete_fields:
            linked = tables.get(field.related_model, table)
            # What records refer to, such as their status, is still there.
            if linked != table and (table in records) == (linked in records):
                assert order.index(linked) < order.index(table)


def test_an_undo_asks_nothing_of_the_tables_that_the_change_left_alone(cast, make_lead):
    """An undo waits for no one who works on other records."""
    lead = make_lead(owner=cast.bob)
    record = carry_out(Edit({"city": "Cluj"}), Lead.objects.filter(pk=lead.pk), by=cast.bob).operation
    for act in (lambda: preview_undo(record, cast.bob), lambda: revert_operation(record, by=cast.bob)):
        with CaptureQueriesContext(connection) as queries:
            assert act().back["lead"] == [lead.pk]
        assert not [query["sql"] for query in queries if "customers_request" in query["sql"]]


@pytest.mark.parametrize("watched", [True, False], ids=["with progress", "without"])
def test_an_undo_tells_how_many_of_its_records_are_through(watched, cast, make_lead, monkeypatch):
    monkeypatch.setattr(chunks, "ROWS_A_STATEMENT", 2)
    rows = Lead.objects.filter(pk__in=[make_lead(owner=cast.bob).pk for _each in range(5)])
    record = carry_out(Edit({"city": "Cluj"}), rows, by=cast.bob).operation
    told: list[tuple[int, int]] = []
    more = {"progress": lambda done, total: told.append((done, total))} if watched else {}
    assert revert_operation(record, by=cast.bob, **more).back_count == 5
    assert told == ([(2, 5), (4, 5), (5, 5)] if watched else [])


REACH = {
    "an administrator": ("ada", ["own", "shared", "foreign"], {"erased": ["erased"]}, 2),
    "an administrator, and only an erased one": ("ada", [], {"erased": ["erased"]}, 2),
    "a salesperson": (
        "bob",
        ["own", "shared", "foreign"],
        {"erased": ["erased"], "hidden": ["foreign"], "not_changeable": ["shared"]},
        5,
    ),
    "a salesperson, and only their own ones": ("bob", ["own"], {"erased": ["erased"]}, 4),
    "a salesperson, and one that is shared": ("bob", ["shared"], {"erased": ["erased"], "not_changeable": ["shared"]}, 5),
    "a salesperson, and one that is gone": ("bob", ["gone"], {"erased": ["erased"]}, 4),
}  # fmt: skip


@pytest.mark.parametrize("case", REACH.values(), ids=REACH)
def test_which_records_an_undo_leaves_as_they_are(case, cast, departments, make_lead):
    """With how many queries is in test_whoever_may_change_every_record_isnt_asked_about_each."""
    name, touched, reasons, _queries = case
    record, ids = made_in_reach(cast, departments, make_lead)
    rows = [ids[one] for one in (*touched, "erased", "erased before")]
    found = _find_unchangeable_records(record, Lead, rows, getattr(cast, name))
    names = {pk: one for one, pk in ids.items()}
    assert {reason: [names[pk] for pk in pks] for reason, pks in found.items()} == reasons


@pytest.mark.parametrize("case", REACH.values(), ids=REACH)
def test_whoever_may_change_every_record_isnt_asked_about_each(
    case, cast, departments, make_lead, django_assert_num_queries
):
    """Only erased ones are looked for."""
    name, touched, _reasons, queries = case
    record, ids = made_in_reach(cast, departments, make_lead)
    rows = [ids[one] for one in (*touched, "erased", "erased before")]
    with django_assert_num_queries(queries):
        _find_unchangeable_records(record, Lead, rows, getattr(cast, name))


def made_in_reach(cast, departments, make_lead) -> tuple[Operation, dict[str, int]]:
    """A change, and the leads that it touched, by what is so of them."""
    record = Operation(kind="edit", table="lead", at=timezone.now())
    away = {"owner": cast.dan, "department": departments.export}
    ids = {
        "own": make_lead(owner=cast.bob).pk,
        "shared": make_lead(shared=True, **away).pk,
        "foreign": make_lead(**away).pk,
        "erased": make_lead(owner=cast.bob, erased_at=record.at).pk,
        "erased before": make_lead(owner=cast.bob, erased_at=record.at - timedelta(seconds=1)).pk,
        "gone": 2**40,
    }
    return record, ids


def test_an_undo_asks_nothing_about_rows_of_settings_or_without_rows(ann, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert _find_unchangeable_records(Operation(at=timezone.now()), Lead, [], ann) == {}
        assert _find_unchangeable_records(Operation(at=timezone.now()), Source, [1], ann) == {}
