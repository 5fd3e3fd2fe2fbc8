"""The records that a batch changes: locked, and judged by who may change them and by the version that the program knows."""

from collections.abc import Mapping
from typing import Any

from django.db.models import prefetch_related_objects

from crm.api.problems import ApiProblem
from crm.api.v2.batch.batch_records import BatchRecord
from crm.api.v2.etags import build_changed_since_problem
from crm.api.v2.record_writing import build_unchangeable_problem
from crm.fields.custom.values.stored_values import annotate_all_values, attach_custom_values
from crm.platform.audit.viewing_entries import write_out_of_reach_entries
from crm.records.kinds.kind_registry import Kind


def lock_records(
    kind: Kind, records: list[BatchRecord], targets: Mapping[int, int], user: Any
) -> dict[int, Any]:
    """The records that can be changed, locked, by id, with what their forms read. `targets` are the ids by the place of the record
    in the batch. The others are refused as a single call refuses them."""
    ids = sorted({*targets.values()})
    if not ids:
        return {}
    present: Any = kind.model.objects.present()
    changeable = present.changeable_by(user)
    changeable.lock_all(ids)
    found = {row.pk: row for row in annotate_all_values(present.visible_to(user)).filter(pk__any=ids)}
    may = set(changeable.filter(pk__any=ids).values_list("pk", flat=True))
    write_out_of_reach_entries(kind.model.objects, kind.name, [pk for pk in ids if pk not in found])
    for record in records:
        _judge_access(kind, record, found.get(targets[record.place]), may)
    attach_custom_values(found.values())
    names = (
        [name for name in kind.fields.FORM_FIELDS if getattr(kind.model, name).field.is_relation]
        if found
        else []
    )
    prefetch_related_objects([*found.values()], *names)
    return found


def _judge_access(kind: Kind, record: BatchRecord, row: Any, may: set[int]) -> None:
    if row is None:
        record.refuse(ApiProblem(404, "not_found"))
    elif row.pk not in may:
        record.refuse(build_unchangeable_problem(kind))
    elif record.version and (record.merged or record.version != row.version):
        record.refuse(build_changed_since_problem(row.version, "version"))
