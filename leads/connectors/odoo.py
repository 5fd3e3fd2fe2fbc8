"""Odoo: labels and names of the fields of crm.lead, whose names are in exports that can be imported again (github.com/odoo/odoo,
addons/crm/models/crm_lead.py).
"""

from crm.fields.schemas import WHOLE_NAME
from crm.transfer.imports.columns.program_exports import Program

ODOO_LABELS = Program(
    "Odoo",
    marks=("Opportunity", "Salesperson", "Sales Team"),
    number=("External ID", "ID"),
    fields={"Opportunity": "", "Contact Name": WHOLE_NAME, "Company Name": "company", "Customer": "company"},
)
ODOO_NAMES = Program(
    "Odoo",
    marks=("name", "partner_name", "email_from"),
    number=("id", ".id"),
    fields={
        "name": "",
        "contact_name": WHOLE_NAME,
        "partner_name": "company",
        "partner_id": "",
        "email_from": "email",
        "phone": "phone",
        "mobile": "mobile",
        "function": "title",
        "website": "website",
        "street": "address",
        "street2": "",
        "city": "city",
        "zip": "zip",
        "state_id": "state",
        "country_id": "country",
        "lang_id": "language",
        "user_id": "owner",
        "team_id": "department",
        "expected_revenue": "value",
        "stage_id": "status",
        "source_id": "source",
        "lost_reason_id": "lost_reason",
        "tag_ids": "tags",
        "create_date": "created_at",
        "description": "description",
    },
)
