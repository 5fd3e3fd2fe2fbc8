"""The worker's cleanup of the queue: leads that are no longer kept for a user, and steps of earlier days."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from crm.platform.jobs.housekeeping import every_hour
from leads.models import QueueHold, QueueStep

# Somewhere it is still yesterday.
DAYS = 2


@every_hour
def delete_expired_queue_holds() -> int:
    return QueueHold.objects.over(timezone.now()).delete()[0]


@every_hour
def delete_old_queue_steps() -> int:
    """No one reads them after their day. The history isn't told, because they don't change anything."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadwell.machine', 'on', true)")
    removed = QueueStep.objects.before(timezone.now().date() - timedelta(days=DAYS)).delete()[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadwell.machine', '', true)")
    return removed
