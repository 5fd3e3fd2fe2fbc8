"""Creates the statuses, sources, and tags that a file names and its importer chose to create, or reactivates retired
ones, as part of the operation."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection

from crm.models import CustomField, Import, PlannedRow, Tag
from crm.records.history.operation_results import Outcome, write_verdicts
from crm.records.kinds.kind_registry import Kind
from crm.transfer.imports.apply.application_state import Application
from crm.transfer.imports.check.custom_choices import Maker
from crm.transfer.imports.check.import_rules import TO_MAKE, ImportRules
from crm.transfer.imports.check.rules_by_kind import get_rules_class

# As many letters as the name of a source, a status or a tag can have.
LONGEST_NAME = 60
ASSIGNED = """
    SELECT DISTINCT "values"->>%(column)s FROM crm_plannedrow
    WHERE of_id = %(of)s AND action <> '' AND "values"->>%(column)s IS NOT NULL"""
ADDED_TAGS = """
    SELECT DISTINCT tag FROM crm_plannedrow, jsonb_array_elements_text("values"->%(column)s) tag
    WHERE of_id = %(of)s AND action <> '' AND tag NOT IN (SELECT jsonb_array_elements_text(old->%(column)s))"""


def get_referred_model(kind: Kind, name: str):
    """The model of the rows that a field refers to."""
    return Tag if name == "tags" else kind.model._meta.get_field(name).related_model


def get_creatable_fields(kind: Kind, user) -> list[str]:
    """The fields for which this user may create new values."""
    found = [
        name
        for name in get_rules_class(kind).makers
        if user.has_perm(get_referred_model(kind, name).get_right("add"))
    ]
    if not user.has_perm(CustomField.get_right("change")):
        return found
    return [
        *found,
        *(
            field.name
            for field in kind.get_editable_custom_fields(user)
            if field.definition.type == CustomField.Type.CHOICE
        ),
    ]


def create_missing_values(application: Application) -> None:
    """Create the values that the plan refers to by name, and replace the names with IDs. Reactivate the retired ones, as far as
    the plan names them.

    Raises PermissionDenied if this user may not create a value.
    """
    imported, rules, again = application.imported, application.rules, application.retired
    kind = rules.kind
    to_make = get_names_to_create(imported, kind)
    for name in get_rules_class(kind).makers:
        texts, retired = to_make.get(name, []), _get_planned_ids(imported, name, again.get(name, set()))
        if not texts and not retired:
            continue
        if name not in get_creatable_fields(kind, rules.user):
            raise PermissionDenied(get_referred_model(kind, name).get_right("add"))
        get_referred_model(kind, name)._default_manager.filter(pk__in=retired).update(retired=False)
        made = [*retired]
        for text in texts:
            pk = find_or_create_value(rules.makers[name], text, rules, imported.defaults)
            made.append(pk)
            if name == "tags":
                _write_created_tag(imported, text, pk)
            else:
                _write_created_id(imported, f"{name}_id", text, pk)
        write_verdicts(
            application.record, Outcome(get_referred_model(kind, name).table, changed=sorted(set(made)))
        )


def find_or_create_value(make: Maker, text: str, rules: ImportRules, defaults: dict[str, Any]) -> int:
    """The ID of the value that a text of the file becomes. A text that is too long for a name is cut, so the next import of it
    finds what the first one created."""
    return make(text[:LONGEST_NAME], rules, defaults)


def _get_planned_ids(imported: Import, name: str, ids: set[int]) -> list[int]:
    """The IDs among these that apply will write."""
    planned = PlannedRow.objects.filter(of=imported).written()
    if name == "tags":
        return sorted(pk for pk in ids if planned.filter(values__tags__contains=[pk]).exists())
    return sorted(pk for pk in ids if planned.filter(**{f"values__{name}_id": pk}).exists())


def get_names_to_create(imported: Import, kind: Kind) -> dict[str, list[str]]:
    """The names to create, by field."""
    found = {}
    for name in get_rules_class(kind).makers:
        planned = get_planned_values(imported, name if name == "tags" else f"{name}_id")
        named = [text for text in planned if text.startswith(TO_MAKE)]
        if named:
            found[name] = sorted(text.removeprefix(TO_MAKE) for text in named)
    return found


def get_planned_values(imported: Import, column: str) -> set[str]:
    """What apply will write into a column, as texts: IDs, and names to create. Records keep the tags that they have, so of
    tags it is those that they get."""
    with connection.cursor() as cursor:
        cursor.execute(ADDED_TAGS if column == "tags" else ASSIGNED, {"column": column, "of": imported.pk})
        return {text for (text,) in cursor.fetchall()}


def _write_created_id(imported: Import, column: str, name: str, pk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE crm_plannedrow SET "values" = jsonb_set("values", ARRAY[%s], to_jsonb(%s::bigint))
               WHERE of_id = %s AND "values"->>%s = %s""",
            [column, pk, imported.pk, column, f"{TO_MAKE}{name}"],
        )


def _write_created_tag(imported: Import, name: str, pk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE crm_plannedrow SET "values" = jsonb_set("values", '{tags}', (
                   SELECT jsonb_agg(DISTINCT CASE WHEN tag = %s THEN to_jsonb(%s::bigint) ELSE to_jsonb(tag) END)
                   FROM jsonb_array_elements_text("values"->'tags') tag))
               WHERE of_id = %s AND "values"->'tags' ? %s""",
            [f"{TO_MAKE}{name}", pk, imported.pk, f"{TO_MAKE}{name}"],
        )
