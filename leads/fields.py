"""WHICH FIELD APPEARS WHERE, and in which order. Adding a field to a lead starts here.

Label, help text, choices and validation stand on the model (leads/models/lead.py), drawing and parsing in tables.py,
filters.py, excel.py and forms.py. A house test fails by name on a field that is in no list.
"""

# The form of a new lead and of a lead that is edited, by the card in which a field stands
FORM = {
    "who": [
        "first_name",
        "last_name",
        "company",
        "title",
        "email",
        "second_email",
        "phone",
        "mobile",
        "website",
    ],
    "where": ["address", "zip", "city", "state", "country", "language"],
    "stand": [
        "status",
        "lost_reason",
        "lost_remark",
        "source",
        "owner",
        "department",
        "value",
        "currency",
        "next_action",
        "next_action_on",
        "tags",
        "vip",
        "shared",
        "description",
    ],
}
FORM_FIELDS = [name for names in FORM.values() for name in names]

# The columns of the list, and those shown until a user chooses
LIST = [
    "name",
    "email",
    "company",
    "status",
    "time_in_status",
    "owner",
    "country",
    "newsletter",
    "next_action",
    "created_at",
    "source",
    "department",
    "value",
    "tags",
    "title",
    "phone",
    "mobile",
    "second_email",
    "website",
    "city",
    "state",
    "zip",
    "address",
    "language",
    "lost_reason",
    "shared",
    "assigned_at",
    "first_contacted_at",
    "last_contacted_at",
    "converted_at",
    "vip",
    "id",
]
LIST_AT_FIRST = [
    "name",
    "email",
    "company",
    "status",
    "owner",
    "country",
    "newsletter",
    "next_action",
    "created_at",
]

# The filters, in the order of the filter form
FILTER = [
    "status",
    "kind",
    "disqualified",
    "owner",
    "department",
    "source",
    "country",
    "newsletter",
    "vip",
    "tags",
    "shared",
    "created",
    "contacted",
    "next_action",
    "no_email",
    "no_phone",
    "lost_reason",
    "pipeline",
]

# The facts on the lead page
FACTS = [
    "email",
    "second_email",
    "phone",
    "mobile",
    "website",
    "owner",
    "department",
    "source",
    "value",
    "tags",
    "address",
    "zip",
    "city",
    "state",
    "country",
    "language",
    "newsletter",
    "shared",
    "created_at",
    "last_contacted_at",
]

# The columns of an Excel file, in and out. `id` and `version` come first, hidden, so that a file can come back
EXCEL = [
    "id",
    "version",
    "first_name",
    "last_name",
    "title",
    "company",
    "email",
    "second_email",
    "phone",
    "mobile",
    "website",
    "address",
    "zip",
    "city",
    "state",
    "country",
    "language",
    "status",
    "lost_reason",
    "lost_remark",
    "source",
    "owner",
    "department",
    "value",
    "currency",
    "tags",
    "vip",
    "shared",
    "next_action",
    "next_action_on",
    "description",
    "newsletter",
    "created_at",
    "last_contacted_at",
    "status_since",
    "assigned_at",
    "first_contacted_at",
    "converted_at",
]

# What a status may ask for before a lead enters it
CONTRACT = [
    "first_name",
    "last_name",
    "title",
    "company",
    "email",
    "phone",
    "mobile",
    "website",
    "address",
    "zip",
    "city",
    "country",
    "language",
    "value",
    "owner",
    "next_action",
    "next_action_on",
    "description",
]

# A lead in the dialect of CRM Connect, by the names of that product (leads/api/connect_rows.py says what each shows)
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

# What inline edit may change in the list
INLINE = ["status", "owner", "vip", "next_action"]

# In no list, with the reason
HIDDEN = {
    "created_by": "told by the timeline",
    "updated_at": "told by the timeline",
    "status_since": "shown as time_in_status",
    "binned_at": "a binned lead is in the bin",
    "version": "counts changes; goes along in forms and files",
    "base_value": "derived: the value in the base currency; the value column sorts by it",
    "phone_normal": "derived from the phone",
    "mobile_normal": "derived from the mobile",
    "name_key": "derived, for sorting",
    "company_key": "derived, for sorting",
    "email_key": "derived, for sorting and looking up",
    "second_email_key": "derived, for sorting and looking up",
    "title_key": "derived, for sorting",
    "city_key": "derived, for sorting",
    "state_key": "derived, for sorting",
    "address_key": "derived, for sorting",
}

# Which columns of the database belong to a field of the screens, for the timeline and for conflicts
PARTS = {
    "name": ["first_name", "last_name"],
    "next_action": ["next_action", "next_action_on"],
    "value": ["value", "currency"],
}
