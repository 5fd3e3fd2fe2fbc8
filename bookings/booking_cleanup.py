"""What the worker deletes every hour: bookings of meetings that were permanently deleted."""

from bookings.models import Booking
from crm.platform.jobs.housekeeping import every_hour


@every_hour
def delete_old_bookings() -> int:
    return Booking.objects.all().of_deleted_activities().delete()[0]
