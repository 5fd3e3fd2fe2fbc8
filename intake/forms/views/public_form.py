"""The page of a web form: opening it, going from step to step, and sending it."""

import time

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.fields.custom.values.field_registry import use_definitions_as_found
from crm.platform.files.error_messages import get_refusal_sentence
from crm.platform.files.store import NotKept
from crm.platform.web.after_response import run_after_response
from crm.platform.web.middleware.response_timing import mark_response_start
from crm.platform.web.transactions import OPERATIONAL, Busy, is_locked
from intake.forms.public.campaign_parameters import FIRST, parse_touch
from intake.forms.public.embedding_policy import BUSY, public_page
from intake.forms.public.public_form import PublicForm, get_raw_values
from intake.forms.public.signed_state import INPUT, FormState, create_state, read_signed_state, sign_state
from intake.forms.questions import get_last_step
from intake.forms.submissions.spam_detection import TRAP
from intake.forms.submissions.submission_processing import RequestDetails, TooManyForms, receive_submission
from intake.models import FormView, Submission, WebForm


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def web_form(request, form: WebForm):
    if request.method == "POST":
        begun = time.monotonic()
        with use_definitions_as_found():
            answer = _check_whole_form(request, form)
        # Otherwise the time would tell whether the email or phone is that of a known person.
        return (
            answer
            if isinstance(answer, HttpResponse)
            else mark_response_start(_receive_submission(request, *answer), begun)
        )
    touch = parse_touch(request.GET)
    asked = PublicForm(form, touch=request.GET.dict())
    asked.step = min(asked.steps, default=1)
    response = _render_page(request, asked, create_state(touch))
    if request.method == "GET":
        run_after_response(response, lambda: FormView.record_view(form.pk))
    return response


def _check_whole_form(request, form: WebForm) -> HttpResponse | tuple[PublicForm, RequestDetails]:
    """The whole form, or the page of another step or with errors. A page that was open for more than a day is shown again
    with its answers."""
    text = request.POST.get(INPUT, "")
    state = read_signed_state(text, form) if text else None
    raw = {**(state.values if state else {}), **get_raw_values(form, request.POST)}
    last = get_last_step(form.questions)
    step = state.step if state else last
    if text and state is None:
        problem = _("This page was open for too long. Send it again.")
        return _show_again(request, PublicForm(form, raw, checked=False), problem)
    filled = PublicForm(form, raw, request.FILES, step=step)
    if state and "back" in request.POST:
        return _render_step(request, form, raw, state, filled.get_step_before(step))
    if not filled.is_valid():
        return _render_errors(request, filled, state)
    following = filled.get_step_after(step)
    if state and following:
        return _render_step(request, form, raw, state, following)
    if step < last:
        filled = PublicForm(form, raw, request.FILES, step=last)
        if not filled.is_valid():
            return _render_errors(request, filled, state)
    return filled, RequestDetails.from_request(request, state)


def _render_step(request, form: WebForm, raw: dict[str, list[str]], state: FormState, step: int):
    state.values, state.step = raw, step
    return _render_page(request, PublicForm(form, raw, step=step, checked=False, touch=state.touch), state)


def _render_errors(request, filled: PublicForm, state: FormState | None):
    """The step with the first error, with everything that was typed."""
    step = filled.get_first_wrong_step()
    state = state or create_state({})
    if step != filled.step:
        filled = PublicForm(filled.web_form, filled.raw, step=step)
        filled.is_valid()
    state.values, state.step = filled.raw, step
    return _render_page(request, filled, state, status=422)


def _show_again(request, asked: PublicForm, problem: str, status: int = 422):
    state = create_state({})
    state.values = asked.raw
    return _render_page(request, asked, state, status=status, problem=problem)


def _receive_submission(request, filled: PublicForm, sent: RequestDetails):
    form = filled.web_form
    try:
        with transaction.atomic():
            submission = receive_submission(form, filled, sent)
    except TooManyForms:
        problem = _("Too many forms were sent from your network. Try again in an hour.")
        return _render_page(request, filled, sent.state or create_state({}), status=429, problem=problem)
    except NotKept as problem:
        return _show_again(request, filled, get_refusal_sentence(problem.code))
    except (Busy, *OPERATIONAL) as error:
        if not is_locked(error):
            raise
        return _render_page(request, filled, sent.state or create_state({}), status=409, problem=str(BUSY))
    if submission.state == Submission.State.UNCONFIRMED:
        return redirect("web_form_sent", slug=form.slug, permanent=False)
    return redirect(form.redirect or f"{form.path}/sent")


def _render_page(
    request, asked: PublicForm, state: FormState, *, status: int = 200, problem: str = ""
) -> HttpResponse:
    steps = asked.steps
    context = {
        "web_form": asked.web_form,
        "form": asked,
        "state": sign_state(state, asked.web_form),
        "names": {"state": INPUT, "trap": TRAP, "first": FIRST},
        "problem": problem,
        "number": steps.index(asked.step) + 1 if asked.step in steps else 1,
        "steps": len(steps),
        "is_last": asked.get_step_after(asked.step) is None,
        "is_first": asked.get_step_before(asked.step) == asked.step,
    }
    response = render(request, "intake/forms/public/form.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
