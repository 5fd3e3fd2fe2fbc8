"""Times that imports stored with an offset are repaired by a migration: values, recorded changes, and files that wait."""

import json
from datetime import datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.http import QueryDict

from crm.fields.custom.indexes.index_building import get_existing_indexes
from crm.fields.custom.values.stored_values import get_values_table
from crm.models import Change, CustomField, Import, PlannedRow
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.record_list import RecordList
from tests.crm.fields.custom.indexes.test_filters import make_ready
from tests.crm.records.custom_fields.any_record import values
from tests.examples import one_in

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

# As it was stored, and as it should be
WRONG = {
    "2026-01-01T01:30:00+02:00": "2025-12-31T23:30:00+00:00",
    "2026-07-15T17:03:00+03:00": "2026-07-15T14:03:00+00:00",
    "2026-10-25T03:30:00+03:00": "2026-10-25T00:30:00+00:00",
    "2026-07-01T04:00:00-05:00": "2026-07-01T09:00:00+00:00",
    "2026-07-01T09:00:00.250+00:00": "2026-07-01T09:00:00+00:00",
    "2026-07-01T09:00:00Z": "2026-07-01T09:00:00+00:00",
    "1920-05-01T10:00:00+01:44:24": "1920-05-01T08:15:36+00:00",
}
RIGHT = "2026-05-01T10:00:00+00:00"


@pytest.fixture(params=["lead", "company", "contact", "deal", "request"])
def record(request, make_lead, make_company, make_contact, make_deal, make_request, ann):
    make = {
        "lead": make_lead,
        "company": make_company,
        "contact": make_contact,
        "deal": make_deal,
        "request": make_request,
    }[request.param]
    return KINDS[request.param], make(owner=ann)


def migrate() -> None:
    migration = import_module("customers.migrations.0019_custom_moments_in_utc").Migration
    assert not migration.atomic
    with connection.schema_editor(atomic=False) as editor:
        migration.operations[0].code(apps, editor)


def store(row, name: str, told) -> None:
    """Store a value as the previous version did, in an operation that the history records."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO {get_values_table(type(row))} (record_id, values) VALUES (%s, %s) ON CONFLICT (record_id)
                DO UPDATE SET values = {get_values_table(type(row))}.values || excluded.values""",
            [row.pk, json.dumps({name: told})],
        )


def changed(row) -> list:
    return list(
        Change.objects.of_row(type(row).table, row.pk).order_by("pk").values_list("fields", flat=True)
    )


