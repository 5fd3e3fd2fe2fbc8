"""What visitors see after sending a web form, and the link with which they confirm their email address."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from intake.forms.public.embedding_policy import public_page
from intake.forms.public.theme_stylesheet import render_stylesheet
from intake.forms.submissions.confirmation_email import find_submission
from intake.forms.submissions.submission_processing import process_submission
from intake.models import Submission, WebForm

UNCONFIRMED = Submission.State.UNCONFIRMED


@public_page
@require_safe
def submission_sent(request, form: WebForm):
    return render(request, "intake/forms/public/sent.html", {"web_form": form})


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request, form: WebForm, token: str):
    """A button confirms, because mail programs open links on their own."""
    submission = find_submission(token)
    if submission is None or submission.form_id != form.pk:
        raise Http404
    if request.method == "POST":
        locked = Submission.objects.select_for_update(of=("self",)).select_related("form")
        submission = locked.get(pk=submission.pk)
        if submission.state == UNCONFIRMED:
            submission.form = form
            process_submission(submission)
        return redirect(form.redirect or f"{form.path}/confirmed")
    context = {"web_form": form, "submission": submission, "waiting": submission.state == UNCONFIRMED}
    return render(request, "intake/forms/public/confirm.html", context)


@public_page
@require_safe
def submission_confirmed(request, form: WebForm):
    return render(request, "intake/forms/public/sent.html", {"web_form": form, "confirmed": True})


@public_page
@require_safe
def theme(request, form: WebForm):
    """The colors of a form: pages have no inline styles. The address changes with each change of the form."""
    response = HttpResponse(render_stylesheet(form), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=86400"
    return response
