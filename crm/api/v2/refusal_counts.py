"""How many records couldn't be changed, by reason: the same shape in every response of API v2."""

from collections.abc import Iterable, Sequence

from crm.models import Operation, Verdict

# Records that the token's user can't see are treated as if they didn't exist.
UNSEEN = {"hidden": "not_found", "gone": "not_found"}
REASONS = {
    "not_found": "No record with this id, or the user of the token can't see it.",
    "not_changeable": "The user of the token can see the record, but can't change it.",
    "binned": "The record is in Trash.",
    "not_binned": "The record isn't in Trash.",
    "status_retired": "The status is retired.",
    "other_pipeline": "The status belongs to another pipeline.",
    "needs": "A field that the status requires is empty.",
    "needs_reason": "The status requires a lost reason.",
    "tag_retired": "The tag is retired.",
    "value_taken": "Another record already has the value of a unique custom field.",
    "value_once": "The custom field is unique, so only one record can have the value.",
}


def count_by_reason(reasons: Iterable[tuple[str, int]]) -> dict[str, int]:
    """ "needs:email" and "needs:phone" count as one reason."""
    found: dict[str, int] = {}
    for code, count in reasons:
        name = code.partition(":")[0]
        name = UNSEEN.get(name, name)
        if count:
            found[name] = found.get(name, 0) + count
    return found


def count_refused_by_operation(records: Sequence[Operation]) -> dict[int, dict[str, int]]:
    """The counts for each of these operations, in one query."""
    reasons: dict[int, list[tuple[str, int]]] = {record.pk: [] for record in records}
    wholes = {own: record.pk for record in records for own in record.own_ids}
    verdicts = Verdict.objects.filter(operation__in=list(wholes), word=Verdict.Word.REFUSED)
    for pk, reason, count in verdicts.values_list("operation", "reason", "count"):
        reasons[wholes[pk]].append((reason, count))
    return {pk: count_by_reason(found) for pk, found in reasons.items()}
