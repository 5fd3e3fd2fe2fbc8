"""The history of changes: who changed which field when stays; the values go, so no undo brings them back."""

import json
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from crm.models import Change, Operation
from crm.records.history.visible_operations import describe_operation
from crm.records.kinds.erased_persons import NO_VALUES
from crm.records.kinds.kind_registry import KINDS
from privacy.holders import activities, consents, records, sequences
from privacy.holders.data_holder import DataHolder, DataSection
from privacy.person import PERSON_TABLES, Person
from privacy.text_search import replace_pattern_in_table

# In a change: no values. In a row that was deleted permanently, from which an undo brings it back: what the erased record has.
EMPTIED = """
    UPDATE crm_change c SET fields = (
      SELECT jsonb_object_agg(key, CASE WHEN NOT key = ANY(%(keys)s) THEN value WHEN c.kind = 'delete'
        THEN jsonb_build_array(%(blanks)s::jsonb->key, NULL) ELSE %(none)s::jsonb END) FROM jsonb_each(c.fields)
    ) || CASE WHEN c.kind = 'delete' THEN %(mark)s::jsonb ELSE '{}' END
    WHERE c."table" = %(table)s AND c."row" = ANY(%(rows)s) AND c.fields ?| %(keys)s
"""
OPERATIONS = """SELECT DISTINCT operation_id FROM crm_change WHERE "table" = %s AND "row" = ANY(%s) AND operation_id > 0"""


def get_person_rows(person: Person) -> dict[str, list[int]]:
    """The rows in the history that are the person's, by table."""
    return {
        **person.records,
        "activity": person.activities,
        "task": person.tasks,
        "employment": person.employments,
        "deal_contact": person.deal_contacts,
        "edited_email": sequences.get_edited_email_ids(person),
        "retention_exemption": list(consents.exemptions_queryset(person).values_list("pk", flat=True)),
    }


def get_operation_ids(person: Person) -> list[int]:
    found: set[int] = set()
    for table, rows in get_person_rows(person).items():
        with connection.cursor() as cursor:
            cursor.execute(OPERATIONS, [table, rows])
            found.update(pk for (pk,) in cursor.fetchall())
    return sorted(found)


def build_sections(person: Person, viewer: User) -> list[DataSection]:
    rows = []
    for table, ids in get_person_rows(person).items():
        changes = Change.objects.of_rows(table, ids).with_operations().order_by("at", "pk")
        rows += [_build_change_row(change, viewer) for change in changes]
    return [DataSection(_("History of changes"), rows)]


def _build_change_row(change: Change, viewer: User) -> dict[str, str]:
    kind, record = KINDS.get(change.table), change.operation
    of = capfirst(str(kind.words.one)) if kind else change.table
    values = {name: " → ".join(map(_get_value_text, both)) for name, both in change.diff.items()}
    return {
        _("Date"): change.at.isoformat(),
        _("Record"): f"{of} {change.row}",
        _("Change"): describe_operation(record, viewer) if record else str(change.get_kind_display()),
        _("User"): record.by.name if record and record.by else _("The system"),
        _("Channel"): str(record.get_channel_display()) if record else "",
    } | ({_("Values"): "; ".join(f"{name}: {both}" for name, both in values.items())} if values else {})


def _get_value_text(value: Any) -> str:
    """A recorded value; a file by its name."""
    return (
        str(value["name"])
        if isinstance(value, dict) and "name" in value
        else ""
        if value is None
        else str(value)
    )


def erase(person: Person) -> int:
    count = 0
    cleared: dict[str, dict[str, str]] = {
        **records.CLEARED,
        **activities.CLEARED,
        **consents.CLEARED,
        **sequences.CLEARED,
    }
    for table, rows in get_person_rows(person).items():
        blanks: dict[str, Any] = dict(cleared[table])
        if table in PERSON_TABLES:
            blanks |= dict.fromkeys(records.get_erased_field_keys(table))
        count += _blank_values(table, rows, blanks)
    texts = person.spellings
    count += replace_pattern_in_table(Change, ["fields"], texts.addresses_pattern, "t.fields IS NOT NULL")
    for table, rows in {"deal": person.deals, "company": person.companies}.items():
        ids = ", ".join(map(str, rows)) or "0"
        count += replace_pattern_in_table(
            Change, ["fields"], texts.full_names_pattern, f't."table" = \'{table}\' AND t."row" IN ({ids})'
        )
    return count


def _blank_values(table: str, rows: list[int], blanks: dict[str, Any]) -> int:
    mark = {"erased_at": [timezone.now().isoformat(), None]} if table in PERSON_TABLES else {}
    values: dict[str, Any] = {
        "keys": list(blanks),
        "blanks": json.dumps(blanks),
        "none": json.dumps(NO_VALUES),
        "mark": json.dumps(mark),
        "table": table,
        "rows": rows,
    }
    with connection.cursor() as cursor:
        cursor.execute(EMPTIED, values)
        return cursor.rowcount


def build_operation_sections(person: Person, viewer: User) -> list[DataSection]:
    rows = Operation.objects.filter(pk__in=get_operation_ids(person)).exclude(note="").order_by("pk")
    notes = [{_("Date"): row.at.isoformat(), _("Note"): row.note} for row in rows]
    return [DataSection(_("Notes of changes"), notes)]


def erase_operations(person: Person) -> int:
    """Notes of changes of this person alone go; what others say is looked through."""
    own = Operation.objects.filter(pk__in=get_operation_ids(person))
    count = own.filter(changed__lte=1).exclude(note="").update(note="")
    ids = ", ".join(map(str, get_operation_ids(person))) or "0"
    count += replace_pattern_in_table(
        Operation, ["parameters", "note"], person.spellings.any_name_pattern, f"t.id IN ({ids})"
    )
    return count + replace_pattern_in_table(
        Operation, ["parameters", "note"], person.spellings.full_names_pattern
    )


# Operations first, because they are found by their changes.
HOLDERS = [
    DataHolder(("crm.Operation",), build_operation_sections, erase_operations, "operations"),
    DataHolder(("crm.Change",), build_sections, erase, "changes"),
]
