"""Who has received a newsletter has received it after a merge too, and an undo knows who hadn't."""

from collections.abc import Mapping

from crm.records.history.merged_records import MOVED_BACK
from duplicates.models import MovedRow
from leads.models import Newsletter

NAME = "leads.newsletter.received"


def merge_received_newsletters(table: str, pairs: Mapping[int, int], operation: int) -> None:
    """Called before deliveries are moved: these make the kept lead one that has received them."""
    if table != "lead":
        return
    received = set(
        Newsletter.objects.filter(lead__in=[*pairs, *pairs.values()], received=True).values_list(
            "lead", flat=True
        )
    )
    new = {into: pk for pk, into in pairs.items() if pk in received and into not in received}
    rows = [
        MovedRow(operation_id=operation, reference=NAME, row=into, table=table, record=pk, into=into)
        for into, pk in new.items()
    ]
    MovedRow.objects.bulk_create(rows)
    _write_deliveries(list(new))


def restore_newsletter_recipients(operation: int, table: str, *, merged: bool) -> None:
    """After an undo: as before the merge, or as after it. What the kept lead has received since still counts."""
    ids = (
        list(MovedRow.objects.of_operation(operation, NAME).values_list("into", flat=True))
        if table == "lead"
        else []
    )
    if merged:
        _write_deliveries(ids)
        return
    rows = Newsletter.objects.filter(lead__in=ids)
    rows.filter(state=Newsletter.State.RECEIVING).delete()
    rows.update(received=False)
    for moved_back in MOVED_BACK:
        moved_back(table, ids)


def _write_deliveries(ids: list[int]) -> None:
    Newsletter.objects.filter(lead__in=ids).update(received=True)
    known = set(Newsletter.objects.filter(lead__in=ids).values_list("lead", flat=True))
    Newsletter.objects.bulk_create(
        Newsletter(lead_id=pk, received=True, state=Newsletter.State.RECEIVING)
        for pk in ids
        if pk not in known
    )
