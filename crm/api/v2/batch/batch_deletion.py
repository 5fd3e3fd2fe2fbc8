"""Moves the records of a batch to Trash."""

from typing import Any

from crm.api.problems import ApiProblem, build_invalid_problem
from crm.api.v2.batch.batch_records import BatchRecord
from crm.api.v2.batch.record_locks import lock_records
from crm.api.v2.record_writing import API
from crm.api.v2.v2_view import get_unknown_parameter_errors
from crm.records.history import verbs
from crm.records.history.merged_records import find_present_survivors
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import Kind


def delete_records(kind: Kind, records: list[BatchRecord], user: Any) -> list[int]:
    """Delete what can be deleted, in one operation; each record then has its outcome. Returns the operation, if there is one."""
    seen: set[int] = set()
    for record in records:
        with record.refused_for_problems():
            _check(record, seen)
    sound = [record for record in records if record.problem is None]
    targets = {record.place: record.pk or 0 for record in sound}
    found = lock_records(kind, sound, targets, user)
    gone = [record for record in sound if record.problem and record.problem.status == 404]
    visible = kind.model.objects.present().visible_to(user)
    into = find_present_survivors(kind, visible, [record.pk or 0 for record in gone]) if gone else {}
    for record in gone:
        if other := into.get(record.pk or 0):
            words = f"This {kind.words.one} was merged into {kind.words.one} {other}."
            record.refuse(ApiProblem(404, "not_found", words))
    ids = [record.pk for record in sound if record.problem is None]
    rows = kind.model.objects.present().changeable_by(user).filter(pk__any=ids)
    outcome = carry_out(verbs.Delete(), rows, by=user, channel=API)
    for record in sound:
        if record.problem is None and record.pk in outcome.changed:
            record.written, record.status, record.changed = record.pk, 200, True
        elif record.problem is None:
            record.refuse(ApiProblem(404, "not_found"))
    versions = dict(kind.model.objects.filter(pk__any=[*found]).values_list("pk", "version"))
    for record in sound:
        record.new_version = versions.get(record.written or 0)
    return [outcome.operation.pk] if outcome.operation else []


def _check(record: BatchRecord, seen: set[int]) -> None:
    """Raises Problem 422 for a record without an id or with more than that, 404 for one that an earlier one has deleted."""
    if record.sent:
        raise build_invalid_problem(**get_unknown_parameter_errors(record.sent, ["id", "version"]))
    if record.pk is None:
        raise build_invalid_problem(id="Send the id of the record.")
    if record.pk in seen:
        raise ApiProblem(404, "not_found")
    seen.add(record.pk)
