"""The check: every row against every rule that a form would apply, and the resulting plan; nothing is written yet."""

from collections import defaultdict
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from crm.fields.widgets.link_widgets import get_link_columns
from crm.models import Import, PlannedRow
from crm.records.kinds.reasons import get_reason_sentence
from crm.transfer.imports.apply.custom_value_writing import get_custom_field_types
from crm.transfer.imports.check.additional_values import add_columns_to_notes
from crm.transfer.imports.check.cell_cleaning import CleanedCell, RowCleaner, get_row_title_and_subtitle
from crm.transfer.imports.check.namesakes import RowsMeant, get_unclear_reason
from crm.transfer.imports.check.plan_building import PlanBuilder
from crm.transfer.imports.check.record_matching import (
    FileState,
    Matcher,
    PossibleRecords,
    Recognition,
    RowKeys,
    are_different_people,
    get_merged_sentence,
)
from crm.transfer.imports.check.row_judgment import RowJudge, RowJudgment, get_json_cell_value
from crm.transfer.imports.check.unique_values import OnlyOnce
from crm.transfer.imports.check.value_decisions import get_reactivated_values
from crm.transfer.imports.columns.file_columns import get_description_lines
from crm.transfer.imports.columns.import_options import ADD, FILL, LEAVE, UPDATE
from crm.transfer.imports.columns.new_fields import build_planned_fields
from crm.transfer.imports.links.links_within_file import OwnRows, get_refused_links
from crm.transfer.imports.links.new_records import NewLinks
from crm.transfer.imports.read.copy_rows import copy_planned_rows
from crm.transfer.imports.read.rows_without_records import RowsWithoutRecords, get_skipping_reason

Verdict = PlannedRow.Verdict


