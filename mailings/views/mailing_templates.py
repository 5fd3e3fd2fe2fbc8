"""The templates that mailings can start with: their list by folder, adding, editing and deleting them."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import (
    get_posted_data,
    one_at_a_time,
    record_settings_change,
    show_change_message,
)
from mailings.models import MailingTemplate
from mailings.settings.forms import MailingTemplateForm


@permission_required("mailings.view_mailingtemplate", raise_exception=True)
@require_safe
def mailing_templates(request):
    rows = MailingTemplate.objects.active().by_folder()
    return render_response(request, "mailings/settings/templates.html", {"rows": rows})


@permission_required("mailings.add_mailingtemplate", raise_exception=True)
@one_at_a_time
def mailing_template_new(request):
    return save_or_show_form(request, MailingTemplateForm(get_posted_data(request), user=request.user))


@permission_required("mailings.change_mailingtemplate", raise_exception=True)
@one_at_a_time
def mailing_template_edit(request, pk):
    row = get_object_or_404(MailingTemplate.objects.active(), pk=pk)
    return save_or_show_form(
        request, MailingTemplateForm(get_posted_data(request), instance=row, user=request.user)
    )


def save_or_show_form(request, form: MailingTemplateForm):
    if form.is_bound and form.is_valid():
        name = {"name": form.instance.name}
        show_change_message(request, form.write(request.user), _("Saved the template “%(name)s”.") % name)
        return redirect("mailing_templates")
    context = {"form": form, "merge_fields": form.merge.labels.items()}
    return render_response(request, "mailings/settings/template_form.html", context, status=form.status_code)


@permission_required("mailings.delete_mailingtemplate", raise_exception=True)
@require_POST
@one_at_a_time
def mailing_template_delete(request, pk):
    row = get_object_or_404(MailingTemplate.objects.active(), pk=pk)
    with record_settings_change("delete_mailing_template", by=request.user, rows=[pk]) as record:
        MailingTemplate.objects.filter(pk=pk).retire()
    show_change_message(request, record, _("Deleted the template “%(name)s”.") % {"name": row.name})
    return redirect("mailing_templates")
