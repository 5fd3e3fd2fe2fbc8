"""This installation: the key that its file store is marked with, what its servers do once for all of them, and which server of the
database is the primary."""

from typing import ClassVar

from django.db import models


class Installation(models.Model):
    """One row, since the first start. Until `sweeps_from`, no file is removed only because no row names it; `backed_up_at` is when the
    newest backup was made, on whichever server. `primary_started_at` is when the PostgreSQL that is the primary was started: a
    standby that has the same value follows it, and not a former primary (crm/scaling/replicas/replica_monitor.py)."""

    ROW: ClassVar[int] = 1

    key = models.CharField(max_length=32)
    sweeps_from = models.DateTimeField(null=True)
    backed_up_at = models.DateTimeField(null=True)
    primary_started_at = models.DateTimeField(null=True)
    # The last era of transaction numbers before the database was restored (crm/platform/sql/transaction_numbers.py).
    earlier_eras = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        default_permissions = ()
        # A backup has the records of all departments, so only administrators get these.
        permissions: ClassVar = [
            ("view_backups", "Can view and make backups"),
            ("download_backups", "Can download backups"),
        ]

    def __str__(self) -> str:
        return self.key


class HourlyStep(models.Model):
    """When a step of the housekeeping (crm/platform/jobs/housekeeping.py) last ran, in whichever worker."""

    name = models.CharField(max_length=200, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
