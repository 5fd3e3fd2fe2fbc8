"""Close: leads, which are companies there, with their contacts (help.close.com, exporting leads)."""

from crm.fields.schemas import WHOLE_NAME
from crm.transfer.imports.columns.program_exports import Program

CLOSE = Program(
    "Close",
    marks=("lead_id", "lead_name"),
    fields={
        "lead_id": "",
        "lead_name": "company",
        "lead_url": "website",
        "lead_status_label": "status",
        "contact_name": WHOLE_NAME,
        "contact_title": "title",
        "primary_contact_primary_phone": "phone",
        "primary_contact_primary_email": "email",
        "primary_address_1": "address",
        "primary_address_city": "city",
        "primary_address_state": "state",
        "primary_address_zipcode": "zip",
        "primary_address_country": "country",
        "created": "created_at",
    },
)
