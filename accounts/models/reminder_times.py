"""When the reminder of a task can come."""

from django.utils.translation import gettext_lazy as _

# Minutes before a task that its reminder comes.
BEFORE = [
    (0, _("when it is due")),
    (5, _("5 minutes before")),
    (15, _("15 minutes before")),
    (30, _("30 minutes before")),
    (60, _("1 hour before")),
    (24 * 60, _("1 day before")),
]
