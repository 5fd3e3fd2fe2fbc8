"""What was typed into other people's records, and into any column of any table, doesn't outlive an erasure either."""

import json
from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BinaryField, JSONField

from crm.platform.sql.unrecorded_writes import write_without_history
from privacy.holders.text_columns import get_searched_columns
from tests.privacy.conftest import DIGITS, EMAIL, PHONE, WANTED
from tests.privacy.searching import found_in_database

pytestmark = [pytest.mark.hard, pytest.mark.django_db(transaction=True, databases=["default", "progress"])]

# Texts of a certain form, in which the rest of Leadwell would stumble over any other value.
OF_A_FORM = {
    "crm.CustomField.choices": [{"key": "k", "name": EMAIL}],
    "crm.Import.columns": [{"heading": EMAIL, "samples": [EMAIL]}],
    "crm.ImportMapping.headings": [EMAIL],
    "crm.Change.fields": {"description": [EMAIL, None]},
    "intake.Submission.files": [{"file": "none", "name": EMAIL}],
    "sequences.Sequence.steps": [{"key": "one", "kind": "call", "title": EMAIL}],
    "intake.WebForm.questions": [{"label": EMAIL}],
}
# Written with the values that they are made of, or found by more than the text that is planted here.
NOT_PLANTED = {"crm.UniqueValue.value", "leads.ScoreState.statement"}


def planted_in(label: str, column: str, field: Any) -> Any:
    """The address as a value of this column; the phone, where an address has no room."""
    value = OF_A_FORM.get(f"{label}.{column}", {"note": EMAIL})
    if isinstance(field, JSONField):
        return json.dumps(value)
    if isinstance(field, BinaryField):
        return EMAIL.encode()
    if isinstance(field, ArrayField):
        return [EMAIL]
    return EMAIL.lower() if (field.max_length or len(EMAIL)) >= len(EMAIL) else PHONE


def plant(label: str, columns: set[str], records: dict[str, list[int]]) -> bool:
    """Write the address into these columns of one row that isn't of the person. Returns False if there is none."""
    model = apps.get_model(label)
    of = model._meta.get_field("record").related_model if label.endswith("Values") else model
    own = records.get(getattr(of, "table", ""), [])
    keys = [field.column for field in model._meta.pk_fields]
    row = model._base_manager.exclude(pk__in=own).order_by("pk").values_list(*keys).first()
    if row is None:
        return False
    values = {
        name: planted_in(label, name, model._meta.get_field(name))
        for name in sorted(columns)
        if f"{label}.{name}" not in NOT_PLANTED
    }
    sets = ", ".join(f'"{name}" = %s' for name in values)
    found = " AND ".join(f'"{name}" = %s' for name in keys)
    with write_without_history(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadwell.erasing', 'on', true)")
        if values:
            cursor.execute(
                f'UPDATE "{model._meta.db_table}" SET {sets} WHERE {found}', [*values.values(), *row]
            )
    return True


def test_an_address_in_any_column_of_any_table_is_gone_after_an_erasure(every_door, erased):
    without = [
        label
        for label, columns in sorted(get_searched_columns().items())
        if not plant(label, columns, every_door.records)
    ]
    assert sorted(without) == [], without
    erased(every_door.records)
    assert found_in_database(WANTED, DIGITS) == []
