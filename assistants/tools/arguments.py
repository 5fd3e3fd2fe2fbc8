"""The arguments that several tools have, as JSON Schema: short, because a model reads them with each task."""

from typing import Any

Schema = dict[str, Any]

TYPES = ("lead", "company", "contact", "deal", "request")
RECORD_TYPE: Schema = {"type": "string", "enum": list(TYPES), "description": "The record type."}
RECORD_ID: Schema = {"type": "integer", "minimum": 1}
RECORD: Schema = {"type": RECORD_TYPE, "id": RECORD_ID}
CONDITIONS: Schema = {
    "type": "object",
    "additionalProperties": {
        "anyOf": [
            {"type": ["string", "number", "boolean"]},
            {"type": "array", "items": {"type": ["string", "number"]}, "minItems": 1},
        ]
    },
    "description": (
        'All must be met. Names and values are those of describe_record_type, such as {"status": "Contacted", "owner": "me", '
        '"country": ["RO", "DE"], "value.above": 1000, "company.contains": "steel"}. Statuses, stages, sources, tags, users and '
        "departments go by name or id. A list means one of these; with status_not: on, none of these. A field has its operator after a "
        "dot."
    ),
}
VALUES: Schema = {
    "type": "object",
    "minProperties": 1,
    "description": (
        "Fields and their new values, as describe_record_type lists them. Statuses, stages, sources, tags, users and departments "
        "go by name or id. null empties a field."
    ),
}
LIMIT: Schema = {
    "type": "integer",
    "minimum": 1,
    "maximum": 50,
    "description": "How many at most; 20 without it.",
}
AFTER: Schema = {"type": "string", "description": "The next of the page before."}
FIELDS: Schema = {
    "type": "array",
    "items": {"type": "string"},
    "description": 'Only these fields, such as ["first_name", "status"].',
}
NOTE: Schema = {"type": "string", "maxLength": 500, "description": "Why, for people who look at the change."}
PREVIEW: Schema = {
    "type": "string",
    "description": "That of an earlier call with the same arguments, to apply exactly it.",
}
PERSON: Schema = {"type": ["string", "integer"], "description": "A user by name, email or id, or me."}
DAY: Schema = {"type": "string", "format": "date", "description": "A date such as 2026-05-31."}


def build_page_schema(name: str) -> Schema:
    """A page of a list, with the cursor of the next one."""
    return {
        "type": "object",
        "properties": {
            name: {"type": "array", "items": {"type": "object"}},
            "next": {"type": ["string", "null"], "description": "Send it as after for the next page."},
        },
        "required": [name, "next"],
    }


AT_FIRST = 20


def build_page_query(arguments: dict[str, Any]) -> dict[str, Any]:
    found = {"limit": arguments.get("limit", AT_FIRST)}
    return found | ({"after": arguments["after"]} if arguments.get("after") else {})
