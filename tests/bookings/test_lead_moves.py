"""The status that a lead gets when a time is booked, and when a booking counts as the first contact."""

import pytest

from bookings.models import Booking, BookingPage
from bookings.status_replacement import replace_value_in_booking_pages
from crm.models import Activity, Notification, Operation
from crm.platform.web.notifications import get_notification_sentence
from crm.records.history.verb_execution import operation
from crm.records.kinds.record_uses import Retirement, get_uses
from crm.work.invitations.meetings import write_past_meeting_contacts
from leads.models import Lead, Status
from tests.bookings.conftest import value


@pytest.fixture
def status(statuses):
    return statuses.qualified


def test_a_lead_gets_the_status_that_the_page_says(make_page, book, status):
    book(make_page(status=status), value("10:00"))
    assert Lead.objects.get().status == status
    move = Operation.objects.get(kind="move")
    assert (move.by, move.channel, str(move.parameters["status"])) == (None, "system", str(status.pk))


def test_a_known_lead_gets_the_status_too(make_form, make_page, make_lead, book, status):
    known = make_lead("Dan", email="dan@example.com")
    book(make_page(form=make_form(duplicates="note"), status=status), value("10:00"))
    known.refresh_from_db()
    assert known.status == status


def test_no_other_lead_is_moved(make_page, make_lead, book, status):
    other = make_lead("Eva", email="eva@example.com")
    before = other.status
    book(make_page(status=status), value("10:00"))
    other.refresh_from_db()
    assert other.status == before != status


@pytest.mark.parametrize("rule", ["required_fields", "retired"])
def test_a_status_whose_rules_dont_allow_it_is_said_to_those_who_may_change_the_page(
    make_page, book, ada, status, rule
):
    with operation("test", by=None):
        Status.objects.filter(pk=status.pk).update(**{rule: ["phone"] if rule == "required_fields" else True})
    page = make_page(status=status)
    assert book(page, value("10:00")).status_code == 302
    assert book(page, value("12:00"), email="eva@example.com").status_code == 302
    assert Booking.objects.count() == 2
    assert not Lead.objects.filter(status=status).exists()
    notice = Notification.objects.get(user=ada)
    assert (notice.kind, notice.path) == ("booking_status_refused", f"/admin/booking-pages/{page.pk}/edit")
    sentence = get_notification_sentence(notice)
    assert sentence.startswith(
        "A lead that was booked through “Consultation” couldn’t be moved to Qualified: "
    )


def test_a_booking_counts_as_first_contact_only_once_the_meeting_is_over(make_page, book):
    book(make_page(), value("10:00"))
    lead, meeting = Lead.objects.get(), Activity.objects.meetings().get()
    assert (lead.first_contacted_at, lead.last_contacted_at) == (None, None)
    write_past_meeting_contacts(meeting.at)
    lead.refresh_from_db()
    assert lead.first_contacted_at is None
    write_past_meeting_contacts(meeting.ends_at)
    lead.refresh_from_db()
    assert (lead.first_contacted_at, lead.first_contacted_by) == (meeting.at, "activity")


def test_a_booking_that_was_canceled_never_counts_as_contact(make_page, book, visitor):
    answer = book(make_page(), value("10:00"))
    meeting = Activity.objects.meetings().get()
    visitor.post(f"{answer.url}/cancel")
    write_past_meeting_contacts(meeting.ends_at)
    assert Lead.objects.get().first_contacted_at is None


@pytest.mark.parametrize("change", [lambda status: status, Retirement])
def test_what_retires_or_merges_a_status_names_the_booking_pages(ada, make_page, status, change):
    make_page(status=status)
    (uses,) = [one for one in get_uses(change(status), ada) if "booking page" in one.sentence]
    assert "1 booking page moves leads to this status" in uses.sentence
    assert uses.rows[0][0] == "Consultation"


def test_the_replacement_of_a_status_replaces_it_in_booking_pages(make_page, statuses, status):
    make_page(status=status)
    with operation("test", by=None):
        replace_value_in_booking_pages("source", status.pk, statuses.contacted.pk)
        assert BookingPage.objects.get().status == status
        replace_value_in_booking_pages("status", status.pk, statuses.contacted.pk)
    assert BookingPage.objects.get().status == statuses.contacted
