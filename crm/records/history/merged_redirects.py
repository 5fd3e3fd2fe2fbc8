"""The old address of a merged record leads to the record that it was merged into, for those who see that one."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.platform.web.views.errors import MovedAway
from crm.records.history.merged_records import get_survivor, get_survivors
from crm.records.kinds.kind_registry import Kind


class MergedRecordFound(MovedAway):
    """Screens that are only read redirect to `record`; anything else is not found, and says why. Nothing that was meant for
    the old record is done to the other one unseen."""

    def __init__(self, name: str, record: Any) -> None:
        super().__init__()
        self.name, self.record = name, record
        self.heading = _("This record was merged")
        self.sentence = _("%(record)s was merged into %(survivor)s.") % {"record": name, "survivor": record}
        nothing = _("Nothing was changed. Open the other record and try again there.")
        self.text = f"{self.sentence} {nothing}"


def get_visible_survivor(kind: Kind, user: Any, pk: int) -> Any | None:
    """The record that this one was merged into, if the user sees it, in Trash or not."""
    into = get_survivor(kind.name, pk)
    return kind.model.objects.visible_to(user).filter(pk=into).first() if into else None


def raise_if_merged(kind: Kind, user: Any, pk: int, row: Any = None) -> None:
    """Raises Merged for a merged record. Without `row`, the user doesn't see it and isn't told its name. A name that both
    have wouldn't say which one was merged."""
    if found := get_visible_survivor(kind, user, pk):
        own = str(row) if row and str(row) != str(found) else f"{capfirst(str(kind.words.one))} #{pk}"
        raise MergedRecordFound(own, found)


def present_survivor(kind: Kind, user: Any, pk: int) -> int | None:
    """For programs: its ID, if it isn't in Trash and the user sees it."""
    into = get_survivor(kind.name, pk)
    rows: Any = kind.model.objects.present()
    return into if into and rows.visible_to(user).filter(pk=into).exists() else None


def present_survivors(kind: Kind, rows: Any, ids: list[int]) -> dict[int, int]:
    """The same for many: those among `rows`, by the ID of the merged record."""
    found = get_survivors(kind.name, ids)
    present = (
        set(rows.filter(pk__any=sorted({*found.values()})).values_list("pk", flat=True)) if found else ()
    )
    return {pk: into for pk, into in found.items() if into in present}
