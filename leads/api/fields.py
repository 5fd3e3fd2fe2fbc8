"""Which field appears where in the APIs that other products made, and in which order; each by the names of that product."""

# A lead in the dialect of CRM Connect, by the names of that product (connect_rows.py says what each shows)
CONNECT = [
    "id",
    "hash",
    "name",
    "contact",
    "title",
    "company",
    "description",
    "country",
    "zip",
    "city",
    "state",
    "address",
    "assigned",
    "dateadded",
    "from_form_id",
    "status",
    "source",
    "lastcontact",
    "dateassigned",
    "last_status_change",
    "addedfrom",
    "email",
    "website",
    "leadorder",
    "phonenumber",
    "date_converted",
    "lost",
    "junk",
    "last_lead_status",
    "is_imported_from_email_integration",
    "email_integration_uid",
    "is_public",
    "default_language",
    "client_id",
    "lead_value",
]
# What its status and source add in lists and for one lead, and what only one lead has
CONNECT_JOINED = ["status_name", "source_name", "statusorder", "color", "isdefault"]
CONNECT_ONE = ["attachments", "public_url"]
# A lead in the dialect of Umbra ERP: in lists, and what one lead has beside
UMBRA = ["id", "first_name", "last_name", "email", "company", "status", "assigned_to", "created_at"]
UMBRA_ONE = ["phone", "source", "notes"]
