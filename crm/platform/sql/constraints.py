"""Our own database constraints."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db.models import Deferrable, Q


class OnlyOne(ExclusionConstraint):
    """At most one row of each group meets the condition, checked when a statement ends.

    A partial unique index checks each row separately, so one UPDATE that moves the mark from one row to another, as an
    undo does, could fail depending on the order of the rows.
    """

    def __init__(self, *, name: str, group: str, condition: Q, **keywords) -> None:
        self.group = group
        keywords = {"expressions": [(group, "=")], "deferrable": Deferrable.IMMEDIATE, **keywords}
        super().__init__(name=name, condition=condition, **keywords)
        # Django allows only GiST, which needs an extension for numbers; a B-tree does it in core PostgreSQL.
        self.index_type = "btree"

    def validate(self, model, instance, exclude=None, using=None) -> None:
        """One row alone can't be validated, because the mark moves between two rows. The database checks both."""

    def deconstruct(self):
        path, arguments, keywords = super().deconstruct()
        for derived in ("expressions", "index_type", "deferrable"):
            keywords.pop(derived, None)
        return path, arguments, {**keywords, "group": self.group}
