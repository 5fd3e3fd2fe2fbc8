"""The SQL of a merge: the values of the kept records, one statement for the columns of all groups and one for their custom
fields."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models.functions import Now

from crm.custom.values import patch_each
from crm.models import MergedRecord
from duplicates.merging.fields import Part, Values


def move_to_trash(model: Any, ids: Sequence[int]) -> None:
    """First, because unique values of records in Trash are free."""
    model._default_manager.filter(pk__any=list(ids)).update(deleted_at=Now())


def remember(table: str, pairs: Mapping[int, int]) -> None:
    rows = [MergedRecord(table=table, record=pk, into=into) for pk, into in pairs.items()]
    MergedRecord.objects.bulk_create(rows)


def write_columns(
    model: Any, parts: Sequence[Part], sources: Mapping[int, Mapping[str, int]], tags: Mapping[int, list[int]]
) -> None:
    """`sources` are the records from which each kept record gets a part, `tags` the tags that it has afterwards."""
    own = {part.name: part for part in parts if not part.custom}
    used = [part for name, part in own.items() if any(name in found for found in sources.values())]
    ids = list(sources)
    table = connection.ops.quote_name(model._meta.db_table)
    # Every kept record has the merge in its history, and programs that ask for what has changed find it.
    arrays: list[list[Any]] = []
    sets, names = ["updated_at = clock_timestamp()"], []
    for place, part in enumerate(used):
        names.append(f"from_{place}")
        arrays.append([sources[pk].get(part.name) for pk in ids])
        sets += [_set(table, column, f"from_{place}") for column in part.columns]
    if tags:
        names.append("tags")
        sets.append(
            "tags = CASE WHEN v.tags IS NULL THEN t.tags "
            "ELSE ARRAY(SELECT jsonb_array_elements_text(v.tags)::bigint) END"
        )
    types = ["bigint[]"] * len(used) + ["jsonb[]"] * bool(tags)
    if tags:
        arrays.append([json.dumps(tags[pk]) if pk in tags else None for pk in ids])
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE {table} t SET {", ".join(sets)}
                FROM unnest({", ".join(f"%s::{kind}" for kind in ["bigint[]", *types])}) v({", ".join(["id", *names])})
                WHERE t.id = v.id""",
            [ids, *arrays],
        )


def _set(table: str, column: str, source: str) -> str:
    return (
        f'"{column}" = CASE WHEN v.{source} IS NULL THEN t."{column}" '
        f'ELSE (SELECT s."{column}" FROM {table} s WHERE s.id = v.{source}) END'
    )


def write_custom(
    model: Any,
    parts: Sequence[Part],
    sources: Mapping[int, Mapping[str, int]],
    records: Mapping[int, Values],
) -> None:
    custom = {part.name for part in parts if part.custom}
    patches = {
        pk: {name: records[source].parts.get(name) for name, source in found.items() if name in custom}
        for pk, found in sources.items()
    }
    patches = {pk: patch for pk, patch in patches.items() if patch}
    if patches:
        patch_each(
            model,
            "SELECT * FROM unnest(%s::bigint[], %s::jsonb[]) AS p(id, changes)",
            [list(patches), [json.dumps(patch) for patch in patches.values()]],
        )
