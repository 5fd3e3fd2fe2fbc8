"""Which emails of a timeline fold below a newer one, and which of those of one second comes first."""

from datetime import UTC, datetime, timedelta

import pytest

from crm.work.grouped_timeline import email_threads
from crm.work.grouped_timeline.email_threads import (
    FOLDED,
    EmailHeader,
    get_known_threads,
    group_into_threads,
    normalize_subject,
    sort_answers_first,
)

AT = datetime(2026, 3, 3, 8, 12, tzinfo=UTC)


def email(
    pk: int, subject: str = "", *references: str, of: str = "lead", record: int = 1, **more
) -> EmailHeader:
    """The lower its number, the newer it is; its Message-ID is "<pk>"."""
    at = more.pop("at", AT - timedelta(hours=pk))
    return EmailHeader(pk, of, record, subject, at, more.pop("message_id", f"<{pk}>"), references, **more)


# Emails, newest first, the threads that mailboxes know, and which fold below which.
THREADS = {
    "one": ([email(1, "Offer")], {}, {}),
    "a subject and its answer": ([email(1, "Re: Offer"), email(2, "Offer")], {}, {1: [2]}),
    "three": ([email(1, "AW: Offer"), email(2, "RE: offer"), email(3, "Offer")], {}, {1: [2, 3]}),
    "other subjects": ([email(1, "Chairs"), email(2, "Offer")], {}, {}),
    "without subjects": ([email(1), email(2)], {}, {}),
    "on another record": ([email(1, "Offer"), email(2, "Offer", record=2)], {}, {}),
    "on another type of record": ([email(1, "Offer"), email(2, "Offer", of="contact")], {}, {}),
    "an answer with another subject": ([email(1, "Price", "<2>"), email(2, "Offer")], {}, {1: [2]}),
    "an answer to one on another record": ([email(1, "Price", "<2>"), email(2, "Offer", record=2)], {}, {}),
    "two answers to one that was deleted": ([email(1, "A", "<9>"), email(2, "B", "<9>")], {}, {1: [2]}),
    "an answer to one that isn't here": ([email(1, "A", "<9>"), email(2, "B", "<8>")], {}, {}),
    "one conversation of Outlook": (
        [email(1, "A", conversation="x"), email(2, "B", conversation="x"), email(3, "C", conversation="y")],
        {},
        {1: [2]},
    ),
    "a chain of answers": (
        [email(1, "A", "<2>"), email(2, "B", "<3>"), email(3, "C"), email(4, "D")],
        {},
        {1: [2, 3]},
    ),
    "two chains that one answer joins": (
        [email(1, "A", "<2>", "<4>"), email(2, "B", "<3>"), email(3, "C"), email(4, "D")],
        {},
        {1: [2, 3, 4]},
    ),
    "what a mailbox knows": ([email(1, "A"), email(2, "B")], {1: "t", 2: "t"}, {1: [2]}),
    "what a mailbox knows counts more than subjects": (
        [email(1, "Offer"), email(2, "Offer")],
        {1: "t", 2: "u"},
        {},
    ),
    "what a mailbox knows counts more than headers": (
        [email(1, "A", "<2>"), email(2, "B")],
        {1: "t", 2: "u"},
        {},
    ),
    "an answer to one that a mailbox knows": (
        [email(1, "A", "<2>"), email(2, "B"), email(3, "C")],
        {2: "t", 3: "t"},
        {1: [2, 3]},
    ),
    "one without a thread belongs to the newest thread with its subject": (
        [email(1, "Re: Offer"), email(2, "Offer"), email(3, "Offer")],
        {1: "t", 2: "u"},
        {1: [3]},
    ),
    "without an ID of their own": (
        [email(1, "A", message_id=""), email(2, "B", message_id="")],
        {},
        {},
    ),
    "very many": (
        [email(number, "Offer") for number in range(1, FOLDED + 9)],
        {},
        {1: list(range(2, FOLDED + 2))},
    ),
}


@pytest.mark.parametrize(("emails", "known", "threads"), THREADS.values(), ids=THREADS)
def test_which_emails_fold_below_which(emails, known, threads):
    assert group_into_threads(emails, known) == threads


SECOND = timedelta(seconds=1)
# Emails as they come, and in which order they are shown.
ORDERS = {
    "one that answers another one of its second": ([email(2, at=AT), email(1, "", "<2>", at=AT)], [1, 2]),
    "already in order": ([email(1, "", "<2>", at=AT), email(2, at=AT)], [1, 2]),
    "through another one": (
        [email(3, at=AT), email(2, "", "<3>", at=AT), email(1, "", "<2>", at=AT)],
        [1, 2, 3],
    ),
    "within a second": (
        [email(2, at=AT + SECOND / 2), email(1, "", "<2>", at=AT)],
        [1, 2],
    ),
    "of another second": ([email(2, at=AT + SECOND), email(1, "", "<2>", at=AT)], [2, 1]),
    "that answer nothing": ([email(2, at=AT), email(1, at=AT)], [2, 1]),
    "that name themselves": ([email(2, at=AT), email(1, "", "<1>", at=AT)], [2, 1]),
    "that name each other": ([email(2, "", "<1>", at=AT), email(1, "", "<2>", at=AT)], [2, 1]),
    "that name each other in a circle": (
        [email(3, "", "<2>", at=AT), email(2, "", "<3>", at=AT), email(1, "", "<2>", at=AT)],
        [1, 3, 2],
    ),
    "without times": ([email(2, at=None), email(1, "", "<2>", at=None)], [1, 2]),
}


@pytest.mark.parametrize(("emails", "order"), ORDERS.values(), ids=ORDERS)
def test_an_answer_comes_before_what_it_answers_in_the_same_second(emails, order):
    assert [one.pk for one in sort_answers_first(emails)] == order


SUBJECTS = {
    "Offer": "offer",
    "Re: Offer": "offer",
    "RE: Fwd: AW: Offer": "offer",
    "Re[2]: Offer": "offer",
    "Re(3) : Offer": "offer",
    "Răsp: Ofertă": "ofertă",
    "Fw: Offer": "offer",
    "Re Offer": "re offer",
    "Rest: Offer": "rest: offer",
    "Offer Re: x": "offer re: x",
    "": "",
}


@pytest.mark.parametrize(("subject", "known"), SUBJECTS.items(), ids=SUBJECTS)
def test_a_subject_without_what_programs_put_before_it(subject, known):
    assert normalize_subject(subject) == known


def test_other_apps_are_asked_for_threads_only_about_some_emails(monkeypatch):
    asked: list[list[int]] = []

    def know(ids: list[int]) -> dict[int, str]:
        asked.append(ids)
        return {ids[0]: "t"}

    monkeypatch.setattr(email_threads, "THREADS", [know])
    assert (get_known_threads([]), get_known_threads([4])) == ({}, {4: "t"})
    assert asked == [[4]]
