"""`expand=owner,company`: the names of what a record links to, so that a program doesn't have to read it by its id.

They are under a key of their own, `expanded`, so the type of no other field depends on what a call asks for. PostgreSQL builds
them with the record, in the same statement.
"""

from dataclasses import replace
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models.expressions import RawSQL

from crm.api.json_rows import JsonShape
from crm.api.problems import LONGEST_NAME, build_invalid_problem
from crm.fields.custom.values.json_values import name_sql_parameters
from crm.fields.models.record import Record
from crm.records.kinds.kind_registry import Kind

EXPANDED_KEY = "expanded"


def get_expandable_fields(kind: Kind) -> dict[str, Any]:
    """The fields of a record in API v2 that are the id of something, by name."""
    fields = {field.name: field for field in kind.model._meta.concrete_fields if field.is_relation}
    return {name: fields[name] for name in kind.fields.OWN_API if name in fields and name not in kind.json}


def has_category(model: Any) -> bool:
    """Whether the linked rows have a category, as in the lists of statuses and sources."""
    return not issubclass(model, Record) and any(
        field.name == "kind" for field in model._meta.concrete_fields
    )


def expand_shape(shape: JsonShape, kind: Kind, user: Any, text: str) -> JsonShape:
    """The shape with the linked objects of these fields, separated by commas; the same for ''. Raises Problem 422 for a field that
    isn't a link."""
    if not text:
        return shape
    names, known = [name.strip() for name in text.split(",")], get_expandable_fields(kind)
    for name in names:
        if name not in known:
            raise build_invalid_problem(
                expand=f"{name[:LONGEST_NAME]!r} can't be expanded. Send some of these, separated by commas: {', '.join(known)}."
            )
    pairs: list[str] = []
    values = dict(shape.values)
    for name in dict.fromkeys(names):
        sql, parameters = name_sql_parameters(*_build_linked_sql(known[name], user), f"{EXPANDED_KEY}_{name}")
        pairs.append(f"'{name}', {sql}")
        values |= parameters
    whole = shape.merge_lists()
    columns = {**whole.columns, EXPANDED_KEY: f"json_build_object({', '.join(pairs)})"}
    return replace(whole, columns=columns, values=values)


def _build_linked_sql(field: Any, user: Any) -> tuple[str, tuple]:
    """The SQL of one linked object, and its parameters. Of records, only of those that the user sees."""
    quote, model = connection.ops.quote_name, field.related_model
    asked = f"{quote(field.model._meta.db_table)}.{quote(field.column)}"
    table = quote(model._meta.db_table)
    if not issubclass(model, Record):
        category = ", 'category', linked.kind" if has_category(model) else ""
        return (
            f"(SELECT json_build_object('id', linked.id, 'name', linked.name{category}) FROM {table} linked "  # noqa: S608 - names of the model
            f"WHERE linked.id = {asked})",
            (),
        )
    if not user.has_perm(model.get_right("view")):
        return "NULL", ()
    seen: Any = model._default_manager.present().visible_to(user).filter(pk=RawSQL("asked.id", []))
    try:
        found, parameters = seen.order_by().values_list("pk").query.sql_with_params()
    except EmptyResultSet:
        return "NULL", ()
    # A record may link to one of its own type, whose table has the same name in the query of those that the user sees.
    return (
        f"(SELECT json_build_object('id', linked.id, 'name', {model.name_sql('linked')}) "  # noqa: S608 - names of the model
        f"FROM (SELECT {asked}) asked(id) CROSS JOIN LATERAL ({found}) seen(id) "
        f"JOIN {table} linked ON linked.id = seen.id)",
        parameters,
    )
