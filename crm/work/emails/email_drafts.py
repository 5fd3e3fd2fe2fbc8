"""The server's copy of an email's draft: saved while its user types, found on their other devices, gone once it is sent."""

import json
from typing import Any

from django.db import transaction
from django.db.models import Q

from crm.models import EmailDraft, Operation
from crm.platform.jobs.housekeeping import every_hour
from crm.work.activities.moves import get_moved_activities

FIELDS = ("to", "cc", "bcc", "subject", "text")


class NewerDraft(Exception):
    """Another tab or device has saved the draft since."""


class DraftGone(Exception):
    """The version that the page knows was sent or discarded."""


@transaction.atomic
def save_draft(
    user: Any, table: str, pk: int, place: str, values: dict[str, str], *, known: int, page: str
) -> int:
    """Save what was typed on the page with this key, over the version that the page knows (0 for none), and return the new version.
    Raises NewerDraft if there is another version by now, DraftGone if there is none, and ValidationError for a text that is too
    long."""
    rows = EmailDraft.objects.of_form(user, table, pk, place)
    draft = rows.select_for_update().first()
    if draft is not None and draft.version != known:
        raise NewerDraft
    if draft is None and known:
        # A save that was on its way while the email was sent doesn't bring the draft back.
        raise DraftGone
    draft = draft or EmailDraft(user=user, of=table, record=pk, place=place)
    for name in FIELDS:
        setattr(draft, name, values.get(name, "").replace("\r\n", "\n"))
    draft.version, draft.page = known + 1, page
    draft.clean_fields(exclude=["user"])
    if draft.pk is None:
        # Of two tabs that begin at the same moment, one finds the other's.
        _row, is_new = EmailDraft.objects.get_or_create(
            user=user,
            of=table,
            record=pk,
            place=place,
            defaults={name: getattr(draft, name) for name in (*FIELDS, "version", "page")},
        )
        if not is_new:
            raise NewerDraft
    else:
        draft.save()
    return draft.version


def move_drafts(record: Operation) -> None:
    """An answer that is being written goes along when its email is moved to another record, and back by an undo. Called within
    the transaction of each operation."""
    for activity, origin in get_moved_activities(record):
        drafts = EmailDraft.objects.of_records(origin.table, [origin.pk]).of_answers_to(activity.pk)
        drafts.update(of=activity.of, record=activity.record)


def delete_draft(user: Any, table: str, pk: int, place: str) -> None:
    EmailDraft.objects.of_form(user, table, pk, place).delete()


def discard_draft(user: Any, table: str, pk: int, place: str, *, known: int, page: str) -> None:
    """Delete the version that the user saw, or that their page has saved since; a newer one of another page stays."""
    rows = EmailDraft.objects.of_form(user, table, pk, place)
    rows.filter(Q(version=known) | Q(page=page)).delete()


def build_draft_json(user: Any, table: str, pk: int, place: str) -> str:
    """The draft as static/js/drafts.js keeps drafts, or '' without one."""
    draft = EmailDraft.objects.of_form(user, table, pk, place).first()
    if draft is None:
        return ""
    values = {name: [getattr(draft, name)] for name in FIELDS}
    return json.dumps({"server": draft.version, "page": draft.page, "values": values})


@every_hour
def delete_expired_email_drafts() -> int:
    return EmailDraft.objects.expired().delete()[0]
