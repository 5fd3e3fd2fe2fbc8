"""What a merge of records and its undo do with the mailings that they received."""

from crm.records.history.merged_records import Reference
from mailings.models import Delivery

RECORD_OF_DELIVERY = Reference(Delivery, "record", of="of", once=("mailing",))


def restore_received_newsletters(table: str, ids: list[int]) -> None:
    """After the undo of a merge: what these records received themselves makes them subscribers (mailings/models/delivery.py)."""
    Delivery.objects.filter(of=table, record__in=ids, state=Delivery.State.SENT).update(
        state=Delivery.State.SENT
    )
