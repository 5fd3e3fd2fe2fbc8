"""Conditions on the probability of deals as lists show it: their own, else that of their stage."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q

from crm.fields.conditions.condition_operator import Operator
from crm.fields.conditions.operators import EMPTINESS_OPERATORS, NUMBER_OPERATORS
from crm.fields.types.field_type import FieldType
from leads.models import Pipeline
from leads.statuses import reference_tables

DEALS = Pipeline.Purpose.DEALS
# What an operator finds among the probabilities of stages, which are few and known.
MEETS: dict[str, Callable[[int | None, Any], bool]] = {
    "between": lambda own, ends: (
        own is not None and (ends[0] is None or own >= ends[0]) and (ends[1] is None or own <= ends[1])
    ),
    "is": lambda own, value: own is not None and own == value,
    "above": lambda own, value: own is not None and own > value,
    "below": lambda own, value: own is not None and own < value,
}
EMPTY, FILLED = EMPTINESS_OPERATORS


def _build_stages_condition(meets: Callable[[int | None], bool]) -> Q:
    """Deals without their own in one of these stages."""
    return Q(
        probability=None,
        status__in=[pk for pk, row in reference_tables.get_statuses(DEALS).items() if meets(row.probability)],
    )


def _include_stage_probability(operator: Operator) -> Operator:
    meets = MEETS[operator.name]
    return replace(
        operator,
        condition=lambda field, value: (
            operator.condition(field, value) | _build_stages_condition(lambda own: meets(own, value))
        ),
    )


OPERATORS = (
    *(
        _include_stage_probability(operator)
        for operator in NUMBER_OPERATORS
        if operator not in EMPTINESS_OPERATORS
    ),
    replace(EMPTY, condition=lambda field, value: _build_stages_condition(lambda own: own is None)),
    replace(
        FILLED,
        condition=lambda field, value: (
            Q(probability__isnull=False) | _build_stages_condition(lambda own: own is not None)
        ),
    ),
)


class Likely(FieldType):
    def get_operators(self, field):
        return OPERATORS


LIKELY = Likely()


@dataclass(frozen=True)
class Likelihood:
    """The shown probability; for conditions only."""

    verbose_name: Any
    name: str = "probability"
    column: str = "probability"
    null: bool = True
    type: FieldType = LIKELY
