"""Booking a meeting through a page: what becomes of it, and who is booked."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Absence, User
from bookings.models import Booking
from crm.models import Activity, Invitation, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from crm.work.invitations.invitation_emails import build_invitation_email
from intake.lead_origins import get_lead_arrivals
from intake.models import Submission
from leads.models import Lead
from tests.bookings.conftest import DAY, at, state_in, times_in, value


def add_meeting(host, clock: str, minutes: int = 60) -> Activity:
    values = {"of": "lead", "record": 0, "type": "meeting", "outcome": "planned", "created_by": host}
    lead = Lead.objects.first()
    with operation("test", by=None):
        return Activity.objects.create(**values | {"record": lead.pk, "at": at(clock), "minutes": minutes})


def test_the_page_offers_the_free_times_of_a_week_on_the_clock_of_the_visitor(make_page, visitor):
    page = visitor.get(f"{make_page().path}?from={DAY}&zone=America/New_York")
    assert value("09:00") in times_in(page)
    assert value("16:00") in times_in(page)
    assert value("16:30") not in times_in(page)
    local = at("09:00").astimezone(ZoneInfo("America/New_York"))
    assert f">{local:%H:%M}</button>" in page.text


@pytest.mark.parametrize(
    "query", ["zone=Mars/Base", "from=someday", "from=0001-01-01", "from=9999-12-31", "zone="]
)
def test_a_page_with_strange_parameters_offers_times_all_the_same(make_page, visitor, query):
    assert visitor.get(f"{make_page().path}?{query}").status_code == 200


@pytest.mark.parametrize("moment", ["", "tomorrow", "2026-13-01T10:00Z", "9999-12-31T10:00Z"])
def test_a_time_that_isnt_one_leads_back_or_is_refused_with_a_sentence(make_page, visitor, moment):
    page = make_page()
    assert visitor.get(f"{page.path}/time?at={moment}").status_code in (200, 302)
    answer = visitor.post(f"{page.path}/time", {"at": moment, "last_name": "Pop", "email": "dan@example.com"})
    assert answer.status_code in (302, 409)
    assert not Lead.objects.exists()


def test_a_booking_makes_the_lead_and_a_planned_meeting_with_its_invitation(make_page, book, hosts):
    answer = book(make_page(place="https://meet.example/1"), value("10:00"), "utm_source=news")
    booking = Booking.objects.get()
    lead, meeting = Lead.objects.get(), booking.activity
    assert answer.status_code == 302
    assert (lead.last_name, lead.owner, lead.source.key) == ("Pop", hosts[1], "website")
    assert (meeting.of, meeting.record, meeting.type) == ("lead", lead.pk, "meeting")
    assert (meeting.at, meeting.minutes, meeting.outcome) == (at("10:00"), 60, "planned")
    assert (meeting.created_by, meeting.invited) == (hosts[1], "dan@example.com")
    assert (meeting.subject, meeting.place) == ("Consultation", "https://meet.example/1")
    assert Invitation.objects.get().to == ["dan@example.com"]
    assert get_lead_arrivals(lead.pk)[0]["last"] == {"utm_source": "news"}
    assert Operation.objects.get(kind="book_meeting").by is None


def test_the_lead_gets_the_owner_of_the_form_if_the_page_says_so(make_form, make_page, book, hosts):
    book(make_page(form=make_form(owner=hosts[0]), host_owns=False), value("10:00"))
    assert Lead.objects.get().owner == hosts[0]
    assert Activity.objects.meetings().get().created_by == hosts[1]


def test_a_known_person_gets_no_second_lead_if_the_form_says_so(make_form, make_page, make_lead, book):
    known = make_lead("Dan", email="dan@example.com")
    book(make_page(form=make_form(duplicates="note")), value("10:00"))
    assert Activity.objects.meetings().get().record == known.pk
    assert Lead.objects.count() == 1


def test_a_form_sent_again_finds_its_own_booking(make_page, visitor):
    page = make_page()
    opened = visitor.get(f"{page.path}/time?at={value('10:00')}&zone=UTC")
    sent = {"form_state": state_in(opened), "at": value("10:00"), "zone": "UTC", "email": "dan@example.com"}
    first, second = (visitor.post(f"{page.path}/time", sent) for _number in range(2))
    assert first.status_code == second.status_code == 302
    assert first.url == second.url or first.url.rpartition("/")[0] == second.url.rpartition("/")[0]
    assert Booking.objects.count() == Lead.objects.count() == 1


def test_a_time_that_is_taken_is_refused_with_other_times_and_what_was_typed(make_page, book):
    page = make_page()
    book(page, value("10:00"))
    answer = book(page, value("10:30"), last_name="Marinescu", email="ana@example.com")
    assert answer.status_code == 409
    assert "This time has just been taken." in answer.text
    assert 'value="Marinescu"' in answer.text
    assert value("11:00") in times_in(answer)
    assert value("10:30") not in times_in(answer)
    assert Lead.objects.count() == Booking.objects.count() == Submission.objects.count() == 1


def test_answers_that_are_wrong_keep_the_time_and_book_nothing(make_page, book):
    answer = book(make_page(), value("10:00"), email="dan")
    assert answer.status_code == 422
    assert times_in(answer) == [value("10:00")]
    assert not Booking.objects.exists()


def test_what_looks_like_spam_books_nothing(make_page, book):
    answer = book(make_page(), value("10:00"), contact_me_by_fax="1")
    assert answer.url == "/forms/contact-us/sent"
    assert Submission.objects.get().state == "spam"
    assert not Lead.objects.exists()
    assert not Booking.objects.exists()


def test_the_limit_of_a_network_address_is_that_of_the_form(make_form, make_page, book):
    page = make_page(form=make_form(most_an_hour=1))
    book(page, value("10:00"))
    assert book(page, value("12:00")).status_code == 429
    assert Booking.objects.count() == 1


def test_people_are_booked_in_turn(make_page, book, hosts):
    page = make_page(people=hosts)
    for clock in ("09:00", "11:00", "13:00", "15:00"):
        book(page, value(clock))
    booked = Booking.objects.order_by("pk").values_list("activity__created_by", flat=True)
    assert list(booked) == [hosts[0].pk, hosts[1].pk] * 2


def test_whoever_is_free_is_booked_first_by_name(make_page, book, hosts):
    page = make_page(people=hosts, choice="first")
    for clock in ("09:00", "11:00", "11:00"):
        book(page, value(clock))
    booked = Booking.objects.order_by("pk").values_list("activity__created_by", flat=True)
    assert list(booked) == [hosts[0].pk, hosts[0].pk, hosts[1].pk]


def test_a_time_is_free_if_one_of_several_people_is(make_page, make_lead, visitor, hosts):
    page = make_page(people=hosts)
    make_lead("Ana")
    add_meeting(hosts[0], "10:00")
    assert value("10:00") in times_in(visitor.get(f"{page.path}?from={DAY}&zone=UTC"))
    Absence.objects.create(user=hosts[1], first=DAY, last=DAY)
    assert value("10:00") not in times_in(visitor.get(f"{page.path}?from={DAY}&zone=UTC"))


def test_a_page_offers_nothing_of_people_who_are_no_longer_active(make_page, visitor, hosts):
    page = make_page()
    hosts[1].is_active = False
    hosts[1].save()
    assert times_in(visitor.get(f"{page.path}?from={DAY}&zone=UTC")) == []


@pytest.mark.parametrize(
    ("rules", "is_offered"),
    [
        pytest.param({}, True, id="within the limits"),
        pytest.param({"notice_hours": 700}, False, id="too soon"),
        pytest.param({"days_ahead": 2}, False, id="too far ahead"),
    ],
)
def test_notice_and_days_ahead_limit_what_can_be_booked(make_page, book, rules, is_offered):
    answer = book(make_page(**rules), value("10:00"))
    assert Booking.objects.exists() is is_offered
    assert answer.status_code == (302 if is_offered else 409)


def test_the_free_time_around_a_booking_holds_for_other_pages_too(make_page, make_form, book, hosts):
    padded = make_page(minutes_after=45)
    other = make_page("Demo", slug="demo", form=padded.form)
    book(padded, value("10:00"))
    assert book(other, value("11:30")).status_code == 409
    assert book(other, value("12:00")).status_code == 302


@pytest.mark.parametrize(
    "values",
    [
        {"published": False},
        {"retired": True},
    ],
)
def test_a_page_that_isnt_published_cant_be_opened(make_page, visitor, values):
    page = make_page(**values)
    assert visitor.get(page.path).status_code == 404
    assert visitor.post(f"{page.path}/time", {"at": value("10:00")}).status_code == 404


def test_the_undo_of_a_booking_tells_the_visitor(make_page, book, ada):
    book(make_page(), value("10:00"))
    Invitation.objects.update(state="sent")
    revert_operation(Operation.objects.get(kind="book_meeting"), by=ada)
    assert Activity.objects.meetings().get().deleted_at
    assert Invitation.objects.latest("pk").method == "CANCEL"


def test_the_invitation_is_in_the_language_of_the_form_and_on_the_clock_of_the_visitor(
    make_form, make_page, visitor, book, settings
):
    page = make_page(form=make_form(language="ro"))
    book(page, value("10:00"), zone="Europe/Bucharest")
    letter = build_invitation_email(Invitation.objects.get())
    local = at("10:00").astimezone(ZoneInfo("Europe/Bucharest"))
    assert f"{local:%H:%M}" in letter.body
    assert "(Europe/Bucharest)" in letter.body
    assert f"{settings.SITE_URL}/book/consultation/booking/" in letter.body
    assert letter.subject.startswith("Invitație")


def test_an_invitation_that_others_get_too_doesnt_have_the_link_of_the_visitor(make_page, book):
    book(make_page(), value("10:00"))
    invitation = Invitation.objects.get()
    invitation.addresses = "dan@example.com, other@example.com"
    assert "/book/" not in build_invitation_email(invitation).body


def test_opening_a_page_takes_as_many_queries_for_twenty_people_as_for_one(
    make_page, visitor, django_assert_max_num_queries, hosts
):
    page = make_page()
    with django_assert_max_num_queries(25) as of_one:
        visitor.get(page.path)
    others = [User(email=f"user{number}@example.com", name=f"User {number}") for number in range(19)]
    many = [hosts[1], *User.objects.bulk_create(others)]
    with operation("test", by=None):
        type(page).objects.filter(pk=page.pk).update(people=[each.pk for each in many])
    with django_assert_max_num_queries(len(of_one)):
        visitor.get(f"{page.path}?from={DAY + timedelta(days=7)}")
