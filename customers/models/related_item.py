"""A record between two kinds, such as an employment: it belongs to one record and leads to another.

It is read on the pages of both and changed by those who may change the record that it belongs to. Removed ones keep their row,
so that an undo brings them back. They go with either record.
"""

from typing import Any, ClassVar

from django.db.models.functions import Now

from crm.fields.models.record import Record, RecordQuerySet


class BetweenQuerySet(RecordQuerySet):
    model: Any

    def of_record(self, record: Record | int):
        """Those that belong to this record."""
        return self.filter(**{self.model.belongs_to: record})

    def leading_to(self, record: Record | int):
        """Those that lead to this record."""
        return self.filter(**{self.model.leads_to: record})

    def before(self, pk: int):
        """Those that were added before the one with this id."""
        return self.filter(pk__lt=pk)

    def with_names(self):
        return self.select_related(self.model.belongs_to, self.model.leads_to)

    # Called by undo (crm/records/history/undo/field_reversal.py)

    def remove_undone_creations(self) -> list[int]:
        """Those that an undone operation added go, except with their record: that one is in Trash with all it has."""
        rows = self.filter(deleted_at=None, **{f"{self.model.belongs_to}__deleted_at": None})
        ids = list(rows.values_list("pk", flat=True))
        self.model._default_manager.filter(pk__any=ids).update(deleted_at=Now())
        return ids


class BetweenRecord(Record):
    """`belongs_to` and `leads_to` name the links to the two records."""

    belongs_to: ClassVar[str]
    leads_to: ClassVar[str]
    # Whether a record leads to another one only once, whatever is said about it.
    once: ClassVar[bool] = False

    class Meta:
        abstract = True

    @classmethod
    def get_owning_model(cls) -> Any:
        return cls._meta.get_field(cls.belongs_to).related_model

    @classmethod
    def get_linked_model(cls) -> Any:
        return cls._meta.get_field(cls.leads_to).related_model
