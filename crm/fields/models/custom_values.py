"""The custom values of records, in a table of their own for each record type."""

from typing import Any

from django.db import models


class CustomValues(models.Model):
    """The custom values of a record as {"c12": value}, in a separate table: changes of other fields don't touch it. A
    record without values has no row.

    A record type has a subclass with `record`, a OneToOneField to its model that is the primary key, with the related
    name "custom_values".
    """

    record: Any
    values = models.JSONField(default=dict)

    class Meta:
        abstract = True
