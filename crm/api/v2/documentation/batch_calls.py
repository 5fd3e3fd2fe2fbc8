"""The documentation of the calls that write many records."""

from typing import Any

from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.openapi_parts import (
    IDEMPOTENT,
    build_number_field,
    build_response_serializer,
    build_text_field,
)
from crm.api.v2.batch import batch_calls
from crm.api.v2.batch.batch_records import MOST_RECORDS
from crm.api.v2.documentation.call_parts import WRONG, call
from crm.api.v2.documentation.record_calls import build_sent_record_fields
from crm.fields.custom.definitions.built_in_fields import use_delivered_labels
from crm.records.kinds.kind_registry import Kind

VERSION = "The version that you have read. If the record has another one now, it is refused with 412."
RESULT = build_response_serializer(
    "BatchResult",
    status=build_number_field(
        help_text="201 added, 200 changed or unchanged, or why it was refused: 403, 404, 409, 412 or 422, as for a single record. "
        "424 if nothing was written because of another record (all_or_nothing)."
    ),
    id=build_number_field(allow_null=True, help_text="Id of the record; null if it wasn't added."),
    version=build_number_field(allow_null=True, help_text="Its version now; null if it was refused."),
    code=build_text_field(allow_null=True, help_text="The kind of problem; null without a problem."),
    detail=build_text_field(allow_null=True, help_text="What is wrong with the record."),
    errors=WRONG(many=True),
    duplicate_of=build_number_field(
        allow_null=True, help_text="The record that exists already, with the code duplicate."
    ),
)
ANSWER = build_response_serializer(
    "BatchAnswer",
    added=build_number_field(),
    changed=build_number_field(),
    unchanged=build_number_field(help_text="Records that already had these values."),
    refused=build_number_field(),
    operations=serializers.ListField(
        child=build_number_field(),
        help_text="Ids of the operations that were carried out; each can be undone.",
    ),
    results=RESULT(many=True, help_text="One for each record, in the order sent."),
)


def build_body(name: str, row: type[serializers.Serializer], fields: Any) -> type[serializers.Serializer]:
    """The fields of the body, with the records as `row` describes them."""
    others = {key: value for key, value in fields().fields.items() if key != "records"}
    records = row(many=True, min_length=1, max_length=MOST_RECORDS)
    return build_response_serializer(name, records=records, **others)


CHOSEN = build_response_serializer(
    "BatchChoice",
    id=build_number_field(help_text="The record to delete."),
    version=build_number_field(required=False, allow_null=True, help_text=VERSION),
)
DELETION = build_body("BatchDelete", CHOSEN, batch_calls.BatchDeleteFields)


@use_delivered_labels()
def build_batch_calls(
    kind: Kind, *, resource: str
) -> tuple[type[batch_calls.Batch], type[batch_calls.BatchDelete]]:
    """The calls that write and delete many records of one kind."""
    own = {"kind_name": kind.name, "resource": resource}
    name, many = kind.model.__name__, kind.urls
    batch = type(f"{many.title()}Batch", (batch_calls.Batch,), own)
    deletion = type(f"{many.title()}BatchDelete", (batch_calls.BatchDelete,), own)
    document_batch(batch, deletion, kind, name, many)
    return batch, deletion


def document_batch(batch: Any, deletion: Any, kind: Kind, name: str, many: str) -> None:
    one = kind.words.one
    row = build_response_serializer(
        f"{name}BatchRecord",
        id=build_number_field(
            required=False, allow_null=True, help_text=f"The {one} to change. Leave it out to add one."
        ),
        version=build_number_field(required=False, allow_null=True, help_text=VERSION),
        **build_sent_record_fields(kind),
    )
    extend_schema_view(
        post=call(
            f"Add and change many {many}",
            ANSWER,
            name=f"batch_write_{many}",
            sends=build_body(f"{name}Batch", row, batch_calls.BatchFields),
            parameters=[IDEMPOTENT],
            words=(
                f"Writes up to {MOST_RECORDS:,} {many}, each with its own values. One with an id is changed, one without is added, by "
                f"the rules of the single calls. A {one} that is refused doesn't stop the others: results has the outcome of each, in "
                f"the order sent, so you only repeat those. Everything that is added is one operation as a rule, and everything that "
                f"is changed another one; both can be undone. With match, a {one} without an id is looked for by that field among those that "
                f"the user of the token sees: if there is one, it is changed; if there are several, the record is refused with 409 and the "
                f"code ambiguous; otherwise one is added."
            ),
        )
    )(batch)
    extend_schema_view(
        post=call(
            f"Delete many {many}",
            ANSWER,
            name=f"batch_delete_{many}",
            sends=DELETION,
            parameters=[IDEMPOTENT],
            words=(
                f"Moves up to {MOST_RECORDS:,} {many} to Trash, in one operation that can be undone. results has the outcome of each, "
                f"in the order sent."
            ),
        )
    )(deletion)
