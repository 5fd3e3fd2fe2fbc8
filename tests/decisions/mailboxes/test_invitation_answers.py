"""Which answers to an invitation count, which meeting an email invited to, and whom a report marks as not reached."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crm.models import Activity, Invitation, InvitationAnswer, Notification
from crm.records.history.verb_execution import operation
from crm.work.invitations.invitation_answers import find_invited_record, mark_undelivered, store_answers
from crm.work.invitations.itip_replies import InvitationReply

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 3, 13, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
JAN, EVA, NAME = "jan@example.cz", "eva@example.com", "meeting-" + "a" * 32
UID = f"{NAME}@ours.example"


@pytest.fixture
def meeting(make_lead, bob) -> Activity:
    lead = make_lead()
    with operation("test", by=None):
        values = {"type": "meeting", "outcome": "planned", "subject": "Offer", "at": AT, "created_by": bob}
        return Activity.objects.create(of="lead", record=lead.pk, **values)


def invite(meeting: Activity, sequence: int = 0, **values: Any) -> Invitation:
    given = {"method": "REQUEST", "state": "sent", "uid": UID, "addresses": f"Jan@Example.cz, {EVA}"}
    more = {"subject": "Offer", "at": AT, "minutes": 30, "sequence": sequence}
    return Invitation.objects.create(activity=meeting, **given | more | values)


def build_reply(
    answer: str = "accepted", sequence: int = 0, stamp: datetime = AT, **values: Any
) -> InvitationReply:
    return InvitationReply(
        **{"uid": UID, "address": JAN} | values, sequence=sequence, stamp=stamp, answer=answer
    )


# The later email about the meeting, an answer of Jan's to it, and whether it counts.
LATER: dict[str, tuple[dict[str, Any] | None, InvitationReply, bool]] = {
    "none, and an answer to the first one": (None, build_reply(), True),
    "none, and an answer to another one": (None, build_reply(sequence=1), False),
    "none, and an answer to another meeting": (None, build_reply(uid="x@ours.example"), False),
    "none, and an answer of someone else": (None, build_reply(address="else@example.com"), False),
    "a change, and an answer to it": ({"sequence": 1}, build_reply(sequence=1), True),
    "a change, and an answer to the first one": ({"sequence": 1}, build_reply(), False),
    "a change without Jan, and his answer": ({"sequence": 1, "addresses": EVA}, build_reply(sequence=1), False),
    "a change that failed": ({"sequence": 1, "state": "failed", "problem": "refused"}, build_reply(), True),
    "a change that may have failed": (
        {"sequence": 1, "state": "failed", "problem": "unknown"},
        build_reply(sequence=1),
        True,
    ),
    "that it is canceled, and an answer to the first one": ({"sequence": 1, "method": "CANCEL"}, build_reply(), True),
}  # fmt: skip


@pytest.mark.parametrize(("later", "reply", "counts"), LATER.values(), ids=LATER)
def test_an_answer_counts_to_the_invitation_that_was_sent_last(meeting, later, reply, counts):
    invite(meeting)
    if later:
        invite(meeting, **later)
    found = store_answers([reply], reply.address.upper())
    assert [(one.address, one.answer) for one in found] == ([(JAN, "accepted")] if counts else [])
    assert Notification.objects.count() == counts


# Jan's answer before, as answer, sequence and time; a new one to the second invitation, and whether it counts.
BEFORE = {
    "an earlier one": (("accepted", 1, AT), build_reply("declined", 1, AT + MINUTE), True),
    "one of the same time": (("accepted", 1, AT), build_reply("declined", 1, AT), False),
    "a later one": (("accepted", 1, AT), build_reply("declined", 1, AT - MINUTE), False),
    "one to the first invitation": (("accepted", 0, AT), build_reply("declined", 1, AT - MINUTE), True),
    "a report that the email failed": (("failed", 1, AT), build_reply("declined", 1, AT - MINUTE), True),
}


@pytest.mark.parametrize(("before", "reply", "counts"), BEFORE.values(), ids=BEFORE)
def test_an_answer_replaces_an_earlier_one(meeting, before, reply, counts):
    invite(meeting, 1)
    answer, sequence, stamp = before
    InvitationAnswer.objects.create(
        activity=meeting, address=JAN, answer=answer, sequence=sequence, stamp=stamp
    )
    assert bool(store_answers([reply], JAN)) is counts
    kept = InvitationAnswer.objects.get()
    assert (kept.answer, kept.stamp) == ((reply.answer, reply.stamp) if counts else (answer, stamp))


def test_what_is_written_with_an_answer_is_kept_and_a_long_subject_is_cut_for_the_author(meeting):
    invite(meeting)
    with operation("test", by=None):
        Activity.objects.filter(pk=meeting.pk).update(subject="x" * 101)
    store_answers([build_reply("proposed", comment="Later?", begins=AT, ends=AT + MINUTE)], JAN)
    kept = InvitationAnswer.objects.get()
    assert (kept.comment, kept.proposed_from, kept.proposed_to) == ("Later?", AT, AT + MINUTE)
    assert Notification.objects.get().parameters["subject"] == "x" * 100


def test_only_the_senders_own_answer_counts(meeting):
    invite(meeting)
    assert [one.address for one in store_answers([build_reply(address=EVA), build_reply()], JAN)] == [JAN]


# What happened to the meeting or its author, and whether the author is notified.
AUTHORS = {"nothing": ({}, {}, 1), "the meeting was deleted": ({"deleted_at": AT}, {}, 0)}
AUTHORS |= {
    "the author has left": ({}, {"is_active": False}, 0),
    "it has no author": ({"created_by": None}, {}, 0),
}


@pytest.mark.parametrize(("of_meeting", "of_author", "told"), AUTHORS.values(), ids=AUTHORS)
def test_who_is_notified_of_an_answer(meeting, bob, of_meeting, of_author, told):
    invite(meeting)
    with operation("test", by=None):
        Activity.objects.filter(pk=meeting.pk).update(**of_meeting)
        type(bob).objects.filter(pk=bob.pk).update(**of_author)
    store_answers([build_reply()], JAN)
    assert Notification.objects.count() == told


def test_an_email_invited_to_the_meeting_whose_number_and_name_its_id_has(meeting, make_lead):
    other = invite(meeting, uid="meeting-" + "b" * 32 + "@ours.example")
    sent = invite(meeting)
    place = (meeting.of, meeting.record)
    for message_id, found in (
        (f"<{sent.pk}-{NAME}@ours.example>", place),
        (f"<{other.pk}-{NAME}@ours.example>", None),
        (f"<{sent.pk + 999}-{NAME}@ours.example>", None),
        (f"<{sent.pk}-meeting-{'c' * 32}@ours.example>", None),
        ("<1@x.example>", None),
        ("", None),
    ):
        assert find_invited_record([message_id]) == found
        assert mark_undelivered(message_id, [JAN], "full") == found
    assert find_invited_record([]) is None
    second = make_lead()
    with operation("test", by=None):
        last = Activity.objects.create(of="lead", record=second.pk, type="meeting", at=AT)
    later = invite(last)
    both = [f"<{one.pk}-{NAME}@ours.example>" for one in (sent, later)]
    assert find_invited_record(both) == ("lead", last.record)
    assert find_invited_record([both[0], "<1@x.example>"]) == place


def test_a_report_marks_those_it_names_until_they_answer_and_only_in_meetings_of_the_author(
    meeting, ann, bob
):
    sent = invite(meeting)
    message_id = f"<{sent.pk}-{NAME}@ours.example>"
    assert mark_undelivered(message_id, [JAN], "full", ann) is None
    assert not InvitationAnswer.objects.exists()
    old = {"sequence": 0, "stamp": AT - 9 * MINUTE, "answer": "proposed", "comment": "x"}
    InvitationAnswer.objects.create(activity=meeting, address=JAN, **old | {"sequence": 0})
    assert mark_undelivered(message_id, [JAN, EVA], "full", bob) == (meeting.of, meeting.record)
    kept = dict(InvitationAnswer.objects.values_list("address", "answer"))
    assert kept == {JAN: "proposed", EVA: "failed"}
    failed = InvitationAnswer.objects.get(address=EVA)
    assert (failed.comment, failed.sequence, failed.proposed_from) == ("full", 0, None)


def test_a_report_on_a_later_invitation_takes_the_place_of_an_earlier_answer(meeting):
    invite(meeting)
    values = {
        "answer": "proposed",
        "sequence": 0,
        "stamp": AT,
        "comment": "x",
        "proposed_from": AT,
        "proposed_to": AT,
    }
    InvitationAnswer.objects.create(activity=meeting, address=JAN, **values)
    sent = invite(meeting, 1)
    mark_undelivered(f"<{sent.pk}-{NAME}@ours.example>", [], "full")
    jan = InvitationAnswer.objects.get(address=JAN)
    assert (jan.answer, jan.sequence, jan.comment) == ("failed", 1, "full")
    assert (jan.proposed_from, jan.proposed_to) == (None, None)
    assert InvitationAnswer.objects.count() == 2


def test_a_report_on_a_cancellation_marks_no_one(meeting):
    sent = invite(meeting, 1, method="CANCEL")
    found = mark_undelivered(f"<{sent.pk}-{NAME}@ours.example>", [JAN], "full")
    assert found == (meeting.of, meeting.record)
    assert not InvitationAnswer.objects.exists()
