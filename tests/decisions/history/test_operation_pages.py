"""The page of an operation: its reasons with examples, the changed records page by page, and other changed rows."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.http import QueryDict

from crm.models import BuiltInField, Change, Operation, Template, Verdict
from crm.records.history import visible_operations
from crm.records.history.verb_execution import operation
from crm.records.history.visible_operations import (
    COUNTED,
    EXAMPLES,
    PAGE,
    _count_unseen,
    _get_visible_ids,
    build_change_sections,
    build_receipt,
    get_other_rows,
)
from crm.records.kinds.kind_registry import KINDS
from customers.models import Company
from leads.models import Lead

pytestmark = pytest.mark.django_db
CHANGED, REFUSED, UNCHANGED = Verdict.Word.CHANGED, Verdict.Word.REFUSED, Verdict.Word.UNCHANGED
LEADS = KINDS["lead"]


@pytest.fixture
def leads(lead_of, departments):
    """Leads with the numbers from 1 to this one; Ann doesn't see those of Export."""

    def make(number: int, export: Sequence[int] = ()) -> None:
        with operation("test", by=None):
            Lead.objects.bulk_create(
                lead_of(pk=pk, department=departments.export if pk in export else departments.sales)
                for pk in range(1, number + 1)
            )

    return make


def decide(
    record: Operation, ids: Sequence[int], word: str = CHANGED, table: str = "lead", reason: str = ""
) -> Verdict:
    return Verdict.objects.create(
        operation=record, table=table, word=word, reason=reason, ids=[*ids], count=len(ids)
    )


@pytest.fixture
def record(db):
    return Operation.objects.create(kind="assign", table="lead")


# The verdicts as (table, word, reason, ids), and the reasons with their counts and examples.
TRASH, GONE = "This record is in Trash.", "This record no longer exists."
REASONS: dict[str, tuple[list[tuple[str, str, str, list[int]]], list[tuple[str, int, list[int]]]]] = {
    "none": ([("lead", CHANGED, "", [1, 2])], []),
    "one": ([("lead", REFUSED, "binned", [2, 3])], [(TRASH, 2, [2, 3])]),
    "two, in the order in which they were decided": (
        [("lead", REFUSED, "gone", [4]), ("lead", REFUSED, "binned", [2])], [(GONE, 1, [4]), (TRASH, 1, [2])],
    ),
    "five examples of six": ([("lead", REFUSED, "binned", [*range(1, 7)])], [(TRASH, 6, [1, 2, 3, 4, 5])]),
    "examples that the reader sees": ([("lead", REFUSED, "binned", [6, 7])], [(TRASH, 2, [6])]),
    "one reason in two parts, with the examples of the first": (
        [("lead", REFUSED, "binned", [1]), ("lead", REFUSED, "binned", [2, 3])], [(TRASH, 3, [1])],
    ),
    "one reason for two types of records": (
        [("lead", REFUSED, "binned", [1]), ("company", REFUSED, "binned", [2])],
        [(TRASH, 1, [1]), (TRASH, 1, [])],
    ),
    "rows that are no records": ([("status", REFUSED, "gone", [1])], [(GONE, 1, [])]),
    "what was already set": ([("lead", UNCHANGED, "", [1])], []),
}  # fmt: skip


@pytest.mark.parametrize(("verdicts", "reasons"), REASONS.values(), ids=REASONS)
def test_why_rows_could_not_be_changed(verdicts, reasons, record, leads, ann):
    leads(7, export=[7])
    for table, word, reason, ids in verdicts:
        decide(record, ids, word, table, reason)
    found = build_receipt(record, ann)["refusals"]
    assert [(one.reason, one.count, [row.pk for row in one.examples]) for one in found] == reasons
    assert EXAMPLES == 5


# The tables in the order in which an operation on leads changed them, and the sections that their readers see.
SECTIONS = {
    "its own records come first": (["company", "contact", "lead"], "ann", ["lead", "company", "contact"]),
    "others as they were changed": (["contact", "company"], "ann", ["contact", "company"]),
    "what the reader may not view": (["company", "lead"], "eve", ["lead"]),
    "rows that are no records": (["status", "lead"], "ann", ["lead"]),
    "in two parts": (["lead", "company", "lead"], "ann", ["lead", "company"]),
}


