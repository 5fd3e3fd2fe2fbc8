"""The tool that merges records: what would be kept of each comes first, and nothing may have changed since."""

from typing import Any

from assistants.tools.arguments import PREVIEW, RECORD_ID, RECORD_TYPE
from assistants.tools.previews import build_preview, get_applied_preview, must_preview
from assistants.tools.tool import Tool, ToolCall, ToolRefused, ToolResult, get_kind_named

NAME = "merge_records"


def merge_records(call: ToolCall, arguments: dict[str, Any]) -> ToolResult:
    kind = get_kind_named(arguments["type"])
    applied = get_applied_preview(call, NAME, arguments)
    others = list(dict.fromkeys(arguments["others"]))
    ids, path = [arguments["id"], *others], f"{kind.urls}/{arguments['id']}/merge"
    body = {"others": others, "values": arguments.get("values", {})}
    if must_preview(call, len(ids), previewed=applied is not None):
        merge = call.api("POST", path, body=body | {"preview": True})["preview"]
        if merge["problem"]:
            raise ToolRefused(merge["problem"])
        versions = {str(record["id"]): record["version"] for record in merge["records"]}
        told = {"records": len(ids)}
        return build_preview(
            call, NAME, arguments, told, kind=kind, ids=ids, shown={"merge": merge}, versions=versions
        )
    answer = call.api("POST", path, body=body | {"versions": applied.versions if applied else {}})
    return ToolResult({"kept": answer["id"]}, {"outcome": {"merged": len(others)}})


TOOLS = [
    Tool(
        NAME,
        "Merge records",
        "Merge other records into one that may be the same: it keeps their activities, tasks and links, and they go to Trash. "
        "Find them with find_duplicates. The first call shows in which fields they differ and what would be kept, and changes "
        "nothing, unless this assistant may change so many records without a preview.",
        merge_records,
        "*.delete",
        {
            "type": {**RECORD_TYPE, "enum": ["lead", "contact", "company"]},
            "id": {**RECORD_ID, "description": "The id of the record that is kept."},
            "others": {
                "type": "array",
                "items": {"type": "integer", "minimum": 1},
                "minItems": 1,
                "maxItems": 20,
                "description": "The ids of the records that are merged into it.",
            },
            "values": {
                "type": "object",
                "additionalProperties": {"type": "integer", "minimum": 1},
                "description": (
                    "By field, the id of the record whose value is kept. Without it, the newest value that isn't empty is kept."
                ),
            },
            "preview": PREVIEW,
        },
        ["type", "id", "others"],
        own={
            "outcome": {"type": "object", "properties": {"merged": {"type": "integer"}}},
        },
        writes=True,
        destructive=True,
    ),
]
