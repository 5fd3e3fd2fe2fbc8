"""The documentation of API v2's calls that aren't about a kind of record."""

from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.openapi_parts import IDEMPOTENT, number, query, shape, text
from crm.api.v2 import operations, webhooks
from crm.api.v2.documentation.record_calls import DELETED, STARTED, call, limit, reference, refused
from crm.api.v2.reference_tables import tags

OPERATION = shape(
    "OwnOperation",
    id=number(),
    kind=text(help_text="What was done, such as add, edit, move or undo."),
    words=text(help_text="What was done, in words."),
    channel=text(help_text="web, bulk, import, api or system."),
    by=text(allow_null=True, help_text="The name of the user."),
    at=serializers.DateTimeField(),
    changed=number(),
    unchanged=number(),
    refused=refused(),
    undoes=number(allow_null=True, help_text="Id of the operation that this one undoes."),
    undone=serializers.BooleanField(help_text="Whether its undo is complete and in effect."),
    partly_undone=serializers.BooleanField(
        help_text="Whether only some of its parts have been undone so far. Undo it again to continue."
    ),
    part_of=number(
        allow_null=True, help_text="Id of the operation that this one is a part of, which can be undone."
    ),
    parts=number(
        help_text="In how many parts it runs, because it is about more than a million records, or 0 if all were changed at once."
    ),
    parts_left=number(help_text="How many of its parts haven't been carried out."),
)
JOB = shape(
    "OwnJob",
    id=number(),
    kind=text(help_text="bulk, undo and so on."),
    state=text(help_text="waiting, running, finished, cancelled or failed."),
    done=number(help_text="How many records are done."),
    total=number(),
    problem=text(help_text="Why the job failed, or empty."),
    operation=number(allow_null=True, help_text="Id of the operation, once the job is done."),
)

Tags = reference(
    tags,
    {"id": number(), "name": text(), "retired": serializers.BooleanField()},
    resource="tags",
    summary="List tags",
    words="Lists the tags by name. Records carry their ids in tags.",
)
extend_schema_view(
    get=call(
        "List operations",
        shape("OwnOperations", operations=OPERATION(many=True), next=number(allow_null=True)),
        name="own_operations",
        parameters=[
            limit(),
            query("before", int, "The next of the page before. Leave it out for the first page."),
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
        shape(
            "OwnUndone",
            operation=number(help_text="Id of the undo, which can be undone too."),
            back=number(help_text="Records that have their former values again."),
            kept=number(
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
    "id": number(),
    "url": text(),
    "kinds": serializers.ListField(child=text()),
    "active": serializers.BooleanField(),
    "failing_since": serializers.DateTimeField(
        allow_null=True, help_text="Since when no delivery has arrived. Empty while deliveries arrive."
    ),
}
ONE_WEBHOOK = shape("OwnWebhook", **WEBHOOK)
DELIVERY = shape(
    "OwnDelivery",
    id=number(),
    operation=number(allow_null=True),
    state=text(help_text="waiting, delivered or failed."),
    attempts=number(),
    status=number(allow_null=True, help_text="The HTTP status of the last answer."),
    milliseconds=number(allow_null=True),
    problem=text(help_text="What went wrong last time, or empty."),
    at=serializers.DateTimeField(),
)
extend_schema_view(
    get=call(
        "List webhooks",
        shape("OwnWebhooks", webhooks=ONE_WEBHOOK(many=True)),
        name="own_webhooks",
        errors=[422],
        words="Lists the webhooks of the user of the token, newest first.",
    ),
    post=call(
        "Add a webhook",
        shape("OwnNewWebhook", **WEBHOOK, secret=text()),
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
        shape("OwnDeliveries", deliveries=DELIVERY(many=True)),
        name="own_deliveries",
        parameters=[limit()],
        errors=[404, 422],
        words="Lists what was sent to the webhook, newest first, with the answer of the receiver.",
    )
)(webhooks.Deliveries)
