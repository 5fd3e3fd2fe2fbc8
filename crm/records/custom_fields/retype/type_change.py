"""Changes the type of a custom field and all its values, as one operation that undo reverts. Each different value is read
once; a value that doesn't fit the new type keeps the field as it is."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.fields.custom.search.search_triggers import SEARCHABLE
from crm.fields.custom.search.search_word_jobs import start_search_word_job
from crm.fields.custom.values.field_registry import get_custom_field
from crm.fields.custom.values.stored_values import count_filled_values, get_values_table, lock_types
from crm.fields.custom.values.type_conversion import FIXED, TypeConversion, WantedType
from crm.fields.models.custom_field import get_last_key
from crm.fields.schemas import SCHEMAS
from crm.models import CustomField, Operation
from crm.records.custom_fields.forms.access import refuse_if_it_decides
from crm.records.custom_fields.formula_input import get_retirement_obstacle
from crm.records.editing.settings_change import record_settings_change, wait_for_others
from crm.templatetags.look import number

Progress = Callable[[int, int], None]
ROWS_AT_ONCE = 20_000
# The most values that a preview shows: some that fit, and those that don't.
EXAMPLES, LISTED = 5, 50
# Checking takes about this share of the work, the rest is writing.
CHECKING = 0.25


class RetypeRefused(Exception):
    """The type can't be changed; the text says why."""


