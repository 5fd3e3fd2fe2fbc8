"""The documentation of the Umbra ERP dialect."""

from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.openapi_parts import (
    IDEMPOTENT,
    IGNORED_PARAMETERS,
    build_call_decorator,
    build_number_field,
    build_response_serializer,
    build_text_field,
    document_query_parameter,
)
from leads.api import dialect_fields
from leads.api.umbra import umbra_leads
from leads.api.umbra.lead_rows import SOURCE_WORDS, STATUS_WORDS

NEW = {
    "first_name": "John",
    "last_name": "Doe",
    "email": "john@example.com",
    "company": "Acme Corp",
    "source": "website",
    "phone": "+263771234567",
}
PROBLEM = build_response_serializer(
    "UmbraProblem",
    result=build_text_field(),
    message=build_text_field(),
    lead_id=build_text_field(required=False, help_text="With 409: the lead that exists already."),
    errors=serializers.DictField(child=serializers.ListField(child=build_text_field()), required=False),
)


def build_lead_serializer(name: str, names: list[str]) -> type[serializers.Serializer]:
    words = {"status": serializers.ChoiceField(STATUS_WORDS), "source": serializers.ChoiceField(SOURCE_WORDS)}
    words["created_at"] = serializers.DateTimeField()
    return build_response_serializer(
        name, **{field: words.get(field) or build_text_field() for field in names}
    )


LISTED = build_lead_serializer("UmbraLeadRow", dialect_fields.UMBRA)
ONE = build_lead_serializer("UmbraLeadShown", [*dialect_fields.UMBRA, *dialect_fields.UMBRA_ONE])
DONE = build_response_serializer("UmbraDone", result=build_text_field(), message=build_text_field())

call = build_call_decorator("Umbra ERP", ["bearer"], PROBLEM)

extend_schema_view(
    get=call(
        "List leads",
        build_response_serializer(
            "UmbraLeads", result=build_text_field(), leads=LISTED(many=True), total_count=build_number_field()
        ),
        name="umbra_leads",
        parameters=[
            document_query_parameter("status", words="Only leads in this status.", enum=STATUS_WORDS),
            document_query_parameter("assigned_to", words="Only leads of this user, by id: user_…"),
            document_query_parameter(
                "limit",
                words=f"How many to return, 1 to {umbra_leads.MOST}. Default: {umbra_leads.AT_FIRST}.",
            ),
            document_query_parameter("offset", words="How many to skip. Default: 0."),
            IGNORED_PARAMETERS,
        ],
        errors=[422],
        words="Returns leads, newest first. total_count is the number of all leads that match, not of this page.",
    ),
    post=call(
        "Create lead",
        build_response_serializer(
            "UmbraAdded", result=build_text_field(), lead_id=build_text_field(), message=build_text_field()
        ),
        name="umbra_lead_add",
        sends=umbra_leads.UmbraLead,
        words=(
            "Adds a lead. If you leave out status, the lead starts in the status for new leads. An administrator can choose that "
            "leads that already exist, among those that the user of the token sees, are rejected with 409 and their lead_id, or "
            "update the existing lead: the answer has its lead_id, and status, source and assigned_to stay as they are."
        ),
        parameters=[IDEMPOTENT],
        example=NEW,
        sample={"result": "success", "lead_id": "lead_Uk5Mzxv9", "message": "Lead created successfully."},
    ),
)(umbra_leads.Leads)
extend_schema_view(
    get=call(
        "Get lead",
        build_response_serializer("UmbraOne", result=build_text_field(), lead=ONE()),
        name="umbra_lead",
        errors=[404],
        words="Returns one lead by its id. For the id of a merged lead, it returns the lead it was merged into.",
    ),
    put=call(
        "Update lead",
        DONE,
        name="umbra_lead_change",
        sends=umbra_leads.UmbraLead(partial=True),
        errors=[404],
        words="Changes the fields that you send and no others. The id of a merged lead changes the one it was merged into.",
        example={"status": "qualified", "notes": "Interested in enterprise plan"},
    ),
    delete=call(
        "Delete lead",
        DONE,
        name="umbra_lead_delete",
        errors=[404],
        words="Moves the lead to Trash. Programs can't restore it; people can. The id of a merged lead is answered with 404.",
    ),
)(umbra_leads.OneLead)
