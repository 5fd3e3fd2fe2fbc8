"""The page on which a visitor answers the questions of the web form and books the time that they chose."""

import time
from collections.abc import Sequence
from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings.booking_links import build_booking_path
from bookings.meeting_booking import NotFree, book_meeting
from bookings.models import BookingPage
from bookings.public.booking_page_views import visitors_page
from bookings.public.offered_times import OfferedTime, get_other_times, get_visitor_zone, parse_time
from crm.platform.web.middleware.response_timing import mark_response_start
from crm.platform.web.transactions import OPERATIONAL, Busy, is_locked
from intake.forms.public.campaign_parameters import FIRST, parse_touch
from intake.forms.public.embedding_policy import BUSY
from intake.forms.public.public_form import PublicForm, get_raw_values
from intake.forms.public.signed_state import INPUT, FormState, create_state, read_signed_state, sign_state
from intake.forms.questions import get_last_step
from intake.forms.submissions.spam_detection import TRAP
from intake.forms.submissions.submission_processing import RequestDetails, TooManyForms


@visitors_page
@require_http_methods(["GET", "HEAD", "POST"])
def book_time(request, page: BookingPage):
    sent = request.POST if request.method == "POST" else request.GET
    begins = parse_time(sent.get("at", ""))
    if begins is None:
        return redirect(page.path)
    chosen = OfferedTime(begins, get_visitor_zone(sent.get("zone", ""), page.hosts))
    if request.method == "POST":
        begun = time.monotonic()
        # Otherwise the time would tell whether the email or phone is that of a known person.
        return mark_response_start(_book_or_show_problem(request, page, chosen), begun)
    step = get_last_step(page.form.questions)
    asked = PublicForm(page.form, touch=request.GET.dict(), step=step)
    return _render_questions(request, page, chosen, asked, create_state(parse_touch(request.GET)))


def _book_or_show_problem(request, page: BookingPage, chosen: OfferedTime) -> HttpResponse:
    text, form = request.POST.get(INPUT, ""), page.form
    raw, step = get_raw_values(form, request.POST), get_last_step(form.questions)
    state = read_signed_state(text, form) if text else None
    filled = PublicForm(form, raw, step=step)
    show = partial(_render_questions, request, page, chosen, filled, state or create_state({}))
    if text and state is None:
        return show(status=422, problem=_("This page was open for too long. Send it again."))
    if not filled.is_valid():
        return show(status=422)
    try:
        sent = RequestDetails.from_request(request, state)
        booking = book_meeting(page, chosen.begins, filled, sent, str(chosen.zone))
    except NotFree:
        others = get_other_times(page, chosen.begins, chosen.zone)
        return show(
            status=409, problem=_("This time has just been taken. Choose another one."), others=others
        )
    except TooManyForms:
        problem = _("Too many forms were sent from your network. Try again in an hour.")
        return show(status=429, problem=problem)
    except (Busy, *OPERATIONAL) as error:
        if is_locked(error):
            return show(status=409, problem=str(BUSY))
        raise
    return redirect(build_booking_path(booking) if booking else f"{form.path}/sent")


def _render_questions(
    request,
    page: BookingPage,
    chosen: OfferedTime,
    asked: PublicForm,
    state: FormState,
    *,
    status=200,
    **more,
) -> HttpResponse:
    """`more` are a `problem`, and `others` if the visitor has to choose one of these times: the nearest is selected."""
    others: Sequence[OfferedTime] = more.get("others", ())
    context = {
        "page": page,
        "web_form": page.form,
        "chosen": chosen,
        "nearest": min(others, key=lambda other: abs(other.begins - chosen.begins), default=chosen),
        "form": asked,
        "state": sign_state(state, page.form),
        "names": {"state": INPUT, "trap": TRAP, "first": FIRST},
        **more,
    }
    response = render(request, "bookings/public/book.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
