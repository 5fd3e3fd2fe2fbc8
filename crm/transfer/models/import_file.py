"""An import: a file of records, from the upload to its receipt."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.platform.excel.writing.cell_values import get_column_letters
from crm.platform.models.retention_periods import get_retention_period

# The columns of a sheet with tasks are named like this in its mapping: "task_title".
OF_TASKS = "task_"


class ImportQuerySet(models.QuerySet):
    def of_user(self, user):
        return self.filter(user=user)

    def of_table(self, table: str):
        return self.filter(table=table)

    def visible_to(self, user):
        """The receipts: the user's own; those of all users with the permission to see them."""
        return self if user.has_perm("crm.view_import") else self.filter(user=user)

    def newest_first(self):
        return self.order_by("-id")

    def before(self, pk: int):
        return self.filter(pk__lt=pk)

    def done(self):
        return self.filter(state=Import.State.DONE)

    def with_same_content_as(self, imported: "Import"):
        """Other imports of a file with the same bytes: of its records, or of its activities."""
        same = self.filter(sha256=imported.sha256, activities=imported.activities)
        return same.exclude(pk__in=self.of_upload(imported.first_id or imported.pk).values("pk"))

    def of_upload(self, first: int):
        """The imports of the sheets of one workbook; `first` is the import of the upload."""
        return self.filter(models.Q(pk=first) | models.Q(first=first))

    def of_records(self):
        return self.filter(activities=False)

    def old_files(self):
        """Those of workbooks whose newest import is old: the imports of their sheets share them."""
        newest = self.exclude(file="").values("file").annotate(newest=models.Max("at")).order_by("file")
        old = newest.filter(newest__lt=timezone.now() - timedelta(days=settings.FILE_DAYS))
        return old.values_list("file", flat=True)

    def with_old_rows(self):
        """Finished imports whose cells are no longer used, and abandoned ones."""
        ended = models.Q(ended_at__lt=timezone.now() - get_retention_period("import_rows"))
        forgotten = models.Q(ended_at=None, at__lt=timezone.now() - timedelta(days=settings.FILE_DAYS))
        return self.filter(ended | forgotten, rows_kept=True)


class Import(models.Model):
    """`state` is how far it has come; `job` is the work that is running or has stopped; `activities` says that the sheet has
    activities or tasks of the records instead of records (crm/transfer/imports/sheet_contents.py).

    parts      the sheets of the workbook that have records (crm/transfer/imports/read/workbook_sheets.py), empty if there is only one
    part       which of the chosen sheets this is, in their order; null until the user has chosen
    first      the import of the upload, if this is a later sheet of it
    header_row 0 if the file has no headers
    columns    [{"heading", "filled", "kinds", "samples", "doubted", "guess", "by_values", "sure", "unclosed", "mixed", "days"}] by place;
               "days" are the counts of DayOrder
    mapping    the field of each column, '' for skipped; "name" is a full name
    options    match, mode, duplicates, repeated, empties, day_first, day_orders {field: whether the day comes first}, decimal, mixed [field],
               silent, name_from, defaults {field: id or text}
    new_fields the custom fields to create, by place: {"name", "type", "decimals", "choices"}
    blanks     texts that mean an empty cell, by place
    decisions  how unknown values are mapped: {field: {folded name: "refuse" | "empty" | "new:" with a name | id}}
    counts     rows by verdict, the reasons that most of the wrong rows share, the cells that are read differently than they are
               written, and the content of the receipt
    """

    class State(models.TextChoices):
        READING = "reading", _("reading file")
        COLUMNS = "columns", _("waiting for column mapping")
        PLAN = "plan", _("ready to import")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("canceled")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("user"), related_name="imports"
    )
    at = models.DateTimeField(_("date"), default=timezone.now)
    table = models.CharField(max_length=40)
    name = models.CharField(_("file"), max_length=200)
    file = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.READING)
    sheets = ArrayField(models.CharField(max_length=100), default=list)
    sheet = models.CharField(max_length=100, blank=True)
    parts = models.JSONField(default=list, db_default=[])
    part = models.PositiveSmallIntegerField(null=True)
    first = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    encoding = models.CharField(max_length=20, blank=True)
    activities = models.BooleanField(default=False, db_default=False)
    header_row = models.PositiveIntegerField(null=True)
    rows = models.PositiveIntegerField(default=0)
    columns = models.JSONField(default=list)
    mapping = models.JSONField(default=list)
    options = models.JSONField(default=dict)
    decisions = models.JSONField(default=dict)
    new_fields = models.JSONField(default=dict)
    blanks = models.JSONField(default=dict)
    unknown = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    job = models.ForeignKey("crm.Job", models.SET_NULL, null=True, related_name="+")
    operation = models.ForeignKey("crm.Operation", models.SET_NULL, null=True, related_name="imports")
    ended_at = models.DateTimeField(null=True)
    rows_kept = models.BooleanField(default=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        default_permissions = ("view",)
        indexes = [models.Index(fields=["user", "-id"], name="import_user")]

    def __str__(self) -> str:
        return self.name

    @property
    def has_unfinished_job(self) -> bool:
        """Whether a job is working on it: nothing else may change it until then."""
        return self.job is not None and self.job.unfinished

    @property
    def stop_message(self) -> str:
        """The message with which the last job stopped, or ''."""
        return self.job.problem if self.job is not None and self.job.state == "failed" else ""

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.READING, self.State.COLUMNS, self.State.PLAN)

    @property
    def has_tasks(self) -> bool:
        """Whether the sheet has tasks."""
        return self.activities and any(name.startswith(OF_TASKS) for name in self.mapping)

    def get_heading(self, place: int) -> str:
        """The name of a column: its header, or else its letter."""
        return self.columns[place]["heading"] or get_column_letters(place + 1)

    def find_column_index(self, field: str) -> int | None:
        """The column that is mapped to a field."""
        return self.mapping.index(field) if field in self.mapping else None

    @property
    def defaults(self) -> dict:
        return self.options.get("defaults", {})
