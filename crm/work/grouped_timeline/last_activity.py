"""The line at the top of a record's page: what was said last. What is next is its first open task."""

from dataclasses import dataclass
from html import unescape

from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from crm.templatetags.look import days_ago, short_date
from crm.work.activities.combined_timeline import TimelineQuery
from crm.work.activities.markdown import render_markdown
from crm.work.models.activity import Activity

# After a month, the date says more than the number of days.
COUNTED_DAYS = 30
QUOTED = 90


@dataclass(frozen=True)
class LastActivity:
    activity: Activity

    @property
    def label(self) -> str:
        """ "Reached", "No answer", "Note", "Email received"."""
        row = self.activity
        if row.type == Activity.Type.EMAIL:
            return _("Email received") if row.has_arrived else _("Email sent")
        if row.outcome and (row.type == Activity.Type.CALL or row.is_no_show):
            return capfirst(row.get_outcome_display())
        return capfirst(row.get_type_display())

    @property
    def time_text(self) -> str:
        """ "today 14:05", "yesterday", "3 days ago", or the date."""
        here = timezone.localtime(self.activity.at)
        days = (timezone.localdate() - here.date()).days
        if days <= 0:
            return _("today %(time)s") % {"time": f"{here:%H:%M}"}
        if days == 1:
            return _("yesterday")
        if days <= COUNTED_DAYS:
            return days_ago(here.date())
        return short_date(here)

    @property
    def excerpt(self) -> str:
        """The subject, or the first words of the text, without formatting; may be ''."""
        row = self.activity
        text = row.subject or unescape(strip_tags(render_markdown(row.text[: 4 * QUOTED])))
        return Truncator(" ".join(text.split())).chars(QUOTED)


def get_last_activity(stream: TimelineQuery) -> LastActivity | None:
    """The newest note, call, meeting or email of the record's timeline that the viewer sees; one that is planned hasn't happened,
    and an automatic reply says nothing."""
    found = stream.communication_queryset().newest_first().first()
    return LastActivity(found) if found else None
