"""Which row of a file is its header, which rows are data, and for which languages a file without an encoding is read."""

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from crm.models import CustomField, Import, ImportRow
from crm.records.history.verb_execution import operation
from crm.transfer.imports.columns.saved_mappings import write_mapping
from crm.transfer.imports.read import staging
from crm.transfer.imports.read.staging import split_header_and_rows, stage_rows

HEAD, ANA, DAN = ["Last name", " City\n of  birth "], ["Pop", "Cluj"], ["Rus", "Arad"]
# The numbers of the rows that have something in them.
ROWS = {2: HEAD, 3: ANA, 5: DAN}


class Case(NamedTuple):
    """The asked header row, the found one with its headings, and the rows below."""

    asked: int | None
    found: int
    headings: list[str]
    below: list[int]
    rows: dict[int, list[str]] = ROWS


CLEAN = ["Last name", "City of birth"]
LATE = staging.HEAD_ROWS + 5
MANY = {number: ["Pop", f"Place {number}"] for number in range(1, LATE + 3)}
CASES = {
    "the first row has headings": Case(None, 2, CLEAN, [3, 5]),
    "no row has headings": Case(
        None, 0, [], [1, 2], {1: ["Pop", "a@example.com"], 2: ["Rus", "b@example.com"]}
    ),
    "the user says that there is no header": Case(0, 0, [], [2, 3, 5]),
    "the user says the second": Case(2, 2, CLEAN, [3, 5]),
    "the user says another one": Case(3, 3, ANA, [5]),
    "the user says an empty row": Case(4, 5, DAN, []),
    "the user says a row behind the end": Case(9, 2, CLEAN, [3, 5]),
    "the user says a row far below": Case(LATE, LATE, MANY[LATE], [LATE + 1, LATE + 2], MANY),
    "a long heading": Case(2, 2, ["x" * 100], [3], {2: ["x" * 101], 3: ["Pop"]}),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_header_and_the_rows_below(case):
    source = SimpleNamespace(rows=((number, "", cells) for number, cells in case.rows.items()))
    found, columns, rows = split_header_and_rows(source, case.asked)
    assert (found, [column.heading for column in columns]) == (case.found, case.headings)
    assert [number for number, _kinds, _cells in rows] == case.below


class Opened(Exception):
    """With what a file is opened."""


@pytest.mark.parametrize(
    ("own", "company", "eastern"),
    [("ro", "en", True), ("en", "ro", False), ("", "ro", True), ("", "en", False)],
)
def test_a_file_of_a_reader_of_romanian_may_have_an_eastern_encoding(
    own, company, eastern, read, ann, monkeypatch
):
    def open_file(path, name, **asked):
        raise Opened(asked["eastern"])

    monkeypatch.setattr(staging, "open_import_file", lambda imported: nullcontext(Path("a.csv")))
    monkeypatch.setattr(staging, "open_file_rows", open_file)
    monkeypatch.setattr(staging, "get_company_language", lambda: company)
    imported = read(ann, ["last_name"])
    imported.user.language = own
    with pytest.raises(Opened) as found:
        stage_rows(imported)
    assert found.value.args == (eastern,)


@pytest.fixture
def stage(read, ann, monkeypatch):
    """stage(rows, unclosed=5): the import of a file with these rows, of which the first has the headers."""

    def staged(rows: list[tuple[str, list[str]]], *, unclosed: int = 0, by=ann) -> Import:
        source = SimpleNamespace(
            rows=[(number, kinds, cells) for number, (kinds, cells) in enumerate(rows, 1)],
            sheets=[], sheet="", encoding="utf-8", about=0, linked=False, unclosed=unclosed,
        )  # fmt: skip
        monkeypatch.setattr(staging, "open_import_file", lambda imported: nullcontext(Path("a.csv")))
        monkeypatch.setattr(staging, "open_file_rows", lambda path, name, **asked: nullcontext(source))
        imported = read(by, [])
        imported.header_row = 1
        steps: list[tuple[int, int]] = []
        stage_rows(imported, lambda done, total: steps.append((done, total)))
        assert steps == [(imported.rows, imported.rows)]
        return imported

    return staged


def test_the_rows_of_a_file_are_counted_and_kept_with_their_numbers(stage):
    imported = stage([("", ["Last name", "City"]), ("", ANA), ("", DAN)])
    assert (imported.rows, imported.header_row, imported.state) == (2, 1, "columns")
    assert imported.activities is False
    kept = ImportRow.objects.filter(of=imported).order_by("row").values_list("row", "cells")
    assert list(kept) == [(2, ANA), (3, DAN)]
    assert imported.mapping == ["last_name", "city"]


def test_a_file_that_is_read_again_replaces_its_own_rows_alone(stage, read, ann, monkeypatch):
    other = read(ann, ["last_name"], [["Albu"]])
    imported = stage([("", ["Last name", "City"]), ("", ANA), ("", DAN)])
    imported.header_row = 2
    stage_rows(imported)
    kept = ImportRow.objects.order_by("of", "row").values_list("of", "row", "cells")
    assert list(kept) == [(other.pk, 2, ["Albu"]), (imported.pk, 3, DAN)]


def test_a_file_without_rows_below_its_header_is_refused(stage):
    with pytest.raises(staging.UnreadableFile, match="There are no rows below the header in row 1"):
        stage([("", ["Last name", "City"])])


def test_a_quote_that_is_never_closed_is_shown_at_its_column(stage):
    imported = stage([("", ["Last name", "City"]), ("", ANA), ("sq", ["Rus", '"Arad'])], unclosed=3)
    assert [column.get("unclosed") for column in imported.columns] == [None, 3]


def test_a_remembered_field_that_is_gone_is_told(stage, make_field, ann):
    """The user chooses again."""
    rows = [("", ["Level", "City"]), ("", ["High", "Cluj"])]
    level = make_field("Level").name
    first = stage(rows)
    assert (first.mapping, [column["told"] for column in first.columns]) == ([level, "city"], ["", ""])
    write_mapping(first, "Fair")
    with operation("test", by=None):
        CustomField.objects.filter(name="Level").update(retired=True)
    second = stage(rows)
    assert (second.mapping, [column["told"] for column in second.columns]) == (["", "city"], [level, ""])


@pytest.mark.parametrize("is_work", [True, False], ids=["of activities and tasks", "of records"])
def test_a_file_of_activities_and_tasks_has_its_own_mapping_and_options(is_work, stage, monkeypatch):
    work = SimpleNamespace(
        map_columns=lambda columns: ["subject", "at"],
        get_first_options=lambda columns, mapping: {"of": mapping},
    )
    monkeypatch.setattr(staging, "find_work_import", lambda kind, user, heads: work if is_work else None)
    imported = stage([("", ["Last name", "City"]), ("", ANA)])
    assert imported.activities is is_work
    assert imported.mapping == (["subject", "at"] if is_work else ["last_name", "city"])
    assert (imported.options == {"of": ["subject", "at"]}) is is_work
