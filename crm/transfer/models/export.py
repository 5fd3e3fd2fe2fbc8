"""An export: the receipt for a file of records that a user downloads; the file itself is kept for a while."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

# A file that is still being written after this long, without a job, was abandoned.
LONGEST = timedelta(hours=2)


class ExportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The user's own; those of all users with the permission to see them."""
        if user.has_perm("crm.view_export"):
            return self
        return self.filter(models.Q(user=user) | models.Q(pk__in=self.decidable_by(user).values("pk")))

    def decidable_by(self, user):
        """Exports that wait for this user's approval: never their own."""
        asked = self.filter(state=Export.State.ASKED).exclude(user=user)
        return asked if user.has_perm("crm.approve_export") else self.none()

    def of_user(self, user):
        return self.filter(user=user)

    def approved(self):
        return self.filter(state=Export.State.APPROVED)

    def being_written(self):
        """Without those that are jobs."""
        return self.filter(state=Export.State.WRITING, job=None, at__gte=timezone.now() - LONGEST)

    def newest_first(self):
        return self.order_by("-id")

    def before(self, pk: int):
        return self.filter(pk__lt=pk)

    def with_old_files(self):
        return self.exclude(file="").filter(at__lt=timezone.now() - timedelta(days=settings.FILE_DAYS))


class Export(models.Model):
    """`matched` is how many records were in the set, `wrote` how many rows are in the file; `note` explains a
    difference.

    If a setting requires it, a large export waits for approval and is written when its user downloads it. `file` is its
    name in the store (crm/platform/files/store.py), or '' when the file is gone.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("waiting for approval")
        APPROVED = "approved", _("approved")
        DECLINED = "declined", _("declined")
        WRITING = "writing", _("creating file")
        FINISHED = "finished", _("finished")
        FAILED = "failed", _("failed")

    class Format(models.TextChoices):
        XLSX = "xlsx", _("Excel (.xlsx)")
        CSV = "csv", _("CSV, UTF-8")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("user"), related_name="exports"
    )
    at = models.DateTimeField(_("date"), default=timezone.now)
    table = models.CharField(max_length=40)
    name = models.CharField(_("file"), max_length=120)
    words = models.TextField(_("records"), blank=True)
    query = models.TextField(blank=True)
    columns = ArrayField(models.CharField(max_length=40), verbose_name=_("columns"))
    format = models.CharField(_("file type"), max_length=4, choices=Format, default=Format.XLSX)
    # Whether the file also has a sheet with the activities of the records.
    activities = models.BooleanField(default=False, db_default=False)
    # The kinds of records that have sheets of their own in the file, because they link to the exported ones.
    also = ArrayField(models.CharField(max_length=40), default=list, db_default=[])
    matched = models.PositiveIntegerField(_("matched"), null=True)
    # How many records the further sheets had when someone was asked to approve the export.
    linked = models.PositiveIntegerField(null=True)
    wrote = models.PositiveIntegerField(_("exported"), null=True)
    size = models.PositiveBigIntegerField(_("size"), null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    note = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.WRITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("approved by"), null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # Writes the file if it takes longer than its user waits.
    job = models.ForeignKey("crm.Job", models.SET_NULL, null=True, related_name="+")
    file = models.CharField(max_length=200, blank=True)
    # Where the rows were read from, if there are replicas (crm/scaling/replicas/export_source.py).
    source = models.CharField(max_length=20, blank=True, default="", db_default="")

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        default_permissions = ("view",)
        permissions = [("approve_export", _("approve large exports"))]
        indexes = [models.Index(fields=["user", "-id"], name="export_user")]

    def __str__(self) -> str:
        return self.name

    @property
    def failed(self) -> bool:
        if self.state == self.State.WRITING and self.job:
            return self.job.state == self.job.State.FAILED
        lost = self.state == self.State.WRITING and timezone.now() - self.at > LONGEST
        return lost or self.state == self.State.FAILED

    @property
    def canceled(self) -> bool:
        stopped = self.job is not None and self.job.state == self.job.State.CANCELLED
        return self.state == self.State.WRITING and stopped

    @property
    def has_unfinished_job(self) -> bool:
        """Whether its job waits or runs."""
        return self.state == self.State.WRITING and self.job is not None and self.job.unfinished

    @property
    def source_text(self) -> str:
        if self.source.startswith("replica"):
            number = self.source.removeprefix("replica")
            return _now("Read from replica %(number)s of the database.") % {"number": number}
        return _now("Read from the primary database.") if self.source else ""

    @property
    def shown_columns(self) -> int:
        """Without the two hidden ones."""
        return len(self.columns) - 2

    @property
    def downloadable(self) -> bool:
        return self.state == self.State.FINISHED and bool(self.file)

    @property
    def file_expires_at(self):
        return self.at + timedelta(days=settings.FILE_DAYS)

    @property
    def seconds(self) -> float | None:
        return (self.finished_at - self.at).total_seconds() if self.finished_at else None
