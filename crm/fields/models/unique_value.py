"""The values of unique custom fields, in the form in which they are compared: no two records have the same one."""

from django.db import models


class UniqueValue(models.Model):
    """Written by triggers alone (crm/fields/custom/unique/unique_triggers.py). `field` is the ID of the definition, `record` that of the record,
    `value` what leadwell_unique_key makes of the value.

    A record in Trash isn't `present`: its value is free for others, as its email and phone are in imports.
    """

    pk = models.CompositePrimaryKey("field", "record")
    field = models.BigIntegerField()
    record = models.BigIntegerField()
    value = models.TextField(db_collation="C")
    present = models.BooleanField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["field", "value"], name="unique_value_once", condition=models.Q(present=True)
            )
        ]
        indexes = [
            # A list of Trash is filtered by the value too.
            models.Index(
                fields=["field", "value"], name="unique_value_in_trash", condition=models.Q(present=False)
            )
        ]
