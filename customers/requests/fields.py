"""WHICH FIELD APPEARS WHERE, and in which order, for requests. To add a field, start here; leads/fields.py says
more."""

SENDER = ["first_name", "last_name", "company_name", "email", "phone", "website", "country"]
LINKS = ["lead", "company", "contact"]
FORM = {
    "what": ["subject", "text", "channel", "received_at"],
    "who": SENDER,
    "links": LINKS,
    "stand": ["state", "owner", "department", "tags", "shared"],
}
# What a new record asks first, if the rest of the form is behind "More fields"
QUICK: list[str] = []
FORM_FIELDS = [name for names in FORM.values() for name in names]
# The text stays as it came.
ONLY_WHILE_ADDING = ["text"]
LIST = [
    "name", "state", "channel", "received_at", "first_name", "last_name", "company_name", "email", "phone", "website",
    "country", "lead", "company", "contact", "deal", "owner", "department", "tags", "shared", "text", "created_at", "id",
]  # fmt: skip
LIST_AT_FIRST = ["name", "state", "channel", "email", "phone", "owner", "received_at"]
TRASH = ["name", "state", "email", "owner", "department", "created_at", "deleted_at"]
PREVIEW = ["name", "state", "owner"]
SORT = ["company_name", "email", "phone", "website", "state", "channel", "received_at", "country", "owner"]
SEARCH = ["subject", "text", "first_name", "last_name", "company_name", "email", "phone", "website"]
FILTER = [
    "state", "channel", "owner", "department", "country", "tags", "shared", "received", "created", "imported",
]  # fmt: skip
CONDITIONS = [
    "subject", "text", "first_name", "last_name", "company_name", "email", "phone", "website", "lead", "company",
    "contact", "deal", "received_at", "created_at", "updated_at", "id",
]  # fmt: skip
FACTS = [
    "state", "channel", "received_at", *SENDER, "deal", "owner", "department", "tags", "shared", "created_at",
]  # fmt: skip
# Fields that can't be required of every record
SOMETIMES: list[str] = []
ASKED = ["email", "phone"]
EXCEL = [
    "id", "version", "subject", "text", "state", "channel", "received_at", *SENDER, "lead", "company", "contact", "deal",
    "owner", "department", "tags", "shared", "created_at",
]  # fmt: skip
OWN_API = [
    "id", "version", "subject", "text", "state", "channel", "received_at", *SENDER, *LINKS, "deal", "owner", "department",
    "tags", "shared", "created_at", "updated_at", "url",
]  # fmt: skip
INLINE = ["state", "owner"]
SET = ["channel", "company_name", "website", "country"]
HIDDEN = {
    "updated_at": "told by the timeline",
    "created_by": "told by the timeline",
    "deleted_at": "shown in Trash",
    "erased_at": "told by the page of the record",
    "version": "counts changes; goes along in forms and files",
    "phone_normal": "derived from the phone",
    "name_key": "derived from the subject, for sorting and looking up",
    "company_name_key": "derived, for sorting",
    "email_key": "derived, for sorting",
}
# The database columns behind a field on screen, if they differ
PARTS = {"name": ["subject"]}
