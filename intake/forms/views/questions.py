"""The questions of a web form, in Settings."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import get_posted_data, one_at_a_time, show_change_message
from intake.forms.settings.contract_check import get_unused_questions_sentence
from intake.forms.settings.questions_form import Questions
from intake.forms.views.web_form import get_form_or_404
from intake.models import WebForm


@permission_required("intake.change_webform", raise_exception=True)
@one_at_a_time
def web_form_questions(request, pk):
    form = get_form_or_404(WebForm.objects.active().changeable_by(request.user), pk)
    questions = Questions(form, request.user, get_posted_data(request))
    status = 200
    if request.method == "POST":
        if questions.is_valid():
            record = questions.write(request.user)
            show_change_message(
                request, record, _("Saved the questions of “%(name)s”.") % {"name": form.name}
            )
            more = "more" in request.POST
            return redirect("intake_forms:questions" if more else "intake_forms:form", pk)
        status = 409 if questions.has_changed_since else 422
    context = {"web_form": form, "questions": questions, "formset": questions.made}
    context |= {"unused": get_unused_questions_sentence(form)}
    return render_response(request, "intake/forms/questions.html", context, status=status)
