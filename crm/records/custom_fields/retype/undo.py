"""What the undo of a change of type does besides putting values back: those entered since keep their meaning."""

import json

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.fields.custom.indexes.index_building import start_index_job
from crm.fields.custom.search.search_word_jobs import start_search_word_job
from crm.fields.custom.values.field_registry import get_field_by_key
from crm.fields.custom.values.stored_values import get_values_table, lock_types, patch_values_by_query
from crm.fields.custom.values.type_conversion import TypeConversion
from crm.fields.schemas import SCHEMAS
from crm.models import Change, CustomField, Operation
from crm.records.history.undo.undo_permission import UndoRefused
from crm.records.history.undo.undo_result import UndoResult
from crm.templatetags.look import number


def write_retype_undo_consequences(record: Operation, undoing: Operation, outcome: UndoResult) -> None:
    """After a change of type was undone, values entered since get the type that the field has again; and indexes are made and
    removed as the marks are now."""
    convert_values_since(record, undoing)
    changed = Change.objects.of_operation_and_parts(undoing, CustomField.table).values("row")
    rows = CustomField.objects.filter(pk__in=changed).order_by()
    for table in rows.values_list("table_of", flat=True).distinct():
        start_index_job(table, undoing.by)
        start_search_word_job(table, undoing.by)


def convert_values_since(record: Operation, undoing: Operation) -> None:
    """Raises UndoRefused if the field was deleted or got a third type, or if a value entered since doesn't fit."""
    changes = Change.objects.of_operation_and_parts(record, CustomField.table).with_field("type")
    for change in changes:
        row = CustomField.objects.get(pk=change.row)
        if row.deleted:
            raise UndoRefused(_("The field was deleted since. Undo the deletion first."))
        if row.type != change.diff["type"][0]:
            raise UndoRefused(_("The type of the field was changed again since. Undo the last change first."))
        lock_types(alone=True)
        _convert_back(row, change, record, undoing)


def _convert_back(row: CustomField, change: Change, record: Operation, undoing: Operation) -> None:
    known = get_field_by_key(row.key)
    at = next(at for at in known.earlier if at.operation == undoing.pk)
    conversion = TypeConversion.build_reverse(at.before.definition, row, undoing.by)
    choices, mapping, failing = len(row.choices), {}, 0
    for stored, records in _count_values_entered_since(row, change, record, undoing):
        try:
            mapping[json.dumps(stored)] = conversion.convert_value(stored)
        except ValueError:
            failing += records
    if failing:
        words = ngettext(
            "The value of %(number)s record, entered since, doesn’t fit the previous type.",
            "The values of %(number)s records, entered since, don’t fit the previous type.",
            failing,
        )
        raise UndoRefused(words % {"number": number(failing)})
    sql, parameters = _build_entered_since_sql(row, change, record, undoing)
    pairs = [list(mapping), [json.dumps(new) for new in mapping.values()]]
    patch_values_by_query(
        SCHEMAS[row.table_of].model,
        f"""SELECT v.record_id AS id, jsonb_build_object(%s::text, m.new) AS changes {sql}
            JOIN unnest(%s::jsonb[], %s::jsonb[]) m(old, new) ON m.old = v.values->%s""",
        [row.key, *parameters, *pairs, row.key],
    )
    if len(row.choices) > choices:
        row.save(update_fields=["choices"])


def _count_values_entered_since(
    row: CustomField, change: Change, record: Operation, undoing: Operation
) -> list[tuple[object, int]]:
    sql, parameters = _build_entered_since_sql(row, change, record, undoing)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT v.values->%s, count(*) {sql} GROUP BY 1", [row.key, *parameters])
        return [(json.loads(stored), records) for stored, records in cursor.fetchall()]


def _build_entered_since_sql(
    row: CustomField, change: Change, record: Operation, undoing: Operation
) -> tuple[str, list]:
    """The values that were entered after the change of type, and that the undo didn't put back."""
    table = SCHEMAS[row.table_of].model.table
    return (
        f"""FROM (SELECT DISTINCT c."row" AS id FROM crm_change c
                  WHERE c."table" = %s AND c.id > %s AND c.at >= %s AND (c.kind = 'insert' OR c.fields ? %s)
                  AND c.operation_id IS DISTINCT FROM %s AND c.operation_id IS DISTINCT FROM %s) since
            JOIN {get_values_table(SCHEMAS[row.table_of].model)} v ON v.record_id = since.id AND v.values ? %s
            AND NOT EXISTS (SELECT FROM crm_change u WHERE u.operation_id = %s AND u.at >= %s AND u."table" = %s
                            AND u."row" = v.record_id AND u.fields ? %s)""",
        [
            *(table, change.pk, record.earliest_change_at, row.key, change.operation_id, undoing.pk, row.key),
            *(undoing.pk, undoing.earliest_change_at, table, row.key),
        ],
    )
