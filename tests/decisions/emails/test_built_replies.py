"""What an answer takes from the email that it answers: its conversation, the emails that it names, and its files."""

from datetime import UTC, datetime
from typing import Any

import pytest

from crm.models import Activity, AttachedFile, EmailEnvelope
from crm.records.history.verb_execution import operation
from crm.work.emails.email_replies import build_reply, find_thread_index, get_parent_id

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 3, 8, 12, tzinfo=UTC)


def add_email(record: Any, known_as: str = "", **envelope: str) -> Activity:
    given = {"type": "email", "outcome": "received", "address": "a@x.example", "subject": "Offer", "at": AT}
    with operation("test", by=None):
        email = Activity.objects.create(of=record.table, record=record.pk, message_id=known_as, **given)
        EmailEnvelope.objects.create(activity=email, **envelope)
    return email


def test_an_email_is_called_as_its_headers_do_also_if_it_is_on_several_records(make_lead):
    lead = make_lead()
    assert get_parent_id(add_email(lead, "<1@x.example>", message_id="<2@x.example>")) == "<2@x.example>"
    assert get_parent_id(add_email(lead, "", message_id="<3@x.example>")) == "<3@x.example>"
    assert get_parent_id(add_email(lead, "<4@x.example>")) == "<4@x.example>"


def test_the_conversation_is_that_of_the_email_or_of_the_newest_one_before_it_that_has_one(make_lead):
    lead = make_lead()
    for number, index in ((1, "older"), (2, "newer"), (3, ""), (4, "another")):
        add_email(lead, f"<{number}@x.example>", thread_index=index)
    named = ["<1@x.example>", "<2@x.example>", "<3@x.example>"]
    assert find_thread_index(add_email(lead, "<5@x.example>", thread_index="own"), named) == "own"
    last = add_email(lead, "<6@x.example>")
    assert find_thread_index(last, named) == "newer"
    assert find_thread_index(last, named[2:]) == ""
    assert find_thread_index(last, []) == ""


def test_an_answer_names_what_it_answers_and_a_forwarded_email_takes_its_files_along(make_lead, bob):
    email = add_email(make_lead(), "<2@x.example>", references="<1@x.example>", thread_index="index")
    file = AttachedFile.objects.create(activity=email, name="plan.pdf", size=1, file="plan")
    answer, forwarded = build_reply(email, "reply", bob), build_reply(email, "forward", bob)
    assert (answer.references, answer.thread_index) == (["<1@x.example>", "<2@x.example>"], "index")
    assert (answer.files, answer.recipients.to, answer.subject) == ([], ["a@x.example"], "Re: Offer")
    assert (forwarded.references, forwarded.thread_index, forwarded.recipients.to) == ([], "", [])
    assert (forwarded.files, forwarded.subject) == ([file], "Fwd: Offer")
