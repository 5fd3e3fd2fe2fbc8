"""The personal emails that rules write: filled from a template, as their author would write them on the record's page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

from django.utils import timezone

from crm.models import Template
from crm.work.emails.email_replies import ReplyMode, build_references, build_reply_subject, get_parent_id
from crm.work.emails.email_verbs import SendEmail, build_message_id
from crm.work.emails.mime_messages import find_route
from crm.work.emails.thread_index import build_thread_index
from crm.work.models.activity import Activity
from crm.work.models.email_envelope import get_envelope
from crm.work.templates.merge_fields import fill_merge_fields, get_merge_values
from crm.work.templates.template_filling import build_text_below, join_paragraphs


@dataclass(frozen=True)
class Wording:
    """What an email says: the subject, and the text in Markdown with the signature."""

    subject: str
    text: str


def fill_template(template: Template, record: Any, by: Any) -> Wording:
    """The template as its author would send it to this record."""
    values = get_merge_values(record, by)
    text = join_paragraphs(fill_merge_fields(template.text, values), build_text_below(by, ""))
    return Wording(fill_merge_fields(template.subject, values, escape=False), text)


@dataclass
class LetterWriter:
    """Writes emails to many records for one author. `route` is the mailbox that is asked for (mailboxes/sending/sender_routes.py)."""

    by: Any
    route: str
    # The addresses that emails to records of a department come from, as far as they are known.
    _senders: dict[Any, str] = field(default_factory=dict, repr=False)

    def write_letter(self, record: Any, wording: Wording, parent: Activity | None = None) -> SendEmail:
        """A letter for `write_letters`. With `parent`, an email to the same record, it goes on in its thread and has its subject."""
        message_id = build_message_id(token_hex(32), self._find_sender(record))
        subject, references, index = wording.subject, [], ""
        if parent is not None:
            envelope = get_envelope(parent)
            subject = build_reply_subject(ReplyMode.REPLY, parent.subject)
            references = build_references(envelope.references_list, get_parent_id(parent))
            index = envelope.thread_index
        envelope = {
            "to": record.email,
            "references": " ".join(references),
            "thread_index": build_thread_index(
                message_id, timezone.now(), is_answer=parent is not None, parent=index
            ),
            "route": self.route,
        }
        return SendEmail(self.by, record.email, subject, wording.text, message_id, envelope=envelope)

    def _find_sender(self, record: Any) -> str:
        """'' if emails to the record come from the product's address."""
        if record.department_id not in self._senders:
            route = find_route(record.table, record.pk, self.by, self.route)
            self._senders[record.department_id] = route.sender if route else ""
        return self._senders[record.department_id]


def read_records_to_fill(rows: Any) -> Sequence[Any]:
    """These records in the order of their IDs, with what merge fields read."""
    linked = [
        one.name for one in rows.model._meta.fields if one.name in ("owner", "company") and one.is_relation
    ]
    return rows.select_related(*linked).order_by("pk")
