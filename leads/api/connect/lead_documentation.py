"""The documentation of the CRM Connect dialect."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema_view
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
from leads.api.connect import automation_polling, connect_leads
from leads.api.connect.field_parsing import ConnectLead
from leads.api.connect.list_requests import AT_FIRST, MOST_A_PAGE, SORTS

EMPTY = {
    "lastcontact",
    "dateassigned",
    "date_converted",
    "last_status_change",
    "email_integration_uid",
    "lead_value",
}


CUSTOM = build_response_serializer("ConnectCustomField", label=build_text_field(), value=build_text_field())


def build_lead_fields(names: list[str], *, only_id: bool) -> dict[str, serializers.Field]:
    """Texts; with `only_id`, any of the others may be missing, because a list can be limited to certain fields."""
    found: dict[str, serializers.Field] = {
        name: build_text_field(allow_null=name in EMPTY, required=name == "id" or not only_id)
        for name in names
    }
    found["customfields"] = CUSTOM(many=True, required=not only_id)
    return found


LISTED = [*dialect_fields.CONNECT, *dialect_fields.CONNECT_JOINED]
ONE = build_response_serializer(
    "ConnectLead",
    **build_lead_fields(LISTED, only_id=False),
    attachments=serializers.ListField(child=build_text_field()),
    public_url=build_text_field(),
)
ROW = build_response_serializer("ConnectLeadRow", **build_lead_fields(LISTED, only_id=True))
META = build_response_serializer(
    "ConnectMeta",
    page=build_number_field(),
    per_page=build_number_field(),
    total=build_number_field(),
    total_pages=build_number_field(),
    has_more=serializers.BooleanField(),
    current_page=build_number_field(),
    last_page=build_number_field(),
)
PAGE = build_response_serializer("ConnectPage", data=ROW(many=True), meta=META())
DONE = build_response_serializer("ConnectDone", status=serializers.BooleanField(), message=build_text_field())
ADDED = build_response_serializer(
    "ConnectAdded",
    status=serializers.BooleanField(),
    message=build_text_field(),
    record_id=build_number_field(),
)
PROBLEM = build_response_serializer(
    "ConnectProblem",
    status=serializers.BooleanField(),
    message=build_text_field(required=False),
    error=build_text_field(required=False),
    errors=serializers.DictField(child=build_text_field(), required=False),
    record_id=build_number_field(required=False, help_text="With 409: the lead that exists already."),
)
call = build_call_decorator("CRM Connect", ["authtoken", "bearer"], PROBLEM)
ID = OpenApiParameter(
    "id", OpenApiTypes.STR, OpenApiParameter.PATH, description="The id of the row, a number."
)
NEW = {"name": "Lead name", "source": "1", "status": "1", "assigned": "0", "company": "Themesic Interactive"}
PAGES = [
    document_query_parameter(
        "page", words="The page, from 1 on. The answer is then an object with data and meta."
    ),
    # The documentation page fills in the example: all leads at once would be too much for it.
    document_query_parameter(
        "per_page",
        {"type": "string", "example": str(AT_FIRST)},
        f"How many leads a page has, 1 to {MOST_A_PAGE}. Default: {AT_FIRST}.",
    ),
    document_query_parameter("limit", words="Together with page: the same as per_page."),
    document_query_parameter(
        "nr_page",
        words="The page, from 1 on, as a bare array with the number of all leads in X-Total-Count. Empty: all leads.",
    ),
    document_query_parameter(
        "sort",
        words=f"Field names separated by commas, with a minus for descending order: {', '.join(SORTS)}.",
    ),
    document_query_parameter(
        "fields", words="Field names separated by commas, such as name,email. id is always included."
    ),
    document_query_parameter("created_after", words="Leads added on this day or later, such as 2026-05-31."),
    document_query_parameter(
        "created_before", words="Leads added on this day or earlier, such as 2026-05-31."
    ),
    document_query_parameter("search", words="Only leads that match, as in a search; by name, without junk."),
    IGNORED_PARAMETERS,
]

extend_schema_view(
    get=call(
        "List all leads",
        PolymorphicProxySerializer(
            component_name="ConnectLeads",
            serializers=[ROW(many=True), PAGE],
            resource_type_field_name=None,
            many=False,
        ),
        name="connect_leads",
        parameters=PAGES,
        errors=[404, 422],
        words=(
            "Returns the leads that the user of the token can see. Without page and per_page the answer is an array of all "
            "leads, however many. If there are no leads, the answer is 404."
        ),
    ),
    post=call(
        "Add a lead",
        ADDED,
        name="connect_lead_add",
        sends=ConnectLead,
        words=(
            "Adds a lead. The answer has its id in record_id. An administrator can choose that leads that already exist, among "
            "those that the user of the token sees, are rejected with 409 and their record_id, or update the existing lead: the "
            "answer has its record_id, and status, source and assigned stay as they are."
        ),
        parameters=[IDEMPOTENT],
        example=NEW,
        sample={"status": True, "message": "Lead add successful.", "record_id": 17},
    ),
)(connect_leads.Leads)
extend_schema_view(
    get=call(
        "Get a lead",
        ONE,
        name="connect_lead",
        errors=[404],
        words="Returns one lead by its id. For the id of a merged lead, it returns the lead it was merged into.",
    ),
    put=call(
        "Change a lead",
        DONE,
        name="connect_lead_change",
        sends=ConnectLead(partial=True),
        errors=[404, 406],
        example={"status": "3", "city": "London"},
        words="Changes the fields that you send and no others.",
    ),
    delete=call(
        "Delete a lead",
        DONE,
        name="",
        errors=[404],
        words="Moves the lead to Trash. Programs can't restore it; people can.",
    ),
)(connect_leads.OneLead)
extend_schema_view(
    get=call(
        "Search leads",
        ROW(many=True),
        name="connect_search",
        parameters=[
            document_query_parameter(
                "q", words="Part of a name, company, address, e-mail or phone number; #tag finds a tag."
            ),
            document_query_parameter("query", words="The same as q."),
        ],
        errors=[400, 404],
        words="Returns the leads that match, by name. If none match, the answer is 404.",
    )
)(connect_leads.FoundLeads)
extend_schema_view(
    get=call(
        "Search leads by a term in the path",
        ROW(many=True),
        name="connect_search_words",
        errors=[400, 404],
        words="The same search, with the term as the last part of the path.",
    )
)(connect_leads.FoundByWords)
POLLED = build_response_serializer(
    "ConnectPolled",
    status=serializers.BooleanField(),
    resource=build_text_field(),
    data=ROW(many=True),
)
extend_schema_view(
    get=call(
        "List resources to poll",
        build_response_serializer(
            "ConnectResources",
            status=serializers.BooleanField(),
            data=serializers.ListField(child=build_text_field()),
        ),
        name="connect_resources",
        words="Returns the resources that a polling trigger can watch.",
    )
)(automation_polling.Resources)
extend_schema_view(
    get=call(
        "Poll new leads",
        POLLED,
        name="connect_poll",
        parameters=[
            document_query_parameter("since", words="Leads added after this time, in Unix seconds."),
            document_query_parameter(
                "limit",
                words=f"How many to return, 1 to {automation_polling.MOST}. Default: {automation_polling.AT_FIRST}.",
            ),
        ],
        errors=[404, 422],
        words="Returns the leads added last, newest first. If there are none, data is empty.",
    )
)(automation_polling.Poll)
extend_schema_view(
    get=call(
        "Get sample leads",
        POLLED,
        name="connect_samples",
        errors=[404],
        words="Returns a few leads, so that a polling trigger can be set up.",
    )
)(automation_polling.Samples)
