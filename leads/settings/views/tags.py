"""The tags: their list, adding and renaming."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.models import Tag
from crm.platform.web.responses import answer
from crm.records.editing.settings_change import one_at_a_time, posted, say
from leads.settings.forms.settings_forms import TagForm
from leads.settings.lists.list_page import list_page, table_of
from leads.settings.lists.settings_lists import tag_list
from leads.settings.lists.tables import TagTable
from leads.settings.settings_kinds import KINDS
from leads.settings.usage import count_by, named_by

KIND = KINDS["tag"]


@permission_required("crm.view_tag", raise_exception=True)
@require_safe
def tags(request):
    numbers = count_by("tags", request.user)
    listing = tag_list(request.GET, numbers)
    columns = ["label", "leads", "edit"]
    table = table_of(TagTable, KIND, listing, columns, request.user, numbers=numbers)
    return list_page(request, "leads/settings/tags.html", KIND, listing, table)


@permission_required("crm.add_tag", raise_exception=True)
@one_at_a_time
def tag_new(request):
    return edited(request, TagForm(posted(request)))


@permission_required("crm.change_tag", raise_exception=True)
@one_at_a_time
def tag_edit(request, pk):
    return edited(request, TagForm(posted(request), instance=get_object_or_404(Tag, pk=pk)))


def edited(request, form: TagForm):
    if form.is_bound and form.is_valid():
        say(request, form.write(request.user), _("Saved the tag %(name)s.") % {"name": form.instance.name})
        return redirect("leads:tags")
    context = {"kind": KIND, "form": form, "leads": named_by("tag", form.instance.pk, request.user)}
    return answer(request, "leads/settings/name_form.html", context, status=form.status_code)
