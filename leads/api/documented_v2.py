"""What the documentation says of our own additions."""

from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from leads import fields
from leads.api import v2, v2_operations, webhooks
from leads.api.documented import IDEMPOTENT, documented, number, query, shape, text

EMPTY = {"value", "owner", "next_action_on", "last_contacted_at", "converted_at"}
NUMBERS = {"id", "version", "status", "source", "owner", "department"}


def lead_field(name: str) -> serializers.Field:
    empty = name in EMPTY
    if name == "tags":
        return serializers.ListField(child=number())
    if name in ("vip", "shared"):
        return serializers.BooleanField()
    if name == "value":
        return serializers.FloatField(allow_null=True)
    return number(allow_null=empty) if name in NUMBERS else text(allow_null=empty)


LEAD = shape("OwnLead", **{name: lead_field(name) for name in fields.OWN_API})
PROBLEM = shape(
    "OwnProblem",
    error=text(),
    message=text(),
    errors=serializers.DictField(child=serializers.ListField(child=text()), required=False),
)
OPERATION = shape(
    "OwnOperation",
    id=number(),
    kind=text(),
    words=text(),
    channel=text(),
    by=text(allow_null=True),
    at=text(),
    changed=number(),
    unchanged=number(),
    refused=number(),
    undoes=number(allow_null=True),
    undone=serializers.BooleanField(),
)
JOB = shape(
    "OwnJob",
    id=number(),
    kind=text(),
    state=text(),
    done=number(),
    total=number(),
    problem=text(),
    operation=number(allow_null=True),
)
STARTED = shape("OwnStarted", job=number())
call = documented("Leadwell", "bearer", PROBLEM)

extend_schema_view(
    get=call(
        "List leads by cursor",
        shape("OwnLeads", leads=LEAD(many=True), next=text(allow_null=True)),
        name="own_leads",
        parameters=[
            query("limit", words="1 to 200; 50 unless said."),
            query("after", words="The `next` of the page before."),
            query("sort", words="-created_at, company and so on, as in the address of the list."),
            query("q", words="Words to search for."),
            *(query(name, words="As in the address of the list.") for name in fields.FILTER),
        ],
        errors=[422],
        words="The filters are those of the list: what its address says after the question mark can be sent here.",
    )
)(v2.Leads)
extend_schema_view(
    post=call(
        "Change many leads at once",
        shape(
            "OwnOutcome",
            operation=number(allow_null=True),
            changed=number(),
            unchanged=number(),
            refused=serializers.DictField(child=number()),
        ),
        name="own_bulk",
        sends=v2.BulkFields,
        later=STARTED,
        parameters=[IDEMPOTENT],
        example={"action": "vip", "filter": "country=DE&vip=no", "preview": True},
        words="One operation; over 3,000 leads a job does it, and the answer is 202 with its id.",
    )
)(v2.Bulk)
extend_schema_view(
    get=call(
        "List operations",
        shape("OwnOperations", operations=OPERATION(many=True), next=number(allow_null=True)),
        name="own_operations",
        parameters=[
            query("limit", words="1 to 200; 50 unless said."),
            query("before", words="The `next` of the page before."),
        ],
        errors=[422],
    )
)(v2_operations.Operations)
extend_schema_view(get=call("One operation", OPERATION, name="own_operation", errors=[404]))(
    v2_operations.OneOperation
)
extend_schema_view(
    post=call(
        "Undo an operation",
        shape("OwnUndone", operation=number(), back=number(), kept=number()),
        name="own_undo",
        later=STARTED,
        parameters=[IDEMPOTENT],
        errors=[404, 413, 415, 422],
    )
)(v2_operations.UndoOperation)
extend_schema_view(get=call("One job", JOB, name="own_job", errors=[404]))(v2_operations.OneJob)

WEBHOOK = {"id": number(), "url": text(), "kinds": serializers.ListField(child=text())}
ONE_WEBHOOK = shape("OwnWebhook", **WEBHOOK, active=serializers.BooleanField())
DELIVERY = shape(
    "OwnDelivery",
    id=number(),
    operation=number(allow_null=True),
    state=text(),
    attempts=number(),
    status=number(allow_null=True),
    milliseconds=number(allow_null=True),
    problem=text(),
    at=text(),
)
extend_schema_view(
    get=call("List webhooks", shape("OwnWebhooks", webhooks=ONE_WEBHOOK(many=True)), name="own_webhooks"),
    post=call(
        "Add a webhook",
        shape("OwnNewWebhook", **WEBHOOK, active=serializers.BooleanField(), secret=text()),
        name="own_webhook_add",
        sends=webhooks.WebhookFields,
        parameters=[IDEMPOTENT],
        example={"url": "https://example.com/leadwell", "kinds": ["add", "move"]},
        words=(
            "It is told of each operation that its user sees. Leadwell-Signature holds t, the moment, and v1, the "
            "HMAC-SHA256 of moment, dot and body with the secret, which is shown this once."
        ),
    ),
)(webhooks.Webhooks)
extend_schema_view(
    get=call("One webhook", ONE_WEBHOOK, name="own_webhook", errors=[404]),
    put=call(
        "Change a webhook",
        ONE_WEBHOOK,
        name="own_webhook_change",
        sends=webhooks.WebhookFields(partial=True),
        errors=[404],
        example={"active": False},
    ),
    delete=call(
        "Delete a webhook",
        shape("OwnDeleted", deleted=serializers.BooleanField()),
        name="own_webhook_delete",
        errors=[404],
    ),
)(webhooks.OneWebhook)
extend_schema_view(
    get=call(
        "What was sent to a webhook",
        shape("OwnDeliveries", deliveries=DELIVERY(many=True)),
        name="own_deliveries",
        parameters=[query("limit", words="1 to 200; 50 unless said.")],
        errors=[404, 422],
    )
)(webhooks.Deliveries)
