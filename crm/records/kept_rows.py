"""The records of a page, by a statement that is compiled once (crm/records/compiled.py is the same for lists of ids).

Django's compiler knows more than the SQL: which columns of a row belong to which model. So the compiler is kept, and a
request only brings its ids.
"""

from collections.abc import Callable, Hashable
from copy import copy
from typing import Any

from django.db import connections
from django.db.models import Q, QuerySet
from django.db.models.query import ModelIterable

from crm.records.compiled import Unknown, known_value

# A compiler takes about 40 KB. If there are more, all are compiled again.
MOST = 250
# No record has this id; its list marks the parameter that each request replaces.
IDS = [-1]

_kept: dict[Hashable, "_Kept"] = {}


class _Kept:
    """Takes the place of the query of a queryset."""

    def __init__(self, rows: QuerySet) -> None:
        self.model = rows.model
        self.compiler: Any = rows.query.get_compiler(using=rows.db)
        self.sql, parameters = self.compiler.as_sql()
        self.parameters = list(parameters)
        self.places = [place for place, value in enumerate(parameters) if value == IDS]

    def records(self, ids: list[int]) -> list[Any]:
        rows: Any = QuerySet(self.model, query=_WithIds(self, ids))  # type: ignore[arg-type]
        return list(ModelIterable(rows))


class _WithIds:
    def __init__(self, kept: _Kept, ids: list[int]) -> None:
        self.kept, self.ids = kept, ids

    def get_compiler(self, using: str) -> Any:
        """A copy, because other threads use the kept one with their connections."""
        compiler = copy(self.kept.compiler)
        compiler.connection = connections[using]
        parameters = [*self.kept.parameters]
        for place in self.kept.places:
            parameters[place] = self.ids
        compiler.as_sql = lambda: (self.kept.sql, tuple(parameters))
        return compiler


def records_of(
    build: Callable[..., QuerySet], ids: list[int], *told: Hashable, **conditions: Q | None
) -> list[Any]:
    """The records that `build(ids, *told, **conditions)` finds. These arguments are everything that its SQL depends on."""
    try:
        key = (build, told, tuple((name, _known_by(condition)) for name, condition in conditions.items()))
    except Unknown:
        return list(build(ids, *told, **conditions))
    found = _kept.get(key)
    if found is None:
        if len(_kept) >= MOST:
            _kept.clear()
        found = _kept[key] = _Kept(build(IDS, *told, **conditions))
    return found.records(ids)


def all_of(build: Callable[[], QuerySet]) -> list[Any]:
    """All records that `build()` finds, whose SQL is the same for everyone."""
    found = _kept.get(build)
    if found is None:
        found = _kept[build] = _Kept(build())
    return found.records([])


def forget() -> None:
    """Compile everything again."""
    _kept.clear()


def _known_by(condition: Any) -> Hashable:
    if condition is None:
        return None
    if type(condition) is Q:
        return condition.connector, condition.negated, tuple(map(_known_by, condition.children))
    if not isinstance(condition, tuple):
        raise Unknown
    name, value = condition
    return name, known_value(value)
