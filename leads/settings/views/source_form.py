"""Adding or changing a source."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from crm.platform.web.responses import answer
from crm.records.editing.settings_change import one_at_a_time, posted, say
from leads.models import Source
from leads.settings.forms.settings_forms import SourceForm
from leads.settings.settings_kinds import KINDS
from leads.settings.usage import named_by

KIND = KINDS["source"]


@permission_required("leads.add_source", raise_exception=True)
@one_at_a_time
def source_new(request):
    return edited(request, SourceForm(posted(request)))


@permission_required("leads.change_source", raise_exception=True)
@one_at_a_time
def source_edit(request, pk):
    return edited(request, SourceForm(posted(request), instance=get_object_or_404(Source, pk=pk)))


def edited(request, form: SourceForm):
    if form.is_bound and form.is_valid():
        record = form.write(request.user)
        say(request, record, _("Saved the source %(name)s.") % {"name": form.instance.label})
        return redirect("leads:source", form.instance.pk)
    context = {"kind": KIND, "form": form, "leads": named_by("source", form.instance.pk, request.user)}
    return answer(request, "leads/settings/source_form.html", context, status=form.status_code)
