"""Rows that no record refers to: an undo removes those that the undone operation added."""

from django.db import models


class RemovableQuerySet(models.QuerySet):
    def remove_undone_creations(self) -> list[int]:
        """Remove what an undone operation added (crm/records/history/undo/field_reversal.py); settings are then as delivered again. Returns the ids."""
        ids = list(self.values_list("pk", flat=True))
        self.delete()
        return ids
