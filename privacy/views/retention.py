"""Retention in Settings: the rules for leads with their previews, and how long other data is kept."""

from dataclasses import dataclass

from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.models import KeptPeriods
from crm.platform.web.responses import render_response
from crm.platform.web.security_log import write_security_line
from crm.records.editing.settings_change import get_posted_data, one_at_a_time, show_change_message
from crm.templatetags.look import number
from privacy.models import RetentionRule, RetentionRun
from privacy.permissions import RETENTION_PERMISSION
from privacy.retention.deletion_periods import get_deletion_periods
from privacy.retention.due_leads import (
    announced_leads_queryset,
    due_leads_queryset,
    due_next_month_queryset,
    held_back_leads_queryset,
)
from privacy.retention.forms import KeptPeriodsForm

MOST = 10_000


@dataclass(frozen=True)
class RetentionLine:
    """A rule with how many leads it concerns, and what it did last."""

    rule: RetentionRule
    now: str
    month: str
    announced: str
    kept_back: str
    last: RetentionRun | None

    @property
    def waits_for_confirmation(self) -> bool:
        return bool(self.last and self.last.is_paused and not self.rule.is_confirmed)


@permission_required(RETENTION_PERMISSION, raise_exception=True)
@one_at_a_time
def retention(request):
    form = KeptPeriodsForm(get_posted_data(request), instance=KeptPeriods.get_current())
    if form.is_bound and form.is_valid():
        write_security_line("retention_changed")
        show_change_message(request, form.write(request.user), _("Saved the retention periods."))
        return redirect("privacy:retention")
    lines = [_build_line(rule) for rule in RetentionRule.objects.in_order()]
    erases = any(line.rule.erases for line in lines)
    context = {"lines": lines, "erases": erases, "form": form, "elsewhere": get_deletion_periods()}
    return render_response(request, "privacy/retention/list.html", context, status=form.status_code)


def _build_line(rule: RetentionRule) -> RetentionLine:
    return RetentionLine(
        rule,
        now=_format_count_up_to_limit(due_leads_queryset(rule)),
        month=_format_count_up_to_limit(due_next_month_queryset(rule)),
        announced=_format_count_up_to_limit(announced_leads_queryset(rule)),
        kept_back=_format_count_up_to_limit(held_back_leads_queryset(rule)) if rule.erases else "",
        last=rule.runs.order_by("-at").first(),
    )


def _format_count_up_to_limit(leads: QuerySet) -> str:
    """Like in the list of leads: counting all of several hundred thousand takes seconds."""
    count = leads.order_by()[: MOST + 1].count()
    return number(count) if count <= MOST else _("more than 10,000")
