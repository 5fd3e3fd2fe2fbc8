"""What a webhook is sent of an operation: as far as its user can see it."""

from typing import Any

from django.db.models import Q

from crm.api.v2.operations import build_operation_json
from crm.api.v2.refusal_counts import count_refused_by_operation
from crm.models import Activity, Change, Operation, Task, Verdict
from crm.records.history.undo.undo_permission import get_undoing_operations
from crm.records.history.verb_execution import Verb
from crm.records.history.visible_operations import visible_operations_queryset
from crm.records.kinds.kind_registry import KINDS

MOST_IDS = 1_000
# What belongs to records of every type.
BELONGINGS: dict[str, Any] = {"activities": Activity, "tasks": Task}


def build_visible_operation_json(record: Operation, user) -> dict[str, Any] | None:
    """An operation as its user may see it, with the IDs of its records, activities and tasks, as far as the user can see them now.

    If the user can't list the operation, only its effect on visible records is sent.
    """
    lists = visible_operations_queryset(user).filter(pk=record.pk).exists()
    kinds = [kind for kind in KINDS.values() if user.has_perm(kind.get_right("view"))]
    seen = {kind.urls: ids for kind in kinds if (ids := _get_visible_changed_ids(record, kind.model, user))}
    belonging = {
        name: ids
        for name, model in BELONGINGS.items()
        if (ids := _get_visible_changed_ids(record, model, user))
    }
    if not kinds or not (lists or seen or belonging):
        return None
    changed = sum(len(ids[:MOST_IDS]) for ids in (seen or belonging).values())
    seen |= belonging
    told = {name: ids[:MOST_IDS] for name, ids in seen.items()}
    more = any(len(ids) > MOST_IDS for ids in seen.values())
    refused = count_refused_by_operation([record])[record.pk] if lists else {}
    operation = build_operation_json(record, user, get_undoing_operations([]), refused)
    if not lists:
        operation |= {"changed": changed, "unchanged": 0}
    return {"event": "operation", "operation": operation, **told, "more": more}


def _get_visible_changed_ids(record: Operation, model: Any, user) -> list[int]:
    """The IDs of the changed rows that the user can see; one more than are sent means "more"."""
    named = Q(pk__in=Change.objects.of_operation_and_parts(record, model.table).values("row"))
    verb = Verb.known.get(record.kind)
    if verb and verb.is_about_verdicts and not record.undoes_id:
        verdicts = Verdict.objects.of_operations(record.own_ids, model.table)
        named |= Q(pk__any=[pk for ids in verdicts.values_list("ids", flat=True) for pk in ids])
    rows = model.objects.filter(named).visible_to(user).order_by("pk")
    return list(rows.values_list("pk", flat=True)[: MOST_IDS + 1])
