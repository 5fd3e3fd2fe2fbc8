"""Arrays of ids in a column, such as a lead's tags: expressions that add or remove items, sorted, each once."""

from django.db.models import Func


class WithItems(Func):
    """`WithItems("tags", ids=[3, 5])`: the column with these items added."""

    query = "SELECT DISTINCT item FROM unnest({column} || %s::bigint[]) item ORDER BY item"

    def __init__(self, column: str | Func, *, ids: list[int]) -> None:
        self.ids = ids
        super().__init__(column)

    def as_sql(self, compiler, connection, **context):  # type: ignore[override]
        column, parameters = compiler.compile(self.source_expressions[0])
        return f"ARRAY({self.query.format(column=column)})", [*parameters, self.ids]


class WithoutItems(WithItems):
    """The column without these items."""

    query = "SELECT item FROM unnest({column}) item WHERE item <> ALL(%s::bigint[]) ORDER BY item"
