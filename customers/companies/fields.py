"""WHICH FIELD APPEARS WHERE, and in which order, for companies. To add a field, start here; leads/fields.py says
more."""

FORM = {
    "what": ["name", "domain", "phone"],
    "where": ["country"],
    "stand": ["owner", "department", "tags", "shared"],
}
FORM_FIELDS = [name for names in FORM.values() for name in names]
LIST = ["name", "domain", "phone", "country", "owner", "department", "tags", "shared", "created_at", "id"]
LIST_AT_FIRST = ["name", "domain", "phone", "country", "owner", "tags", "created_at"]
TRASH = ["name", "domain", "owner", "department", "created_at", "deleted_at"]
PREVIEW = ["name", "domain", "owner"]
SORT = ["name", "domain", "phone", "country", "owner"]
SEARCH = ["name", "domain", "phone"]
FILTER = ["owner", "department", "country", "tags", "shared", "created", "imported"]
CONDITIONS = ["name", "domain", "phone", "created_at", "updated_at", "id"]
FACTS = ["domain", "phone", "country", "owner", "department", "tags", "shared", "created_at"]
ASKED = ["domain", "phone"]
EXCEL = [
    "id", "version", "name", "domain", "phone", "country", "owner", "department", "tags", "shared", "created_at",
]  # fmt: skip
OWN_API = [
    "id", "version", "name", "domain", "phone", "country", "owner", "department", "tags", "shared", "created_at",
    "updated_at", "url",
]  # fmt: skip
INLINE = ["owner", "domain"]
SET = ["country"]
HIDDEN = {
    "updated_at": "told by the timeline",
    "created_by": "told by the timeline",
    "deleted_at": "shown in Trash",
    "version": "counts changes; goes along in forms and files",
    "phone_normal": "derived from the phone",
    "name_key": "derived, for sorting and looking up",
}
# The database columns behind a field on screen, if they differ
PARTS: dict[str, list[str]] = {}
