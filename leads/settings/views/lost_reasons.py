"""The lost reasons: their list, adding and renaming."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import get_posted_data, one_at_a_time, show_change_message
from leads.models import LostReason
from leads.settings.forms.settings_forms import LostReasonForm
from leads.settings.lists.list_page import build_list_table, list_page
from leads.settings.lists.settings_lists import build_lost_reason_list
from leads.settings.lists.tables import LostReasonTable
from leads.settings.settings_tables import SETTINGS_TABLES
from leads.settings.usage import count_records_by_row, count_records_naming

KIND = SETTINGS_TABLES["lost_reason"]


@permission_required("leads.view_lostreason", raise_exception=True)
@require_safe
def lost_reasons(request):
    numbers = count_records_by_row("lost_reason", request.user)
    listing = build_lost_reason_list(request.GET, numbers)
    columns = ["label", "leads", "edit"]
    table = build_list_table(LostReasonTable, KIND, listing, columns, request.user, numbers=numbers)
    return list_page(request, "leads/settings/lost_reasons.html", KIND, listing, table)


@permission_required("leads.add_lostreason", raise_exception=True)
@one_at_a_time
def lost_reason_new(request):
    return save_or_show_form(request, LostReasonForm(get_posted_data(request)))


@permission_required("leads.change_lostreason", raise_exception=True)
@one_at_a_time
def lost_reason_edit(request, pk):
    return save_or_show_form(
        request, LostReasonForm(get_posted_data(request), instance=get_object_or_404(LostReason, pk=pk))
    )


def save_or_show_form(request, form: LostReasonForm):
    if form.is_bound and form.is_valid():
        name = {"name": form.instance.label}
        show_change_message(request, form.write(request.user), _("Saved the reason “%(name)s”.") % name)
        return redirect("leads:lost_reasons")
    context = {
        "kind": KIND,
        "form": form,
        "leads": count_records_naming("lost_reason", form.instance.pk, request.user),
    }
    return render_response(request, "leads/settings/name_form.html", context, status=form.status_code)
