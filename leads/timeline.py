"""A lead's timeline: the standard entries, and its moves through the statuses."""

from django.utils.translation import gettext as _

from crm.records.timeline import Timeline
from leads import names

# Written along with a new status.
MOVE = {"status_id", "lost_reason_id", "lost_remark"}


class LeadTimeline(Timeline):
    def moved(self, change):
        statuses = names.statuses()
        old, new = change.diff.get("status_id", (None, None))
        return (statuses[old], statuses[new]) if old in statuses and new in statuses else None

    def told_of_fields(self, change, fields):
        if "status_id" in change.diff and {field.column for field in fields} <= MOVE:
            return _("moved this lead")
        return super().told_of_fields(change, fields)

    def marker(self, change):
        marker = super().marker(change)
        return "flag" if marker in ("edit", "person", "bin") and "status_id" in change.diff else marker
