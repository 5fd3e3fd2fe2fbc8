"""Retention in Settings: the rules for leads with their previews, and how long other data is kept."""

from dataclasses import dataclass

from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.models import KeptPeriods
from crm.platform.web.responses import answer
from crm.platform.web.security_log import note
from crm.records.editing.settings_change import one_at_a_time, posted, say
from crm.templatetags.look import number
from privacy.models import RetentionRule, RetentionRun
from privacy.permissions import RETENTION
from privacy.retention.due_leads import announced, due_next_month, due_now, kept_back
from privacy.retention.forms import KeptPeriodsForm
from privacy.retention.other_deletions import elsewhere

MOST = 10_000


@dataclass(frozen=True)
class Line:
    """A rule with how many leads it concerns, and what it did last."""

    rule: RetentionRule
    now: str
    month: str
    announced: str
    kept_back: str
    last: RetentionRun | None

    @property
    def waits(self) -> bool:
        return bool(self.last and self.last.is_paused and not self.rule.is_confirmed)


@permission_required(RETENTION, raise_exception=True)
@one_at_a_time
def retention(request):
    form = KeptPeriodsForm(posted(request), instance=KeptPeriods.current())
    if form.is_bound and form.is_valid():
        note("retention_changed")
        say(request, form.write(request.user), _("Saved the retention periods."))
        return redirect("privacy:retention")
    lines = [_line(rule) for rule in RetentionRule.objects.in_order()]
    erases = any(line.rule.erases for line in lines)
    context = {"lines": lines, "erases": erases, "form": form, "elsewhere": elsewhere()}
    return answer(request, "privacy/retention/list.html", context, status=form.status_code)


def _line(rule: RetentionRule) -> Line:
    return Line(
        rule,
        now=_counted(due_now(rule)),
        month=_counted(due_next_month(rule)),
        announced=_counted(announced(rule)),
        kept_back=_counted(kept_back(rule)) if rule.erases else "",
        last=rule.runs.order_by("-at").first(),
    )


def _counted(leads: QuerySet) -> str:
    """Like in the list of leads: counting all of several hundred thousand takes seconds."""
    count = leads.order_by()[: MOST + 1].count()
    return number(count) if count <= MOST else _("more than 10,000")