class RecordCheck(PlanBuilder):
    """The rows of a sheet of records, portion by portion."""

    def __init__(self, imported: Import, user) -> None:
        super().__init__(imported, user)
        options, kind = self.options, self.kind
        new = build_planned_fields(imported)
        self.resource = kind.resource(kind, user, more=new, **options.reading)
        own_rows = OwnRows(imported, self.rules)
        self.cleaner = RowCleaner(
            self.resource, imported, NewLinks(imported, user).build_cell_value, own_rows.find_value
        )
        self.rules.treat_as_active(
            get_reactivated_values(imported.decisions, self.resource, self.rules.makers)
        )
        self.judge = RowJudge(self.resource, self.rules, self.options)
        self.recognition = Recognition(self.rules, self.options, imported)
        self.matcher = Matcher(self.recognition, self.resource, user, imported.mapping, new)
        self.without_record = RowsWithoutRecords(imported)
        self.before = FileState(kind.model, self.matcher.attributes)
        self.country = self.rules.get_country(self.options.defaults.get("department"))
        self.asked = self.rules.matching_fields
        # The first row that has each key, that changes each record, and that means each record.
        self.seen: dict[str, dict[Any, int]] = defaultdict(dict)
        # The emails of rows that later rows may share a phone with, by row.
        self.emails: dict[int | None, str] = {}
        self.once = OnlyOnce()
        self.namesakes = RowsMeant(self.recognition.told) if self.recognition.told else None

    def get_check_state(self) -> dict[str, Any]:
        # Records added after the plan have higher IDs.
        last = self.kind.model._default_manager.aggregate(last=Max("pk"))["last"] or 0
        return {
            "last": last,
            "types": get_custom_field_types(self.imported),
            "rules": self.rules.get_judging_settings(),
        }

    def read_keys(
        self, portion: list[Any]
    ) -> tuple[list[dict[str, CleanedCell]], list[RowKeys], PossibleRecords]:
        """The cleaned cells of these rows, their keys, and the records they may match."""
        self.cleaner.look_up_links(portion)
        cells = [self.cleaner.clean_row(row) for row in portion]
        keys = self.recognition.build_keys([self.get_asked_values(found) for found in cells], self.country)
        if self.namesakes:
            self.namesakes.mark_all(keys, cells)
        return cells, keys, self.matcher.find(keys)

    def get_asked_values(self, cells: dict[str, CleanedCell]) -> dict[str, Any]:
        return {name: cell.value for name, cell in cells.items() if name in self.asked}

    def plan(self, portion: list[Any]) -> list[PlannedRow]:
        """The plan for these rows; earlier rows that they may repeat are already planned."""
        cells, keys, found = self.read_keys(portion)
        for name, widget in get_link_columns(self.resource).items():
            if name in self.imported.mapping:
                widget.load_names(record[name] for record in found.records.values())
        versions = {
            key.id: self.get_asked_values(row).get("version")
            for row, key in zip(cells, keys, strict=True)
            if key.id and key.id in found.records
        }
        older = {
            pk: version
            for pk, version in versions.items()
            if version and version < found.records[pk]["version"]
        }
        before = self.before.get_changes_since(older) if older else {}
        planned = []
        for row, row_cells, row_keys in zip(portion, cells, keys, strict=True):
            planned.append(self._plan_row(row, row_cells, row_keys, found, before))
        self._judge_together(planned, found)
        for plan in planned:
            self.add_to_counts(plan)
        return planned

    def _judge_together(self, planned: list[PlannedRow], found: PossibleRecords) -> None:
        made = [plan for plan in planned if plan.action]
        rows = [(plan.values, found.records.get(plan.record) if plan.record else None) for plan in made]
        for place, refused in self.rules.judge_together(rows).items():
            self.refuse(made[place], *refused)
        if self.options.link and self.rules.linked_field:
            also = Verdict.UNCHANGED if self.rules.may_change else None
            self._link_rows([plan for plan in planned if plan.action or plan.verdict == also], found)

    def _link_rows(self, rows: list[PlannedRow], found: PossibleRecords) -> None:
        """A row that changes nothing else may get a link too."""
        column = str(self.kind.get_field(self.rules.linked_field).column)
        pairs = [(plan.values, found.records.get(plan.record or 0)) for plan in rows]
        for place, pk in self.rules.link_together(pairs).items():
            plan = rows[place]
            plan.values[column] = pk
            if not plan.action:
                plan.verdict, plan.action = Verdict.CHANGED, "change"

    def judge_plan_as_whole(self) -> None:
        """Rows whose links only the whole plan can judge."""
        refused = get_refused_links(self.imported, self.rules)
        planned = PlannedRow.objects.filter(of=self.imported).numbered(list(refused))
        rows = list(planned)
        planned.delete()
        for plan in rows:
            self.add_to_counts(plan, -1)
            plan.conflicts = {}
            name, code = refused[plan.row]
            self.refuse(plan, name, get_reason_sentence(code, self.kind))
            self.add_to_counts(plan)
        copy_planned_rows(rows)

    def _plan_row(
        self, row: Any, cells: dict[str, CleanedCell], keys: RowKeys, found: PossibleRecords, before: dict
    ) -> PlannedRow:
        title, subtitle = get_row_title_and_subtitle(cells, self.rules, self.options)
        plan = PlannedRow(of=self.imported, row=row.row, title=title, subtitle=subtitle)
        if meant := self.without_record.judge(row):
            plan.match = meant
            self.mark_skipped(plan, get_skipping_reason(meant))
            return plan
        plan.keys = keys.get_shared_keys(found)
        if keys.id:
            self._plan_by_id(plan, row, cells, keys.id, found, before)
        else:
            self._plan_by_likeness(plan, row, cells, keys, found)
        if refused := self.once.find_refusal(plan, keys.unique, found.held):
            self.refuse(plan, *refused)
        # A row that isn't imported doesn't make later rows duplicates.
        if plan.verdict not in (Verdict.ERROR, Verdict.LEFT_OUT):
            changes = None if plan.choice in (ADD, LEAVE) else plan.record
            means = changes if plan.match == "id" else plan.record
            known = [("email", keys.email), ("phone", keys.phone), ("field", keys.field)]
            for name, key in [("changes", changes), ("means", means), *known]:
                if key:
                    self.seen[name].setdefault(key, row.row)
            if self.namesakes:
                self.namesakes.add(keys, row.row)
            if keys.email and (keys.phone or means):
                self.emails[row.row] = cells[self.rules.email].value
        return plan

    def _plan_by_id(
        self, plan: PlannedRow, row, cells, pk: int, found: PossibleRecords, before: dict
    ) -> None:
        plan.match = "id"
        record = found.records.get(pk)
        if pk in self.seen["changes"]:
            self.refuse(plan, "id", _("Row %(row)s has the same ID.") % {"row": self.seen["changes"][pk]})
        elif record is None and pk in found.merged:
            self.refuse(plan, "id", get_merged_sentence(found.merged[pk]))
        elif record is None:
            self.refuse(
                plan,
                "id",
                _(
                    "You don’t have access to a record with this ID. Clear the cell to add the row "
                    "as a new record."
                ),
            )
        elif row.choice in (ADD, LEAVE):
            self._plan_like_record(plan, row, cells, record)
        elif self.options.mode == "create":
            self.mark_skipped(plan, _("This record already exists."))
        else:
            # The ID is certain, so the options for rows that look like a record don't apply.
            plan.choice = row.choice or UPDATE
            version = self.get_asked_values(cells).get("version")
            touched = before.get(pk, {})
            base = {name: then for name, (then, _change) in touched.items()} if version else None
            judged = self.judge.judge_existing(
                cells,
                record,
                self._get_description_lines(row),
                base=base,
                choice=plan.choice,
                takes=row.takes,
            )
            self._plan_change(plan, judged, record)
            self.set_conflicts(plan, judged, touched)
            if plan.verdict == Verdict.UNCHANGED and plan.choice == FILL:
                # Nothing to fill: the row stays among those that offer a choice.
                plan.verdict = Verdict.DUPLICATE

    def _plan_by_likeness(
        self, plan: PlannedRow, row: Any, cells, keys: RowKeys, found: PossibleRecords
    ) -> None:
        """By email, phone, or the chosen field: first in the CRM, then in the file."""
        email = self.get_asked_values(cells).get(self.rules.email)
        for name in [way for way in self.options.keys if way != "id"]:
            pk, earlier = self._find_meant_record(name, keys, found, email)
            if earlier:
                # `version` is the row that this one repeats.
                plan.match, plan.version = "file", earlier
                self._plan_like_row(plan, row, cells)
                return
            if pk:
                plan.match = name
                self._plan_like_record(plan, row, cells, found.records[pk])
                return
        if (unclear := get_unclear_reason(keys, found)) and row.choice != ADD:
            self.refuse(plan, self.options.key, unclear)
            return
        self._plan_addition(plan, row, cells)

    def _find_meant_record(
        self, name: str, keys: RowKeys, found: PossibleRecords, email: Any
    ) -> tuple[int | None, int | None]:
        """The record that a key means, and the earlier row that has the key or means the same record."""
        if name == "field" and self.namesakes:
            return self.namesakes.find_record_and_row(keys, found, self.seen["means"])
        key = getattr(keys, name)
        pk = getattr(found, f"by_{name}").get(key)
        earlier = self.seen["means"].get(pk)
        if name == "phone" and pk:
            # As the record is, and as the earlier row leaves it.
            emails = (found.records[pk].get(self.rules.email), self.emails.get(earlier))
            if any(are_different_people(email, other) for other in emails):
                pk = earlier = None
        earlier = earlier or self.seen[name].get(key)
        if name == "phone" and are_different_people(email, self.emails.get(earlier)):
            earlier = None
        return pk, earlier

    def _plan_like_record(self, plan: PlannedRow, row: Any, cells, record: dict[str, Any]) -> None:
        plan.choice = row.choice or self.options.duplicates
        plan.record = record["id"]
        if plan.choice == ADD:
            self._plan_addition(plan, row, cells)
        elif plan.choice == LEAVE:
            plan.verdict = Verdict.DUPLICATE
        elif self.options.mode == "create":
            self.mark_skipped(plan, _("This record already exists."))
        else:
            judged = self.judge.judge_existing(
                cells, record, self._get_description_lines(row), base=None, choice=plan.choice, takes=[]
            )
            self._plan_change(plan, judged, record)
            # If there is nothing to fill, the row stays where the user can undo the choice.
            chosen = plan.verdict == Verdict.UNCHANGED and row.choice == FILL
            if plan.verdict == Verdict.CHANGED or chosen:
                plan.verdict = Verdict.DUPLICATE

    def _plan_like_row(self, plan: PlannedRow, row: Any, cells) -> None:
        plan.choice = row.choice or self.options.repeated
        if plan.choice == ADD:
            self._plan_addition(plan, row, cells)
        else:
            plan.verdict, plan.choice = Verdict.DUPLICATE, LEAVE
            plan.unknown = [(name, text) for name, cell in cells.items() for text in cell.unknown]

    def _plan_addition(self, plan: PlannedRow, row: Any, cells) -> None:
        if self.options.mode == "update":
            self.mark_skipped(plan, _("This record doesn’t exist yet."))
            return
        judged = self.judge.judge_new(cells, self._get_description_lines(row))
        plan.unknown, plan.notes = (
            judged.unknown,
            add_columns_to_notes(self.imported, judged.notes, self.rules),
        )
        if judged.errors:
            self.refuse_all(plan, judged.errors)
            return
        plan.verdict = Verdict.DUPLICATE if plan.match else Verdict.NEW
        plan.action = "add"
        plan.values, plan.named = self._get_values_by_column(judged.values), judged.named
        if judged.named:
            plan.title = judged.values[self.rules.name_goes_to]

    def _get_description_lines(self, row: Any) -> list[str]:
        return get_description_lines(self.imported, self.cleaner.lines, row)

    def _plan_change(self, plan: PlannedRow, judged: RowJudgment, record: dict[str, Any]) -> None:
        plan.record, plan.version = record["id"], record["version"]
        plan.unknown, plan.notes = (
            judged.unknown,
            add_columns_to_notes(self.imported, judged.notes, self.rules),
        )
        if judged.errors:
            self.refuse_all(plan, judged.errors)
            return
        if judged.values and not self.rules.may_change:
            self.mark_skipped(plan, _("You don’t have permission to change this record."))
            return
        plan.verdict = Verdict.CHANGED if judged.values else Verdict.UNCHANGED
        plan.action = "change" if judged.values else ""
        plan.values, plan.old = (
            self._get_values_by_column(judged.values),
            self._get_values_by_column(judged.old),
        )

    def _get_values_by_column(self, values: dict[str, Any]) -> dict[str, Any]:
        """By database column, as JSON."""
        return {
            self.matcher.attributes.get(name, name): get_json_cell_value(value)
            for name, value in values.items()
        }
