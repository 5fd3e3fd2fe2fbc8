"""Creates the custom fields of an import, and adds the choices that its plan names to others."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection

from crm.fields.models.custom_field import add_choices
from crm.models import CustomField, Import, ImportMapping
from crm.platform.text.text_folding import fold_text
from crm.records.editing.settings_change import wait_for_others
from crm.records.history.operation_results import Outcome, write_verdicts
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.apply.application_state import Application
from crm.transfer.imports.check.import_rules import TO_MAKE
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from crm.transfer.imports.columns.file_columns import NEW_FIELD, hash_headings
from crm.transfer.imports.columns.new_fields import (
    build_definition,
    get_taken_labels,
    make_free_name,
    may_create_fields,
)
from crm.transfer.imports.columns.saved_mappings import get_mapping_to_remember


def create_fields(application: Application) -> None:
    """Create the fields, and replace their names in the plan by their keys. Raises PermissionDenied."""
    imported = application.imported
    if not imported.new_fields:
        return
    if not may_create_fields(application.by):
        raise PermissionDenied(CustomField.get_right("add"))
    wait_for_others()
    kind = KINDS[imported.table]
    taken = get_taken_labels(kind)
    rows = CustomField.objects.present_of_table(kind.name)
    position = rows.get_next_position()
    keys: dict[str, str] = {}
    made_rows = []
    for place in sorted(map(int, imported.new_fields)):
        definition = build_definition(imported, place)
        definition.name, definition.position = make_free_name(definition.name, taken), position
        definition.is_unique = definition.is_unique and not _has_repeated_values(
            imported, f"{NEW_FIELD}{place}"
        )
        definition.save()
        position += 1
        made_rows.append(definition.pk)
        keys[f"{NEW_FIELD}{place}"] = definition.key
    _rename_planned_keys(imported, keys)
    imported.mapping = [keys.get(name, name) for name in imported.mapping]
    headings = [column["heading"] for column in imported.columns]
    known = ImportMapping.objects.of_user(imported.user, imported.table).with_heads(hash_headings(headings))
    known.update(mapping=get_mapping_to_remember(imported))
    _match_by_unique(imported, known, made_rows)
    imported.new_fields = {}
    named_from = imported.options.get("name_from", "")
    if named_from in keys:
        imported.options["name_from"] = keys[named_from]
        for row in known:
            if row.options.get("name_from") == named_from:
                row.options["name_from"] = keys[named_from]
                row.save(update_fields=["options"])
    write_verdicts(application.record, Outcome(CustomField.table, changed=made_rows))


def _match_by_unique(imported: Import, known: Any, made_rows: list[int]) -> None:
    """The next file with these headers finds its records by the unique field that this import creates."""
    unique = CustomField.objects.filter(pk__in=made_rows, is_unique=True).first()
    if unique is None:
        return
    way = "id_field_email" if get_rules_class(KINDS[imported.table]).email else "id_field"
    for row in known:
        row.options = {**row.options, "match": way, "key": unique.key}
        row.save(update_fields=["options"])


def _has_repeated_values(imported: Import, name: str) -> bool:
    """Whether two planned records have the same value, such as after a correction of a cell."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(text) > count(DISTINCT text) FROM (
                 SELECT lower(trim("values"->>%s)) AS text FROM crm_plannedrow WHERE of_id = %s AND action <> '') planned""",
            [name, imported.pk],
        )
        return bool(cursor.fetchone()[0])


def _rename_planned_keys(imported: Import, keys: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE crm_plannedrow SET "values" = (
                   SELECT jsonb_object_agg(coalesce(keys.new, key), value) FROM jsonb_each("values")
                   LEFT JOIN unnest(%s::text[], %s::text[]) keys(old, new) ON keys.old = key)
               WHERE of_id = %s AND action <> '' AND "values" ?| %s""",
            [list(keys), list(keys.values()), imported.pk, list(keys)],
        )


def create_choices(application: Application) -> None:
    """Add the choices that the plan names and that don't exist yet. Raises PermissionDenied."""
    imported, by = application.imported, application.by
    for field in KINDS[imported.table].get_editable_custom_fields(by):
        if field.definition.type != CustomField.Type.CHOICE:
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT DISTINCT "values"->>%s FROM crm_plannedrow
                   WHERE of_id = %s AND action <> '' AND "values"->>%s LIKE %s""",
                [field.name, imported.pk, field.name, f"{TO_MAKE}%"],
            )
            names = sorted(text.removeprefix(TO_MAKE) for (text,) in cursor.fetchall())
        if names:
            if not by.has_perm(CustomField.get_right("change")):
                raise PermissionDenied(CustomField.get_right("change"))
            _add_choices(imported, field.definition.pk, names)
            write_verdicts(application.record, Outcome(CustomField.table, changed=[field.definition.pk]))


def _add_choices(imported: Import, pk: int, names: list[str]) -> None:
    wait_for_others()
    row = CustomField.objects.select_for_update().get(pk=pk)
    known = {fold_text(choice["name"]): choice for choice in row.choices}
    for name in names:
        choice = known.get(fold_text(name))
        if choice is None:
            add_choices(row.choices, [name[:100]])
            choice = row.choices[-1]
        choice.pop("retired", None)
        with connection.cursor() as cursor:
            cursor.execute(
                """UPDATE crm_plannedrow SET "values" = jsonb_set("values", ARRAY[%s], to_jsonb(%s::text))
                   WHERE of_id = %s AND "values"->>%s = %s""",
                [row.key, choice["key"], imported.pk, row.key, f"{TO_MAKE}{name}"],
            )
    row.save(update_fields=["choices"])