@dataclass
class ConversionFindings:
    """How the values of a field would convert. Numbers count records; the lists have (stored value, its new value or why
    it doesn't convert, number of records)."""

    converting: int = 0
    failing: int = 0
    examples: list[tuple[Any, Any, int]] = field(default_factory=list)
    failures: list[tuple[Any, str, int]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.converting + self.failing

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def build_conversion(row: CustomField, wanted: WantedType, user) -> TypeConversion:
    """The conversion of a field in the database."""
    known = get_custom_field(row.table_of, row.key)
    choices = [
        choice
        for at in known.earlier
        for choice in (*at.before.definition.choices, *at.after.definition.choices)
    ]
    return TypeConversion(row, wanted, user, keys=get_last_key([*choices, *row.choices]))


def check_conversion(conversion: TypeConversion, progress: Progress | None = None) -> ConversionFindings:
    """What would happen now. Writes nothing."""
    found = ConversionFindings()
    for _pair in _convert_values(
        conversion, count_distinct_values(conversion.source.definition), found, progress
    ):
        pass
    return found


@transaction.atomic
def change_field_type(
    row: CustomField,
    wanted: WantedType,
    *,
    by,
    channel: str = Operation.Channel.WEB,
    progress: Progress | None = None,
) -> Operation:
    """Raises RetypeRefused if a value doesn't convert, or if the field was changed since `row` was read."""
    refuse_if_others_need_it(row, wanted)
    conversion, found = build_conversion(row, wanted, by), ConversionFindings()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE retype_values (old jsonb, new jsonb) ON COMMIT DROP")
    stage_conversions(_convert_values(conversion, count_distinct_values(row), found, progress))
    lock_field_and_records(row)
    # Most values are read before the locks; these were entered in the meantime.
    late = count_distinct_values(
        row, "AND NOT EXISTS (SELECT FROM retype_values r WHERE r.old = v.values->%s)", [row.key]
    )
    found.failing = 0
    stage_conversions(_convert_values(conversion, late, found))
    if found.failing:
        raise RetypeRefused(_get_failure_sentence(found.failing))
    values = {"rows": [row.pk], "old": row.type, "new": wanted.type}
    with record_settings_change("retype_custom_field", by=by, channel=channel, **values) as record:
        write_staged_values(row, progress)
        target = conversion.definition
        target.first_value = conversion.convert_default()
        # Search doesn't find values of every type.
        target.searched = target.searched and target.type in SEARCHABLE
        target.save(update_fields=["type", "decimals", "unit", "choices", "first_value", "searched"])
        start_search_word_job(target.table_of, by)
    return record


def refuse_if_others_need_it(row: CustomField, wanted: WantedType) -> None:
    """Raises RetypeRefused while other fields are shown for its values, and for a unique field whose values couldn't be."""
    if row.type in FIXED or wanted.type in FIXED:
        raise RetypeRefused(
            _(
                "The type of a link to a record or of a file can’t be changed, and no other field can become one."
            )
        )
    refuse_if_it_is_needed(row)
    if reason := get_retirement_obstacle(row):
        raise RetypeRefused(reason)
    if row.quick or row.indexed:
        # The index reads values as the previous type, so it would refuse the new ones.
        raise RetypeRefused(_("Clear the mark “quick to filter and sort” first, until its index is removed."))
    if row.is_unique and wanted.type not in CustomField.UNIQUE:
        raise RetypeRefused(_("Values of this type can’t be unique. Turn off “unique” first."))


def refuse_if_it_is_needed(row: CustomField, choices: set[str] | None = None) -> None:
    try:
        refuse_if_it_decides(row, choices)
    except ValidationError as error:
        raise RetypeRefused(error.messages[0]) from error


def _get_failure_sentence(failing: int) -> str:
    words = ngettext(
        "The value of %(number)s record doesn’t fit the new type. Nothing was changed.",
        "The values of %(number)s records don’t fit the new type. Nothing was changed.",
        failing,
    )
    return words % {"number": number(failing)}


def _convert_values(
    conversion: TypeConversion,
    values: Iterator[tuple[Any, int]],
    found: ConversionFindings,
    progress: Progress | None = None,
) -> Iterator[tuple[Any, Any]]:
    """Each value with its new one, counted in `found`."""
    total = count_filled_values(conversion.source.definition, everywhere=True) if progress else 0
    for place, (stored, records) in enumerate(values):
        if progress and place % 5_000 == 0:
            progress(round(found.total * CHECKING), total)
        try:
            new = conversion.convert_value(stored)
        except ValueError as error:
            found.failing += records
            if len(found.failures) < LISTED:
                found.failures.append((stored, str(error), records))
            continue
        found.converting += records
        if len(found.examples) < EXAMPLES:
            found.examples.append((stored, new, records))
        yield stored, new


def count_distinct_values(
    row: CustomField, condition: str = "", parameters: list[Any] | None = None
) -> Iterator[tuple[Any, int]]:
    """The different values of a field and how many records have each, most frequent first, also those in Trash."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"""SELECT v.values->%s, count(*) FROM {_get_field_values_table(row)} v WHERE v.values ? %s {condition}
                GROUP BY 1 ORDER BY 2 DESC, 1""",
            [row.key, row.key, *(parameters or [])],
        )
        while rows := cursor.fetchmany(10_000):
            for stored, records in rows:
                yield json.loads(stored), records


def _get_field_values_table(row: CustomField) -> str:
    return get_values_table(SCHEMAS[row.table_of].model)


def stage_conversions(pairs: Iterator[tuple[Any, Any]]) -> None:
    """Store each value with its new one in the temporary table."""
    with connection.cursor() as cursor:
        while part := list(islice(pairs, ROWS_AT_ONCE)):
            with cursor.copy("COPY retype_values FROM STDIN") as copy:
                for old, new in part:
                    copy.write_row([json.dumps(old), json.dumps(new)])
        cursor.execute("ANALYZE retype_values")


def lock_field_and_records(row: CustomField) -> None:
    """Hold the definition, the records that have a value, and the types of all fields, until the end. Raises
    RetypeRefused if the definition was changed."""
    wait_for_others()
    now = CustomField.objects.select_for_update().get(pk=row.pk)
    if now.deleted or now.version != row.version:
        raise RetypeRefused(
            _("The field was changed in the meantime. Nothing was changed. Check the values again.")
        )
    records = connection.ops.quote_name(SCHEMAS[row.table_of].model._meta.db_table)
    with connection.cursor() as cursor:
        # In the order in which all changes lock records; only the count comes back.
        cursor.execute(
            f"""SELECT count(*) FROM (SELECT t.id FROM {records} t
                WHERE t.id IN (SELECT record_id FROM {_get_field_values_table(row)} WHERE values ? %s) ORDER BY t.id FOR NO KEY UPDATE) held""",
            [row.key],
        )
    lock_types(alone=True)


def write_staged_values(row: CustomField, progress: Progress | None) -> None:
    """Replace the values as staged. Only values that change are written; the history has each of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""CREATE TEMPORARY TABLE retype_rows ON COMMIT DROP AS
                SELECT v.record_id, r.new FROM {_get_field_values_table(row)} v JOIN retype_values r ON r.old = v.values->%s
                WHERE v.values ? %s AND r.new <> r.old ORDER BY v.record_id""",
            [row.key, row.key],
        )
        cursor.execute("CREATE UNIQUE INDEX ON retype_rows (record_id)")
        cursor.execute("ANALYZE retype_rows")
        cursor.execute("SELECT record_id FROM retype_rows ORDER BY 1")
        ids = [pk for (pk,) in cursor.fetchall()]
        for start in range(0, len(ids), ROWS_AT_ONCE):
            part = ids[start : start + ROWS_AT_ONCE]
            cursor.execute(
                f"""UPDATE {_get_field_values_table(row)} v SET values = jsonb_set(v.values, ARRAY[%s], r.new) FROM retype_rows r
                    WHERE r.record_id = v.record_id AND r.record_id BETWEEN %s AND %s""",
                [row.key, part[0], part[-1]],
            )
            if progress:
                share = CHECKING + (1 - CHECKING) * (start + len(part)) / len(ids)
                progress(round(share * len(ids)), len(ids))
        cursor.execute("DROP TABLE retype_rows, retype_values")
