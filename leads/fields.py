"""WHICH FIELD APPEARS WHERE, and in which order. To add a field to leads, start here.

Label, help text, choices and validation are on the model (leads/models/lead.py); the field type (crm/fields/)
determines how it is shown, filtered, sorted, exported and imported. A house test names every field that is in no
list. The fields of other products' API dialects are in leads/api/dialect_fields.py.
"""

# The form for adding and editing a lead, by card
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
# What a new record asks first; the rest of the form is behind "More fields"
QUICK = [
    "first_name", "last_name", "company", "phone", "email", "source", "next_action", "next_action_on",
]  # fmt: skip
FORM_FIELDS = [name for names in FORM.values() for name in names]

# The columns of the list, and the default columns
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
    "lost_remark",
    "shared",
    "assigned_at",
    "contact_due_at",
    "first_contacted_at",
    "last_contacted_at",
    "converted_at",
    "score",
    "client",
    "client_contact",
    "created_by",
    "description",
    "vip",
    "id",
]
LIST_AT_FIRST = [
    "name", "phone", "company", "status", "owner", "next_action", "country", "newsletter", "created_at",
]  # fmt: skip

# The columns of Trash, and of a bulk change's preview
TRASH = ["name", "email", "company", "status", "owner", "department", "created_at", "deleted_at"]
PREVIEW = ["name", "company", "status", "owner"]

# The columns that sort by their type; each has an index. The other sorts are in sorts.py
SORT = [
    "company", "email", "second_email", "title", "city", "state", "address", "zip", "website", "language", "phone",
    "mobile", "value", "next_action_on", "assigned_at", "contact_due_at", "first_contacted_at", "last_contacted_at",
    "converted_at", "status", "source", "country", "lost_reason", "owner", "vip",
    "score",
]  # fmt: skip

# What lists are sorted by most often: the index of shared records has these
WITH_SHARED = (
    "status", "source", "country", "name_key", "company_key", "base_value", "next_action_on", "last_contacted_at",
    "status_since",
)  # fmt: skip

# The searched fields; tags are looked up in the query (crm/records/listing/search/search.py)
SEARCH = [
    "first_name", "last_name", "company", "title", "email", "second_email", "website", "address", "city", "state",
    "zip", "description", "phone", "mobile",
]  # fmt: skip

# The filters, in the order of the filter form
FILTER = [
    "status", "kind", "disqualified", "owner", "department", "source", "country", "newsletter", "vip", "tags",
    "shared", "created", "contacted", "first_contact", "next_action", "no_email", "no_phone", "lost_reason",
    "pipeline", "over_limit", "created_by", "imported",
]  # fmt: skip

# The fields that conditions can compare, in the order of "Add filter"
CONDITIONS = [
    "first_name", "last_name", "company", "title", "email", "second_email", "phone", "mobile", "website", "address",
    "zip", "city", "state", "language", "description", "value", "currency", "next_action", "next_action_on", "lost_remark",
    "created_at", "updated_at", "time_in_status", "status_since", "assigned_at", "contact_due_at",
    "first_contacted_at", "last_contacted_at", "converted_at", "score", "client", "client_contact",
    "known_company", "id",
]  # fmt: skip

# The facts on the lead page
FACTS = [
    "client",
    "client_contact",
    "known_company",
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
    "contact_due_at",
    "first_contacted_at",
    "last_contacted_at",
]
# Only lost and disqualified leads have them, so they can't be required of every lead
SOMETIMES = ["lost_reason", "lost_remark"]
# Those that the page asks for if they are empty
ASKED = ["email", "phone"]

# The columns of an Excel file, for export and import. `id` and `version` come first, hidden, for importing it again
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
    "contact_due_at",
    "converted_at",
    "score",
    "client",
    "client_contact",
    "created_by",
]

# What a status may require before a lead enters it
CONTRACT = [
    "first_name", "last_name", "title", "company", "email", "phone", "mobile", "website", "address", "zip", "city",
    "country", "language", "value", "owner", "next_action", "next_action_on", "description",
]  # fmt: skip

# A lead in our own API additions
OWN_API = [
    "id",
    "version",
    *FORM["who"],
    *FORM["where"],
    "description",
    "value",
    "currency",
    "status",
    "kind",
    "lost_reason",
    "lost_remark",
    "source",
    "owner",
    "department",
    "tags",
    "vip",
    "shared",
    "next_action",
    "next_action_on",
    "created_at",
    "updated_at",
    "status_since",
    "contact_due_at",
    "last_contacted_at",
    "converted_at",
    "score",
    "client",
    "client_contact",
    "url",
]

# What can be edited in place in the list
INLINE = ["status", "owner", "vip", "next_action"]

# What "Set a field" sets for many leads at once; owner, status, source and so on have their own actions
SET = ["title", "company", "website", "address", "zip", "city", "state", "country", "language", "description"]

# What a proposal of score rules compares: by their values, and by whether they are filled (leads/scores/proposal/)
TELLING_VALUES = ["source", "country", "language", "vip", "tags"]
TELLING_IF_FILLED = ["company", "title", "website"]

# From which dates of a lead the points of a rule may fade, beside custom dates (leads/scores/fading_dates.py)
FADING = [
    "created_at", "status_since", "assigned_at", "first_contacted_at", "last_contacted_at", "converted_at",
    "next_action_on",
]  # fmt: skip

# In no list, with the reason
HIDDEN = {
    "updated_at": "told by the timeline",
    "status_since": "shown as time_in_status",
    "deleted_at": "shown in Trash",
    "erased_at": "told by the page of the record",
    "version": "counts changes; goes along in forms and files",
    "contact_warning_at": "shown with contact_due_at, which is marked from then on",
    "first_contacted_by": "shown with first_contacted_at on the page",
    "last_contacted_by": "shown with last_contacted_at on the page",
    "contacted_otherwise": "what activities hide (crm/work/activities/contact_triggers.py)",
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

# The database columns behind a field on screen, for the timeline and for conflicts
PARTS = {
    "name": ["first_name", "last_name"],
    "next_action": ["next_action", "next_action_on"],
    "value": ["value", "currency"],
    "time_in_status": ["status_since"],
}
