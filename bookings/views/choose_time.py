"""The page on which a visitor chooses a free time."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from bookings.models import BookingPage
from bookings.public.booking_page_views import visitors_page
from bookings.public.offered_times import get_offered_week, get_visitor_zone


@visitors_page
@require_safe
def choose_time(request, page: BookingPage):
    zone = get_visitor_zone(request.GET.get("zone", ""), page.hosts)
    week = get_offered_week(request, page, page.hosts, zone)
    context = {"page": page, "web_form": page.form, "week": week}
    response = render(request, "bookings/public/choose.html", context)
    response["Cache-Control"] = "no-store"
    return response
