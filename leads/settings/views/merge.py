"""Merging statuses, sources, tags or lost reasons into another one: where each of them is used, and which one stays."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crm.platform import jobs
from crm.records.editing.bulk_actions import ROWS_AT_ONCE
from crm.records.editing.settings_change import one_at_a_time, posted, say
from crm.records.history.multi_part_changes import why_not_at_once
from leads.settings.forms.successors import MergeForm
from leads.settings.lists.list_state import by_label, ids_of
from leads.settings.merge import Merging, rights_to_merge, why_not_chosen
from leads.settings.retirement import RetirementRefused, arrivals
from leads.settings.settings_kinds import KINDS
from leads.settings.usage import usage_of
from leads.verbs.settings_change import labels


@one_at_a_time
def settings_merge(request, table):
    kind = KINDS[table]
    if not request.user.has_perms(rights_to_merge(kind)):
        raise PermissionDenied
    rows = sorted(kind.model.objects.in_bulk(ids_of(request.GET.getlist("row"))).values(), key=by_label)
    if not rows:
        messages.warning(request, _("Select at least one row."))
        return redirect(kind.url)
    form = MergeForm(posted(request), kind=kind, rows=rows)
    refusal = "" if form.is_bound else why_not_chosen(rows)
    if form.is_bound and form.is_valid():
        try:
            return merged(request, form.merging())
        except RetirementRefused as refused:
            refusal = str(refused)
    context = {"kind": kind, "rows": rows, "names": labels(table, [row.pk for row in rows])}
    context |= {
        "form": form,
        "refusal": refusal,
        "used": [(row, usage_of(table, row, request.user)) for row in rows],
    }
    context["arrivals"] = dict.fromkeys(words for row in rows for words in arrivals(row, form.others))
    status = 200 if not form.is_bound else 409 if refusal else 422
    return render(request, "leads/settings/merge.html", context, status=status)


def merged(request, merging: Merging):
    """Immediately, or as a job for several thousand leads. Raises RetirementRefused; the list can't change lost reasons, so their
    job does it in portions."""
    table = merging.kind.table
    number = merging.number
    if table != "lost_reason" and (reason := why_not_at_once(number)):
        raise RetirementRefused(reason)
    if number > ROWS_AT_ONCE:
        return redirect(
            "job", jobs.start("merge_settings", request.user, merging.arguments(), total=number).pk
        )
    names = {"names": labels(table, list(merging.rows)), "into": labels(table, [merging.into])}
    record = merging.carry_out(by=request.user)
    say(request, record, _("Merged %(names)s into %(into)s.") % names)
    return redirect(merging.kind.url)
