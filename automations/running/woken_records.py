"""Which automations an operation wakes, and for which records: one query for all of them."""

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import BooleanField, Case, Value, When

from automations.definition.trigger_types import (
    build_operation_condition,
    build_record_expression,
    build_waking_condition,
)
from automations.models import Automation
from crm.models import Change, Operation


def get_woken_records(operation: Operation, automations: Sequence[Automation]) -> dict[int, list[int]]:
    """The ids of the records that the operation wakes each automation for, in order, by the id of the automation. Those that it
    doesn't wake aren't among them."""
    awake = _get_awake(operation, automations)
    ids: dict[str, Any] = {
        f"of_{one.pk}": ArrayAgg(record, filter=build_waking_condition(one), distinct=True, order_by=record)
        for one in awake
        for record in [build_record_expression(one)]
    }
    found = Change.objects.of_operation_in_any_table(operation).aggregate(**ids)
    return {one.pk: rows for one in awake if (rows := found[f"of_{one.pk}"])}


def _get_awake(operation: Operation, automations: Sequence[Automation]) -> list[Automation]:
    """Those that the operation may wake, whatever it changed."""
    if not automations:
        return []
    answers = {
        f"wakes_{one.pk}": Case(
            When(build_operation_condition(one), then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        )
        for one in automations
    }
    row = Operation.objects.filter(pk=operation.pk).annotate(**answers).values(*answers).get()
    return [one for one in automations if row[f"wakes_{one.pk}"]]
