"""Since when changes are kept, for what is told about the time before: months that are over may have been dropped
(crm/platform/database/partitioned_tables.py)."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from crm.platform.database.partitioned_tables import CHANGES_TABLE

# The shortest time for which changes can be kept.
ALWAYS = timedelta(days=27)


def get_history_start(at: datetime) -> date | None:
    """The day since when changes are kept, if those of that time are gone. No query for what is newer than a month."""
    if at > timezone.now() - ALWAYS:
        return None
    since = CHANGES_TABLE.get_start()
    return since.date() if since and at < since else None
