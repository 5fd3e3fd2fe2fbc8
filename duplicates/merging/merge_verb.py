"""Merge: of each group of records, one is kept. It gets the chosen values, and what belonged to the others or led to them; these
go to Trash, and their addresses lead to the kept one."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from crm.records.history.operation_results import Outcome, write_verdicts
from crm.records.history.verb_execution import Verb
from crm.records.kinds.kind_registry import KINDS, get_kind
from customers.models import Company
from duplicates.merging import merge_sql
from duplicates.merging.emails_and_phones import SpareAddress, get_spare_addresses
from duplicates.merging.field_values import (
    RecordPart,
    RecordValues,
    choose_sources,
    get_record_parts,
    may_choose,
    read_values,
)
from duplicates.merging.parent_companies import write_parents
from duplicates.merging.received_newsletters import merge_received_newsletters
from duplicates.merging.reference_transfer import move_referring_rows
from duplicates.merging.undo import get_undo_obstacle

SEVERAL_CLIENTS, CONVERTED, INCOMPLETE = "merge_several_clients", "merge_into_converted", "merge_incomplete"


class ChangedMeanwhile(Exception):
    """Some of these records aren't as the form showed them."""

    def __init__(self, ids: list[int]) -> None:
        super().__init__()
        self.ids = ids


@dataclass(frozen=True)
class MergeGroup:
    """`survivor` is kept, `merged` go to Trash; `chosen` is the record whose value is kept, by the name of the field. The fields in
    `without` get no address that another field doesn't keep (emails_and_phones.py)."""

    survivor: int
    merged: tuple[int, ...]
    chosen: Mapping[str, int] = field(default_factory=dict)
    without: tuple[str, ...] = ()

    @property
    def ids(self) -> list[int]:
        return [self.survivor, *self.merged]


@dataclass
class MergeRun:
    """What one merge has decided."""

    by: Any = None
    groups: list[MergeGroup] = field(default_factory=list)
    records: dict[int, RecordValues] = field(default_factory=dict)


@dataclass(frozen=True)
class Merge(Verb):
    """`table` is the type of all records, `versions` are those that a form showed, by ID. Carry it out on the records that the
    user may change, without those in Trash; of a group, the merged records that aren't among them are left out."""

    kind = "merge"
    on_read_only = True
    title = _lazy("Merge")
    icon = "merge"

    table: str
    groups: tuple[MergeGroup, ...]
    versions: Mapping[int, int] = field(default_factory=dict)
    run: MergeRun = field(default_factory=MergeRun, compare=False, repr=False)

    def __post_init__(self) -> None:
        ids = self.ids
        if len(set(ids)) < len(ids):
            raise ValueError("A record can be in one group only, and once.")

    @property
    def ids(self) -> list[int]:
        return [pk for group in self.groups for pk in group.ids]

    def get_parameters(self):
        return {"records": len(self.ids), "groups": len(self.groups)}

    @classmethod
    def get_label(cls, parameters, kind):
        number = parameters.get("records", 0)
        return ngettext("Merge %(number)s record", "Merge %(number)s records", number) % {"number": number}

    @classmethod
    def describe_finality(cls, record):
        return get_undo_obstacle(record)

    def is_beyond(self, by):
        kind = KINDS[self.table]
        parts = {part.name: part for part in get_record_parts(kind.model)}
        chosen = {name for group in self.groups for name in group.chosen}
        return not by.has_perm(kind.get_right("delete")) or not all(
            name in parts and may_choose(parts[name], kind.model, by) for name in chosen
        )

    def lock_after_rows(self):
        known = KINDS[self.table].model._default_manager.filter(pk__any=list(self.versions))
        now = dict(known.values_list("pk", "version"))
        if other := [pk for pk, version in self.versions.items() if now.get(pk) != version]:
            raise ChangedMeanwhile(other)

    def refuse_conflicting_rows(self, outcome, by):
        there = set(outcome.changed)
        records = read_values(KINDS[self.table].model, there)
        run = self.run
        run.by, run.records, run.groups = by, records, []
        for group in self.groups:
            merged = tuple(pk for pk in group.merged if pk in there)
            if group.survivor not in there or not merged:
                outcome.refuse(INCOMPLETE, group.ids)
                continue
            found = replace(group, merged=merged)
            if code := get_merge_problem([records[pk] for pk in found.ids], group.survivor):
                outcome.refuse(code, group.ids)
            else:
                run.groups.append(found)

    def get_values(self):
        return {}

    def write(self, rows):
        """The whole groups are written at once, in write_consequences()."""

    def write_consequences(self, record, changed):
        run, model = self.run, KINDS[self.table].model
        pairs = {pk: group.survivor for group in run.groups for pk in group.merged}
        if not pairs:
            return
        parts = get_record_parts(model)
        wanted: dict[int, dict[str, int]] = {
            group.survivor: choose_sources(
                parts, model, run.records, group.survivor, group.merged, group.chosen, run.by
            )
            for group in run.groups
        }
        spares = {
            group.survivor: self._get_spare_addresses(parts, group, wanted[group.survivor])
            for group in run.groups
        }
        merge_sql.move_to_trash(model, list(pairs))
        if model is Company:
            write_parents(run.records, pairs, {pk: found.pop("parent", pk) for pk, found in wanted.items()})
        merge_sql.write_columns(model, parts, wanted, self._get_merged_tags(), spares)
        merge_sql.write_custom(model, parts, wanted, run.records)
        merge_sql.write_merged_records(self.table, pairs)
        merge_received_newsletters(self.table, pairs, record.pk)
        moved = move_referring_rows(model, pairs, record.pk)
        for table, ids in moved.items():
            if get_kind(table) and table != self.table:
                write_verdicts(record, Outcome(table, changed=ids))

    def _get_spare_addresses(
        self, parts: list[RecordPart], group: MergeGroup, wanted: Mapping[str, int]
    ) -> dict[str, SpareAddress]:
        found = {part.name: wanted.get(part.name, group.survivor) for part in parts}
        return get_spare_addresses([self.run.records[pk] for pk in group.ids], found, group.without)[0]

    def _get_merged_tags(self) -> dict[int, list[int]]:
        """Those of all records of a group, for the kept ones that don't have all of them."""
        found = {}
        for group in self.run.groups:
            tags = sorted({tag for pk in group.ids for tag in self.run.records[pk].tags})
            if tags != sorted(self.run.records[group.survivor].tags):
                found[group.survivor] = tags
        return found


def get_merge_problem(records: list[RecordValues], survivor: int) -> str:
    """Why these can't be merged into this one, as a code of crm/records/kinds/reasons.py; or ''."""
    converted = [one for one in records if one.is_converted]
    for name in ("client", "client_contact"):
        if len({one.parts[name] for one in converted if one.parts[name]}) > 1:
            return SEVERAL_CLIENTS
    if converted and survivor not in {one.pk for one in converted}:
        return CONVERTED
    return ""
