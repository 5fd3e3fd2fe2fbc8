"""The calls that write many records: each with its own values and its own outcome."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.v2.batch.batch_deletion import delete_records
from crm.api.v2.batch.batch_records import (
    MOST_RECORDS,
    BatchRecord,
    build_result_json,
    parse_batch_records,
)
from crm.api.v2.batch.batch_writing import BatchWriting
from crm.api.v2.batch.record_matching import build_matching
from crm.api.v2.v2_view import Fields, OwnView

ALL_OR_NOTHING = serializers.BooleanField(
    default=False,
    help_text="true writes nothing if one of the records is refused; the others then have the status 424.",
)


def build_records_field() -> serializers.Field:
    return serializers.ListField(child=serializers.DictField(), min_length=1, max_length=MOST_RECORDS)


class BatchFields(Fields):
    records = build_records_field()
    match = serializers.CharField(
        max_length=60,
        required=False,
        help_text="The field by which records without an id are looked for: email, domain, or the key of a unique custom field.",
    )
    all_or_nothing = ALL_OR_NOTHING


class BatchDeleteFields(Fields):
    records = build_records_field()
    all_or_nothing = ALL_OR_NOTHING


class Batch(OwnView):
    """Adds records, and changes those with an id if the token may also do that."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        sent = BatchFields.read(self.sent_fields)
        matching = build_matching(self.kind, sent["match"], self.user) if "match" in sent else None

        def write(records: list[BatchRecord]) -> list[int]:
            writing = BatchWriting(self.kind, self.token, self.allows, matching)
            writing.write(records)
            return writing.operations

        return write_batch(sent, write)


class BatchDelete(OwnView):
    http_method_names = ["post"]
    actions = {"POST": "delete"}

    def post(self, request: HttpRequest) -> HttpResponse:
        sent = BatchDeleteFields.read(self.sent_fields)
        return write_batch(sent, lambda records: delete_records(self.kind, records, self.user))


def write_batch(sent: dict[str, Any], write: Callable[[list[BatchRecord]], list[int]]) -> HttpResponse:
    """`write` gives each record its outcome and returns the operations. With all_or_nothing, nothing of it stays if a record
    was refused."""
    records = parse_batch_records(sent["records"])
    with transaction.atomic():
        operations = write(records)
        written = not sent["all_or_nothing"] or all(record.problem is None for record in records)
        if not written:
            transaction.set_rollback(True)
    return build_json_response(build_answer(records, operations, written=written))


def build_answer(records: list[BatchRecord], operations: list[int], *, written: bool) -> dict[str, Any]:
    """The counts, the operations, which can be undone, and the outcome of each record in the order sent."""
    done = [record for record in records if record.problem is None] if written else []
    return {
        "added": sum(record.status == 201 for record in done),
        "changed": sum(record.status == 200 and record.changed for record in done),
        "unchanged": sum(record.status == 200 and not record.changed for record in done),
        "refused": sum(record.problem is not None for record in records),
        "operations": operations if written else [],
        "results": [build_result_json(record, written=written) for record in records],
    }
