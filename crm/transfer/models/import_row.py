"""The rows of an import: the content of the file, and the plan for each row."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.transfer.models.import_file import Import

# What `match` says of rows that have no record.
HEADER, TOTALS = "head", "total"


class ImportRowQuerySet(models.QuerySet):
    def in_order(self):
        return self.order_by("row")

    def numbered(self, rows: list[int]):
        return self.filter(row__in=rows)

    def clear_corrections(self):
        """Forget all corrections and choices for single rows."""
        return self.exclude(choice="", fixes={}, takes=[]).update(choice="", fixes={}, takes=[])


class ImportRow(models.Model):
    """A row as it was read, with a person's corrections and choices.

    kinds    one letter per cell (crm/platform/excel/reading/reader.py), '' if all are texts
    targets  where cells lead, by the place of their column: {"3": "mailto:ana@example.com"}
    fixes    corrected cells by the place of their column: {"3": "ana@example.com"}
    choice   what to do with a row that matches a record, '' for the import's own choice; for a row with an id, update
    takes    fields in which the file takes precedence over a newer edit
    """

    pk = models.CompositePrimaryKey("of_id", "row")
    of = models.ForeignKey(Import, models.CASCADE, related_name="file_rows", db_index=False)
    row = models.PositiveIntegerField()
    kinds = models.TextField(blank=True)
    cells = models.JSONField()
    targets = models.JSONField(db_default={})
    fixes = models.JSONField(default=dict)
    choice = models.CharField(max_length=6, blank=True)
    takes = models.JSONField(default=list)

    objects = ImportRowQuerySet.as_manager()

    def get_text(self, place: int) -> str:
        """The content of a cell, with its correction."""
        return self.fixes.get(str(place), self.cells[place] if place < len(self.cells) else "")


class PlannedRowQuerySet(models.QuerySet):
    def in_order(self):
        return self.order_by("row")

    def after(self, row: int):
        return self.filter(row__gt=row)

    def with_verdict(self, verdict: str):
        return self.filter(verdict=verdict)

    def numbered(self, rows: list[int]):
        return self.filter(row__in=rows)

    def duplicates(self, *, in_file: bool):
        """Rows that repeat another row of the file, or those that look like an existing record."""
        found = self.filter(verdict=PlannedRow.Verdict.DUPLICATE)
        return found.filter(match="file") if in_file else found.exclude(match="file")

    def written(self):
        """Rows that apply adds or changes."""
        return self.exclude(action="")

    def by_record(self):
        """In the order in which records are locked."""
        return self.order_by("record", "row")

    def after_record(self, record: int, row: int):
        """Those that come later in this order."""
        return self.filter(models.Q(record__gt=record) | models.Q(record=record, row__gt=row))

    def found_by_id(self, by_id: bool):
        return self.filter(match="id") if by_id else self.exclude(match="id")

    def without_records(self):
        """Rows that repeat the header of the file, or have its totals."""
        return self.filter(verdict=PlannedRow.Verdict.LEFT_OUT, match__in=(HEADER, TOTALS))

    def with_conflicts(self):
        return self.exclude(conflicts={})

    def not_written(self, *, also: list[int]):
        """Rows with content that won't be written; `also` are records whose change was refused."""
        nothing = models.Q(action="") & ~models.Q(verdict=PlannedRow.Verdict.UNCHANGED)
        return self.filter(nothing | models.Q(action="change", record__in=also))

    def with_words_in_title(self, words: str):
        """Rows with all these words in their name or in the line below it."""
        found = self
        for word in words.split():
            found = found.filter(models.Q(title__icontains=word) | models.Q(subtitle__icontains=word))
        return found


class PlannedRow(models.Model):
    """The plan for a row. Each check rebuilds all of them at once; apply does exactly this.

    action     what apply does: "add", "change" or ''
    choice     what was chosen for a row that matches a record
    match      how the record was found: id, email, phone, field; "file" for a row that repeats an earlier one,
               "head" for one that repeats the header, "total" for one with totals
    values     what is written, by database column
    old        for a change, the current values of the same columns
    conflicts  {column: [current value, who, when]}: changed here since the file was made
    errors     [[place of the column or null, sentence]]
    keys       what identifies the row: rows that share a key are checked together
    unknown    [[field, name]] of the values that don't exist here
    notes      [[place of the column, what was changed, text of the cell, what is read]] of cells that are read differently
               than they are written
    named      whether the name of the new record is the text of another column
    activity   in a sheet of activities, the one to change; `record` is its record then, and `version` its own
    """

    class Verdict(models.TextChoices):
        NEW = "new", _("new")
        CHANGED = "changed", _("changed")
        UNCHANGED = "unchanged", _("unchanged")
        DUPLICATE = "duplicate", _("duplicate")
        ERROR = "error", _("error")
        LEFT_OUT = "left_out", _("skipped")

    pk = models.CompositePrimaryKey("of_id", "row")
    of = models.ForeignKey(Import, models.CASCADE, related_name="plan", db_index=False)
    row = models.PositiveIntegerField()
    verdict = models.CharField(max_length=9, choices=Verdict)
    action = models.CharField(max_length=6, blank=True)
    choice = models.CharField(max_length=6, blank=True)
    match = models.CharField(max_length=5, blank=True)
    record = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(null=True)
    title = models.TextField(blank=True)
    subtitle = models.TextField(blank=True)
    values = models.JSONField(default=dict)
    old = models.JSONField(default=dict)
    conflicts = models.JSONField(default=dict)
    errors = models.JSONField(default=list)
    keys = models.JSONField(default=list)
    unknown = models.JSONField(default=list)
    notes = models.JSONField(default=list, db_default=[])
    named = models.BooleanField(default=False, db_default=False)
    activity = models.BigIntegerField(null=True)

    objects = PlannedRowQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["of", "verdict", "row"], name="planned_verdict")
        ]  # the lists of the plan


class ImportMappingQuerySet(models.QuerySet):
    def of_user(self, user, table: str):
        return self.filter(user=user, table=table)

    def of_kind(self, table: str):
        """The fields that the mappings of all users name, one list for each mapping."""
        return self.filter(table=table).values_list("mapping", flat=True)

    def with_heads(self, signature: str):
        return self.filter(signature=signature)

    def last_used_first(self):
        return self.order_by("-used_at", "-id")


class ImportMapping(models.Model):
    """A named column mapping of a user: suggested for a file with the same headers, and available by name for any
    other.

    `signature` is the hash of the folded headers in order.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    table = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=100)
    signature = models.CharField(max_length=64)
    headings = models.JSONField(default=list)
    mapping = models.JSONField()
    options = models.JSONField()
    used_at = models.DateTimeField()

    objects = ImportMappingQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "table", "name"], name="mapping_once")]
