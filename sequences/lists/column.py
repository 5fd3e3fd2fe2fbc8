"""The column "Sequence" of lists and files: the one that a record is in now."""

from functools import partial
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from crm.fields.widgets.value_widgets import CellWidget
from crm.platform.sql.reference_tables import get_labels_by_id
from crm.records.tables.added_columns import AddedColumn
from crm.records.tables.tables import Column
from sequences.models import Enrollment, Sequence

NAME = "sequence"


class SequenceColumn(Column):
    """The names are read once for a page that shows it."""

    def get_cell_renderer(self, name):
        names = get_labels_by_id(Sequence)
        return lambda record: names.get(getattr(record, name), "")


class SequenceCell(CellWidget):
    """Never read from a file: a start is judged, previewed and undone as such."""

    def get_rendering_for_rows(self):
        names = get_labels_by_id(Sequence)
        return lambda pk: names.get(pk, "")


def build_sequence_column(table: str) -> AddedColumn:
    """That of one record type."""
    return AddedColumn(
        name=NAME,
        label=_("sequence"),
        value=partial(_build_running_sequence, table),
        column=SequenceColumn(verbose_name=_("sequence"), priority=3),
        cell=SequenceCell,
    )


def _build_running_sequence(table: str) -> Any:
    running = Enrollment.objects.running().of_record(table, OuterRef("pk"))
    return Subquery(running.values("sequence")[:1])
