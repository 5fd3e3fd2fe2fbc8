"""The values that conditions compare with: an empty one is no condition, whatever the type of the field."""

import pytest

from crm.fields.conditions.operators import NUMBER_OPERATORS, PHONE, TEXT_OPERATORS, build_date_operators

PERIODS = ("today", "last7")
OPERATORS = {
    f"{kind} {operator.name}": operator
    for kind, operators in {
        "text": TEXT_OPERATORS,
        "phone": PHONE,
        "number": NUMBER_OPERATORS,
        "day": build_date_operators(PERIODS),
        "moment": build_date_operators(PERIODS, moments=True),
    }.items()
    for operator in operators
}


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=OPERATORS)
def test_a_condition_without_a_value_is_none(operator):
    assert operator.value().clean("") in (None, "")
