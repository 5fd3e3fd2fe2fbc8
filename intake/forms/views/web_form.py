"""A web form in Settings: its figures, its code for other sites; and adding, editing and deleting one."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import (
    get_posted_data,
    one_at_a_time,
    record_settings_change,
    show_change_message,
)
from intake.forms.public.embed_code import render_frame_code, render_plain_code
from intake.forms.public.visit_counts import build_form_lines
from intake.forms.questions import get_usable_questions
from intake.forms.settings.contract_check import get_unused_questions_sentence
from intake.forms.settings.form_settings import WebFormForm
from intake.models import WebForm


def get_form_or_404(rows, pk: int) -> WebForm:
    form = rows.filter(pk=pk).with_names().first()
    if form is None:
        raise Http404
    return form


@permission_required("intake.view_webform", raise_exception=True)
@require_safe
def web_form(request, pk):
    form = get_form_or_404(WebForm.objects.active().visible_to(request.user), pk)
    [line] = build_form_lines([form])
    context = {
        "web_form": form,
        "line": line,
        "questions": get_usable_questions(form.questions),
        "unused": get_unused_questions_sentence(form),
        "frame_code": render_frame_code(form),
        "plain_code": render_plain_code(form),
    }
    return render_response(request, "intake/forms/form.html", context)


@permission_required("intake.add_webform", raise_exception=True)
@one_at_a_time
def web_form_new(request):
    return _save_or_show_form(
        request, WebFormForm(get_posted_data(request), instance=WebForm(), user=request.user)
    )


@permission_required("intake.change_webform", raise_exception=True)
@one_at_a_time
def web_form_edit(request, pk):
    form = get_form_or_404(WebForm.objects.active().changeable_by(request.user), pk)
    return _save_or_show_form(
        request, WebFormForm(get_posted_data(request), instance=form, user=request.user)
    )


def _save_or_show_form(request, form: WebFormForm):
    if form.is_bound and form.is_valid():
        record = form.write(request.user)
        show_change_message(request, record, _("Saved the form “%(name)s”.") % {"name": form.instance.name})
        return redirect("intake_forms:form", form.instance.pk)
    context = {"form": form, "unused": "" if form.is_new else get_unused_questions_sentence(form.instance)}
    return render_response(request, "intake/forms/edit.html", context, status=form.status_code)


@permission_required("intake.delete_webform", raise_exception=True)
@require_POST
@one_at_a_time
def web_form_delete(request, pk):
    form = get_form_or_404(WebForm.objects.active().changeable_by(request.user), pk)
    with record_settings_change("delete_web_form", by=request.user, rows=[pk]) as record:
        WebForm.objects.filter(pk=pk).retire()
    show_change_message(request, record, _("Deleted the form “%(name)s”.") % {"name": form.name})
    return redirect("intake_forms:list")
