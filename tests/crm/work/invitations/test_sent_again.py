"""Invitations to meetings: what is sent, and when it is sent again or canceled."""

import re
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import User
from crm.models import Activity, Invitation, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import get_undo_obstacle
from tests.crm.work.emails.emailing import told
from tests.crm.work.invitations.inviting import edit, event_in, in_days, plan, sent, work
from tests.post_office import post_office  # noqa: F401 - a fixture


@pytest.fixture
def meeting(browser, lead) -> Activity:
    """A planned meeting whose invitation has been sent."""
    plan(browser, lead)
    work()
    return Activity.objects.get()


def test_a_planned_meeting_invites_once_and_shows_who_is_invited(browser, bob, lead):
    answer = plan(
        browser, lead, invited="jan@example.cz; Eva@Example.com jan@example.cz", place="Room 4, 1st floor"
    )
    assert "The invitation will be sent in a few seconds." in told(answer)
    assert mail.outbox == []
    work()
    work()
    (letter,) = mail.outbox
    assert letter.to == ["jan@example.cz", "Eva@Example.com"]
    assert letter.subject == "Invitation: The offer"
    assert (letter.from_email, letter.reply_to) == ("Bob <leadwell@localhost>", ["Bob <bob@example.com>"])
    assert "Bob invites you to a meeting." in letter.body
    assert "(Europe/Bucharest)" in letter.body
    event, at = event_in(letter), in_days(7)
    assert (event["METHOD"], event["method of the part"], event["SEQUENCE"]) == ("REQUEST", "REQUEST", "0")
    assert (event["DTSTART"], event["DTEND"]) == (
        f"{at:%Y%m%dT%H%M%SZ}",
        f"{at + timedelta(minutes=45):%Y%m%dT%H%M%SZ}",
    )
    assert (event["SUMMARY"], event["LOCATION"]) == ("The offer", "Room 4, 1st floor")
    assert event["ORGANIZER"] == "mailto:bob@example.com"
    assert event["ATTENDEE"] == "mailto:jan@example.cz mailto:Eva@Example.com"
    assert re.fullmatch("meeting-[0-9a-f]{32}@[a-z0-9.-]+", event["UID"])
    shown = told(browser.get(f"/admin/leads/{lead.pk}"))
    entry = shown.partition('data-activity="meeting"')[2].partition("</ul>")[0]
    for part in (
        "planned a 45-minute meeting",
        "<b>The offer</b>",
        "Room 4, 1st floor",
        "Invited:",
        "Eva@Example.com",
    ):
        assert part in entry
    assert entry.count("No answer yet") == 2


def test_the_email_has_the_calendar_twice_and_goes_over_smtp(browser, bob, lead, post_office):  # noqa: F811
    User.objects.filter(pk=bob.pk).update(name='Ștefan "the boss"; Ionescu')
    plan(browser, lead, subject="Oferta, „a doua”; 50%", place="https://meet.example/x?a=1;b=2")
    work()
    letter = message_from_bytes(post_office[0].as_bytes(), policy=default)
    text, file = letter.iter_parts()
    assert letter.get_content_type() == "multipart/mixed"
    assert text.get_content_type() == "multipart/alternative"
    types = [part.get_content_type() for part in text.iter_parts()]
    assert types == ["text/plain", "text/html", "text/calendar"]
    calendar = list(text.iter_parts())[2]
    assert (calendar.get_param("method"), calendar.get_content_charset()) == ("REQUEST", "utf-8")
    assert (file.get_content_type(), file.get_filename()) == ("application/ics", "invite.ics")
    whole = file.get_payload(decode=True).decode()
    assert whole.splitlines() == calendar.get_content().splitlines()
    assert max(len(line.encode()) for line in whole.split("\r\n")) <= 75
    lines = whole.replace("\r\n ", "").split("\r\n")
    assert "SUMMARY:Oferta\\, „a doua”\\; 50%" in lines
    assert 'ORGANIZER;CN="Ștefan the boss; Ionescu":mailto:bob@example.com' in lines
    assert (
        "ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:jan@example.cz"
        in lines
    )


