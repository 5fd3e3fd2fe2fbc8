"""The SQL of a merge: the values of the kept records, one statement for the columns of all groups and one for their custom
fields."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models.functions import Now

from crm.fields.custom.values.stored_values import patch_values_by_query
from crm.models import MergedRecord
from duplicates.merging.emails_and_phones import PARTNERS, SpareAddress
from duplicates.merging.field_values import RecordPart, RecordValues


def move_to_trash(model: Any, ids: Sequence[int]) -> None:
    """First, because unique values of records in Trash are free."""
    model._default_manager.filter(pk__any=list(ids)).update(deleted_at=Now())


def write_merged_records(table: str, pairs: Mapping[int, int]) -> None:
    rows = [MergedRecord(table=table, record=pk, into=into) for pk, into in pairs.items()]
    MergedRecord.objects.bulk_create(rows)


def write_columns(
    model: Any,
    parts: Sequence[RecordPart],
    sources: Mapping[int, Mapping[str, int]],
    tags: Mapping[int, list[int]],
    spares: Mapping[int, Mapping[str, SpareAddress]],
) -> None:
    """`sources` are the records from which each kept record gets a part, `tags` the tags that it has afterwards, and `spares` the
    addresses that it gets from another part (emails_and_phones.py)."""
    own = {part.name: part for part in parts if not part.custom}
    wanted = {name for found in (*sources.values(), *spares.values()) for name in found}
    used = [part for name, part in own.items() if name in wanted]
    ids = list(sources)
    table = connection.ops.quote_name(model._meta.db_table)
    # Every kept record has the merge in its history, and programs that ask for what has changed find it.
    arrays: list[list[Any]] = []
    sets, names, types = ["updated_at = clock_timestamp()"], [], []
    for place, part in enumerate(used):
        names += [f"from_{place}", f"crossed_{place}"]
        types += ["bigint[]", "boolean[]"]
        moved = [spares.get(pk, {}).get(part.name) for pk in ids]
        arrays.append(
            [
                spare.record if spare else sources[pk].get(part.name)
                for pk, spare in zip(ids, moved, strict=True)
            ]
        )
        arrays.append([spare is not None and spare.of != part.name for spare in moved])
        partner = own.get(PARTNERS.get(part.name, ""))
        others = partner.columns if partner else part.columns
        sets += [
            _build_assignment_sql(table, column, other, str(place))
            for column, other in zip(part.columns, others, strict=True)
        ]
    if tags:
        names.append("tags")
        types.append("jsonb[]")
        sets.append(
            "tags = CASE WHEN v.tags IS NULL THEN t.tags "
            "ELSE ARRAY(SELECT jsonb_array_elements_text(v.tags)::bigint) END"
        )
        arrays.append([json.dumps(tags[pk]) if pk in tags else None for pk in ids])
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE {table} t SET {", ".join(sets)}
                FROM unnest({", ".join(f"%s::{kind}" for kind in ["bigint[]", *types])}) v({", ".join(["id", *names])})
                WHERE t.id = v.id""",
            [ids, *arrays],
        )


def _build_assignment_sql(table: str, column: str, other: str, place: str) -> str:
    """`other` is the column that an address comes from if it crosses over to this one."""
    return (
        f'"{column}" = CASE WHEN v.from_{place} IS NULL THEN t."{column}" '
        f'WHEN v.crossed_{place} THEN (SELECT s."{other}" FROM {table} s WHERE s.id = v.from_{place}) '
        f'ELSE (SELECT s."{column}" FROM {table} s WHERE s.id = v.from_{place}) END'
    )


def write_custom(
    model: Any,
    parts: Sequence[RecordPart],
    sources: Mapping[int, Mapping[str, int]],
    records: Mapping[int, RecordValues],
) -> None:
    custom = {part.name for part in parts if part.custom}
    patches = {
        pk: {name: records[source].parts.get(name) for name, source in found.items() if name in custom}
        for pk, found in sources.items()
    }
    patches = {pk: patch for pk, patch in patches.items() if patch}
    if patches:
        patch_values_by_query(
            model,
            "SELECT * FROM unnest(%s::bigint[], %s::jsonb[]) AS p(id, changes)",
            [list(patches), [json.dumps(patch) for patch in patches.values()]],
        )
