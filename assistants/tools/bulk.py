"""The tool that changes many records: above a limit, what would happen comes first."""

from typing import Any
from urllib.parse import urlencode

from assistants.limits import find_action_problem
from assistants.tools.arguments import CONDITIONS, NOTE, PREVIEW, RECORD_TYPE
from assistants.tools.finding import build_condition_query
from assistants.tools.names import resolve_names
from assistants.tools.previews import build_preview, get_applied_preview, must_preview
from assistants.tools.tool import Tool, ToolCall, ToolRefused, ToolResult, get_kind_named
from crm.api.v2.v2_view import MOST
from crm.records.kinds.kind_registry import Kind

NAME = "change_records"
Arguments = dict[str, Any]


def change_records(call: ToolCall, arguments: Arguments) -> ToolResult:
    kind = get_kind_named(arguments["type"])
    refuse_forbidden_action(call, kind, arguments["action"])
    applied = get_applied_preview(call, NAME, arguments)
    body = {
        "action": arguments["action"],
        "values": resolve_names(call, kind.name, arguments.get("values", {})),
        "note": arguments.get("note", ""),
    }
    ids = applied.frozen_set.ids if applied and applied.frozen_set else _get_ids(call, kind, arguments, body)
    if must_preview(call, len(ids), previewed=applied is not None):
        told = call.api("POST", f"{kind.urls}/bulk", body=body | {"ids": ids, "preview": True})
        return build_preview(call, NAME, arguments, describe_outcome(told, len(ids)), kind=kind, ids=ids)
    answer = call.api("POST", f"{kind.urls}/bulk", body=body | {"ids": ids})
    return ToolResult({}, {"outcome": describe_outcome(answer, len(ids), "changed")})


def refuse_forbidden_action(call: ToolCall, kind: Kind, name: str) -> None:
    action = kind.get_action(name)
    if action is None:
        known = ", ".join(action.name for action in kind.actions)
        raise ToolRefused(f"There is no action called {name[:40]!r} for {kind.urls}. There are: {known}.")
    problem = find_action_problem(name, right=action.right, sends=action.sends, may_send=call.limits.may_send)
    if problem:
        raise ToolRefused(problem)


def _get_ids(call: ToolCall, kind: Kind, arguments: Arguments, body: Arguments) -> list[int]:
    """The records that the call is about now. Raises ToolRefused if there are none, or if conditions leave open which."""
    if ("ids" in arguments) == ("conditions" in arguments):
        raise ToolRefused("Send either ids or conditions.")
    if "ids" in arguments:
        return sorted(set(arguments["ids"]))
    query = build_condition_query(call, kind.name, arguments["conditions"])
    # The call for bulk changes refuses conditions that don't narrow the list, and counts what it is about.
    predicted = call.api(
        "POST", f"{kind.urls}/bulk", body=body | {"filter": urlencode(query, doseq=True), "preview": True}
    )
    must_preview(call, _count(predicted), previewed=True)
    ids: list[int] = []
    page: dict[str, Any] = {"next": ""}
    while page["next"] is not None and len(ids) <= call.limits.records_per_call:
        after = {"after": page["next"]} if page["next"] else {}
        page = call.api("GET", kind.urls, query | after | {"limit": MOST, "fields": "id"})
        ids += [row["id"] for row in page[kind.urls]]
    return sorted(ids)


def _count(told: dict[str, Any]) -> int:
    return told["changed"] + told["unchanged"] + sum(told["refused"].values()) + told.get("unjudged", 0)


def describe_outcome(told: dict[str, Any], records: int, changed: str = "would_change") -> dict[str, Any]:
    return {
        "records": records,
        changed: told["changed"],
        "already_set": told["unchanged"],
        "cannot_be_changed": told["refused"],
    }


OUTCOME = {
    "type": "object",
    "properties": {
        "records": {"type": "integer"},
        "changed": {"type": "integer"},
        "already_set": {"type": "integer"},
        "cannot_be_changed": {"type": "object", "additionalProperties": {"type": "integer"}},
    },
}

TOOLS = [
    Tool(
        NAME,
        "Change many records",
        "Do one thing to all records that meet conditions, or to those with these ids. The actions and their values are those of "
        "describe_record_type, such as status with status, assign with owner, tag with tags, set with a field. Above the limit "
        "of this assistant, the first call changes nothing and returns a preview: show it to the person you work for, and apply "
        "it by the same call with preview.",
        change_records,
        "*.put",
        {
            "type": RECORD_TYPE,
            "action": {"type": "string"},
            "values": {"type": "object", "description": "The values of the action, by their names."},
            "conditions": {**CONDITIONS, "minProperties": 1, "description": "As in list_records."},
            "ids": {
                "type": "array",
                "items": {"type": "integer", "minimum": 1},
                "minItems": 1,
                "maxItems": 3000,
                "description": "Instead of conditions.",
            },
            "note": NOTE,
            "preview": PREVIEW,
        },
        ["type", "action"],
        own={
            "outcome": OUTCOME,
        },
        writes=True,
        destructive=True,
    ),
]
