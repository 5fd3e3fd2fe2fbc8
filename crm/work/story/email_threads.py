"""Emails of one thread: the newest is an entry of the timeline, and the earlier ones are folded below it."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

# What email programs put before the subject of an answer or a forwarded email, in the languages of our customers.
REPLIES = "re|aw|sv|vs|rif|odp|ant|răsp|rasp"
FORWARDS = "fwd?|wg|tr|doorst|redir"
COUNTED = r"(\[\d+\]|\(\d+\))?\s*:\s*"
REPLY = re.compile(rf"^\s*({REPLIES}){COUNTED}", re.IGNORECASE)
FORWARD = re.compile(rf"^\s*({FORWARDS}){COUNTED}", re.IGNORECASE)
ANSWER = re.compile(rf"^\s*(({REPLIES}|{FORWARDS}){COUNTED})+", re.IGNORECASE)
# Of older emails, the thread isn't looked for: each is an entry of its own.
KNOWN = 300
# So many fold below one entry.
FOLDED = 50
# What other apps know: the key of the thread for each of these activities that they know one of.
THREADS: list[Callable[[list[int]], dict[int, str]]] = []


class EmailHeader(NamedTuple):
    """What tells the thread of an email: its ID, its record and its subject."""

    pk: int
    of: str
    record: int
    subject: str


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
    """The earlier emails of each thread by its newest one. `emails` come newest first. What a mailbox knows counts more than
    the subject: an email without a known thread belongs to the newest thread with its subject."""
    by_subject: dict[tuple[str, int, str], str] = {}
    threads: dict[tuple[str, int, str], list[int]] = {}
    for email in emails:
        subject = normalize_subject(email.subject)
        place = (email.of, email.record, subject)
        key = known.get(email.pk, "")
        if subject and key:
            by_subject.setdefault(place, key)
        key = key or (by_subject.setdefault(place, f"subject {subject}") if subject else f"email {email.pk}")
        found = threads.setdefault((email.of, email.record, key), [])
        if len(found) <= FOLDED:
            found.append(email.pk)
    return {first: earlier for first, *earlier in threads.values() if earlier}
