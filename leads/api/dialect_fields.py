"""Which field appears where in the APIs designed by other products, and in which order, by those products' names."""

# A lead in the CRM Connect dialect, by that product's names (connect/lead_rows.py defines their values)
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
# What status and source add in lists and for one lead, and what only a single lead has
CONNECT_JOINED = ["status_name", "source_name", "statusorder", "color", "isdefault"]
CONNECT_ONE = ["attachments", "public_url"]
CONNECT_LISTED = [*CONNECT, *CONNECT_JOINED, "customfields"]
# A lead in the Umbra ERP dialect: in lists, and the extra fields of a single lead
UMBRA = ["id", "first_name", "last_name", "email", "company", "status", "assigned_to", "created_at"]
UMBRA_ONE = ["phone", "source", "notes"]
