"""The list of booking pages in Settings."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from bookings.models import BookingPage
from bookings.page_lines import build_page_lines
from crm.platform.web.responses import render_response


@permission_required("bookings.view_bookingpage", raise_exception=True)
@require_safe
def booking_pages(request):
    rows = BookingPage.objects.active().visible_to(request.user).with_form().by_name()
    return render_response(request, "bookings/list.html", {"lines": build_page_lines(rows)})
