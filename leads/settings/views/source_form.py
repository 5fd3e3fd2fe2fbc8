"""Adding or changing a source."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import get_posted_data, one_at_a_time, show_change_message
from leads.models import Source
from leads.settings.forms.settings_forms import SourceForm
from leads.settings.settings_tables import SETTINGS_TABLES
from leads.settings.usage import count_records_naming

KIND = SETTINGS_TABLES["source"]


@permission_required("leads.add_source", raise_exception=True)
@one_at_a_time
def source_new(request):
    return save_or_show_form(request, SourceForm(get_posted_data(request)))


@permission_required("leads.change_source", raise_exception=True)
@one_at_a_time
def source_edit(request, pk):
    return save_or_show_form(
        request, SourceForm(get_posted_data(request), instance=get_object_or_404(Source, pk=pk))
    )


def save_or_show_form(request, form: SourceForm):
    if form.is_bound and form.is_valid():
        record = form.write(request.user)
        show_change_message(request, record, _("Saved the source %(name)s.") % {"name": form.instance.label})
        return redirect("leads:source", form.instance.pk)
    context = {
        "kind": KIND,
        "form": form,
        "leads": count_records_naming("source", form.instance.pk, request.user),
    }
    return render_response(request, "leads/settings/source_form.html", context, status=form.status_code)
