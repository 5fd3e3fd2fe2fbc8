"""The contract of a status: the one place that says what a lead or a deal needs to enter it, whatever the way in.

It consists of a few codes (crm/records/kinds/reasons.py has their sentences). `broken` checks the values of one lead, for
forms, imports and API calls; `refusals` checks a set of leads in SQL, for verbs. `model` is that of the records: the fields
that may be required are those of its kind.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Q

from crm.fields.custom.definitions.field_visibility import (
    filter_having_field,
    get_deciding_fields,
    has_field,
)
from crm.fields.custom.values.field_registry import get_custom_field, is_written_as_text
from crm.fields.types.field_type import EMPTY_VALUES, get_field_type
from crm.records.history.verb_execution import Refusal
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead, Status

NEEDS = "needs:"


def lock_pipelines(pipelines: Iterable[int]) -> None:
    """Keep these pipelines and their statuses as they are until the end of the transaction: a change of them waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT FROM leads_status s JOIN leads_pipeline p ON p.id = s.pipeline_id
               WHERE p.id = ANY(%s) ORDER BY s.id FOR SHARE""",
            [list(pipelines)],
        )


def has_changed(status: Status) -> bool:
    """Whether its rules are no longer as they were read."""
    return get_contract_key(Status.objects.select_related("pipeline").get(pk=status.pk)) != get_contract_key(
        status
    )


def get_contract_key(status: Status) -> tuple:
    return (
        status.retired or status.pipeline.retired,
        status.kind,
        status.required_fields,
        status.next_statuses,
    )


def get_required_fields(status: Status, model: Any = Lead) -> list[str]:
    """The fields that must be filled, if the record has them; only those in the allow-list can be required."""
    reason = ["lost_reason"] if status.needs_reason else []
    return [*(name for name in status.required_fields if can_be_required(name, model)), *reason]


def can_be_required(name: str, model: Any = Lead) -> bool:
    """Whether a status may require the field; a retired custom field isn't asked for any more."""
    if name in KINDS[model.table].fields.CONTRACT:
        return True
    custom = get_custom_field(model.table, name)
    return bool(custom and not custom.definition.retired and is_written_as_text(custom))


def get_reason_code(name: str) -> str:
    return "needs_reason" if name == "lost_reason" else f"{NEEDS}{name}"


def get_missing_fields(status: Status, values: dict[str, Any], model: Any = Lead) -> list[str]:
    """The names of the required fields that are empty among one record's values, by field name."""
    values = {**values, "status": status}
    return [
        name
        for name in get_required_fields(status, model)
        if values.get(name) in EMPTY_VALUES and record_has_field(name, values, model)
    ]


def record_has_field(name: str, values: dict[str, Any], model: Any = Lead) -> bool:
    """Whether a record with these values has the field; a custom one may be for others."""
    custom = get_custom_field(model.table, name)
    return custom is None or has_field(custom, values)


def get_deciding_field_names(names: list[str], model: Any = Lead) -> set[str]:
    """The fields that say whether a record has these ones."""
    return {
        other
        for name in names
        if (field := get_custom_field(model.table, name))
        for other in get_deciding_fields(field)
    }


def get_broken_rules(
    status: Status, values: dict[str, Any], *, leaving: Status | None = None, model: Any = Lead
) -> list[str]:
    """The codes of everything that keeps a record with these values out. `leaving` is its current status."""
    found = []
    if status.retired or status.pipeline.retired:
        found.append("status_retired")
    if not status.is_for(model) or (leaving and status.pipeline_id != leaving.pipeline_id):
        found.append("other_pipeline")
    elif leaving and not leaving.can_move_to(status):
        found.append("not_next")
    return [*found, *(get_reason_code(name) for name in get_missing_fields(status, values, model))]


def build_empty_condition(name: str, model: Any = Lead) -> Q:
    """The records with this field empty."""
    if get_custom_field(model.table, name):
        # An empty custom value isn't stored.
        return ~Q(custom_values__values__has_key=name)
    field = model._meta.get_field(name)
    return get_field_type(field).build_empty_condition(field)


def get_refusals(
    status: Status,
    given: dict[str, Any] | None = None,
    *,
    from_any_pipeline: bool = False,
    model: Any = Lead,
) -> list[Refusal]:
    """Records that can't enter this status. `given` are values that the same operation writes, by field name."""
    given = given or {}
    entering = ~Q(status=status.pk)
    found = []
    # Read again: an administrator may have changed them while the verb waited for its turn.
    own = {row.pk: row for row in Status.objects.of_pipeline(status.pipeline_id).select_related("pipeline")}
    status = own[status.pk]
    if status.retired or status.pipeline.retired:
        found.append(Refusal("status_retired", entering))
    if not status.is_for(model):
        # Even if they come from any pipeline.
        found.append(Refusal("other_pipeline", entering))
    if not from_any_pipeline:
        found.append(Refusal("other_pipeline", ~Q(status__in=list(own))))
        if closed := [row.pk for row in own.values() if not row.can_move_to(status)]:
            found.append(Refusal("not_next", Q(status__in=closed)))
    for name in get_required_fields(status, model):
        custom = get_custom_field(model.table, name)
        has_it = filter_having_field(custom, {**given, "status": status}) if custom else Q()
        if name in given:
            if given[name] in EMPTY_VALUES:
                found.append(Refusal(get_reason_code(name), entering & has_it))
        elif name == "lost_reason":
            found.append(Refusal(get_reason_code(name), entering))
        else:
            found.append(
                Refusal(get_reason_code(name), entering & build_empty_condition(name, model) & has_it)
            )
    return found
