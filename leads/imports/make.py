"""What a file names and its importer has decided to have made: statuses, sources and tags, as part of the operation."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Max

from leads.imports.clean import TO_MAKE
from leads.imports.options import first_pipeline
from leads.models import Import, Source, Status, Tag
from leads.sorts import folded

PERMISSIONS = {"status": "leads.add_status", "source": "leads.add_source", "tags": "leads.add_tag"}


def may_make(user) -> list[str]:
    """The fields for which this user may have new values made."""
    return [name for name, permission in PERMISSIONS.items() if user.has_perm(permission)]


def make_missing(imported: Import, by) -> None:
    """Make what the plan still calls by its name, and put the ids in the places of the names.

    Raises PermissionDenied for what this user may not make.
    """
    makers = {"status": _make_status, "source": _make_source, "tags": _make_tag}
    for field, names in missing(imported).items():
        if field not in may_make(by):
            raise PermissionDenied(PERMISSIONS[field])
        for name in names:
            pk = makers[field](name, imported)
            if field == "tags":
                _put_tag(imported, name, pk)
            else:
                _put(imported, f"{field}_id", name, pk)


def missing(imported: Import) -> dict[str, list[str]]:
    """The names that are to be made, by field."""
    queries = {
        "status": """SELECT DISTINCT "values"->>'status_id' FROM leads_plannedrow WHERE of_id = %s AND action <> ''""",
        "source": """SELECT DISTINCT "values"->>'source_id' FROM leads_plannedrow WHERE of_id = %s AND action <> ''""",
        "tags": """SELECT DISTINCT tag FROM leads_plannedrow, jsonb_array_elements_text("values"->'tags') tag
                   WHERE of_id = %s AND action <> ''""",
    }
    found = {}
    with connection.cursor() as cursor:
        for field, query in queries.items():
            cursor.execute(query, [imported.pk])
            names = [
                value.removeprefix(TO_MAKE)
                for (value,) in cursor.fetchall()
                if value and value.startswith(TO_MAKE)
            ]
            if names:
                found[field] = sorted(names)
    return found


def _known(rows: Any, name: str) -> int | None:
    """Somebody may have made it meanwhile."""
    return next((row.pk for row in rows if folded(row.name) == folded(name)), None)


def _make_status(name: str, imported: Import) -> int:
    """An open status at the end of the open ones, in the pipeline in which the new leads start."""
    pipeline = first_pipeline(imported.defaults.get("department"))
    statuses = Status.objects.of_pipeline(pipeline.pk)
    known = _known(statuses, name)
    if known:
        return known
    last = statuses.of_kind(*Status.OPEN).aggregate(last=Max("position"))["last"] or 0
    made = Status.objects.create(pipeline=pipeline, name=name[:60], kind=Status.Kind.CONTACTED, position=last)
    return made.pk


def _make_source(name: str, imported: Import) -> int:
    return (
        _known(Source.objects.all(), name) or Source.objects.create(name=name[:60], kind=Source.Kind.OTHER).pk
    )


def _make_tag(name: str, imported: Import) -> int:
    return _known(Tag.objects.all(), name) or Tag.objects.create(name=name[:60]).pk


def _put(imported: Import, column: str, name: str, pk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE leads_plannedrow SET "values" = jsonb_set("values", ARRAY[%s], to_jsonb(%s::bigint))
               WHERE of_id = %s AND "values"->>%s = %s""",
            [column, pk, imported.pk, column, f"{TO_MAKE}{name}"],
        )


def _put_tag(imported: Import, name: str, pk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE leads_plannedrow SET "values" = jsonb_set("values", '{tags}', (
                   SELECT jsonb_agg(DISTINCT CASE WHEN tag = %s THEN to_jsonb(%s::bigint) ELSE to_jsonb(tag) END)
                   FROM jsonb_array_elements_text("values"->'tags') tag))
               WHERE of_id = %s AND "values"->'tags' ? %s""",
            [f"{TO_MAKE}{name}", pk, imported.pk, f"{TO_MAKE}{name}"],
        )
