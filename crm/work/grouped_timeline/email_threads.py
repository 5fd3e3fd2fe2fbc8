"""Emails of one thread: the newest is an entry of the timeline, and the earlier ones are folded below it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

# What email programs put before the subject of an answer or a forwarded email, in the languages of our customers.
REPLIES = "re|aw|sv|vs|rif|odp|ant|răsp|rasp"
FORWARDS = "fwd?|wg|tr|doorst|redir"
COUNTED = r"(\[\d+\]|\(\d+\))?\s*:\s*"
FORWARD = re.compile(rf"^\s*({FORWARDS}){COUNTED}", re.IGNORECASE)
ANSWER = re.compile(rf"^\s*(({REPLIES}|{FORWARDS}){COUNTED})+", re.IGNORECASE)
# Of older emails, the thread isn't looked for: each is an entry of its own.
KNOWN = 300
# So many fold below one entry.
FOLDED = 50
# What other apps know: the key of the thread for each of these activities that they know one of.
THREADS: list[Callable[[list[int]], dict[int, str]]] = []


class EmailHeader(NamedTuple):
    """What tells the thread of an email: its ID, its record, its subject, and what it answers when."""

    pk: int
    of: str
    record: int
    subject: str
    at: datetime | None = None
    message_id: str = ""
    references: tuple[str, ...] = ()
    # As Outlook calls it (crm/work/emails/thread_index.py), or ''.
    conversation: str = ""

    @property
    def names(self) -> list[str]:
        """What its headers call it and the emails that it answers, on the timeline of its record."""
        ids = [one for one in (self.message_id, *self.references, self.conversation) if one]
        return [f"{self.of} {self.record} {one}" for one in ids] or [f"email {self.pk}"]


def remove_prefixes(subject: str) -> str:
    return ANSWER.sub("", subject).strip()


def normalize_subject(subject: str) -> str:
    """The subject of the first email of a thread: without “Re:” and “Fwd:”, in lower case."""
    return remove_prefixes(subject).casefold()


def get_known_threads(ids: list[int]) -> dict[int, str]:
    """The keys of threads that mailboxes know, by activity: one query for each app that knows some."""
    found: dict[int, str] = {}
    for get_threads in THREADS if ids else []:
        found |= get_threads(ids)
    return found


def group_into_threads(emails: Iterable[EmailHeader], known: dict[int, str]) -> dict[int, list[int]]:
    """The earlier emails of each thread by its newest one. `emails` come newest first. What a mailbox knows and what the headers
    say counts more than the subject: an email without a known thread belongs to the newest thread with its subject."""
    ordered = sort_answers_first(emails)
    keys = add_threads_of_headers(ordered, known)
    by_subject: dict[tuple[str, int, str], str] = {}
    threads: dict[tuple[str, int, str], list[int]] = {}
    for email in ordered:
        subject = normalize_subject(email.subject)
        place = (email.of, email.record, subject)
        key = keys.get(email.pk, "")
        if subject and key:
            by_subject.setdefault(place, key)
        key = key or (by_subject.setdefault(place, f"subject {subject}") if subject else f"email {email.pk}")
        found = threads.setdefault((email.of, email.record, key), [])
        if len(found) <= FOLDED:
            found.append(email.pk)
    return {first: earlier for first, *earlier in threads.values() if earlier}


def sort_answers_first(emails: Iterable[EmailHeader]) -> list[EmailHeader]:
    """Newest first, and of those of one second an answer before what it answers: mail servers tell no shorter times."""
    found: list[EmailHeader] = []
    for _second, run in groupby(emails, key=lambda email: email.at and email.at.replace(microsecond=0)):
        together = list(run)
        known = {email.message_id: email for email in together}
        # Sorting keeps the order of those that answer equally many.
        found += sorted(together, key=lambda email: -len(find_answered(email, known)))
    return found


def find_answered(email: EmailHeader, known: Mapping[str, EmailHeader]) -> set[str]:
    """The Message-IDs of those in `known` that the email answers, also through others."""
    found: set[str] = set()
    waiting = [email]
    while waiting:
        new = {one for one in waiting.pop().references if one in known} - found - {email.message_id}
        found |= new
        waiting += [known[one] for one in new]
    return found


def add_threads_of_headers(emails: Sequence[EmailHeader], known: dict[int, str]) -> dict[int, str]:
    """`known` with the threads that follow from References and Thread-Index: emails belong together if one names the other, or both
    name the same one, which may have been deleted. A single email that names none of the others has no thread."""
    joined: dict[str, str] = {}

    def find_first_name(name: str) -> str:
        while joined.setdefault(name, name) != name:
            joined[name] = joined[joined[name]]
            name = joined[name]
        return name

    for email in emails:
        for name in email.names:
            joined[find_first_name(name)] = find_first_name(email.names[0])
    groups: dict[str, list[EmailHeader]] = {}
    for email in emails:
        groups.setdefault(find_first_name(email.names[0]), []).append(email)
    found = dict(known)
    for first, group in groups.items():
        if len(group) > 1:
            key = next((known[one.pk] for one in group if one.pk in known), f"references {first}")
            found |= {one.pk: found.get(one.pk, key) for one in group}
    return found
