"""An operation that may wake automations, until all of them have looked at it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class WakingOperationQuerySet(models.QuerySet):
    def in_order(self):
        return self.order_by("operation")


class WakingOperation(models.Model):
    """Written by the database in the transaction of the operation itself (automations/running/operation_trigger.py), so it is there
    exactly if the operation is, however long that took.

    `waiting` are the automations that were turned on at that moment and haven't looked at it yet, in their order. Each leaves it
    in the transaction of its run; the last one removes the row. Only numbers, without foreign keys, so that an operation that
    isn't kept needs no look at this table.
    """

    operation = models.BigIntegerField(primary_key=True)
    waiting = ArrayField(models.BigIntegerField())

    objects = WakingOperationQuerySet.as_manager()

    class Meta:
        default_permissions = ()
