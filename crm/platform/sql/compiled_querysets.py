"""The records of a page, by a statement that is compiled once (crm/records/paging/compiled_statements.py is the same for lists of ids).

Django's compiler knows more than the SQL: which columns of a row belong to which model. So the compiler is kept, and a
request only brings its ids, its user's id, and its moments.
"""

from collections.abc import Callable, Hashable, Sequence
from copy import copy
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Q, QuerySet
from django.db.models.base import ModelState
from django.db.models.query import ModelIterable

from crm.platform.sql.cache_keys import ROW, USER, Reader, UnknownKey, ValueOfRequest, get_typed_value

# Puts the moments of a request into the places of their stand-ins among the parameters.
Moments = Callable[[Sequence[Any]], list[Any]]
# A compiler takes about 40 KB. If there are more, all are compiled again.
MOST = 400
# No record has this id; its list marks the parameter that each request replaces.
IDS = [-1]

TOO_LARGE = 2**63
NAMED = {Reader: USER, ValueOfRequest: ROW}

_kept: dict[Hashable, "_CompiledQueryset"] = {}


class _CompiledQueryset:
    """Takes the place of the query of a queryset."""

    def __init__(self, rows: QuerySet) -> None:
        self.model, self.database = rows.model, rows.db
        self.compiler: Any = rows.query.get_compiler(using=rows.db)
        try:
            self.sql, parameters = self.compiler.as_sql()
        except EmptyResultSet:
            # For someone who sees nothing.
            self.sql, parameters = "", ()
        self._converters: Any = None
        self.parameters = list(parameters)
        self.places = [place for place, value in enumerate(parameters) if value == IDS]
        # Integers come as a class of the driver's own.
        whole = [(place, value) for place, value in enumerate(parameters) if isinstance(value, int)]
        self.places_of_one = [(place, int(value)) for place, value in whole if value in (USER, ROW)]
        if any(isinstance(value, list) and (USER in value or ROW in value) for value in parameters):
            raise TypeError("An id that each request brings is part of an array.")

    def get_converters(self, expressions: Sequence[Any]) -> Any:
        """What turns the values of the columns into those of Python, for the compiler: the same for each request, and asked
        for column by column, which takes longer than making the records."""
        if self._converters is None:
            self._converters = self.compiler.get_converters(expressions)
        return self._converters

    def read_records(self, filled: list[Any]) -> list[Any]:
        if not self.sql:
            return []
        query: Any = _FilledQuery(self, filled)
        return list(ModelIterable(QuerySet(self.model, query=query)))

    def read_values(self, filled: list[Any]) -> list[tuple]:
        if not self.sql:
            return []
        with connections[self.database].cursor() as cursor:
            cursor.execute(self.sql, filled)
            return cursor.fetchall()

    def build_parameters(
        self, ids: list[int], told: Sequence[Hashable], moments: Moments | None
    ) -> list[Any]:
        """The parameters of one request."""
        parameters = moments(self.parameters) if moments else [*self.parameters]
        if self.places:
            # A number too large for the column matches no row (crm/platform/sql/lookups.py).
            ids = [pk for pk in ids if abs(pk) < TOO_LARGE]
        for place in self.places:
            parameters[place] = ids
        if self.places_of_one:
            own = {NAMED[type(one)]: one.pk for one in told if isinstance(one, Reader | ValueOfRequest)}
            for place, name in self.places_of_one:
                parameters[place] = own[name]
        return parameters


class _RowMaker:
    """Takes the place of the model of a row. Django's own way of making a record asks each of its 50 columns whether it
    was read, which takes longer than the query. A column that wasn't read is simply missing, so it is deferred."""

    def __init__(self, model: Any) -> None:
        self.model, self._meta = model, model._meta

    def from_db(self, database: str, names: Sequence[str], values: Sequence[Any]) -> Any:
        record = self.model.__new__(self.model)
        record._state = ModelState()
        record._state.adding, record._state.db = False, database
        vars(record).update(zip(names, values, strict=True))
        return record


