"""Further sheets of an export: the records that link to the exported ones, such as the contacts of companies."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.query import ValuesListIterable
from django.utils.translation import gettext as _

from crm.fields.custom.values.stored_values import annotate_custom_values
from crm.fields.schemas import ID_AND_VERSION
from crm.fields.types.record_links import get_links_to
from crm.platform.excel.writing.cell_values import SheetColumn
from crm.records.kinds.excel_resource import ROWS_AT_ONCE
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.transfer.exports.selection import Selection


def get_linkable_kinds(kind: Kind, user: Any) -> list[Kind]:
    """The kinds whose records link to records of this kind, as far as the user may export them."""
    linking = {model for model, _field in get_links_to(kind.model, [other.model for other in KINDS.values()])}
    return [
        other
        for other in KINDS.values()
        if other.model in linking - {kind.model}
        and user.has_perms([other.get_right("view"), other.get_right("export")])
    ]


def get_chosen_kinds(selection: Selection, names: Iterable[str]) -> list[Kind]:
    """Those of them with these names."""
    return [kind for kind in get_linkable_kinds(selection.kind, selection.user) if kind.name in names]


def linked_records_queryset(selection: Selection, kind: Kind) -> QuerySet:
    """Those that link to the selected records and that the user sees."""
    those = selection.records.order_by().values("pk")
    linked = Q()
    for _model, name in get_links_to(selection.kind.model, [kind.model]):
        linked |= Q(**{f"{name}__in": those})
    return kind.model.objects.present().visible_to(selection.user).filter(linked)


def count_linked_records(selection: Selection, names: Sequence[str]) -> int:
    """How many records the further sheets have."""
    return sum(
        linked_records_queryset(selection, kind).count() for kind in get_chosen_kinds(selection, names)
    )


def describe_content(selection: Selection, *, activities: bool, also: Sequence[str]) -> str:
    """What the file has on all its sheets."""
    words = selection.words
    for other in get_chosen_kinds(selection, also):
        counted = other.words.counted(linked_records_queryset(selection, other).count())
        words = _("%(records)s, with %(linked)s") % {"records": words, "linked": counted}
    return _("%(records)s, with notes, calls and meetings") % {"records": words} if activities else words


def build_linked_sheet(selection: Selection, kind: Kind) -> tuple[list[SheetColumn], Iterator[list[Any]]]:
    """The columns and the rows, newest first, which are fetched while they are written."""
    resource = kind.resource(kind, selection.user)
    names = [name for name in kind.get_listed_names("EXCEL", selection.user) if name in resource.fields]
    attributes = resource.get_attributes(names)
    rows = (
        annotate_custom_values(linked_records_queryset(selection, kind), attributes)
        .order_by("-pk")
        .annotate(**kind.drawing.build_annotations(attributes))
    )
    fetched: Iterable[tuple] = ValuesListIterable(
        rows.values_list(*attributes), chunked_fetch=True, chunk_size=ROWS_AT_ONCE
    )
    return resource.build_columns(names, hidden=ID_AND_VERSION, by_row=True), resource.iterate_rows(
        fetched, names, by_row=True
    )
