"""The emails of a record that are one thread, from the database."""

from typing import Any

from crm.records.kinds.kind_registry import Kind
from crm.work.grouped_timeline.email_threads import (
    KNOWN,
    EmailHeader,
    get_known_threads,
    group_into_threads,
)
from crm.work.models.activity import Activity
from crm.work.models.email_envelope import parse_message_ids

# What tells the thread of an email.
THREADED = (
    *("pk", "of", "record", "subject", "at", "message_id"),
    *("envelope__message_id", "envelope__references", "envelope__conversation"),
)


def find_threads(emails: Any) -> dict[int, list[int]]:
    """The earlier emails of each thread by its newest one, among the newest of these activities: two queries."""
    headers = [
        EmailHeader(
            *(pk, of, record, subject, at, own or first),
            tuple(parse_message_ids(references or "")),
            conversation or "",
        )
        for pk, of, record, subject, at, first, own, references, conversation in emails.newest_first().values_list(
            *THREADED
        )[:KNOWN]
    ]
    return group_into_threads(headers, get_known_threads([header.pk for header in headers]))


def find_other_emails_of_thread(kind: Kind, record: Any, user: Any, email: Activity) -> list[Activity]:
    """The other emails of its thread on the timeline of its record that the user may change, newest first; none of anything other
    than an email."""
    if email.type != Activity.Type.EMAIL:
        return []
    own = (
        Activity.objects.present()
        .not_private_to_others(user)
        .of_record(kind.name, record.pk)
        .of_type(Activity.Type.EMAIL)
    )
    threads = ({first, *earlier} for first, earlier in find_threads(own).items())
    ids = next((thread for thread in threads if email.pk in thread), set()) - {email.pk}
    return list(own.changeable_by(user).filter(pk__in=ids).newest_first()) if ids else []