@pytest.mark.parametrize(("tables", "reader", "names"), SECTIONS.values(), ids=SECTIONS)
def test_which_records_a_page_has_sections_for(tables, reader, names, record, cast, someone_with):
    for number, table in enumerate(tables):
        decide(record, [number], table=table)
    decide(record, [7], REFUSED, "deal", "gone")
    user = someone_with("view_lead") if reader == "eve" else cast.ann
    sections = build_change_sections(record, user, QueryDict())
    assert [section.kind.name for section in sections] == names


# After which lead a page begins, the leads and companies that it shows, and after which lead the next one begins.
PAGES = {
    "the first": ("", [1, 2], [1], 2),
    "the next": ("after=2", [3, 4], [1], None),
    "the middle": ("after=1", [2, 3], [1], 3),
    "the last": ("after=3", [4], [1], None),
    "after no number": ("after=x", [1, 2], [1], 2),
}


@pytest.mark.parametrize(("query", "shown", "companies", "following"), PAGES.values(), ids=PAGES)
def test_where_a_page_of_changed_records_begins(
    query, shown, companies, following, record, leads, ann, departments, monkeypatch
):
    monkeypatch.setattr(visible_operations, "PAGE", 2)
    leads(4)
    with operation("test", by=None):
        Company.objects.create(pk=1, name="Omnia", department=departments.sales)
    decide(record, [1, 2, 3, 4])
    decide(record, [1], table="company")
    own, other = build_change_sections(record, ann, QueryDict(query))
    assert [row.pk for row, _fields in own.rows] == shown
    assert [row.pk for row, _fields in other.rows] == companies
    assert (own.next, other.next) == (following, None)


def test_a_page_has_fifty_records(record, leads, ann):
    leads(51)
    decide(record, range(1, 52))
    (section,) = build_change_sections(record, ann, QueryDict())
    assert (len(section.rows), section.next) == (50, 50)
    assert PAGE == 50


def test_a_record_has_the_changes_of_this_operation_oldest_first(ann, make_lead):
    lead, other = make_lead(city="Arad"), make_lead(city="Deva")
    for cities in (("Cluj", "Dej"), ("Iași",)):
        with operation("test", by=None, table="lead") as record:
            for city in cities:
                lead.city = other.city = city
                lead.save(update_fields=["city"])
                other.save(update_fields=["city"])
    first = Operation.objects.get(pk=record.pk - 1)
    decide(first, [lead.pk, other.pk])
    (section,) = build_change_sections(first, ann, QueryDict())
    told = [[f"{field.old} → {field.new}" for field in fields] for _row, fields in section.rows]
    assert told == [["Arad → Cluj", "Cluj → Dej"], ["Deva → Cluj", "Cluj → Dej"]]


# The verdicts of an operation, after which number and how many are wanted, and the leads that Ann sees of them: she
# doesn't see 5. Each verdict is read two ids at a time.
VISIBLE = {
    "one verdict": ([[1, 2, 3]], 0, 9, [1, 2, 3]),
    "without those that the reader doesn't see": ([[4, 5, 6]], 0, 9, [4, 6]),
    "a chunk of which the reader sees none": ([[5], [6, 7]], 0, 9, [6, 7]),
    "two verdicts, the later records first": ([[4, 6, 7], [1, 2, 3]], 0, 9, [1, 2, 3, 4, 6, 7]),
    "two whose records alternate": ([[1, 3, 6], [2, 4, 7]], 0, 9, [1, 2, 3, 4, 6, 7]),
    "a short one beyond a long one": ([[1, 2, 3, 4], [7]], 0, 9, [1, 2, 3, 4, 7]),
    "two short ones": ([[6], [2]], 0, 9, [2, 6]),
    "after a number": ([[1, 2, 3], [4]], 2, 9, [3, 4]),
    "no more than wanted": ([[1, 2, 3], [4]], 0, 3, [1, 2, 3]),
    "none": ([], 0, 9, []),
}


@pytest.mark.parametrize(("parts", "after", "most", "found"), VISIBLE.values(), ids=VISIBLE)
def test_which_changed_records_a_reader_sees(parts, after, most, found, record, leads, ann, monkeypatch):
    monkeypatch.setattr(visible_operations, "ASKED", 2)
    leads(8, export=[5])
    verdicts = [decide(record, ids) for ids in parts]
    assert _get_visible_ids(LEADS, verdicts, after, ann, most) == found


# Who reads, how many records an operation counts, and how many of them are said to be hidden: it names 1, 2 and 5.
UNSEEN = {
    "one of three": ("ann", 3, 1),
    "a user who sees everything": ("ada", 3, 0),
    "as many as are counted": ("ann", COUNTED, COUNTED - 2),
    "more than are counted": ("ann", COUNTED + 1, 0),
}


