"""CRM Connect: the fields of its API, which scripts write to files, and the exported table of leads."""

from crm.fields.schemas import WHOLE_NAME
from crm.transfer.imports.columns.program_exports import Program

CRM_CONNECT_API = Program(
    "CRM Connect",
    marks=("id", "phonenumber", "dateadded", "lead_value"),
    number=("id",),
    fields={
        "name": WHOLE_NAME,
        "title": "title",
        "company": "company",
        "email": "email",
        "phonenumber": "phone",
        "website": "website",
        "address": "address",
        "city": "city",
        "state": "state",
        "zip": "zip",
        "country": "country",
        "status_name": "status",
        "source_name": "source",
        "assigned_name": "owner",
        "lead_value": "value",
        "tags": "tags",
        "description": "description",
        "dateadded": "created_at",
        "lastcontact": "last_contacted_at",
    },
)
CRM_CONNECT_TABLE = Program(
    "CRM Connect",
    marks=("#", "Lead Value", "Assigned", "Last Contact"),
    number=("#",),
    fields={
        "Name": WHOLE_NAME,
        "Company": "company",
        "Email": "email",
        "Phone": "phone",
        "Lead Value": "value",
        "Value": "value",
        "Tags": "tags",
        "Assigned": "owner",
        "Status": "status",
        "Source": "source",
        "Last Contact": "last_contacted_at",
        "Created": "created_at",
    },
)
