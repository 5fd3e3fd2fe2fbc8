"""What a call makes: a new lead or request, or the empty fields of the lead that is there already, or a note on it.

Both are operations without a user, by the same verbs as on the screens.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from crm.fields.custom.values.field_registry import use_definitions_as_found
from crm.models import Operation
from crm.platform.configuration.company import get_company_currency
from crm.platform.web.request_cache import read_cached_in_block
from crm.records.history.operation_results import Outcome, write_operation_result, write_verdicts
from crm.records.history.verb_execution import carry_out, operation
from crm.records.kinds.kind_registry import KINDS
from customers.models import Request
from intake.forms.verbs import NoteByForm
from intake.known_person_note import render_note
from intake.models import IncomingCall, IncomingWebhook, KnownPeople
from intake.webhooks.record_values import BodyReading, JudgedValues, Problem
from leads.forms import get_initial_values
from leads.models import Lead

State = IncomingCall.State
CHANNEL = Operation.Channel.API


@dataclass(frozen=True)
class CallResult:
    """What became of a call: its state, the number of the record, and the problems."""

    state: str
    record: int | None = None
    problems: list[Problem] = field(default_factory=list)


def get_new_owner(webhook: IncomingWebhook) -> User | None:
    """Who a new record is assigned to; None leaves new leads to the assignment rules (`_add`)."""
    owner = webhook.owner
    return owner if owner and owner.is_active else None


def add_or_update_record(webhook: IncomingWebhook, texts: Mapping[str, str]) -> CallResult:
    """Add or update the record that the texts of a body describe. Raises Busy if the settings have just changed."""
    reading = read_cached_in_block(
        f"reading of incoming webhook {webhook.pk}", lambda: _build_reading(webhook)
    )
    if not any(path in reading.mapping for path in texts):
        code = "nothing_mapped" if webhook.mapping else "no_mapping"
        return CallResult(State.ATTENTION, problems=[{"code": code}])
    policy = KnownPeople(webhook.duplicates)
    if webhook.makes == IncomingWebhook.Makes.LEAD and policy != policy.ADD:
        record = reading.find_existing_record(texts, webhook.department_id)
        if record is not None and policy == policy.SKIP:
            return CallResult(State.SKIPPED, record["id"], [{"code": "known"}])
        if record is not None and policy == policy.NOTE:
            return _add_note(webhook, reading, texts, record)
        if record is not None:
            return _fill_record(reading, texts, record)
    return _add_record(webhook, reading, texts)


def _build_reading(webhook: IncomingWebhook) -> BodyReading:
    """The same for all records of a call. What may change meanwhile is judged again when a record is added."""
    with use_definitions_as_found():
        return BodyReading(KINDS[webhook.makes], webhook.mapping, get_default_values(webhook))


def get_default_values(webhook: IncomingWebhook) -> dict[str, Any]:
    """What records get without a value of their own, by field."""
    owner = get_new_owner(webhook)
    found: dict[str, Any] = {"department": webhook.department_id, "owner": owner and owner.pk}
    if webhook.makes == IncomingWebhook.Makes.REQUEST:
        return found
    first = get_initial_values(webhook.department)
    status, source = webhook.status or first["status"], webhook.source or first["source"]
    found |= {"status": status and status.pk, "source": source and source.pk}
    return found | {"currency": get_company_currency(), "country": str(first["country"])}


def _add_record(webhook: IncomingWebhook, reading: BodyReading, texts: Mapping[str, str]) -> CallResult:
    judged = reading.judge_new(texts)
    if webhook.makes == IncomingWebhook.Makes.REQUEST:
        _complete_request(webhook, judged)
    if judged.missing:
        return CallResult(State.ATTENTION, problems=judged.missing + judged.problems)
    kind = reading.kind
    values = _convert_to_model_values(kind.model, judged.values)
    verb = kind.add(kind.model, [values], way="" if values.get("owner") else "webhook")
    with operation(verb.kind, table=kind.name, by=None, channel=CHANNEL, matched=1, changed=1) as record:
        verb.lock_settings()
        (made,) = verb.write_records(None)
        write_verdicts(record, Outcome(kind.name, changed=[made.pk]))
        verb.write_consequences(record, [made.pk])
    return CallResult(State.ADDED, made.pk, judged.problems)


def _complete_request(webhook: IncomingWebhook, judged: JudgedValues) -> None:
    """A request always has a subject: without one in the body, the first line of its message or the name of the webhook."""
    judged.values.setdefault("channel", Request.Channel.OTHER)
    if not judged.values.get("subject"):
        line = str(judged.values.get("text") or "").strip().partition("\n")[0]
        judged.values["subject"] = (line or webhook.name)[:300]
        judged.missing = [problem for problem in judged.missing if problem.get("field") != "name"]


def _fill_record(reading: BodyReading, texts: Mapping[str, str], record: dict[str, Any]) -> CallResult:
    judged, pk = reading.judge_empty_fields(texts, record), record["id"]
    model: Any = reading.kind.model
    verb = reading.kind.edit(_convert_to_model_values(model, judged.values))
    if not judged.values:
        return CallResult(State.SKIPPED, pk, [{"code": "nothing_empty"}, *judged.problems])
    rows, begun = model.objects.present().filter(pk=pk), time.monotonic()
    parameters = verb.get_parameters()
    with operation(verb.kind, table=model.table, by=None, channel=CHANNEL, parameters=parameters) as joined:
        outcome = carry_out(verb, rows, by=reading.program, joined=joined)
        joined.matched = outcome.total
        joined.save(update_fields=["matched"])
        write_operation_result(joined, [outcome], begun)
    if outcome.changed:
        return CallResult(State.UPDATED, pk, judged.problems)
    return CallResult(State.SKIPPED, pk, [{"code": "closed"}, *judged.problems])


def _add_note(
    webhook: IncomingWebhook, reading: BodyReading, texts: Mapping[str, str], record: dict[str, Any]
) -> CallResult:
    """As for a known person who fills in a web form."""
    rows = Lead.objects.present().filter(pk=record["id"])
    with translation.override(settings.LANGUAGE_CODE):
        heading = _("Came in again through the incoming webhook “%(name)s”.")
        text = render_note(heading, webhook.name, reading.get_answers(texts))
    told = tuple(rows.exclude(owner=None).values_list("owner", flat=True))
    note = NoteByForm(by=None, text=text, form=webhook.name, notified=told, notice="incoming_webhook_again")
    outcome = carry_out(note, rows, by=None, channel=CHANNEL)
    if outcome.changed:
        return CallResult(State.UPDATED, record["id"], [{"code": "noted"}])
    return CallResult(State.SKIPPED, record["id"], [{"code": "closed"}])


def _convert_to_model_values(model: Any, values: dict[str, Any]) -> dict[str, Any]:
    """By field, with the rows that foreign keys name."""
    fields = {row.name: row for row in model._meta.concrete_fields}
    found = {}
    for name, value in values.items():
        related = fields[name].related_model if name in fields else None
        found[name] = related._default_manager.get(pk=value) if related and value else value
    return found
