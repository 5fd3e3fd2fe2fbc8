"""The step that sends an email from a shared template: to whom, from whom, and never after an opt-out."""

from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _lazy

from automations.verbs import EMAILS, RunAutomation
from crm.models import Change, Operation, Template
from crm.records.history.verb_execution import Refusal, Verb
from crm.records.kinds.kind_registry import KINDS
from crm.work.emails.email_sending import queue_emails
from crm.work.emails.email_verbs import SendEmail, build_message_id, write_letters
from crm.work.emails.mime_messages import find_route
from crm.work.emails.thread_index import build_thread_index
from crm.work.models.activity import Activity
from crm.work.templates.merge_fields import fill_merge_fields, get_merge_values
from crm.work.templates.template_filling import build_text_below, join_paragraphs
from leads.models import Unsubscribe
from mailings.models import ForgottenAddress, Suppression
from mailings.suppression.address_digests import build_possible_digests
from mailings.suppression.suppression_list import get_email_key

# So long, in seconds, an undo of the run withdraws the email.
PAUSE = 120


@dataclass(frozen=True)
class SendTemplateEmail(Verb):
    """Write an email to each record, as its author would from the record's page. `route` is the mailbox that is asked for."""

    # Always a step of a run, never an operation of its own.
    kind = RunAutomation.kind
    title = _lazy("Send an email")
    icon = "mail"
    on_read_only = True

    by: Any
    template: Template
    route: str
    # The activities that it has added so far.
    added: list[int] = field(default_factory=list, compare=False, repr=False)

    @classmethod
    def get_label(cls, parameters, kind):
        return cls.title

    def lock_after_rows(self):
        # A verb that is tried again after a deadlock starts from nothing.
        self.added.clear()

    def get_refusals(self):
        key = OuterRef("email_key")
        return [
            Refusal("no_email_address", Q(email_key="")),
            Refusal("email_unsubscribed", Q(Exists(Unsubscribe.objects.filter(email_key=key)))),
            Refusal("email_suppressed", Q(Exists(Suppression.objects.filter(email_key=key)))),
        ]

    def refuse_conflicting_rows(self, outcome, by):
        """Addresses that are known only by a digest because they were erased; and of several records with one address, all but
        the first."""
        model: Any = KINDS[outcome.table].model
        rows = model.objects.filter(pk__any=outcome.changed).order_by("pk").values_list("pk", "email_key")
        first: dict[str, int] = {}
        again = [pk for pk, key in rows if first.setdefault(key, pk) != pk]
        outcome.refuse("email_repeated", again)
        for code, keys in find_forgotten(first).items():
            outcome.refuse(code, [first[key] for key in keys])

    def get_values(self):
        return {}

    def write(self, rows):
        linked = [
            one.name
            for one in rows.model._meta.fields
            if one.name in ("owner", "company") and one.is_relation
        ]
        records = rows.select_related(*linked).order_by("pk")
        senders: dict[Any, str] = {}
        letters = [(record.pk, self._build_letter(record, senders)) for record in records]
        self.added.extend(write_letters(letters, rows.model.table, outcome=Activity.Delivery.SENDING))

    def _build_letter(self, record: Any, senders: dict[Any, str]) -> SendEmail:
        """`senders` are the addresses that emails to records of a department come from, as far as they are known."""
        values = get_merge_values(record, self.by)
        text = join_paragraphs(fill_merge_fields(self.template.text, values), build_text_below(self.by, ""))
        subject = fill_merge_fields(self.template.subject, values, escape=False)
        if record.department_id not in senders:
            route = find_route(record.table, record.pk, self.by, self.route)
            senders[record.department_id] = route.sender if route else ""
        message_id = build_message_id(token_hex(32), senders[record.department_id])
        index = build_thread_index(message_id, timezone.now(), is_answer=False, parent="")
        envelope = {"to": record.email, "thread_index": index, "route": self.route}
        return SendEmail(self.by, record.email, subject, text, message_id, envelope=envelope)

    def write_consequences(self, record, changed):
        queue_emails(self.added, pause=PAUSE)
        record.parameters[EMAILS] = record.parameters.get(EMAILS, 0) + len(self.added)
        record.save(update_fields=["parameters"])


def find_forgotten(keys: Any) -> dict[str, set[str]]:
    """Those of these addresses that were erased and may get nothing, by the code of the reason."""
    forgotten = ForgottenAddress.objects.filter(list=None)
    if not keys or not forgotten.exists():
        return {}
    by_digest = build_possible_digests(keys)
    found: dict[str, set[str]] = {}
    for row in forgotten.filter(digest__in=list(by_digest)):
        unsubscribed = row.exclusion_reason == "unsubscribed"
        code = "email_unsubscribed" if unsubscribed else "email_suppressed"
        found.setdefault(code, set()).add(by_digest[row.digest])
    return found


def find_obstacle(activity: Activity) -> str:
    """Why an email of an automation may no longer be sent, judged right before: a key of PROBLEMS, or ''. Emails that people wrote
    are theirs to send."""
    if not _is_by_automation(activity):
        return ""
    record: Any = KINDS[activity.of].model
    if not record.objects.present().filter(pk=activity.record).exists():
        return "deleted"
    key = get_email_key(activity.address)
    if Unsubscribe.objects.filter(email_key=key).exists():
        return "unsubscribed"
    if Suppression.objects.filter(email_key=key).exists():
        return "suppressed"
    forgotten = find_forgotten([key])
    return "unsubscribed" if "email_unsubscribed" in forgotten else "suppressed" if forgotten else ""


def _is_by_automation(activity: Activity) -> bool:
    added = Change.objects.of_row(Activity.table, activity.pk).filter(kind=Change.Kind.INSERT)
    return added.filter(operation__channel=Operation.Channel.AUTOMATION).exists()
