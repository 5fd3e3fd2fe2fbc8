"""The page behind the signed link of a booking: what was booked, and moving or canceling it."""

from zoneinfo import ZoneInfo

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings.booking_links import build_booking_path, find_signed_booking, is_changeable
from bookings.meeting_booking import NotFree, cancel_booking, move_booking
from bookings.models import Booking, BookingPage
from bookings.public.booking_page_views import booked_page
from bookings.public.offered_times import OfferedTime, get_offered_week, get_visitor_zone, parse_time


def _get_booking_or_404(page: BookingPage, token: str) -> Booking:
    found = find_signed_booking(page, token)
    if found is None:
        raise Http404
    return found


@booked_page
@require_safe
def booking(request, page: BookingPage, token: str):
    found = _get_booking_or_404(page, token)
    zone = ZoneInfo(found.zone)
    begins, ends = (OfferedTime(moment, zone).local for moment in (found.activity.at, found.activity.ends_at))
    context = {
        "page": page,
        "web_form": page.form,
        "meeting": found.activity,
        "hosts": [host.name for host in found.hosts],
        "begins": begins,
        "ends": ends,
        "zone": zone,
        "path": build_booking_path(found, token),
        "is_changeable": is_changeable(found),
    }
    response = render(request, "bookings/public/booking.html", context)
    response["Cache-Control"] = "no-store"
    return response


@booked_page
@require_POST
def booking_cancel(request, page: BookingPage, token: str):
    found = _get_booking_or_404(page, token)
    if is_changeable(found):
        cancel_booking(found)
    return redirect(build_booking_path(found, token))


@booked_page
@require_http_methods(["GET", "HEAD", "POST"])
def booking_move(request, page: BookingPage, token: str):
    found, problem = _get_booking_or_404(page, token), ""
    if not is_changeable(found):
        return redirect(build_booking_path(found, token))
    if request.method == "POST":
        begins = parse_time(request.POST.get("at", ""))
        try:
            if begins:
                move_booking(found, begins)
                return redirect(build_booking_path(found, token))
            problem = _("Choose one of the free times.")
        except NotFree:
            problem = _("This time has just been taken. Choose another one.")
    return _render_choice(request, found, token, problem)


def _render_choice(request, found: Booking, token: str, problem: str):
    page, meeting = found.page_as_booked, found.activity
    zone = get_visitor_zone(request.GET.get("zone", found.zone), page.hosts)
    context = {
        "page": page,
        "web_form": page.form,
        "week": get_offered_week(request, page, page.hosts, zone, without_meeting=meeting.pk),
        "moved": OfferedTime(meeting.at, zone),
        "path": build_booking_path(found, token),
        "problem": problem,
    }
    response = render(request, "bookings/public/choose.html", context, status=409 if problem else 200)
    response["Cache-Control"] = "no-store"
    return response
