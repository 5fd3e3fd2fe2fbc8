"""Meetings that everyone of a page has together: when they are offered, who gets them, and moving one."""

from accounts.models import Absence
from bookings.models import Booking
from crm.models import Activity, Invitation
from crm.work.invitations.invitation_emails import build_invitation_email
from tests.bookings.conftest import DAY, at, times_in, value
from tests.bookings.test_booking import add_meeting


def test_a_time_is_offered_only_if_everyone_is_free(make_page, make_lead, visitor, hosts):
    page = make_page(people=hosts, choice="all")
    make_lead("Ana")
    add_meeting(hosts[0], "10:00")
    add_meeting(hosts[1], "14:00")
    offered = times_in(visitor.get(f"{page.path}?from={DAY}&zone=UTC"))
    assert value("09:00") in offered
    assert value("11:00") in offered
    assert not {value("10:00"), value("10:30"), value("14:00")} & set(offered)
    Absence.objects.create(user=hosts[1], first=DAY, last=DAY)
    assert value("09:00") not in times_in(visitor.get(f"{page.path}?from={DAY}&zone=UTC"))


def test_a_time_at_which_one_isnt_free_cant_be_booked(make_page, make_lead, book, hosts):
    make_lead("Ana")
    add_meeting(hosts[1], "10:00")
    assert book(make_page(people=hosts, choice="all"), value("10:00")).status_code == 409
    assert not Booking.objects.exists()


def test_everyone_gets_the_meeting_and_none_of_them_can_be_booked_again(make_page, book, visitor, hosts):
    page = make_page(people=hosts, choice="all", minutes_after=30)
    alone = make_page("Demo", slug="demo", people=hosts[1:], form=page.form)
    answer = book(page, value("10:00"))
    meeting = Activity.objects.meetings().get()
    assert (meeting.created_by, meeting.invited_addresses) == (hosts[0], ["dan@example.com", hosts[1].email])
    assert Invitation.objects.get().to == ["dan@example.com", hosts[1].email]
    assert f"{hosts[0].name}, {hosts[1].name}" in visitor.get(answer.url).text
    assert book(page, value("10:00")).status_code == 409
    assert book(alone, value("10:00")).status_code == 409
    # The free time around the meeting is kept by those who are invited to it as well.
    assert book(alone, value("11:00")).status_code == 409
    assert book(alone, value("11:30")).status_code == 302


def test_the_visitor_gets_the_link_although_colleagues_are_invited_too(make_page, book, hosts):
    book(make_page(people=hosts, choice="all"), value("10:00"))
    assert "/book/consultation/booking/" in build_invitation_email(Invitation.objects.get()).body


def test_a_meeting_of_everyone_moves_only_to_a_time_at_which_all_of_them_are_free(
    make_page, book, visitor, hosts
):
    answer = book(make_page(people=hosts, choice="all"), value("10:00"))
    add_meeting(hosts[1], "14:00")
    offered = times_in(visitor.get(f"{answer.url}/move?from={DAY}"))
    assert value("10:30") in offered
    assert value("14:00") not in offered
    assert visitor.post(f"{answer.url}/move", {"at": value("14:00")}).status_code == 409
    assert visitor.post(f"{answer.url}/move", {"at": value("10:30")}).status_code == 302
    assert Activity.objects.meetings().order_by("pk").first().at == at("10:30")


def test_a_meeting_of_one_moves_although_the_others_of_the_page_arent_free(make_page, book, visitor, hosts):
    answer = book(make_page(people=hosts), value("10:00"))
    add_meeting(hosts[1], "14:00")
    assert Booking.objects.get().hosts == [hosts[0]]
    assert visitor.post(f"{answer.url}/move", {"at": value("14:00")}).status_code == 302


def test_the_limit_of_a_day_counts_for_everyone_who_has_the_meeting(make_page, book, hosts):
    page = make_page(people=hosts, choice="all", most_a_day=1)
    book(page, value("10:00"))
    assert book(page, value("14:00")).status_code == 409
