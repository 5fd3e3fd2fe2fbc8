"""This installation: the key that its file store is marked with, and which server of the database is the primary."""

from typing import ClassVar

from django.db import models


class Installation(models.Model):
    """One row, since the first start. Until `sweeps_from`, no file is removed only because no row names it. `primary_started_at`
    is when the PostgreSQL that is the primary was started: a standby that has the same value follows it, and not a former
    primary (crm/replicas/watch.py)."""

    ROW: ClassVar[int] = 1

    key = models.CharField(max_length=32)
    sweeps_from = models.DateTimeField(null=True)
    primary_started_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.key
