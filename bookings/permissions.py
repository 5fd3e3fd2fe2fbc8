"""The permissions for booking pages, for the role editor."""

from django.utils.translation import gettext_lazy as _

from accounts.roles.permissions import PermissionRow

ROWS = [PermissionRow(_("Booking pages"), "bookings", "bookingpage")]
