"""What the documentation says of API v2."""

from typing import Any

from django.db.models import DecimalField
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.documented import IDEMPOTENT, documented, number, query, shape, text
from crm.api.v2 import operations, records, webhooks
from crm.fields.choices import Related, Tags, YesNo
from crm.fields.numbers import Number
from crm.fields.type import type_of
from crm.records.kinds import Kind


def json_field(kind: Kind, name: str) -> serializers.Field:
    """How a name of fields.OWN_API looks, by the type of its field."""
    if name in kind.json:
        return text()
    field: Any = kind.model._meta.get_field(name)
    found = type_of(field)
    empty = field.null
    if isinstance(found, Tags):
        return serializers.ListField(child=number())
    if isinstance(found, YesNo):
        return serializers.BooleanField()
    if isinstance(field, DecimalField):
        return serializers.FloatField(allow_null=empty)
    if isinstance(found, Number | Related) or name == "id":
        return number(allow_null=empty)
    return text(allow_null=empty)


PROBLEM = shape(
    "OwnProblem",
    type=text(),
    title=text(),
    status=number(),
    code=text(),
    detail=text(),
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


def calls_on(kind: Kind, *, resource: str) -> tuple[type[records.Records], type[records.Bulk]]:
    """The calls on one kind, as views of their own, for each is documented: its list, and bulk changes.

    `resource` is what a token needs a right to (crm/api/rights.py).
    """
    many, own = kind.urls, {"kind_name": kind.name, "resource": resource}
    name, names = kind.model.__name__, many.title()
    listing, bulk = type(names, (records.Records,), own), type(f"{names}Bulk", (records.Bulk,), own)
    one = shape(f"Own{name}", **{field: json_field(kind, field) for field in kind.fields.OWN_API})
    extend_schema_view(
        get=call(
            f"List {many} by cursor",
            shape(f"Own{names}", **{many: one(many=True)}, next=text(allow_null=True)),
            name=f"own_{many}",
            parameters=[
                query("limit", words="1 to 200; 50 unless said."),
                query("after", words="The `next` of the page before."),
                query("sort", words="-created_at, name and so on, as in the address of the list."),
                query("q", words="Words to search for."),
                *(query(field, words="As in the address of the list.") for field in kind.fields.FILTER),
            ],
            errors=[422],
            words="The filters are those of the list: what its address says after the question mark can be sent here.",
        )
    )(listing)
    extend_schema_view(
        post=call(
            f"Change many {many} at once",
            shape(
                f"Own{name}Outcome",
                operation=number(allow_null=True),
                changed=number(),
                unchanged=number(),
                refused=serializers.DictField(child=number()),
            ),
            name=f"own_{many}_bulk",
            sends=records.BulkFields,
            later=STARTED,
            parameters=[IDEMPOTENT],
            example={"action": "share", "filter": "country=DE", "preview": True},
            words="One operation; over 3,000 records a job does it, and the answer is 202 with its id.",
        )
    )(bulk)
    return listing, bulk


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
)(operations.Operations)
extend_schema_view(get=call("One operation", OPERATION, name="own_operation", errors=[404]))(
    operations.OneOperation
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
)(operations.UndoOperation)
extend_schema_view(get=call("One job", JOB, name="own_job", errors=[404]))(operations.OneJob)

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
