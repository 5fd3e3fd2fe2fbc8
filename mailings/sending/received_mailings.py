"""Whether a record has received a mailing itself, for the pages of records that have no row about newsletters."""

from typing import Any

from mailings.models import Delivery


def has_received_mailing(record: Any) -> bool:
    """The deliveries of records that were merged into it count too (deliveries_of_merged_records.py)."""
    return Delivery.objects.of_record(record.table, record.pk).in_state(Delivery.State.SENT).exists()
