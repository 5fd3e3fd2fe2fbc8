"""WHICH FIELD APPEARS WHERE, and in which order, for companies. To add a field, start here; leads/fields.py says
more."""

FORM = {
    "what": ["name", "domain", "other_domains", "tax_id", "phone", "website", "parent", "description"],
    "where": ["address", "zip", "city", "state", "country"],
    "stand": ["owner", "department", "tags", "shared"],
}
# What a new record asks first, if the rest of the form is behind "More fields"
QUICK: list[str] = []
FORM_FIELDS = [name for names in FORM.values() for name in names]
LIST = [
    "name", "domain", "phone", "country", "owner", "department", "tags", "other_domains", "tax_id", "website", "parent",
    "city", "state", "zip", "address", "shared", "created_at", "description", "id",
]  # fmt: skip
LIST_AT_FIRST = ["name", "domain", "phone", "country", "owner", "tags", "created_at"]
TRASH = ["name", "domain", "owner", "department", "created_at", "deleted_at"]
PREVIEW = ["name", "domain", "owner"]
SORT = ["name", "domain", "tax_id", "phone", "website", "address", "zip", "city", "state", "country", "owner"]
SEARCH = [
    "name", "domain", "other_domains", "tax_id", "phone", "website", "address", "zip", "city", "state", "description",
]  # fmt: skip
FILTER = ["owner", "department", "country", "tags", "shared", "created", "imported"]
CONDITIONS = [
    "name", "domain", "other_domains", "tax_id", "phone", "website", "parent", "address", "zip", "city", "state",
    "description", "created_at", "updated_at", "id",
]  # fmt: skip
FACTS = [
    "domain", "other_domains", "tax_id", "phone", "website", "parent", "address", "zip", "city", "state", "country", "owner",
    "department", "tags", "shared", "created_at", "description",
]  # fmt: skip
# Fields that can't be required of every record
SOMETIMES: list[str] = []
ASKED = ["domain", "phone"]
EXCEL = [
    "id", "version", "name", "domain", "other_domains", "tax_id", "phone", "website", "parent", "address", "zip", "city",
    "state", "country", "owner", "department", "tags", "shared", "description", "created_at",
]  # fmt: skip
OWN_API = [
    "id", "version", *FORM["what"], *FORM["where"], *FORM["stand"], "created_at", "updated_at", "url",
]  # fmt: skip
INLINE = ["owner", "domain"]
SET = ["website", "address", "zip", "city", "state", "country", "description"]
HIDDEN = {
    "updated_at": "told by the timeline",
    "created_by": "told by the timeline",
    "deleted_at": "shown in Trash",
    "version": "counts changes; goes along in forms and files",
    "domains": "derived from both fields of domains, for looking up",
    "phone_normal": "derived from the phone",
    "name_key": "derived, for sorting and looking up",
    "address_key": "derived, for sorting",
    "city_key": "derived, for sorting",
    "state_key": "derived, for sorting",
}
# The database columns behind a field on screen, if they differ
PARTS: dict[str, list[str]] = {}
