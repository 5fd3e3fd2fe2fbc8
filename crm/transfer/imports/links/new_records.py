"""Records that a file links to and that don't exist yet: judged like rows of their own, and added by the import if its user
chooses so."""

from itertools import islice
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from crm.fields.custom.links.linked_records import is_link
from crm.fields.custom.values.field_registry import is_custom
from crm.fields.record_labels import parse_label_name
from crm.fields.types.texts import one_line
from crm.fields.widgets.link_resolution import find_records_by_text
from crm.fields.widgets.link_widgets import LinkCell, get_link_columns
from crm.models import Import, Operation
from crm.platform.sql.chunks import ROWS_A_STATEMENT
from crm.platform.text.text_folding import fold_texts, normalize_heading
from crm.records.history.operation_results import Outcome, write_verdicts
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.transfer.imports.apply.application_state import Application
from crm.transfer.imports.apply.stale_plan import StalePlan
from crm.transfer.imports.check.cell_cleaning import CleanedCell
from crm.transfer.imports.check.import_rules import TO_MAKE, ImportRules
from crm.transfer.imports.check.row_judgment import RowJudge, RowJudgment
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from crm.transfer.imports.columns.import_options import ImportOptions
from crm.transfer.imports.links.links_within_file import get_link_columns_within_file


def may_add_linked_records(kind: Kind, user: Any) -> bool:
    """Whether a file can add such records by naming them."""
    return get_rules_class(kind).added_by_links and user.has_perms(
        [kind.get_right("view"), kind.get_right("add")]
    )


def get_fields_with_new_links(links: dict[str, LinkCell], user: Any) -> list[str]:
    """Those of these columns whose unknown records the user can add. Records of the file's own kind are rows of it, and a custom
    link says too little about a new record."""
    own = {name: widget for name, widget in links.items() if not is_custom(widget.field)}
    others = {name: widget.model for name, widget in own.items() if widget.model is not widget.field.model}
    return [name for name, model in others.items() if may_add_linked_records(KINDS[model.table], user)]


class NewLinks:
    """Judges the records to add, by table. They get the import's defaults for new records."""

    def __init__(self, imported: Import, user: Any) -> None:
        self.imported, self.user = imported, user
        self.judges: dict[str, RowJudge] = {}
        self.judged: dict[tuple[str, str], RowJudgment] = {}

    def build_cell_value(self, table: str, decision: str) -> dict[str, Any]:
        """The value of a cell that names the record to add, or why it can't be added."""
        found = self.get_judgment(table, decision.removeprefix(TO_MAKE))
        if not found.errors:
            return {"value": decision}
        kind = KINDS[table]
        words = {"name": decision.removeprefix(TO_MAKE), "reason": found.errors[0][1]}
        words["field"] = kind.get_heading(found.errors[0][0])
        return {"error": _("“%(name)s” can’t be added. %(field)s: %(reason)s") % words}

    def get_judgment(self, table: str, text: str) -> RowJudgment:
        key = (table, text)
        if key not in self.judged:
            self.judged[key] = self._judge(table, " ".join((parse_label_name(text) or text).split()))
        return self.judged[key]

    def _judge(self, table: str, text: str) -> RowJudgment:
        judge = self.judges.get(table) or self.judges.setdefault(table, self._judge_of(KINDS[table]))
        cells = {}
        for name, said in judge.rules.build_named_cells(text).items():
            try:
                known = name in judge.resource.fields
                cells[name] = CleanedCell(
                    said, judge.resource.widget(name).clean(said) if known else one_line(said)
                )
            except ValueError as error:
                cells[name] = CleanedCell(said, error=str(error))
        return judge.judge_new(cells, [])

    def _judge_of(self, kind: Kind) -> RowJudge:
        rules = get_rules_class(kind)(kind, self.user)
        defaults = rules.get_first_defaults()
        chosen = {
            name: value
            for name, value in self.imported.defaults.items()
            if name in rules.defaults and name in defaults
        }
        return RowJudge(kind.resource(kind, self.user), rules, ImportOptions(defaults=defaults | chosen))


def get_planned_new_records(imported: Import, kind: Kind) -> dict[str, list[tuple[str, str]]]:
    """What the plan will add: pairs of a database column and a text, by table."""
    found: dict[str, list[tuple[str, str]]] = {}
    own = get_link_columns_within_file(imported, kind).values()
    for column, widget in _get_link_columns(imported, kind):
        if column in own:
            continue
        texts = sorted(text for text in _get_planned_links(imported, column) if text.startswith(TO_MAKE))
        found.setdefault(widget.model.table, []).extend((column, text) for text in texts)
    return {table: pairs for table, pairs in found.items() if pairs}


def _get_link_columns(imported: Import, kind: Kind) -> list[tuple[str, LinkCell]]:
    """The columns of the database that the file links with."""
    fields, links = kind.resource.fields, get_link_columns(kind.resource)
    return [(fields[name].attribute, links[name]) for name in links if name in imported.mapping]


