"""What those invited to a meeting answer: which answers count, and how the lead's page shows them."""

import pytest

from crm.models import Activity, Invitation, InvitationAnswer, Notification
from crm.platform.web.notifications import get_notification_sentence
from crm.work.invitations import invitation_answers as taking
from crm.work.invitations.itip_replies import parse_replies
from tests.crm.work.emails.emailing import told
from tests.crm.work.invitations.inviting import edit, in_days, plan, work


@pytest.fixture
def meeting(browser, make_lead, bob) -> Activity:
    lead = make_lead("Jan Novák", owner=bob, email="jan@example.cz")
    plan(browser, lead, invited="jan@example.cz, eva@example.com")
    work()
    return Activity.objects.get()


def reply(answer: str = "ACCEPTED", *, who: str = "jan@example.cz", sequence: int = 0, **values) -> str:
    """An answer as calendar programs write it."""
    given = {"uid": Invitation.objects.first().uid, "stamp": "20261122T100000Z", "method": "REPLY", **values}
    return "\r\n".join(
        [
            "BEGIN:VCALENDAR",
            "PRODID:-//Example//Calendar//EN",
            f"METHOD:{given['method']}",
            "BEGIN:VEVENT",
            f"UID:{given['uid'][:20]}",
            f" {given['uid'][20:]}",
            f"SEQUENCE:{sequence}",
            f"DTSTAMP:{given['stamp']}",
            "ORGANIZER:mailto:bob@example.com",
            f'ATTENDEE;CN="Novák: Jan; Ing.";PARTSTAT={answer}:MAILTO:{who}',
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ]
    )


def take_answers(file: str, sender: str = "") -> list[InvitationAnswer]:
    """As of an email from this sender; without one, from whoever answers first."""
    replies = parse_replies(file)
    return taking.store_answers(replies, sender or (replies[0].address if replies else ""))


def answers() -> dict[str, str]:
    return dict(InvitationAnswer.objects.values_list("address", "answer"))


@pytest.mark.parametrize(
    ("partstat", "word"), [("ACCEPTED", "Accepted"), ("DECLINED", "Declined"), ("TENTATIVE", "Tentative")]
)
def test_an_answer_is_shown_beside_the_one_who_gave_it(browser, meeting, partstat, word):
    assert len(take_answers(reply(partstat, who="Jan@Example.CZ"))) == 1
    assert answers() == {"jan@example.cz": partstat.lower()}
    entry = told(browser.get(f"/admin/leads/{meeting.record}")).partition('data-activity="meeting"')[2]
    people = entry.partition("</ul>")[0]
    assert word in people.partition("eva@example.com")[0]
    assert people.count("No answer yet") == 1


def test_a_later_answer_replaces_an_earlier_one_and_a_replay_changes_nothing(meeting):
    first, second = reply("ACCEPTED"), reply("DECLINED", stamp="20261122T110000Z")
    take_answers(first)
    take_answers(second)
    assert take_answers(first) == []
    assert take_answers(second) == []
    assert answers() == {"jan@example.cz": "declined"}


def test_an_answer_to_an_earlier_time_does_not_count_for_the_new_one(browser, meeting):
    take_answers(reply("ACCEPTED"))
    edit(browser, meeting, at=in_days(9))
    work()
    assert take_answers(reply("DECLINED", stamp="20261122T120000Z")) == []
    page = told(browser.get(f"/admin/leads/{meeting.record}"))
    assert page.count("No answer yet") == 2
    take_answers(reply("TENTATIVE", sequence=1, stamp="20261122T090000Z"))
    assert answers() == {"jan@example.cz": "tentative"}


@pytest.mark.parametrize(
    "values",
    [
        {"who": "stranger@example.com"},
        {"uid": "meeting-00000000000000000000000000000000@elsewhere"},
        {"uid": "meeting-\0"},
        {"sequence": 7},
        {"sequence": "x"},
        {"sequence": "9" * 30},
        {"method": "REQUEST"},
        {"method": "ADD"},
        {"stamp": "yesterday"},
        {"answer": "DELEGATED"},
        {"answer": ""},
    ],
    ids=str,
)
def test_other_answers_are_ignored(meeting, values):
    assert take_answers(reply(**values)) == []
    assert answers() == {}


@pytest.mark.parametrize(
    "file", ["", "\r\n", "METHOD:REPLY", "END:VEVENT", ':::;;;"\r\n =', "METHOD:REPLY\nBEGIN:VEVENT"]
)
def test_what_is_not_a_calendar_file_answers_nothing(meeting, file):
    assert take_answers(file) == []


def test_of_several_answers_in_one_file_only_that_of_the_sender_counts(meeting):
    one = reply("ACCEPTED")
    both = one.replace("END:VEVENT", "ATTENDEE;PARTSTAT=DECLINED:mailto:eva@example.com\r\nEND:VEVENT")
    assert len(take_answers(both, "Eva@Example.com")) == 1
    assert answers() == {"eva@example.com": "declined"}
    assert take_answers(both, "stranger@example.com") == []


def test_another_time_is_shown_on_the_users_clock_with_what_was_written(browser, meeting, bob):
    at = "DTSTART:20261203T130000Z\r\nDTEND:20261203T134500Z\r\nCOMMENT:Could we meet <later>?\r\nEND:VEVENT"
    assert len(take_answers(reply("TENTATIVE", method="COUNTER").replace("END:VEVENT", at))) == 1
    assert answers() == {"jan@example.cz": "proposed"}
    bob.time_zone = "Europe/Bucharest"
    bob.save()
    page = told(browser.get(f"/admin/leads/{meeting.record}"))
    assert "Proposes another time" in page
    assert "3 Dec 2026, 15:00–15:45" in page
    assert "“Could we meet &lt;later&gt;?”" in page


@pytest.mark.parametrize(
    ("partstat", "method", "words"),
    [
        ("ACCEPTED", "REPLY", "jan@example.cz has accepted your invitation: “The offer”."),
        ("DECLINED", "REPLY", "jan@example.cz has declined your invitation: “The offer”."),
        ("TENTATIVE", "REPLY", "jan@example.cz has tentatively accepted your invitation: “The offer”."),
        ("DECLINED", "COUNTER", "jan@example.cz proposes another time for “The offer”."),
    ],
)
def test_the_author_of_the_meeting_is_notified_once(meeting, bob, partstat, method, words):
    for _twice in range(2):
        take_answers(reply(partstat, method=method))
    (notice,) = Notification.objects.filter(kind="invitation_answered")
    assert (notice.user, notice.path) == (bob, f"/admin/leads/{meeting.record}")
    assert get_notification_sentence(notice) == words


def test_someone_who_is_no_longer_invited_does_not_answer(browser, meeting):
    edit(browser, meeting, invited="eva@example.com")
    work()
    assert take_answers(reply(sequence=1)) == []
    assert len(take_answers(reply(sequence=1, who="eva@example.com"))) == 1
