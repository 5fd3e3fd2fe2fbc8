"""Our own lookups: `pk__any=[1, 2, …]`, or an array column, sends one array where `__in` sends a parameter per id;
`words__hold="text"` asks a search vector for all words of a text, or parts of them."""

from django.contrib.postgres.search import SearchVectorField
from django.db.models import BigAutoField, BigIntegerField, Lookup


@BigAutoField.register_lookup
@BigIntegerField.register_lookup
class Any(Lookup):
    lookup_name = "any"

    def get_prep_lookup(self):
        """A number too large for the column matches no row; anyone can put one into a URL."""
        if hasattr(self.rhs, "resolve_expression"):
            return self.rhs
        return [value for value in self.rhs if abs(int(value)) < 2**63]

    def as_sql(self, compiler, connection):
        column, parameters = self.process_lhs(compiler, connection)
        if not hasattr(self.rhs, "as_sql"):
            # psycopg sends the shortest integer type that fits; only an array of the column's type is looked up by hash.
            return f"{column} = ANY(%s::bigint[])", [*parameters, self.rhs]
        array, values = compiler.compile(self.rhs)
        return f"{column} = ANY({array})", [*parameters, *values]


@SearchVectorField.register_lookup
class Hold(Lookup):
    lookup_name = "hold"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} @@ leadwell_search_query(%s)", [*parameters, self.rhs]
