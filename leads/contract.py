"""The contract of a status: the one place that says what a lead needs to enter it, whatever the way in.

It consists of a few codes (crm/records/reasons.py has their sentences). `broken` checks the values of one lead, for
forms, imports and API calls; `refusals` checks a set of leads in SQL, for verbs.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Q

from crm.custom.fields import field_named
from crm.custom.shown_if import applies, having, reads
from crm.fields.type import EMPTY, type_of
from crm.records.change import Refusal
from leads import fields
from leads.models import Lead, Status

NEEDS = "needs:"


def hold(pipelines: Iterable[int]) -> None:
    """Keep these pipelines and their statuses as they are until the end of the transaction: a change of them waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT FROM leads_status s JOIN leads_pipeline p ON p.id = s.pipeline_id
               WHERE p.id = ANY(%s) ORDER BY s.id FOR SHARE""",
            [sorted(set(pipelines))],
        )


def has_changed(status: Status) -> bool:
    """Whether its rules are no longer as they were read."""
    return rules_of(Status.objects.select_related("pipeline").get(pk=status.pk)) != rules_of(status)


def rules_of(status: Status) -> tuple:
    return (
        status.retired or status.pipeline.retired,
        status.kind,
        status.required_fields,
        status.next_statuses,
    )


def required(status: Status) -> list[str]:
    """The fields that must be filled, if the lead has them; only those in the allow-list can be required."""
    reason = ["lost_reason"] if status.needs_reason else []
    return [*(name for name in status.required_fields if may_be_required(name)), *reason]


def may_be_required(name: str) -> bool:
    """Whether a status may require the field; a retired custom field isn't asked for any more."""
    if name in fields.CONTRACT:
        return True
    custom = field_named(Lead.table, name)
    return bool(custom and not custom.definition.retired and not custom.definition.is_computed)


def code_of(name: str) -> str:
    return "needs_reason" if name == "lost_reason" else f"{NEEDS}{name}"


def missing(status: Status, values: dict[str, Any]) -> list[str]:
    """The names of the required fields that are empty among one lead's values, by field name."""
    values = {**values, "status": status}
    return [name for name in required(status) if values.get(name) in EMPTY and has(name, values)]


def has(name: str, values: dict[str, Any]) -> bool:
    """Whether a lead with these values has the field; a custom one may be for other leads."""
    custom = field_named(Lead.table, name)
    return custom is None or applies(custom, values)


def reads_also(names: list[str]) -> set[str]:
    """The fields that say whether a lead has these ones."""
    return {other for name in names if (field := field_named(Lead.table, name)) for other in reads(field)}


def broken(status: Status, values: dict[str, Any], *, leaving: Status | None = None) -> list[str]:
    """The codes of everything that keeps a lead with these values out. `leaving` is its current status."""
    found = []
    if status.retired or status.pipeline.retired:
        found.append("status_retired")
    if leaving and status.pipeline_id != leaving.pipeline_id:
        found.append("other_pipeline")
    elif leaving and not leaving.leads_to(status):
        found.append("not_next")
    return [*found, *(code_of(name) for name in missing(status, values))]


def empty(name: str) -> Q:
    """The leads with this field empty."""
    if field_named(Lead.table, name):
        # An empty custom value isn't stored.
        return ~Q(custom_values__values__has_key=name)
    field = Lead._meta.get_field(name)
    return type_of(field).empty(field)  # type: ignore[arg-type]


def refusals(
    status: Status, given: dict[str, Any] | None = None, *, from_any_pipeline: bool = False
) -> list[Refusal]:
    """Leads that can't enter this status. `given` are values that the same operation writes, by field name."""
    given = given or {}
    entering = ~Q(status=status.pk)
    found = []
    # Read again: an administrator may have changed them while the verb waited for its turn.
    own = {row.pk: row for row in Status.objects.of_pipeline(status.pipeline_id).select_related("pipeline")}
    status = own[status.pk]
    if status.retired or status.pipeline.retired:
        found.append(Refusal("status_retired", entering))
    if not from_any_pipeline:
        found.append(Refusal("other_pipeline", ~Q(status__in=list(own))))
        if closed := [row.pk for row in own.values() if not row.leads_to(status)]:
            found.append(Refusal("not_next", Q(status__in=closed)))
    for name in required(status):
        custom = field_named(Lead.table, name)
        has_it = having(custom, {**given, "status": status}) if custom else Q()
        if name in given:
            if given[name] in EMPTY:
                found.append(Refusal(code_of(name), entering & has_it))
        elif name == "lost_reason":
            found.append(Refusal(code_of(name), entering))
        else:
            found.append(Refusal(code_of(name), entering & empty(name) & has_it))
    return found
