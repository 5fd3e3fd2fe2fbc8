"""Adding, editing and deleting a booking page in Settings."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bookings.models import BookingPage
from bookings.page_settings import BookingPageForm
from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import (
    get_posted_data,
    one_at_a_time,
    record_settings_change,
    show_change_message,
)


def _get_page_or_404(user, pk: int) -> BookingPage:
    page = BookingPage.objects.active().changeable_by(user).filter(pk=pk).first()
    if page is None:
        raise Http404
    return page


@permission_required("bookings.add_bookingpage", raise_exception=True)
@one_at_a_time
def booking_page_new(request):
    return _save_or_show_form(
        request, BookingPageForm(get_posted_data(request), instance=BookingPage(), user=request.user)
    )


@permission_required("bookings.change_bookingpage", raise_exception=True)
@one_at_a_time
def booking_page_edit(request, pk):
    page = _get_page_or_404(request.user, pk)
    return _save_or_show_form(
        request, BookingPageForm(get_posted_data(request), instance=page, user=request.user)
    )


def _save_or_show_form(request, form: BookingPageForm):
    if form.is_bound and form.is_valid():
        record = form.write(request.user)
        words = _("Saved the booking page “%(name)s”.") % {"name": form.instance.name}
        show_change_message(request, record, words)
        return redirect("bookings:list")
    return render_response(request, "bookings/edit.html", {"form": form}, status=form.status_code)


@permission_required("bookings.delete_bookingpage", raise_exception=True)
@require_POST
@one_at_a_time
def booking_page_delete(request, pk):
    page = _get_page_or_404(request.user, pk)
    with record_settings_change("delete_booking_page", by=request.user, rows=[pk]) as record:
        BookingPage.objects.filter(pk=pk).retire()
    show_change_message(request, record, _("Deleted the booking page “%(name)s”.") % {"name": page.name})
    return redirect("bookings:list")
