"""The tool that converts a lead, as its page does: what matches is said before anything is made."""

from typing import Any

from assistants.api_calls import CallRefused
from assistants.tools.arguments import PREVIEW, RECORD_ID
from assistants.tools.previews import build_preview, get_applied_preview, must_preview
from assistants.tools.tool import Tool, ToolCall, ToolRefused, ToolResult, get_kind_named

NAME = "convert_lead"
# What the call of API v2 takes too.
CHOICES = (
    "company",
    "new_company",
    "contact",
    "new_contact",
    "new_deal",
    "not_companies",
    "not_contacts",
)
UNDECIDED = (
    "Nothing has been changed: conversion.preview.problems says why. Decide with company or contact, or name those that aren't meant "
    "in not_companies or not_contacts."
)
CHANGED_SINCE = (
    "What would be made of this lead has changed since the preview. Call the tool without preview to see it."
)
JUST_ADDED = "A record that matches was added just now. Call the tool again to see it."


def convert_lead(call: ToolCall, arguments: dict[str, Any]) -> ToolResult:
    applied = get_applied_preview(call, NAME, arguments)
    path = f"leads/{arguments['id']}/convert"
    body = {name: arguments[name] for name in CHOICES if name in arguments}
    predicted = call.api("POST", path, body=body | {"preview": True})
    if predicted["preview"]["problems"]:
        return ToolResult({"conversion": predicted}, {"next_step": UNDECIDED})
    meant = _get_meant_records(predicted)
    if applied and applied.versions != meant:
        raise ToolRefused(CHANGED_SINCE)
    if must_preview(call, 1, previewed=applied is not None):
        kind, ids = get_kind_named("lead"), [arguments["id"]]
        shown = {"conversion": predicted}
        return build_preview(
            call, NAME, arguments, {"records": 1}, kind=kind, ids=ids, shown=shown, versions=meant
        )
    return _convert(call, path, body)


def _get_meant_records(predicted: dict[str, Any]) -> dict[str, int]:
    """The existing records that the lead would be linked with; 0 for a new one or none."""
    return {name: predicted[name] or 0 for name in ("company", "contact")}


def _convert(call: ToolCall, path: str, body: dict[str, Any]) -> ToolResult:
    try:
        answer = call.api("POST", path, body=body)
    except CallRefused as refused:
        if refused.problem.get("code") == "duplicate":
            # Its sentence has names of records, which are data.
            raise ToolRefused(JUST_ADDED) from refused
        raise
    return ToolResult(
        {}, {"outcome": {name: answer[name] for name in ("company", "contact", "deal", "added")}}
    )


MADE = {"type": ["integer", "null"]}
IDS = {"type": "array", "items": {"type": "integer", "minimum": 1}, "maxItems": 100}
EXISTING = {"type": ["integer", "null"], "minimum": 1}

TOOLS = [
    Tool(
        NAME,
        "Convert a lead",
        "Make a company, a contact and perhaps a deal of one lead. What you don't send is as Leadwell proposes it: records that match "
        "are linked, others are added. If several match, nothing changes, and the answer lists them.",
        convert_lead,
        "leads.put",
        {
            "id": {**RECORD_ID, "description": "The id of the lead."},
            "company": {**EXISTING, "description": "The id of an existing company; null for none."},
            "new_company": {"type": "string", "maxLength": 300, "description": "The name of a new company."},
            "contact": {**EXISTING, "description": "The id of an existing contact; null for none."},
            "new_contact": {"type": "boolean", "description": "true adds a contact."},
            "new_deal": {
                "type": ["string", "null"],
                "maxLength": 300,
                "description": "Its name; null for none.",
            },
            "not_companies": {**IDS, "description": "Companies that match and aren't meant."},
            "not_contacts": {**IDS, "description": "Contacts that match and aren't meant."},
            "preview": PREVIEW,
        },
        ["id"],
        own={
            "outcome": {
                "type": "object",
                "properties": {
                    "company": MADE,
                    "contact": MADE,
                    "deal": MADE,
                    "added": {"type": "array", "items": {"type": "string"}},
                },
            },
        },
        writes=True,
        destructive=True,
    ),
]