class _SharedRowMaker(_RowMaker):
    """A joined row, such as the owner of many records on a page, becomes one object."""

    def __init__(self, model: Any) -> None:
        super().__init__(model)
        self.made: dict[Hashable, Any] = {}

    def from_db(self, database: str, names: Sequence[str], values: Sequence[Any]) -> Any:
        key = values[names.index(self._meta.pk.attname)]
        if key not in self.made:
            self.made[key] = super().from_db(database, names, values)
        return self.made[key]


def _build_row_makers(maker: type[_RowMaker], information: dict[str, Any]) -> dict[str, Any]:
    """What a compiler knows about the models of its rows, with our own makers."""
    joined = [_build_row_makers(_SharedRowMaker, part) for part in information.get("related_klass_infos", [])]
    return information | {"model": maker(information["model"]), "related_klass_infos": joined}


class _FilledQuery:
    def __init__(self, kept: _CompiledQueryset, parameters: list[Any]) -> None:
        self.kept, self.parameters = kept, tuple(parameters)

    def get_compiler(self, using: str) -> Any:
        """A copy, because other threads use the kept one with their connections."""
        compiler = copy(self.kept.compiler)
        compiler.connection = connections[using]
        compiler.as_sql = lambda: (self.kept.sql, self.parameters)
        compiler.get_converters = self.kept.get_converters
        compiler.klass_info = _build_row_makers(_RowMaker, compiler.klass_info)
        return compiler


def get_records_compiled_once(
    build: Callable[..., QuerySet],
    ids: list[int],
    *told: Hashable,
    moments: Moments | None = None,
    **conditions: Q | None,
) -> list[Any]:
    """The records that `build(ids, *told, **conditions)` finds. These arguments are everything that its SQL depends on.

    A `Reader` among them is told to `build` without the id of its user, so users with equal rights share the statement, and
    an `Each` is a stand-in for its id. With `moments`, `build` uses stand-ins for the moments of a request.
    """
    found = _find_compiled(build, told, conditions)
    if found is None:
        return list(build(ids, *told, **conditions))
    return found.read_records(found.build_parameters(ids, told, moments))


def get_compiled_values(
    build: Callable[..., QuerySet], ids: list[int], *told: Hashable, moments: Moments | None = None
) -> list[tuple]:
    """The same for a queryset of values, which are as the driver returns them: only for plain columns."""
    found: Any = _find_compiled(build, told, {})
    return found.read_values(found.build_parameters(ids, told, moments))


def get_all_compiled_once(build: Callable[[], QuerySet]) -> list[Any]:
    """All records that `build()` finds, whose SQL is the same for everyone."""
    found = _kept.get(build)
    if found is None:
        found = _kept[build] = _CompiledQueryset(build())
    return found.read_records(found.parameters)


def _find_compiled(
    build: Callable[..., QuerySet], told: Sequence[Hashable], conditions: dict[str, Q | None]
) -> _CompiledQueryset | None:
    """The kept query; None if one of the conditions can't be told from others."""
    same = tuple(_replace_reader(one) for one in told)
    try:
        known = tuple((name, _get_condition_key(condition)) for name, condition in conditions.items())
    except UnknownKey:
        return None
    key = (build, same, known)
    found = _kept.get(key)
    if found is None:
        if len(_kept) >= MOST:
            _kept.clear()
        found = _kept[key] = _CompiledQueryset(build(IDS, *same, **conditions))
    return found


def _replace_reader(one: Hashable) -> Hashable:
    if isinstance(one, ValueOfRequest):
        return ROW
    return one.anyone if isinstance(one, Reader) else one


def forget_compiled_querysets() -> None:
    """Compile everything again."""
    _kept.clear()


def _get_condition_key(condition: Any) -> Hashable:
    if condition is None:
        return None
    if type(condition) is Q:
        return condition.connector, condition.negated, tuple(map(_get_condition_key, condition.children))
    if not isinstance(condition, tuple):
        raise UnknownKey
    name, value = condition
    return name, get_typed_value(value)
