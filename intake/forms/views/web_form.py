"""A web form in Settings: its figures, its code for other sites; and adding, editing and deleting one."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.platform.web.responses import answer
from crm.records.editing.settings_change import one_at_a_time, posted, recorded, say
from intake.forms.public.embed_code import frame_code, plain_code
from intake.forms.public.visit_counts import lines_of
from intake.forms.questions import asked
from intake.forms.settings.contract_check import unused_sentence
from intake.forms.settings.form_settings import WebFormForm
from intake.models import WebForm


def form_or_404(rows, pk: int) -> WebForm:
    form = rows.filter(pk=pk).with_names().first()
    if form is None:
        raise Http404
    return form


@permission_required("intake.view_webform", raise_exception=True)
@require_safe
def web_form(request, pk):
    form = form_or_404(WebForm.objects.active().visible_to(request.user), pk)
    [line] = lines_of([form])
    context = {
        "web_form": form,
        "line": line,
        "questions": asked(form.questions),
        "unused": unused_sentence(form),
        "frame_code": frame_code(form),
        "plain_code": plain_code(form),
    }
    return answer(request, "intake/forms/form.html", context)


@permission_required("intake.add_webform", raise_exception=True)
@one_at_a_time
def web_form_new(request):
    return _edited(request, WebFormForm(posted(request), instance=WebForm(), user=request.user))


@permission_required("intake.change_webform", raise_exception=True)
@one_at_a_time
def web_form_edit(request, pk):
    form = form_or_404(WebForm.objects.active().changeable_by(request.user), pk)
    return _edited(request, WebFormForm(posted(request), instance=form, user=request.user))


def _edited(request, form: WebFormForm):
    if form.is_bound and form.is_valid():
        record = form.write(request.user)
        say(request, record, _("Saved the form “%(name)s”.") % {"name": form.instance.name})
        return redirect("intake_forms:form", form.instance.pk)
    context = {"form": form, "unused": "" if form.is_new else unused_sentence(form.instance)}
    return answer(request, "intake/forms/edit.html", context, status=form.status_code)


@permission_required("intake.delete_webform", raise_exception=True)
@require_POST
@one_at_a_time
def web_form_delete(request, pk):
    form = form_or_404(WebForm.objects.active().changeable_by(request.user), pk)
    with recorded("delete_web_form", by=request.user, rows=[pk]) as record:
        WebForm.objects.filter(pk=pk).retire()
    say(request, record, _("Deleted the form “%(name)s”.") % {"name": form.name})
    return redirect("intake_forms:list")
