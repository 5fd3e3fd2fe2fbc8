"""What an entry of the timeline says, for everything that a person can do: the sentence, and the parts behind it."""

from datetime import UTC, datetime, timedelta

import pytest

from crm.work.grouped_timeline.email_threads import EmailHeader, group_into_threads
from crm.work.grouped_timeline.entry_descriptions import SharedOperation, describe_entry
from crm.work.grouped_timeline.shared_operations import find_page_end

NEXT = frozenset({"next_action", "next_action_on"})
CALL, NOTE, FILE, EMAIL = (
    ("call", "logged a call"),
    ("note", "wrote a note"),
    ("file", "added a file"),
    ("email", "wrote an email"),
)


def did(kind: str, *told: str, columns: str = "", next_action: bool = False, **more) -> SharedOperation:
    names = frozenset(columns.split()) | (NEXT if next_action else frozenset())
    return SharedOperation(kind=kind, told=told, columns=names, **more)


# What was done, and the sentence with its parts.
ENTRIES = {
    "an outcome of the queue": (
        did("queue_outcome", "reached the lead (queue)", columns="status_id", next_action=True, moved=True, activities=[CALL], done=2),
        ["reached the lead (queue)", "2 tasks done", "call"],
    ),
    "an outcome that only plans the next call": (
        did("queue_outcome", "got no answer (queue)", columns="last_contacted_at", activities=[CALL]),
        ["got no answer (queue)", "call"],
    ),
    "a move": (did("move", "moved this lead", columns="status_id", moved=True), ["moved this lead"]),
    "an edit": (did("edit", "changed phone and city", columns="phone city"), ["changed phone and city"]),
    "an edit of the next action that completes a task": (
        did("next_action", "changed next action", next_action=True, done=1), ["completed a task"],
    ),
    "a conversion with its tasks": (
        did("convert", "converted this lead", columns="status_id client_id", moved=True, done=1),
        ["converted this lead", "1 task done"],
    ),
    "an import": (did("import", "imported this record"), ["imported this record"]),
    "a merge": (did("merge", "merged other records into this one", columns="city"), ["merged other records into this one"]),
    "a bulk change": (did("assign", "changed owner", columns="owner_id", channel="bulk"), ["changed owner"]),
    "a web form": (did("add", "created this lead", channel="system"), ["created this lead"]),
    "the API": (did("edit", "changed city", columns="city", channel="api"), ["changed city", "via API"]),
    "an email out": (did("send_email", "changed last contacted", columns="last_contacted_at", activities=[EMAIL]), ["wrote an email", "changed last contacted"]),
    "an email in": (did("receive_email", activities=[("email", "sent an email")]), ["sent an email"]),
    "the undo of an outcome": (
        did("undo", "undid “Queue: Reached”", columns="status_id", moved=True, undoes=True), ["undid “Queue: Reached”"],
    ),
    "the undo of a change that did more": (
        did("undo", "undid “Reached”", "changed city", columns="next_action city", activities=[CALL], done=2, undoes=True),
        ["undid “Reached”"],
    ),
    "an undo by a program": (did("undo", "undid “Reached”", "changed city", columns="city", undoes=True, channel="api"), ["undid “Reached”", "via API"]),
    "a reassignment": (did("assign", "changed owner", columns="owner_id"), ["changed owner"]),
    "a tag": (did("tag", "changed tags", columns="tags"), ["changed tags"]),
    "a mention in a note": (did("add_activity", activities=[NOTE]), ["wrote a note"]),
    "a file": (did("add_activity", activities=[FILE]), ["added a file"]),
    "a task": (did("add_task", "changed next action and next action date", next_action=True), ["added a task"]),
    "a task and what else changed": (
        did("edit_task", "changed next action", "mentioned Ann", next_action=True), ["edited a task", "mentioned Ann"],
    ),
    "a call with the next task and what else changed": (
        did("add_activity", "changed next action", "mentioned Ann", next_action=True, activities=[CALL]),
        ["logged a call", "mentioned Ann"],
    ),
    "a deleted task": (did("delete_task", "changed next action", next_action=True), ["deleted a task"]),
    "several tasks completed": (did("complete_task", "changed next action", next_action=True, done=3), ["completed 3 tasks"]),
    "several contacts of a deal": (
        did("set_deal_contacts", "added a contact: Ana", "removed a contact: Jan"),
        ["added a contact: Ana", "removed a contact: Jan"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("operation", "said"), ENTRIES.values(), ids=ENTRIES)
def test_what_an_entry_says(operation, said):
    words = describe_entry(operation)
    assert [words.told, *words.parts] == said


# The keys of the rows, how many entries fit, whether there are no more rows, and after which row the page ends.
ENDS = {
    "all fit": ("aab", 5, True, 3),
    "the last one may go on": ("aab", 5, False, 2),
    "as many as fit": ("aabbcc", 2, True, 4),
    "never within an entry": ("abbb", 1, True, 1),
    "rows of two entries alternate": ("abacc", 2, True, 3),
    "one that alternates with one that doesn't fit": ("abac", 1, True, 1),
    "one that goes on behind another one that doesn't fit": ("abcb", 2, True, 1),
    "one that fills the page": ("aaaa", 2, False, 3),
    "none": ("", 2, True, 0),
    "one that may go on": ("a", 2, False, 0),
}


@pytest.mark.parametrize(("keys", "most", "complete", "end"), ENDS.values(), ids=ENDS)
def test_where_a_page_ends(keys, most, complete, end):
    assert find_page_end(keys, most, complete=complete) == end


# The subjects, newest first, with the threads that are known, and the earlier emails of each newest one.
THREADS = {
    "an answer and its answer": (["Re: RE: Offer", "re: Offer", "Offer"], {}, {0: [1, 2]}),
    "in other languages": (["AW: Offer", "Răsp: offer", "Fwd: Offer"], {}, {0: [1, 2]}),
    "without a subject": (["", "Re: "], {}, {}),
    "a known thread with another subject": (["The price", "Offer"], {0: "t", 1: "t"}, {0: [1]}),
    "two known threads with one subject": (["Offer", "Offer"], {0: "t", 1: "u"}, {}),
    "one without a thread joins the newest": (["Re: Offer", "Offer", "Offer"], {0: "t", 2: "u"}, {0: [1]}),
    "a word that begins like an answer": (["Red pumps", "pumps"], {}, {}),
}


@pytest.mark.parametrize(("subjects", "known", "found"), THREADS.values(), ids=THREADS)
def test_which_emails_are_one_thread(subjects, known, found):
    emails = [EmailHeader(number, "lead", 1, subject) for number, subject in enumerate(subjects)]
    assert group_into_threads(emails, known) == found


SECOND = datetime(2026, 3, 3, 8, 12, 5, tzinfo=UTC)


def headers(*emails: tuple[str, str, str]) -> list[EmailHeader]:
    """Emails of one second, as (Message-ID, References, subject)."""
    return [
        EmailHeader(number, "lead", 1, subject, SECOND, own, tuple(references.split()))
        for number, (own, references, subject) in enumerate(emails)
    ]


# The emails as the database lists them, newest first, and the threads that show.
ANSWERED = {
    "an answer shows above what it answers": (
        [("<1@x>", "", "Offer"), ("<2@x>", "<1@x>", "Re: Offer")],
        {1: [0]},
    ),
    "so do answers to answers": (
        [("<1@x>", "", "Offer"), ("<3@x>", "<2@x>", "Re: Offer"), ("<2@x>", "<1@x>", "Re: Offer")],
        {1: [2, 0]},
    ),
    "two that answer one stay in their order": (
        [("<2@x>", "<1@x>", "Re: Offer"), ("<3@x>", "<1@x>", "Re: Offer"), ("<1@x>", "", "Offer")],
        {0: [1, 2]},
    ),
    "two that name each other": ([("<1@x>", "<2@x>", "Offer"), ("<2@x>", "<1@x>", "Offer")], {0: [1]}),
    "one that names itself": ([("<1@x>", "<1@x>", "Offer"), ("<2@x>", "", "Offer")], {0: [1]}),
    "another subject, but the headers name it": (
        [("<2@x>", "<1@x>", "The price"), ("<1@x>", "", "Offer")],
        {0: [1]},
    ),
    "both answer an email that isn't here": (
        [("<3@x>", "<1@x>", "Price"), ("<2@x>", "<1@x>", "Offer")],
        {0: [1]},
    ),
    "one subject, and two threads by their headers": (
        [
            ("<4@x>", "<3@x>", "Re: Offer"),
            ("<2@x>", "<1@x>", "Re: Offer"),
            ("<3@x>", "", "Offer"),
            ("<1@x>", "", "Offer"),
        ],
        {0: [2], 1: [3]},
    ),
    "without headers, by the subject": ([("", "", "Re: Offer"), ("", "", "Offer")], {0: [1]}),
}


@pytest.mark.parametrize(("emails", "found"), ANSWERED.values(), ids=ANSWERED)
def test_the_headers_tell_threads_and_their_order(emails, found):
    assert group_into_threads(headers(*emails), {}) == found


def test_an_answer_of_a_later_second_stays_above_even_if_its_headers_say_otherwise():
    first, second = headers(("<1@x>", "", "Offer"), ("<2@x>", "<1@x>", "Re: Offer"))
    later = first._replace(at=SECOND + timedelta(seconds=1))
    assert group_into_threads([later, second], {}) == {0: [1]}


def test_emails_of_two_records_are_never_one_thread():
    assert (
        group_into_threads([EmailHeader(1, "lead", 1, "Offer"), EmailHeader(2, "contact", 1, "Offer")], {})
        == {}
    )
