"""Database constraints of our own."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db.models import Deferrable, Q


class OnlyOne(ExclusionConstraint):
    """At most one row of each group fulfils the condition, looked at when a statement ends.

    A partial unique index looks at every row by itself, so that one UPDATE that takes the mark from one row and gives
    it to another, as an undo does, would fail by the order of the rows.
    """

    def __init__(self, *, name: str, group: str, condition: Q, **keywords) -> None:
        self.group = group
        keywords = {"expressions": [(group, "=")], "deferrable": Deferrable.IMMEDIATE, **keywords}
        super().__init__(name=name, condition=condition, **keywords)
        # Django allows GiST only, which needs an extension for numbers; a B-tree does it in core PostgreSQL.
        self.index_type = "btree"

    def validate(self, model, instance, exclude=None, using=None) -> None:
        """Nothing to say about one row alone: the mark is handed over from one to another. The database judges both."""

    def deconstruct(self):
        path, arguments, keywords = super().deconstruct()
        for derived in ("expressions", "index_type", "deferrable"):
            keywords.pop(derived, None)
        return path, arguments, {**keywords, "group": self.group}