def _get_planned_links(imported: Import, column: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT "values"->>%s FROM crm_plannedrow
               WHERE of_id = %s AND action <> '' AND "values"->>%s IS NOT NULL""",
            [column, imported.pk, column],
        )
        return [text for (text,) in cursor.fetchall()]


def lock_linked_records(application: Application) -> None:
    """Keep the records that the plan links to from being deleted permanently until the end of the transaction.

    Raises Stale if the importer no longer sees one of them.
    """
    imported, rules = application.imported, application.rules
    for column, model in _get_linked_models(imported, rules):
        ids = sorted(
            int(text) for text in _get_planned_links(imported, column) if not text.startswith(TO_MAKE)
        )
        if not ids:
            continue
        with connection.cursor() as cursor:
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(
                f"SELECT id FROM {table} WHERE id = ANY(%s::bigint[]) ORDER BY id FOR KEY SHARE", [ids]
            )
        seen = model.objects.present().visible_to(rules.user).filter(pk__any=ids)
        if seen.count() != len(ids):
            raise StalePlan(
                _(
                    "Records that the file links to have changed since the preview was created. "
                    "Check the file again."
                )
            )


def _get_linked_models(imported: Import, rules: ImportRules) -> list[tuple[str, Any]]:
    """The columns of the database with links, and what they link to."""
    found = [(column, widget.model) for column, widget in _get_link_columns(imported, rules.kind)]
    if rules.linked_field:
        field: Any = rules.kind.model._meta.get_field(rules.linked_field)
        found.append((field.column, field.related_model))
    custom = [field for field in rules.kind.get_custom_fields(rules.user) if is_link(field)]
    return found + [(row.name, row.related_model) for row in custom if row.name in imported.mapping]


def add_links(application: Application) -> None:
    """Add the records that the plan names, as part of the operation, and link its rows to them. Raises Stale if the importer may
    no longer add them."""
    imported, rules = application.imported, application.rules
    new = NewLinks(imported, rules.user)
    added: dict[str, int] = {}
    for table, pairs in get_planned_new_records(imported, rules.kind).items():
        kind = KINDS[table]
        texts = sorted({text.removeprefix(TO_MAKE) for _column, text in pairs})
        if not may_add_linked_records(kind, rules.user) or any(
            new.get_judgment(table, text).errors for text in texts
        ):
            raise StalePlan(_("Records that the file links to can no longer be added. Check the file again."))
        ids, count = _create_missing_records(kind, texts, new, application.record)
        added[table] = count
        for column in {column for column, _text in pairs}:
            _write_link_ids(imported, column, ids)
    imported.counts["linked"] = added


def _create_missing_records(
    kind: Kind, texts: list[str], new: NewLinks, record: Operation
) -> tuple[dict[str, int], int]:
    """The ID for each text, and how many records were added. A colleague may have added one since, and two texts may mean the
    same name."""
    there = find_records_by_text(kind.name, new.user, texts)
    ids = {text: found[0] for text, found in there.items() if len(found) == 1}
    names = get_new_names(texts)
    first = {names[text]: text for text in reversed(texts) if text not in ids}
    made: list[int] = []
    left = iter(first.values())
    while portion := list(islice(left, ROWS_A_STATEMENT)):
        rows = [_convert_to_columns(kind, new.get_judgment(kind.name, text).values) for text in portion]
        verb = kind.add(model=kind.model, rows=rows)
        records = [row.pk for row in verb.write_records(new.user)]
        verb.write_consequences(record, records)
        ids |= dict(zip(portion, records, strict=True))
        made += records
    write_verdicts(record, Outcome(kind.name, changed=sorted(made)))
    every = {text: ids.get(text) or ids[first[names[text]]] for text in texts}
    return every, len(made)


def get_new_names(texts: list[str]) -> dict[str, str]:
    """What decides whether two texts mean the same new record: the name without capitals, marks, spaces and punctuation around
    its words, so that "Acme Ltd" and "ACME  Ltd." are one company."""
    known = fold_texts(parse_label_name(text) or text for text in texts)
    return {
        text: normalize_heading(known[parse_label_name(text) or text])
        or known[parse_label_name(text) or text]
        for text in texts
    }


def _convert_to_columns(kind: Kind, values: dict[str, Any]) -> dict[str, Any]:
    """With the IDs of linked rows under their own names."""
    names = {field.name: field.attname for field in kind.model._meta.concrete_fields}
    return {names.get(name, name): value for name, value in values.items()}


def _write_link_ids(imported: Import, column: str, ids: dict[str, int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE crm_plannedrow p SET "values" = jsonb_set(p."values", ARRAY[%s], to_jsonb(new.id))
               FROM unnest(%s::text[], %s::bigint[]) new(text, id)
               WHERE p.of_id = %s AND p."values"->>%s = new.text""",
            [column, [f"{TO_MAKE}{text}" for text in ids], list(ids.values()), imported.pk, column],
        )
