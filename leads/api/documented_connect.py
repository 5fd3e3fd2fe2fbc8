"""What the documentation says of the dialect of CRM Connect."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema_view
from rest_framework import serializers

from crm.api.documented import IDEMPOTENT, documented, number, query, shape, text
from leads.api import connect, connect_polling, connect_settings, fields
from leads.api.connect_fields import ConnectLead
from leads.api.connect_lists import SORTS

EMPTY = {
    "lastcontact",
    "dateassigned",
    "date_converted",
    "last_status_change",
    "email_integration_uid",
    "lead_value",
}


CUSTOM = shape("ConnectCustomField", label=text(), value=text())


def lead_fields(names: list[str], *, only_id: bool) -> dict[str, serializers.Field]:
    """Texts; with `only_id` any of the others may be missing, because a list may be asked for a few."""
    found: dict[str, serializers.Field] = {
        name: text(allow_null=name in EMPTY, required=name == "id" or not only_id) for name in names
    }
    found["customfields"] = CUSTOM(many=True, required=not only_id)
    return found


LISTED = [*fields.CONNECT, *fields.CONNECT_JOINED]
ONE = shape(
    "ConnectLead",
    **lead_fields(LISTED, only_id=False),
    attachments=serializers.ListField(child=text()),
    public_url=text(),
)
ROW = shape("ConnectLeadRow", **lead_fields(LISTED, only_id=True))
META = shape(
    "ConnectMeta",
    page=number(),
    per_page=number(),
    total=number(),
    total_pages=number(),
    has_more=serializers.BooleanField(),
    current_page=number(),
    last_page=number(),
)
PAGE = shape("ConnectPage", data=ROW(many=True), meta=META())
DONE = shape("ConnectDone", status=serializers.BooleanField(), message=text())
ADDED = shape("ConnectAdded", status=serializers.BooleanField(), message=text(), record_id=number())
PROBLEM = shape(
    "ConnectProblem",
    status=serializers.BooleanField(),
    message=text(required=False),
    error=text(required=False),
    errors=serializers.DictField(child=text(), required=False),
)
STATUS = shape("ConnectStatusRow", id=text(), name=text(), statusorder=text(), color=text(), isdefault=text())
SOURCE = shape("ConnectSourceRow", id=text(), name=text())

call = documented("CRM Connect", "authtoken", PROBLEM)
ID = OpenApiParameter("id", OpenApiTypes.STR, OpenApiParameter.PATH, description="The number of the row.")
NEW = {"name": "Lead name", "source": "1", "status": "1", "assigned": "0", "company": "Themesic Interactive"}
PAGES = [
    query("page", words="From 1 on: a page with its meta."),
    query("per_page", words="1 to 100; 25 unless said."),
    query("limit", words="With page, the same as per_page."),
    query(
        "nr_page", words="From 1 on: a page as a bare array, the number of all in X-Total-Count. Empty: all."
    ),
    query("sort", words=f"-dateadded,name and so on: {', '.join(SORTS)}."),
    query("fields", words="name,email and so on; id is always there."),
    query("created_after", words="A day such as 2026-05-31; it belongs to the list."),
    query("created_before", words="A day such as 2026-05-31; it belongs to the list."),
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
        words="All that the token's user sees, as a bare array; with page or per_page a page. Nothing there is 404.",
    ),
    post=call(
        "Add a lead",
        ADDED,
        name="connect_lead_add",
        sends=ConnectLead,
        parameters=[IDEMPOTENT],
        example=NEW,
        sample={"status": True, "message": "Lead add successful.", "record_id": 17},
    ),
)(connect.Leads)
extend_schema_view(
    get=call("One lead", ONE, name="connect_lead", errors=[404]),
    put=call(
        "Change a lead",
        DONE,
        name="connect_lead_change",
        sends=ConnectLead(partial=True),
        errors=[404, 406],
        example={"status": "3", "city": "London"},
        words="Only what is sent changes.",
    ),
    delete=call("Delete a lead", DONE, name="", errors=[404], words="It is moved to Trash."),
)(connect.OneLead)
extend_schema_view(
    get=call(
        "Search leads",
        ROW(many=True),
        name="connect_search",
        parameters=[
            query("q", words="A part of a word of the lead, or #tag."),
            query("query", words="The same as q."),
        ],
        errors=[400, 404],
    )
)(connect.FoundLeads)
extend_schema_view(
    get=call(
        "Search leads by words in the address", ROW(many=True), name="connect_search_words", errors=[400, 404]
    )
)(connect.FoundByWords)
extend_schema_view(
    get=call("List statuses", STATUS(many=True), name="connect_statuses", errors=[404]),
    post=call(
        "Add a status",
        ADDED,
        name="connect_status_add",
        sends=connect_settings.ConnectStatus,
        parameters=[IDEMPOTENT],
        example={"name": "Waiting", "color": "#7cb342"},
    ),
)(connect_settings.Statuses)
extend_schema_view(
    get=call("One status", STATUS, name="connect_status", errors=[404]),
    put=call(
        "Change a status",
        DONE,
        name="connect_status_change",
        sends=connect_settings.ConnectStatus(partial=True),
        errors=[404, 406],
        example={"name": "Waits"},
    ),
    delete=call("Delete a status", DONE, name="", errors=[404]),
)(connect_settings.OneStatus)
extend_schema_view(
    get=call("List sources", SOURCE(many=True), name="connect_sources", errors=[404]),
    post=call(
        "Add a source",
        ADDED,
        name="connect_source_add",
        sends=connect_settings.ConnectSource,
        parameters=[IDEMPOTENT],
        example={"name": "Google"},
    ),
)(connect_settings.Sources)
extend_schema_view(
    get=call("One source", SOURCE, name="connect_source", errors=[404]),
    put=call(
        "Change a source",
        DONE,
        name="connect_source_change",
        sends=connect_settings.ConnectSource(partial=True),
        errors=[404, 406],
        example={"name": "Google Ads"},
    ),
    delete=call("Delete a source", DONE, name="", errors=[404]),
)(connect_settings.OneSource)

POLLED = shape(
    "ConnectPolled",
    status=serializers.BooleanField(),
    resource=text(),
    data=ROW(many=True),
)
extend_schema_view(
    get=call(
        "What can be polled",
        shape(
            "ConnectResources", status=serializers.BooleanField(), data=serializers.ListField(child=text())
        ),
        name="connect_resources",
    )
)(connect_polling.Resources)
extend_schema_view(
    get=call(
        "The newest leads",
        POLLED,
        name="connect_poll",
        parameters=[query("since", words="Unix seconds."), query("limit", words="1 to 100; 50 unless said.")],
        errors=[404, 422],
    )
)(connect_polling.Poll)
extend_schema_view(get=call("A few leads", POLLED, name="connect_samples", errors=[404]))(
    connect_polling.Samples
)
