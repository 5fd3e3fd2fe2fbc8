"""The tags: their list, adding and renaming."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.models import Tag
from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import get_posted_data, one_at_a_time, show_change_message
from leads.settings.forms.settings_forms import TagForm
from leads.settings.lists.list_page import build_list_table, list_page
from leads.settings.lists.settings_lists import build_tag_list
from leads.settings.lists.tables import TagTable
from leads.settings.settings_tables import SETTINGS_TABLES
from leads.settings.usage import count_records_by_row, count_records_naming

KIND = SETTINGS_TABLES["tag"]


@permission_required("crm.view_tag", raise_exception=True)
@require_safe
def tags(request):
    numbers = count_records_by_row("tags", request.user)
    listing = build_tag_list(request.GET, numbers)
    columns = ["label", "leads", "edit"]
    table = build_list_table(TagTable, KIND, listing, columns, request.user, numbers=numbers)
    return list_page(request, "leads/settings/tags.html", KIND, listing, table)


@permission_required("crm.add_tag", raise_exception=True)
@one_at_a_time
def tag_new(request):
    return save_or_show_form(request, TagForm(get_posted_data(request)))


@permission_required("crm.change_tag", raise_exception=True)
@one_at_a_time
def tag_edit(request, pk):
    return save_or_show_form(
        request, TagForm(get_posted_data(request), instance=get_object_or_404(Tag, pk=pk))
    )


def save_or_show_form(request, form: TagForm):
    if form.is_bound and form.is_valid():
        show_change_message(
            request, form.write(request.user), _("Saved the tag %(name)s.") % {"name": form.instance.name}
        )
        return redirect("leads:tags")
    context = {
        "kind": KIND,
        "form": form,
        "leads": count_records_naming("tag", form.instance.pk, request.user),
    }
    return render_response(request, "leads/settings/name_form.html", context, status=form.status_code)
