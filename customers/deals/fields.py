"""WHICH FIELD APPEARS WHERE, and in which order, for deals. To add a field, start here; leads/fields.py says more."""

FORM = {
    "what": ["name", "company", "contact", "lead", "value", "currency", "expected_close"],
    "stand": [
        "status", "probability", "lost_reason", "lost_remark", "owner", "department", "tags", "shared", "description",
    ],
}  # fmt: skip
# What a new record asks first, if the rest of the form is behind "More fields"
QUICK: list[str] = []
FORM_FIELDS = [name for names in FORM.values() for name in names]
LIST = [
    "name", "company", "contact", "status", "time_in_status", "value", "probability", "expected_close", "owner",
    "department", "lead", "lost_reason", "lost_remark", "tags", "shared", "closed_at", "description", "created_at", "id",
]  # fmt: skip
LIST_AT_FIRST = ["name", "company", "status", "value", "probability", "expected_close", "owner", "created_at"]
TRASH = ["name", "company", "status", "value", "owner", "department", "created_at", "deleted_at"]
PREVIEW = ["name", "company", "status", "value", "expected_close", "owner"]
SORT = ["name", "value", "expected_close", "closed_at", "status", "lost_reason", "owner"]
SEARCH = ["name", "description"]
FILTER = [
    "status", "kind", "owner", "department", "close", "overdue", "tags", "shared", "created", "closed", "lost_reason",
    "pipeline", "imported",
]  # fmt: skip
CONDITIONS = [
    "name", "company", "contact", "lead", "value", "currency", "probability", "expected_close", "description",
    "lost_remark", "created_at", "updated_at", "time_in_status", "status_since", "closed_at", "id",
]  # fmt: skip
FACTS = [
    "company", "contact", "lead", "value", "probability", "expected_close", "owner", "department", "tags", "shared",
    "created_at", "closed_at",
]  # fmt: skip
# Only lost deals have them, so they can't be required of every deal
SOMETIMES = ["lost_reason", "lost_remark"]
ASKED = ["value", "expected_close"]
EXCEL = [
    "id", "version", "name", "company", "contact", "lead", "status", "lost_reason", "lost_remark", "value", "currency",
    "expected_close", "probability", "owner", "department", "tags", "shared", "description", "created_at", "status_since",
    "closed_at",
]  # fmt: skip
# What a stage may require before a deal enters it
CONTRACT = ["company", "contact", "value", "expected_close", "owner", "description"]
OWN_API = [
    "id", "version", "name", "company", "contact", "lead", "description", "value", "currency", "expected_close",
    "probability", "status", "kind", "lost_reason", "lost_remark", "owner", "department", "tags", "shared", "created_at",
    "updated_at", "status_since", "closed_at", "url",
]  # fmt: skip
INLINE = ["status", "owner", "expected_close", "value"]
SET = ["expected_close", "probability", "description"]
HIDDEN = {
    "updated_at": "told by the timeline",
    "created_by": "told by the timeline",
    "status_since": "shown as time_in_status",
    "deleted_at": "shown in Trash",
    "version": "counts changes; goes along in forms and files",
    "base_value": "derived: the amount in the base currency; the amount sorts by it",
    "name_key": "derived, for sorting and looking up",
}
# The database columns behind a field on screen, if they differ
PARTS = {"value": ["value", "currency"], "time_in_status": ["status_since"]}
