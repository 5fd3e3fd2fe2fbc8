"""Aggregates that PostgreSQL has and Django doesn't."""

from typing import Any

from django.db.models import Aggregate, DurationField, ExpressionWrapper, F, FloatField, Func, Value


class Median(Aggregate):
    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def build_days_between(first: str, last: Any) -> Any:
    """The days between two moments, the names of columns or expressions, with decimals. EXTRACT would compute them as decimals, which
    takes twice as long."""
    end = F(last) if isinstance(last, str) else last
    passed = ExpressionWrapper(end - F(first), output_field=DurationField())
    return Func(Value("epoch"), passed, function="date_part", output_field=FloatField()) / 86_400.0


class Common(Aggregate):
    """The value that all rows have in common; NULL if they differ. It takes no filter."""

    function = "max"
    template = (
        "CASE WHEN count(%(expressions)s) = count(*) AND min(%(expressions)s) = max(%(expressions)s)"
        " THEN max(%(expressions)s) END"
    )
