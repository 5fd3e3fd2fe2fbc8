"""Settings of the whole installation that are one row at most: until someone changes them, they are as delivered."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import QuerySet

from crm.platform.sql.compiled_querysets import get_all_compiled_once


class OneRow(models.Model):
    """`objects` is that of a RemovableQuerySet, so the undo of the first change leaves them as delivered."""

    ROW: ClassVar[int] = 1

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return str(self._meta.verbose_name)

    @classmethod
    def get_current(cls) -> Self:
        """The row, or the settings as delivered, which have the version 0."""
        found = get_all_compiled_once(cls._row_queryset)
        return found[0] if found else cls(pk=cls.ROW, version=0)

    @classmethod
    def _row_queryset(cls) -> QuerySet:
        """Kept (crm/platform/sql/compiled_querysets.py)."""
        return cls._default_manager.order_by("pk")[:1]
