"""The templates of notes and emails: their list, adding, editing and deleting them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import get_posted_data, one_at_a_time, show_change_message
from crm.records.kinds.record_uses import format_uses_as_text, get_uses
from crm.work.models.template import Template
from crm.work.templates.forms import TemplateForm
from crm.work.templates.merge_fields import FIELDS
from crm.work.templates.template_verbs import delete_template


@require_safe
def templates(request):
    rows = Template.objects.active()
    changeable = set(rows.changeable_by(request.user).values_list("pk", flat=True))
    lines = [(row, row.pk in changeable) for row in rows.visible_to(request.user).by_name()]
    return render_response(request, "activities/templates.html", {"lines": lines})


@one_at_a_time
def template_new(request):
    return save_or_show_form(request, TemplateForm(get_posted_data(request), user=request.user))


@one_at_a_time
def template_edit(request, pk):
    row = get_changeable_template(request.user, pk)
    return save_or_show_form(request, TemplateForm(get_posted_data(request), instance=row, user=request.user))


def save_or_show_form(request, form: TemplateForm):
    if form.is_bound and form.is_valid():
        name = {"name": form.instance.name}
        show_change_message(request, form.write(request.user), _("Saved the template “%(name)s”.") % name)
        return redirect("templates")
    context = {"form": form, "merge_fields": FIELDS.items()}
    return render_response(request, "activities/template_form.html", context, status=form.status_code)


@require_POST
@one_at_a_time
def template_delete(request, pk):
    row = get_changeable_template(request.user, pk)
    if uses := get_uses(row, request.user):
        messages.warning(request, format_uses_as_text(uses))
    record = delete_template(row, by=request.user)
    show_change_message(request, record, _("Deleted the template “%(name)s”.") % {"name": row.name})
    return redirect("templates")


def get_changeable_template(user, pk: int) -> Template:
    """Another user's own template is not found, and a shared one requires the permission."""
    rows = Template.objects.active().visible_to(user)
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    if not rows.changeable_by(user).filter(pk=pk).exists():
        raise PermissionDenied
    return row
