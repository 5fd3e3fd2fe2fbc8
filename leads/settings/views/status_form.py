"""Adding or changing a status."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from crm.platform.web.id_parsing import parse_ids
from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import get_posted_data, one_at_a_time, show_change_message
from leads.models import Pipeline, Status
from leads.settings.forms.settings_forms import StatusForm
from leads.settings.settings_tables import SETTINGS_TABLES
from leads.settings.usage import count_records_naming

KIND = SETTINGS_TABLES["status"]


@permission_required("leads.add_status", raise_exception=True)
@one_at_a_time
def status_new(request):
    chosen = Pipeline.objects.active().filter(pk__in=parse_ids([request.GET.get("pipeline", "")])).first()
    return save_or_show_form(
        request, StatusForm(get_posted_data(request), pipeline=chosen, user=request.user)
    )


@permission_required("leads.change_status", raise_exception=True)
@one_at_a_time
def status_edit(request, pk):
    row = get_object_or_404(Status.objects.select_related("pipeline"), pk=pk)
    return save_or_show_form(request, StatusForm(get_posted_data(request), instance=row, user=request.user))


def save_or_show_form(request, form: StatusForm):
    if form.is_bound and form.is_valid():
        record = form.write(request.user)
        show_change_message(request, record, _("Saved the status %(name)s.") % {"name": form.instance.label})
        return redirect("leads:status", form.instance.pk)
    context = {
        "kind": KIND,
        "form": form,
        "leads": count_records_naming("status", form.instance.pk, request.user),
    }
    return render_response(request, "leads/settings/status_form.html", context, status=form.status_code)
