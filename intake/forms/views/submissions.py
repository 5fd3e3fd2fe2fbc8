"""What visitors sent with a web form: the list with the quarantine, one submission, and processing it again."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.platform.web.responses import render_response
from intake.forms.submissions.submission_lines import (
    LIST_PAGE_SIZE,
    build_submission_line,
    describe_reasons,
    get_labels_and_raw_values,
    get_processing_obstacle,
)
from intake.forms.submissions.submission_processing import process_submission
from intake.forms.views.web_form import get_form_or_404
from intake.models import Submission, WebForm

State = Submission.State


@permission_required("intake.view_webform", raise_exception=True)
@require_safe
def web_form_submissions(request, pk):
    form = get_form_or_404(WebForm.objects.active().visible_to(request.user), pk)
    chosen = request.GET.get("state", "")
    rows = Submission.objects.of_form(form).newest_first()
    if chosen in State.values:
        rows = rows.in_state(chosen)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.before(int(before))
    found = list(rows[: LIST_PAGE_SIZE + 1])
    context = {
        "web_form": form,
        "lines": [build_submission_line(row) for row in found[:LIST_PAGE_SIZE]],
        "chosen": chosen,
        "states": State.choices,
        "following": found[LIST_PAGE_SIZE - 1].pk if len(found) > LIST_PAGE_SIZE else None,
    }
    return render_response(request, "intake/forms/submissions.html", context)


@permission_required("intake.view_webform", raise_exception=True)
@require_safe
def submission(request, pk):
    found = _get_submission_or_404(Submission.objects.visible_to(request.user), pk)
    context = {
        "web_form": found.form,
        "line": build_submission_line(found, request.user),
        "values": get_labels_and_raw_values(found),
        "may_process": request.user.has_perms(("intake.change_webform", "leads.add_lead"))
        and not get_processing_obstacle(found),
    }
    return render_response(request, "intake/forms/submission.html", context)


@permission_required(("intake.change_webform", "leads.add_lead"), raise_exception=True)
@require_POST
def submission_process(request, pk):
    """Releases a quarantined one, and processes one without a lead again."""
    rows = Submission.objects.changeable_by(request.user)
    found = _get_submission_or_404(rows.select_for_update(of=("self",)), pk)
    if problem := get_processing_obstacle(found):
        messages.info(request, problem)
    else:
        process_submission(found, by=request.user)
        if found.state == State.FAILED:
            messages.warning(request, " ".join(describe_reasons(found.reasons)))
        else:
            messages.success(request, _("The lead was added or updated."))
    return redirect("intake_forms:submission", pk)


def _get_submission_or_404(rows, pk: int) -> Submission:
    found = rows.filter(pk=pk).select_related("form__department", "form__status__pipeline", "lead").first()
    if found is None:
        raise Http404
    return found
