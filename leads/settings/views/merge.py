"""Merging statuses, sources, tags or lost reasons into another one: where each of them is used, and which one stays."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crm.platform import jobs
from crm.platform.web.id_parsing import parse_ids
from crm.records.editing.bulk_actions import ROWS_AT_ONCE
from crm.records.editing.settings_change import get_posted_data, one_at_a_time, show_change_message
from crm.records.history.multi_part_changes import get_too_large_sentence
from leads.settings.forms.successors import MergeForm
from leads.settings.lists.list_state import get_sort_label
from leads.settings.merge import RowMerge, get_merge_rights, get_unmergeable_reason
from leads.settings.retirement import RetirementRefused, describe_arrivals
from leads.settings.settings_tables import SETTINGS_TABLES
from leads.settings.usage import get_setting_usage
from leads.verbs.settings_change import join_row_labels


@one_at_a_time
def settings_merge(request, table):
    kind = SETTINGS_TABLES[table]
    if not request.user.has_perms(get_merge_rights(kind)):
        raise PermissionDenied
    ids = parse_ids(request.GET.getlist("row"))
    rows = sorted(kind.model.objects.in_bulk(ids).values(), key=get_sort_label)
    if not rows:
        messages.warning(request, _("Select at least one row."))
        return redirect(kind.url)
    form = MergeForm(get_posted_data(request), kind=kind, rows=rows)
    refusal = "" if form.is_bound else get_unmergeable_reason(rows)
    if form.is_bound and form.is_valid():
        try:
            return merge_now_or_later(request, form.build_merge())
        except RetirementRefused as refused:
            refusal = str(refused)
    context = {"kind": kind, "rows": rows, "names": join_row_labels(table, [row.pk for row in rows])}
    context |= {"form": form, "refusal": refusal}
    context["used"] = [(row, get_setting_usage(table, row, request.user)) for row in rows]
    arrivals = (words for row in rows for words in describe_arrivals(row, form.others))
    context["arrivals"] = dict.fromkeys(arrivals)
    status = 200 if not form.is_bound else 409 if refusal else 422
    return render(request, "leads/settings/merge.html", context, status=status)


def merge_now_or_later(request, merging: RowMerge):
    """Immediately, or as a job for several thousand leads. Raises RetirementRefused; the list can't change lost reasons, so their
    job does it in portions."""
    table = merging.kind.table
    number = merging.record_count
    if table != "lost_reason" and (reason := get_too_large_sentence(number)):
        raise RetirementRefused(reason)
    if number > ROWS_AT_ONCE:
        return redirect(
            "job", jobs.start_job("merge_settings", request.user, merging.get_arguments(), total=number).pk
        )
    names = {
        "names": join_row_labels(table, list(merging.rows)),
        "into": join_row_labels(table, [merging.into]),
    }
    record = merging.carry_out(by=request.user)
    show_change_message(request, record, _("Merged %(names)s into %(into)s.") % names)
    return redirect(merging.kind.url)
