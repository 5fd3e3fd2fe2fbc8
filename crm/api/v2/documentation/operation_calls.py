"""The documentation of API v2's calls that aren't about a kind of record."""

from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.openapi_parts import (
    IDEMPOTENT,
    build_number_field,
    build_response_serializer,
    build_text_field,
    document_query_parameter,
)
from crm.api.v2 import operations, webhooks
from crm.api.v2.documentation.record_calls import (
    DELETED,
    STARTED,
    build_reference_call,
    build_refusals_field,
    call,
    document_limit_parameter,
)
from crm.api.v2.reference_tables import tags

OPERATION = build_response_serializer(
    "OwnOperation",
    id=build_number_field(),
    kind=build_text_field(help_text="What was done, such as add, edit, move or undo."),
    words=build_text_field(help_text="What was done, in words."),
    channel=build_text_field(help_text="web, bulk, import, api or system."),
    by=build_text_field(allow_null=True, help_text="The name of the user."),
    at=serializers.DateTimeField(),
    changed=build_number_field(),
    unchanged=build_number_field(),
    refused=build_refusals_field(),
    undoes=build_number_field(allow_null=True, help_text="Id of the operation that this one undoes."),
    undone=serializers.BooleanField(help_text="Whether its undo is complete and in effect."),
    partly_undone=serializers.BooleanField(
        help_text="Whether only some of its parts have been undone so far. Undo it again to continue."
    ),
    part_of=build_number_field(
        allow_null=True, help_text="Id of the operation that this one is a part of, which can be undone."
    ),
    parts=build_number_field(
        help_text="In how many parts it runs, because it is about more than a million records, or 0 if all were changed at once."
    ),
    parts_left=build_number_field(help_text="How many of its parts haven't been carried out."),
)
JOB = build_response_serializer(
    "OwnJob",
    id=build_number_field(),
    kind=build_text_field(help_text="bulk, undo and so on."),
    state=build_text_field(help_text="waiting, running, finished, cancelled or failed."),
    done=build_number_field(help_text="How many records are done."),
    total=build_number_field(),
    problem=build_text_field(help_text="Why the job failed, or empty."),
    operation=build_number_field(allow_null=True, help_text="Id of the operation, once the job is done."),
)

Tags = build_reference_call(
    tags,
    {"id": build_number_field(), "name": build_text_field(), "retired": serializers.BooleanField()},
    resource="tags",
    summary="List tags",
    words="Lists the tags by name. Records carry their ids in tags.",
)
extend_schema_view(
    get=call(
        "List operations",
        build_response_serializer(
            "OwnOperations", operations=OPERATION(many=True), next=build_number_field(allow_null=True)
        ),
        name="own_operations",
        parameters=[
            document_limit_parameter(),
            document_query_parameter(
                "before", int, "The next of the page before. Leave it out for the first page."
            ),
        ],
        errors=[422],
        words="Returns the changes that the user of the token can see, newest first. Follow next until it is null.",
    )
)(operations.Operations)
extend_schema_view(
    get=call(
        "Get an operation",
        OPERATION,
        name="own_operation",
        errors=[404, 422],
        words="Returns one change: who made it, when, and how many records it changed.",
    )
)(operations.OneOperation)
extend_schema_view(
    post=call(
        "Undo an operation",
        build_response_serializer(
            "OwnUndone",
            operation=build_number_field(help_text="Id of the undo, which can be undone too."),
            back=build_number_field(help_text="Records that have their former values again."),
            kept=build_number_field(
                help_text="Records that kept at least one value, because it was changed again since."
            ),
        ),
        name="own_undo",
        later=STARTED,
        parameters=[IDEMPOTENT],
        errors=[404, 413, 415, 422],
        words=(
            "Gives the records of an operation their former values. The call has no body. Values that were changed again "
            "since stay as they are. For many records a job does the work, and the answer is 202 with its id."
        ),
    )
)(operations.UndoOperation)
extend_schema_view(
    get=call(
        "Get a job",
        JOB,
        name="own_job",
        errors=[404, 422],
        words="Says how far a job is that a bulk change or an undo has started. Only jobs of the same user are found.",
    )
)(operations.OneJob)

WEBHOOK = {
    "id": build_number_field(),
    "url": build_text_field(),
    "kinds": serializers.ListField(child=build_text_field()),
    "active": serializers.BooleanField(),
    "failing_since": serializers.DateTimeField(
        allow_null=True, help_text="Since when no delivery has arrived. Empty while deliveries arrive."
    ),
}
ONE_WEBHOOK = build_response_serializer("OwnWebhook", **WEBHOOK)
DELIVERY = build_response_serializer(
    "OwnDelivery",
    id=build_number_field(),
    operation=build_number_field(allow_null=True),
    state=build_text_field(help_text="waiting, delivered or failed."),
    attempts=build_number_field(),
    status=build_number_field(allow_null=True, help_text="The HTTP status of the last answer."),
    milliseconds=build_number_field(allow_null=True),
    problem=build_text_field(help_text="What went wrong last time, or empty."),
    at=serializers.DateTimeField(),
)
extend_schema_view(
    get=call(
        "List webhooks",
        build_response_serializer("OwnWebhooks", webhooks=ONE_WEBHOOK(many=True)),
        name="own_webhooks",
        errors=[422],
        words="Lists the webhooks of the user of the token, newest first.",
    ),
    post=call(
        "Add a webhook",
        build_response_serializer("OwnNewWebhook", **WEBHOOK, secret=build_text_field()),
        name="own_webhook_add",
        sends=webhooks.WebhookFields,
        parameters=[IDEMPOTENT],
        example={"url": "https://example.com/leadwell", "kinds": ["add", "move"]},
        words=(
            "Leadwell sends a POST to the address for each operation that the user of the token can see or that changed "
            "records the user can see. Without kinds it sends all of them. The secret is returned only this once. Check the header Leadwell-Signature: t is the "
            "time of the call, v1 the HMAC-SHA256 of t, a dot and the body with the secret."
        ),
    ),
)(webhooks.Webhooks)
extend_schema_view(
    get=call(
        "Get a webhook",
        ONE_WEBHOOK,
        name="own_webhook",
        errors=[404, 422],
        words="Returns one webhook of the user of the token.",
    ),
    put=call(
        "Change a webhook",
        ONE_WEBHOOK,
        name="own_webhook_change",
        sends=webhooks.WebhookFields(partial=True),
        errors=[404],
        example={"active": False},
        words=(
            "Changes the fields that you send and no others. Set active to false to pause the webhook. Leadwell does so "
            "itself after a day in which every delivery failed, and notifies the user: set active to true to resume."
        ),
    ),
    delete=call(
        "Delete a webhook",
        DELETED,
        name="own_webhook_delete",
        errors=[404, 422],
        words="Deletes the webhook and the log of its deliveries. Nothing more is sent.",
    ),
)(webhooks.OneWebhook)
extend_schema_view(
    get=call(
        "List deliveries of a webhook",
        build_response_serializer("OwnDeliveries", deliveries=DELIVERY(many=True)),
        name="own_deliveries",
        parameters=[document_limit_parameter()],
        errors=[404, 422],
        words="Lists what was sent to the webhook, newest first, with the answer of the receiver.",
    )
)(webhooks.Deliveries)
