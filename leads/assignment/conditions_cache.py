"""The conditions of rules are read once per process, and their statement is compiled once: reading four rules takes longer
than PostgreSQL takes to compare a lead with them.

A reading is only kept if it asked the database for nothing and compares with no day or moment. So it depends on nothing but
the text of the conditions and the definitions of the custom fields, which are its key. A condition on a status, for
example, is read each time, because statuses may change.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F, Func, Lookup, Q, Value
from django.db.models.functions import Left

from crm.records.listing.stored_conditions import RecordConditions
from leads.assignment.rule_conditions import get_rule_conditions
from leads.models import AssignmentRule

PLAIN = (str, int, bool, float, Decimal, type(None))
# About 2 KB each. If there are more, all are read again.
MOST = 200

_kept: dict[Hashable, RecordConditions] = {}


class _QueryFlag:
    """Whether anything asked the database."""

    asked = False

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.asked = True
        return execute(*arguments)


def get_cached_conditions(rule: AssignmentRule, stamp: str) -> RecordConditions:
    """The conditions of a rule; `stamp` is the state of the custom fields (crm/fields/custom/definitions/built_in_fields.py)."""
    key = rule.conditions, stamp
    found = _kept.get(key)
    if found is None:
        asked = _QueryFlag()
        with connection.execute_wrapper(asked):
            found = get_rule_conditions(rule)
        if not (asked.asked or found.problem) and _is_plain(found.met):
            if len(_kept) >= MOST:
                _kept.clear()
            found = _kept[key] = replace(found, kept=True)
    return found


def _is_plain(condition: Any) -> bool:
    """Whether a condition compares columns only with texts, numbers, yes or no: not with days or moments."""
    if type(condition) is Q:
        return all(map(_is_plain, condition.children))
    if isinstance(condition, tuple):
        return _is_plain_value(condition[1])
    return isinstance(condition, Lookup) and all(map(_is_plain_part, _iterate_parts(condition)))


def _iterate_parts(expression: Any) -> Iterable[Any]:
    return expression.flatten() if hasattr(expression, "flatten") else [expression]


def _is_plain_part(part: Any) -> bool:
    if isinstance(part, Value):
        return _is_plain_value(part.value)
    return isinstance(part, F | Lookup) or type(part) in (Func, Left)


def _is_plain_value(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_plain_value, value))
    if isinstance(value, Func | Value):
        return all(map(_is_plain_part, _iterate_parts(value)))
    return type(value) in PLAIN