def as_once(row, name: str, told: str) -> None:
    """Spell this time as the previous version did, in the values and in the history."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadwell.machine', 'on', false)")
        cursor.execute(
            f"UPDATE {get_values_table(type(row))} SET values = values || %s WHERE record_id = %s",
            [json.dumps({name: told}), row.pk],
        )
        cursor.execute("SELECT set_config('leadwell.machine', '', false)")
        cursor.execute(
            """UPDATE crm_change SET fields = replace(fields::text, %s, %s)::jsonb WHERE "row" = %s""",
            [WRONG[told], told, row.pk],
        )


def write(kind, row, by, name, text):
    value = datetime.fromisoformat(text) if text else None
    return carry_out(kind.edit({name: value}), kind.model.objects.filter(pk=row.pk), by=by).operation


@pytest.mark.parametrize("told", one_in(3, WRONG))
def test_a_stored_time_and_its_history_are_repaired_and_undo_agrees_with_them(record, told, make_field, ann):
    kind, row = record
    moment, note = make_field("At", "moment", of=kind.name), make_field("Note", of=kind.name)
    with operation("test", by=ann):
        store(row, note.name, told)
    write(kind, row, ann, moment.name, RIGHT)
    imported = write(kind, row, ann, moment.name, WRONG[told])
    as_once(row, moment.name, told)
    row.refresh_from_db()
    version, count = row.version, Change.objects.count()
    migrate()
    assert values(row) == {moment.name: WRONG[told], note.name: told}
    *_others, last = changed(row)
    assert last == {moment.name: [RIGHT, WRONG[told]]}
    row.refresh_from_db()
    assert (row.version, Change.objects.count()) == (version, count)
    undone = revert_operation(imported, by=ann)
    assert not undone.kept
    assert values(row)[moment.name] == RIGHT


def test_what_an_undo_writes_back_is_repaired(record, make_field, ann):
    kind, row = record
    moment = make_field("At", "moment", of=kind.name)
    (wrong, right), *_others = WRONG.items()
    write(kind, row, ann, moment.name, right)
    edited = write(kind, row, ann, moment.name, None)
    as_once(row, "other", wrong)
    migrate()
    revert_operation(edited, by=ann)
    assert values(row)[moment.name] == right


def test_a_field_that_had_the_type_before_is_repaired_in_the_history_only(record, make_field, ann):
    kind, row = record
    moment = make_field("At", "moment", of=kind.name)
    (wrong, right), *_others = WRONG.items()
    with operation("import", by=ann):
        store(row, moment.name, wrong)
    with operation("retype_custom_field", by=ann):
        CustomField.objects.filter(pk=moment.definition.pk).update(type="text")
        store(row, moment.name, "1 Jan")
    with operation("test", by=ann):
        store(row, moment.name, wrong)
    migrate()
    assert values(row) == {moment.name: wrong}
    assert changed(row)[-2:] == [{moment.name: [right, "1 Jan"]}, {moment.name: ["1 Jan", right]}]


def test_a_checked_file_that_waits_is_repaired(record, make_field, ann):
    kind, row = record
    moment, note = make_field("At", "moment", of=kind.name), make_field("Note", of=kind.name)
    (wrong, right), *_others = WRONG.items()
    for state in ("plan", "done"):
        waiting = Import.objects.create(user=ann, table=kind.name, name="a.csv", state=state)
        PlannedRow.objects.create(
            of=waiting,
            row=2,
            action="change",
            record=row.pk,
            values={moment.name: wrong, note.name: wrong, "new_3": wrong},
            old={moment.name: wrong},
        )
    migrate()
    plan, done = PlannedRow.objects.order_by("of")
    assert plan.values == {moment.name: right, note.name: wrong, "new_3": right}
    assert plan.old == {moment.name: right}
    assert done.values[moment.name] == wrong


def test_without_such_fields_nothing_is_read_or_written(record, make_field, ann):
    kind, row = record
    day = make_field("Day", "date", of=kind.name)
    with operation("test", by=ann):
        store(row, day.name, "2026-05-01")
    migrate()
    assert values(row) == {day.name: "2026-05-01"}


def test_the_index_of_a_quick_field_has_the_repaired_times(record, make_field, ann):
    """Half past one in the morning of the next year, as it was read before, and half past eleven in the evening."""
    kind, row = record
    moment = make_field("At", "moment", of=kind.name)
    write(kind, row, ann, moment.name, "2025-12-31T21:30:00+00:00")
    with transaction.atomic():
        make_ready(CustomField.objects.get(pk=moment.definition.pk))
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadwell.machine', 'on', false)")
        told = json.dumps({moment.name: "2025-12-31T23:30:00+02:00"})
        cursor.execute(
            f"UPDATE {get_values_table(type(row))} SET values = values || %s WHERE record_id = %s",
            [told, row.pk],
        )
        cursor.execute("SELECT set_config('leadwell.machine', '', false)")
    days = ("2025-12-31..2025-12-31", "2026-01-01..2026-01-01")
    assert [found_on(kind, ann, moment, day) for day in days] == [[], [row.pk]]
    migrate()
    assert [found_on(kind, ann, moment, day) for day in days] == [[row.pk], []]
    with connection.cursor() as cursor:
        for index in get_existing_indexes(kind.name):
            cursor.execute(f"DROP INDEX {index.name}")


def found_on(kind, by, moment, days: str) -> list[int]:
    return RecordList(kind, QueryDict(f"{moment.name}.between={days}"), by).get_page(10).ids
