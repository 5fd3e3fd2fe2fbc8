"""The plan for a few rows of a file of leads, given the leads that they may mean, without a database."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from django.utils import timezone

from crm.models import Change, Import, Operation, PlannedRow
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.check import rules_by_kind
from crm.transfer.imports.check.record_check import RecordCheck
from crm.transfer.imports.check.record_matching import PossibleRecords, RowKeys
from tests.decisions.imports.on_paper import ALL_RIGHTS, LEAD, RULES, SHEETS, ann, defined, options_of

CITY = "Arad"


def lead(pk: int, **values: Any) -> dict[str, Any]:
    """A lead as the check reads it."""
    texts = dict.fromkeys(["title", "company", "email", "phone", "mobile", "city", "zip", "description"], "")
    return {**texts, "lost_remark": "", **LEAD, "id": pk, "city": CITY, **values}


class Edits:
    """What others have changed since a version: {ID: {field: old value}}."""

    def __init__(self, edits: Mapping[int, Mapping[str, Any]]) -> None:
        self.edits: Any = edits
        self.asked: dict[int, int] | None = None

    def get_changes_since(self, wanted: dict[int, int]) -> dict[int, dict[str, tuple[Any, Change]]]:
        self.asked = dict(wanted)
        last = Change(operation=Operation(by=ann()), at=timezone.now())
        return {pk: {name: (old, last) for name, old in self.edits.get(pk, {}).items()} for pk in wanted}


class PaperCheck(RecordCheck):
    """`leads` are those that the importer may change; `several` are companies that more than one of them has."""

    leads: Sequence[dict[str, Any]] = ()
    several: Mapping[str, int] = {}
    merged: Mapping[int, int] = {}
    held: Mapping[tuple[str, str], int] = {}

    def read_keys(self, portion):
        cells = [self.cleaner.clean_row(row) for row in portion]
        return cells, [self._keys(self.get_asked_values(row)) for row in cells], self._found()

    def _keys(self, values: dict[str, Any]) -> RowKeys:
        ways = self.options.keys
        return RowKeys(
            id=values.get("id") if "id" in ways else None,
            email=(values.get("email") or "").lower() if "email" in ways else "",
            phone=(values.get("phone") or "") if "phone" in ways else "",
            field=(values.get("company") or "").lower() if "field" in ways else "",
            unique={name: values[name].lower() for name in self.rules.unique_fields if values.get(name)},
        )

    def _found(self) -> PossibleRecords:
        rows = sorted(self.leads, key=lambda row: row["id"])
        return PossibleRecords(
            records={row["id"]: row for row in rows},
            by_email={row["email"].lower(): row["id"] for row in rows if row["email"]},
            by_phone={row["phone"]: row["id"] for row in rows if row["phone"]},
            by_field={
                row["company"].lower(): row["id"]
                for row in rows
                if row["company"] and row["company"].lower() not in self.several
            },
            several=dict(self.several),
            held=dict(self.held),
            merged=dict(self.merged),
        )


@contextmanager
def paper_check(
    heads: Sequence[str],
    *,
    may: Sequence[str] = ALL_RIGHTS,
    edits: Mapping[int, Mapping[str, Any]] | None = None,
    decisions: dict[str, Any] | None = None,
    fields: Sequence[Any] = (),
    found: Mapping[str, Any] | None = None,
    **options: Any,
) -> Iterator[PaperCheck]:
    """The check of a file with these columns."""
    columns = [{"heading": head.capitalize()} for head in heads]
    told = Import(
        table="lead",
        mapping=[*heads],
        columns=columns,
        decisions=decisions or {},
        options=options_of(**options),
    )
    kind = replace(KINDS["lead"], resource=SHEETS["lead"])
    with defined(fields), patch.dict(KINDS, {"lead": kind}), patch.dict(rules_by_kind.RULES, RULES):
        check = PaperCheck(told, ann(may))
        check.before = Edits(edits or {})
        vars(check).update(found or {})
        yield check


def row(number: int, cells: Sequence[str], *, choice: str = "", takes: Sequence[str] = ()) -> Any:
    return SimpleNamespace(
        row=number, cells=[*cells], kinds="", targets={}, fixes={}, choice=choice, takes=[*takes]
    )


def planned(
    *rows: Mapping[str, str],
    choices: Mapping[int, str] | None = None,
    takes: Sequence[str] = (),
    leads: Sequence[dict[str, Any]] = (),
    **told: Any,
) -> list[PlannedRow]:
    """The plan for these rows, which have the numbers 2, 3 and so on. `choices` are those for single rows."""
    heads = list(dict.fromkeys(name for cells in rows for name in cells))
    found = {"leads": leads, **told.pop("found", {})}
    with paper_check(heads, found=found, **told) as check:
        portion = [
            row(
                number,
                [cells.get(head, "") for head in heads],
                choice=(choices or {}).get(number, ""),
                takes=takes,
            )
            for number, cells in enumerate(rows, 2)
        ]
        return check.plan(portion)
