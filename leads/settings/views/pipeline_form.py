"""Adding or changing a pipeline."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from crm.platform.web.responses import answer
from crm.records.editing.settings_change import one_at_a_time, posted, say
from leads.models import Pipeline
from leads.settings.forms.pipelines import NewPipelineForm
from leads.settings.row_history import history_of
from leads.settings.settings_kinds import PIPELINES


@permission_required("leads.add_pipeline", raise_exception=True)
@one_at_a_time
def pipeline_new(request):
    return edited(request, NewPipelineForm(posted(request)))


@permission_required("leads.change_pipeline", raise_exception=True)
@one_at_a_time
def pipeline_edit(request, pk):
    return edited(request, NewPipelineForm(posted(request), instance=get_object_or_404(Pipeline, pk=pk)))


def edited(request, form: NewPipelineForm):
    if form.is_bound and form.is_valid():
        record = form.write(request.user)
        say(request, record, _("Saved the pipeline %(name)s.") % {"name": form.instance.label})
        return redirect("leads:pipelines")
    history = [] if form.is_new else history_of(form.instance, "pipeline")
    context = {"kind": PIPELINES, "form": form, "history": history}
    return answer(request, "leads/settings/pipeline_form.html", context, status=form.status_code)
