"""What the documentation says of the dialect of Umbra ERP."""

from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.documented import IDEMPOTENT, documented, number, query, shape, text
from leads.api import fields, umbra
from leads.api.umbra_rows import SOURCE_WORDS, STATUS_WORDS

NEW = {
    "first_name": "John",
    "last_name": "Doe",
    "email": "john@example.com",
    "company": "Acme Corp",
    "source": "website",
    "phone": "+263771234567",
}
PROBLEM = shape(
    "UmbraProblem",
    result=text(),
    message=text(),
    errors=serializers.DictField(child=serializers.ListField(child=text()), required=False),
)


def lead(name: str, names: list[str]) -> type[serializers.Serializer]:
    words = {"status": serializers.ChoiceField(STATUS_WORDS), "source": serializers.ChoiceField(SOURCE_WORDS)}
    words["created_at"] = serializers.DateTimeField()
    return shape(name, **{field: words.get(field) or text() for field in names})


LISTED = lead("UmbraLeadRow", fields.UMBRA)
ONE = lead("UmbraLeadShown", [*fields.UMBRA, *fields.UMBRA_ONE])
DONE = shape("UmbraDone", result=text(), message=text())

call = documented("Umbra ERP", "bearer", PROBLEM)

extend_schema_view(
    get=call(
        "List leads",
        shape("UmbraLeads", result=text(), leads=LISTED(many=True), total_count=number()),
        name="umbra_leads",
        parameters=[
            query("status", words="One of the five words.", enum=STATUS_WORDS),
            query("assigned_to", words="The id of a user, user_…"),
            query("limit", words="1 to 500; 50 unless said."),
            query("offset", words="How many to leave out."),
        ],
        errors=[422],
        words="The newest first. total_count counts all that match.",
    ),
    post=call(
        "Create lead",
        shape("UmbraAdded", result=text(), lead_id=text(), message=text()),
        name="umbra_lead_add",
        sends=umbra.UmbraLead,
        parameters=[IDEMPOTENT],
        example=NEW,
        sample={"result": "success", "lead_id": "lead_Uk5Mzxv9", "message": "Lead created successfully."},
    ),
)(umbra.Leads)
extend_schema_view(
    get=call("Get lead", shape("UmbraOne", result=text(), lead=ONE()), name="umbra_lead", errors=[404]),
    put=call(
        "Update lead",
        DONE,
        name="umbra_lead_change",
        sends=umbra.UmbraLead(partial=True),
        errors=[404],
        example={"status": "qualified", "notes": "Interested in enterprise plan"},
    ),
    delete=call(
        "Delete lead", DONE, name="umbra_lead_delete", errors=[404], words="Irreversible for the program."
    ),
)(umbra.OneLead)
