"""Adding or changing a pipeline."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import get_posted_data, one_at_a_time, show_change_message
from leads.models import Pipeline
from leads.settings.forms.pipelines import NewPipelineForm
from leads.settings.row_history import get_row_history
from leads.settings.settings_tables import PIPELINES


@permission_required("leads.add_pipeline", raise_exception=True)
@one_at_a_time
def pipeline_new(request):
    return save_or_show_form(request, NewPipelineForm(get_posted_data(request)))


@permission_required("leads.change_pipeline", raise_exception=True)
@one_at_a_time
def pipeline_edit(request, pk):
    return save_or_show_form(
        request, NewPipelineForm(get_posted_data(request), instance=get_object_or_404(Pipeline, pk=pk))
    )


def save_or_show_form(request, form: NewPipelineForm):
    if form.is_bound and form.is_valid():
        record = form.write(request.user)
        show_change_message(
            request, record, _("Saved the pipeline %(name)s.") % {"name": form.instance.label}
        )
        return redirect("leads:pipelines")
    history = [] if form.is_new else get_row_history(form.instance, "pipeline")
    context = {"kind": PIPELINES, "form": form, "history": history}
    return render_response(request, "leads/settings/pipeline_form.html", context, status=form.status_code)
