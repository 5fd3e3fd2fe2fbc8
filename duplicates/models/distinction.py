"""Two records that look alike and are not the same, because a user said so."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.platform.models.removable import RemovableQuerySet
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers
from duplicates.record_graph import Node, Pair


class DistinctionQuerySet(RemovableQuerySet):
    def among(self, nodes: set[Node]):
        """Those whose first record is one of these."""
        return self.filter(_build_end_condition("first", nodes))

    def touching(self, nodes: set[Node]):
        """Those of which either record is one of these."""
        return self.filter(_build_end_condition("first", nodes) | _build_end_condition("second", nodes))


def _build_end_condition(end: str, nodes: set[Node]) -> models.Q:
    found = models.Q(pk__in=[])
    for table in {table for table, _pk in nodes}:
        ids = [pk for name, pk in nodes if name == table]
        found |= models.Q(**{f"{end}_table": table, f"{end}_record__in": ids})
    return found


class Distinction(models.Model):
    """The pair is stored in the order of duplicates/record_graph.py, so each has one row."""

    table: ClassVar[str] = "distinction"
    undo = UndoRules()

    first_table = models.CharField(max_length=10)
    first_record = models.BigIntegerField()
    second_table = models.CharField(max_length=10)
    second_record = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = DistinctionQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("not a duplicate")
        verbose_name_plural = _("not duplicates")
        triggers = build_change_triggers("distinction")
        constraints = [
            models.UniqueConstraint(
                fields=["first_table", "first_record", "second_table", "second_record"],
                name="one_distinction",
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_table} {self.first_record}, {self.second_table} {self.second_record}"

    @classmethod
    def get_right(cls, action: str) -> str:
        return "duplicates.view_likeness"

    @property
    def pair(self) -> Pair:
        return (self.first_table, self.first_record), (self.second_table, self.second_record)
