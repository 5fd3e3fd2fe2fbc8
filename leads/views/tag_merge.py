"""Merging a tag into another one."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from crm import jobs
from crm.models import Tag
from crm.records.bulk import ROWS_AT_ONCE
from crm.records.settings_change import one_at_a_time, posted, say
from leads.settings.kinds import KINDS
from leads.settings.merging import merge
from leads.settings.retirement import RetirementRefused
from leads.settings.successor_forms import MergeForm
from leads.settings.usage import usage_of


@permission_required(["crm.delete_tag", "leads.change_lead"], raise_exception=True)
@one_at_a_time
def tag_merge(request, pk):
    tag = get_object_or_404(Tag, pk=pk)
    usage = usage_of("tag", pk, request.user)
    form = MergeForm(posted(request), tag=tag)
    refusal = ""
    if form.is_bound and form.is_valid():
        try:
            return merged(request, tag, form.cleaned_data["into"], usage.leads)
        except RetirementRefused as refused:
            refusal = str(refused)
    context = {"kind": KINDS["tag"], "row": tag, "form": form, "usage": usage, "refusal": refusal}
    status = 200 if not form.is_bound else 409 if refusal else 422
    return render(request, "leads/settings/tag_merge.html", context, status=status)


def merged(request, tag: Tag, into: Tag, leads: int):
    """Immediately, or as a job for several thousand leads."""
    if leads > ROWS_AT_ONCE:
        arguments = {"pk": tag.pk, "into": into.pk}
        return redirect("job", jobs.start("merge_tags", request.user, arguments, total=leads).pk)
    record = merge(tag.pk, into.pk, by=request.user)
    say(request, record, _("Merged %(tag)s into %(into)s.") % {"tag": tag.name, "into": into.name})
    return redirect("leads:tags")