def last_sunday_of_march(year: int) -> date:
    return max(date(year, 3, day) for day in range(25, 32) if date(year, 3, day).weekday() == 6)


def test_a_meeting_at_ten_is_at_ten_before_and_after_the_change_to_summer_time(browser, bob, lead):
    User.objects.filter(pk=bob.pk).update(time_zone="Europe/Bucharest")
    sunday = last_sunday_of_march(timezone.now().year + 1)
    for day in (sunday - timedelta(days=1), sunday):
        browser.post(
            f"/admin/leads/{lead.pk}/activities",
            {
                "type": "meeting",
                "subject": "x",
                "at": f"{day}T10:00",
                "minutes": "30",
                "invite": "on",
                "invited": "jan@example.cz",
            },
        )
    work()
    assert [event_in(letter)["DTSTART"][9:] for letter in mail.outbox] == ["080000Z", "070000Z"]
    assert ["10:00–10:30" in letter.body for letter in mail.outbox] == [True, True]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"invited": "jan@example.cz, jan at home"}, "“jan” isn’t an email address."),
        ({"invited": " , "}, "Enter whom to invite."),
        ({"invited": ",".join(f"a{n}@example.com" for n in range(21))}, "Invite at most 20 people."),
        ({"invited": '"a,b"@example.com'}, "isn’t an email address."),
        ({"subject": ""}, "Enter what the meeting is about."),
        ({"subject": "Offer\r\nBcc: all@example.com"}, "Remove the line breaks."),
        ({"minutes": ""}, "Enter how many minutes the meeting takes."),
        ({"at": datetime(2026, 1, 5, 10, tzinfo=UTC)}, "Choose a time in the future."),
        ({"at": datetime(2999, 1, 5, 10, tzinfo=UTC)}, "Enter a time in the next five years."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_invitation_that_can_not_be_sent_gets_a_sentence_and_keeps_what_was_typed(
    browser, lead, values, sentence
):
    answer = plan(browser, lead, **{"text": "What I typed", "place": "Room 4"} | values)
    assert answer.status_code == 422
    assert sentence in answer.text
    for typed in ("What I typed", 'value="Room 4"', "checked"):
        assert typed in answer.text
    assert (Activity.objects.count(), Invitation.objects.count()) == (0, 0)


def test_no_one_is_invited_without_the_tick(browser, lead):
    assert "Planned the meeting." in told(plan(browser, lead, invite=None))
    assert "Logged the meeting." in told(
        plan(browser, lead, invite=None, at=datetime(2026, 1, 5, 10, tzinfo=UTC))
    )
    assert set(Activity.objects.values_list("invited", "outcome")) == {("", "planned"), ("", "")}
    assert not Invitation.objects.exists()


def test_the_form_offers_the_email_of_the_record(browser, lead):
    form = browser.get(f"/admin/leads/{lead.pk}").context["composer"]
    assert (form["invited"].value(), form["invite"].value()) == ("jan@example.cz", None)


def test_an_undo_within_ten_seconds_sends_nothing_and_a_later_one_cancels(browser, bob, lead):
    plan(browser, lead)
    revert_operation(Operation.objects.get(kind="add_activity"), by=bob)
    work()
    assert mail.outbox == []
    revert_operation(Operation.objects.latest("pk"), by=bob)
    work()
    revert_operation(Operation.objects.latest("pk"), by=bob)
    work()
    revert_operation(Operation.objects.latest("pk"), by=bob)
    work()
    assert [what[:2] for what in sent()] == [("REQUEST", "0"), ("CANCEL", "1"), ("REQUEST", "2")]
    assert len({event_in(letter)["UID"] for letter in mail.outbox}) == 1
    assert mail.outbox[1].subject == "Canceled: The offer"


def test_a_changed_time_is_sent_with_a_higher_sequence(browser, bob, meeting):
    assert "Saved. Those invited will get an email" in told(edit(browser, meeting, at=in_days(8)))
    edit(browser, meeting, subject="The second offer")
    assert Invitation.objects.waiting().count() == 1
    work()
    event = event_in(mail.outbox[1])
    assert sent()[1:] == [("REQUEST", "1", "jan@example.cz")]
    assert (event["SUMMARY"], event["DTSTART"]) == ("The second offer", f"{in_days(8):%Y%m%dT%H%M%SZ}")
    assert mail.outbox[1].subject == "Updated invitation: The second offer"
    revert_operation(Operation.objects.filter(kind="edit_activity").latest("pk"), by=bob)
    work()
    assert event_in(mail.outbox[2])["SUMMARY"] == "The offer"


def test_notes_about_a_meeting_are_for_colleagues_only(browser, meeting):
    assert "will get an email" not in told(edit(browser, meeting, text="They hesitate"))
    work()
    assert len(mail.outbox) == 1
    assert Activity.objects.get().text == "They hesitate"


def test_a_change_that_is_not_sent_is_named_and_can_be_sent_later(browser, bob, lead, meeting):
    edit(browser, meeting, at=in_days(8), invite=None)
    work()
    assert len(mail.outbox) == 1
    page = told(browser.get(f"/admin/leads/{lead.pk}"))
    assert "Those invited don’t know about the last change yet." in page
    path = f"/admin/leads/{lead.pk}/activities/{meeting.pk}/send"
    assert "The invitation will be sent in a few seconds." in told(browser.post(path, follow=True))
    work()
    assert sent()[1:] == [("REQUEST", "1", "jan@example.cz")]
    assert "There’s no email to send again." in told(browser.post(path, follow=True))
    assert "can’t be unsent" in str(get_undo_obstacle(Operation.objects.get(kind="send_invitation"), bob))


def test_the_undo_of_a_change_that_was_not_sent_is_not_sent_either(browser, bob, meeting):
    edit(browser, meeting, at=in_days(8), invite=None)
    revert_operation(Operation.objects.get(kind="edit_activity"), by=bob)
    assert not Invitation.objects.waiting().exists()


def test_the_page_of_the_meeting_asks_whether_to_send_the_change(browser, lead, meeting):
    page = browser.get(f"/admin/leads/{lead.pk}/activities/{meeting.pk}")
    assert "Send the change to those invited" in page.text
    assert page.context["form"]["invite"].value() is True


def test_a_deleted_meeting_is_canceled_and_one_that_comes_back_is_invited_to_again(
    browser, bob, lead, meeting
):
    answer = browser.post(f"/admin/leads/{lead.pk}/activities/{meeting.pk}/delete", follow=True)
    assert "Deleted the meeting. Those invited will get an email in a few seconds." in told(answer)
    work()
    revert_operation(Operation.objects.get(kind="delete_activity"), by=bob)
    work()
    assert sent()[1:] == [("CANCEL", "1", "jan@example.cz"), ("REQUEST", "2", "jan@example.cz")]
    assert event_in(mail.outbox[1])["STATUS"] == "CANCELLED"


def test_those_who_are_no_longer_invited_get_a_cancellation(browser, meeting):
    edit(browser, meeting, invited="eva@example.com")
    work()
    assert sent()[1:] == [("CANCEL", "1", "jan@example.cz"), ("REQUEST", "1", "eva@example.com")]


def test_nothing_is_sent_about_a_meeting_that_is_over(browser, lead, meeting):
    moment = timezone.now() - timedelta(days=1)
    edit(browser, meeting, at=moment)
    browser.post(f"/admin/leads/{lead.pk}/activities/{meeting.pk}/delete")
    work()
    assert len(mail.outbox) == 1
