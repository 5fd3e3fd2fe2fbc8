"""WHICH FIELD APPEARS WHERE, and in which order, for contacts. To add a field, start here; leads/fields.py says
more."""

FORM = {
    "who": ["first_name", "last_name", "company", "title", "email", "second_email", "phone", "mobile"],
    "where": ["country"],
    "stand": ["owner", "department", "tags", "shared"],
}
# What a new record asks first, if the rest of the form is behind "More fields"
QUICK: list[str] = []
FORM_FIELDS = [name for names in FORM.values() for name in names]
LIST = [
    "name", "company", "title", "email", "phone", "mobile", "second_email", "country", "owner", "department", "tags",
    "shared", "created_at", "id",
]  # fmt: skip
LIST_AT_FIRST = ["name", "company", "title", "email", "phone", "owner", "tags", "created_at"]
TRASH = ["name", "company", "email", "owner", "department", "created_at", "deleted_at"]
PREVIEW = ["name", "company", "owner"]
SORT = ["title", "email", "second_email", "phone", "mobile", "country", "owner"]
SEARCH = ["first_name", "last_name", "title", "email", "second_email", "phone", "mobile"]
FILTER = ["owner", "department", "country", "tags", "shared", "created", "imported"]
CONDITIONS = [
    "first_name", "last_name", "company", "title", "email", "second_email", "phone", "mobile", "created_at",
    "updated_at", "id",
]  # fmt: skip
FACTS = [
    "company", "title", "email", "second_email", "phone", "mobile", "country", "owner", "department", "tags", "shared",
    "created_at",
    "newsletter",
]  # fmt: skip
# Fields that can't be required of every record
SOMETIMES: list[str] = []
ASKED = ["email", "phone"]
EXCEL = [
    "id", "version", "first_name", "last_name", "title", "company", "email", "second_email", "phone", "mobile",
    "country", "owner", "department", "tags", "shared", "created_at",
]  # fmt: skip
OWN_API = [
    "id", "version", *FORM["who"], "country", "owner", "department", "tags", "shared", "created_at", "updated_at",
    "url",
]  # fmt: skip
INLINE = ["owner", "title"]
SET = ["title", "country"]
HIDDEN = {
    "updated_at": "told by the timeline",
    "created_by": "told by the timeline",
    "deleted_at": "shown in Trash",
    "erased_at": "told by the page of the record",
    "version": "counts changes; goes along in forms and files",
    "phone_normal": "derived from the phone",
    "mobile_normal": "derived from the mobile",
    "name_key": "derived, for sorting and looking up",
    "title_key": "derived, for sorting",
    "email_key": "derived, for sorting and looking up",
    "second_email_key": "derived, for sorting and looking up",
}
# The database columns behind a field on screen, if they differ
PARTS = {"name": ["first_name", "last_name"]}
