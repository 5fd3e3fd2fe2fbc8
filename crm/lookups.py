"""Lookups of our own: `pk__any=[1, 2, …]` sends an array where `__in` sends a parameter for each id;
`words__hold="text"` asks a search vector for all words of a text, or parts of them."""

from django.contrib.postgres.search import SearchVectorField
from django.db.models import BigAutoField, BigIntegerField, Lookup


@BigAutoField.register_lookup
@BigIntegerField.register_lookup
class Any(Lookup):
    lookup_name = "any"

    def get_prep_lookup(self):
        return list(self.rhs)

    def as_sql(self, compiler, connection):
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", [*parameters, self.rhs]


@SearchVectorField.register_lookup
class Hold(Lookup):
    lookup_name = "hold"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} @@ leadwell_search_query(%s)", [*parameters, self.rhs]