@pytest.mark.parametrize(("reader", "number", "unseen"), UNSEEN.values(), ids=UNSEEN)
def test_how_many_records_are_hidden(reader, number, unseen, leads, cast):
    leads(6, export=[5])
    verdicts = [Verdict(ids=[1, 2], count=2), Verdict(ids=[5], count=number - 2)]
    assert _count_unseen(LEADS, verdicts, getattr(cast, reader)) == unseen


def change(record: Operation, table: str, row: int, kind: str = "update", **fields: Any) -> None:
    Change.objects.create(operation=record, table=table, row=row, version=1, kind=kind, fields=fields)


@pytest.fixture
def rows(statuses, cast, db):
    """The rows of small tables that an operation may have changed."""
    with operation("test", by=None):
        return {
            "status": statuses.new.pk,
            "later status": statuses.contacted.pk,
            "own template": Template.objects.create(name="Mine", type="note", text="x", owner=cast.ada).pk,
            "template": Template.objects.create(name="Ann’s", type="note", text="x", owner=cast.ann).pk,
            "city": BuiltInField.objects.create(table_of="lead", name="city", required=True).pk,
            "zip": BuiltInField.objects.create(table_of="lead", name="zip", label="Post code").pk,
            "removed": 999_999,
        }


RENAMED = {"name": ["Old", "New"]}
NEW = ("status", "New", "", ["Old → New"])
# The changes as (table, row, kind, fields), and what an administrator reads: type, name, what was done, and the fields.
OTHERS: dict[str, tuple[list[tuple[str, str, str, dict[str, Any]]], list[tuple[str, str, str, list[str]]]]] = {
    "a renamed status": ([("status", "status", "update", RENAMED)], [NEW]),
    "an added status": ([("status", "status", "insert", {})], [("status", "New", "added", [])]),
    "one that no longer exists": ([("status", "removed", "update", RENAMED)], [("status", "#999999", "", ["Old → New"])]),
    "two in their order, whichever changed first": (
        [("status", "later status", "update", RENAMED), ("status", "status", "update", RENAMED)],
        [NEW, ("status", "Contacted", "", ["Old → New"])],
    ),
    "two changes of one": (
        [("status", "status", "update", {"name": ["A", "B"]}), ("status", "status", "update", {"name": ["B", "C"]})],
        [("status", "New", "", ["A → B"]), ("status", "New", "", ["B → C"])],
    ),
    "the reader's own template": ([("template", "own template", "update", RENAMED)], [("template", "Mine", "", ["Old → New"])]),
    "a colleague's template": ([("template", "template", "update", RENAMED)], []),
    "a built-in field with the delivered label": (
        [("built_in_field", "city", "update", {"required": [False, True]})], [("built-in field", "City", "", ["no → yes"])],
    ),
    "a built-in field with its own label": (
        [("built_in_field", "zip", "update", {"label": ["", "Post code"]})], [("built-in field", "Post code", "", [" → Post code"])],
    ),
    "rows without a name": ([("source_cost", "status", "update", {"amount": [1, 2]})], []),
    "records": ([("lead", "status", "update", RENAMED)], []),
    "a table that no longer exists": ([("fax", "status", "update", RENAMED)], []),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "told"), OTHERS.values(), ids=OTHERS)
def test_which_other_rows_an_operation_changed(changes, told, rows, record, ada):
    for table, row, kind, fields in changes:
        decide(record, [rows[row]], table=table)
        change(record, table, rows[row], kind, **fields)
    found = [
        (row.kind, row.name, row.words, [f"{field.old} → {field.new}" for field in row.fields])
        for row in get_other_rows(record, ada)
    ]
    assert found == told


def test_a_user_who_may_not_view_statuses_reads_nothing_of_them(rows, record, someone_with):
    decide(record, [rows["status"]], table="status")
    change(record, "status", rows["status"], **RENAMED)
    assert get_other_rows(record, someone_with("view_lead")) == []
    assert len(get_other_rows(record, someone_with("view_status", name="ela"))) == 1


def test_rows_that_could_not_be_changed_are_not_among_the_changed(rows, record, ada):
    decide(record, [rows["status"]], REFUSED, "status", "gone")
    change(record, "status", rows["status"], **RENAMED)
    assert get_other_rows(record, ada) == []
