"""Consent in API v2: `consents` of a lead or contact is the present state of each purpose; what is sent is added."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from accounts.models import User
from crm.api.openapi_parts import build_number_field, build_response_serializer, build_text_field
from crm.api.problems import build_invalid_problem
from crm.api.v2.form_values import flatten_sent_values
from crm.api.v2.record_parts import RecordPart
from customers.consent.consent_recording import ConsentEntry, Source, record_consents_of_records
from customers.models import ConsentPurpose

NAME = "consents"
MOST = 20
LONGEST = 300
PERSON = "person IN (nullif(left({table}.email_key, 254), ''), '{kind} ' || {table}.id)"
FILLED = f"EXISTS (SELECT FROM customers_consent WHERE {PERSON})"
NEWEST = f"""(SELECT coalesce(json_agg(json_build_object(
      'purpose', c.purpose_id, 'name', p.name, 'given', c.given, 'source', c.source, 'text', c.text_id,
      'at', to_char(c.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) ORDER BY c.purpose_id), '[]')
    FROM (SELECT DISTINCT ON (purpose_id) * FROM customers_consent
          WHERE {PERSON}
          ORDER BY purpose_id, at DESC, id DESC) c
    JOIN customers_consentpurpose p ON p.id = c.purpose_id)"""  # noqa: S608 - of this file


def parse_entries(value: Any, user: User) -> list[ConsentEntry]:
    words = (
        f"Send a list of up to {MOST} objects with purpose, an id, given, true or false, and note, a text."
    )
    if not isinstance(value, list) or len(value) > MOST or not all(map(_is_consent_entry, value)):
        raise build_invalid_problem(**{NAME: words})
    known = {row.pk: row for row in ConsentPurpose.objects.active()}
    for one in value:
        if one["purpose"] not in known:
            raise build_invalid_problem(
                **{NAME: f"There is no purpose of consent with the id {one['purpose']}."}
            )
    return [
        ConsentEntry(known[one["purpose"]], one["given"], Source.PROGRAM, one.get("note", ""), by=user)
        for one in value
    ]


def _is_consent_entry(one: Any) -> bool:
    if not isinstance(one, dict) or not {"purpose", "given"} <= set(one) <= {"purpose", "given", "note"}:
        return False
    purpose, note = one["purpose"], one.get("note", "")
    if not isinstance(purpose, int) or isinstance(purpose, bool) or not isinstance(one["given"], bool):
        return False
    return isinstance(note, str) and len(note) <= LONGEST and bool(flatten_sent_values({NAME: note}))


def write_entries(record: Any, entries: list[ConsentEntry], user: User) -> None:
    for entry in entries:
        record_consents_of_records(record.table, [record.pk], entry)


OF_RECORD = build_response_serializer(
    "Consent",
    purpose=build_number_field(help_text="Id of the purpose."),
    name=build_text_field(help_text="The name of the purpose."),
    given=serializers.BooleanField(help_text="false if it was withdrawn."),
    source=build_text_field(help_text="How it was recorded: user, form, program, unsubscribe or conversion."),
    text=build_number_field(
        allow_null=True, help_text="Id of the version of the text that the person read, if it is known."
    ),
    at=serializers.DateTimeField(),
)
SENT = build_response_serializer(
    "ConsentSent",
    purpose=build_number_field(help_text="Id of a purpose."),
    given=serializers.BooleanField(),
    note=build_text_field(
        required=False, allow_blank=True, max_length=LONGEST, help_text="How the person gave it."
    ),
)


def build_consents_response_field() -> serializers.Field:
    return OF_RECORD(many=True, help_text="The newest consent of the person for each purpose.")


def build_consents_request_field() -> serializers.Field:
    return SENT(
        many=True, required=False, help_text="Consents to record now. Earlier ones stay in the history."
    )


def build_consent_part(table: str, kind: str) -> RecordPart:
    def sql(user: User) -> tuple[str, Sequence[Any]]:
        return NEWEST.format(table=table, kind=kind), []

    return RecordPart(
        sql,
        FILLED.format(table=table, kind=kind),
        build_consents_response_field,
        build_consents_request_field,
        parse_entries,
        write_entries,
    )
