"""Rows that records refer to, such as tags: never removed, only retired, so that history can be shown and undone.

Some have an order of their own (`Placed`), and some say what is done to records (`Rule`)."""

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from crm.platform.models.undo_rules import Guard


def build_name_guard(table: str, within: str = "true") -> Guard:
    """The guard of a name: an undo doesn't restore it if another row has it by now (crm/records/history/undo/reversal_sql.py)."""
    return Guard(
        "name_taken",
        f"EXISTS (SELECT FROM {table} g WHERE lower(g.name) = lower({{old}}) AND {within} AND g.id <> t.id)",
    )


class RetirableQuerySet(models.QuerySet):
    def active(self):
        return self.filter(retired=False)

    def active_or(self, pk: int | None):
        """The active ones, and the one that is already chosen."""
        return self.active() | self.filter(pk=pk or 0)

    def retire(self) -> list[int]:
        """Retire these rows; returns their ids."""
        ids = list(self.values_list("pk", flat=True))
        self.model._default_manager.filter(pk__in=ids).update(retired=True)
        return ids

    def remove_undone_creations(self) -> list[int]:
        """What an undone operation added is retired. A model whose rows can be in use by then leaves those out."""
        return self.retire()


class Retirable(models.Model):
    """`table` is the name of the kind in history, verdicts and URLs."""

    table: ClassVar[str]

    retired = models.BooleanField(_("retired"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def get_right(cls, action: str) -> str:
        """The permission to "view", "add", "change" or "delete" such rows: "leads.change_status"."""
        return f"{cls._meta.app_label}.{action}_{cls._meta.model_name}"


class RuleQuerySet(RetirableQuerySet):
    def in_use(self):
        """Neither deleted nor turned off."""
        return self.active().filter(turned_on=True)

    def in_order(self):
        return self.order_by("position", "id")


class Rule(Retirable):
    """What is done to records that meet `conditions`, the query of a list: only filters, no search and no sort. Rules have a `name`, are
    `turned_on` or off, and are in the order of their `position`."""

    name: Any
    conditions: Any
    turned_on: Any
    position: Any

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.name)

    @property
    def label(self) -> str:
        return str(self.name)

    @property
    def parameters(self) -> QueryDict:
        """The conditions as the query of a list."""
        return QueryDict(self.conditions)


class PlacedQuerySet(RetirableQuerySet):
    def in_order(self):
        """Those that administrators have placed, then the others by name."""
        return self.order_by(models.F("position").asc(nulls_last=True), Lower("name"), "id")


class Placed(Retirable):
    """Rows without a position are sorted by name. Once administrators arrange them, all have one, and new rows, which
    people, imports and programs add, come last."""

    position = models.PositiveIntegerField(_("position"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True


def get_retirement_obstacle(row: Any) -> str:
    """Why this row has to stay in use, as a reason code, or ''."""
    if getattr(row, "is_default", False):
        return "is_default"
    return "given_by_api" if getattr(row, "given_by_api", False) else ""
