"""The tools for what this assistant has done: listing it and undoing it, and nothing else."""

from typing import Any

from assistants.tools.arguments import AT_FIRST, LIMIT, PREVIEW
from assistants.tools.previews import build_preview, get_applied_preview, must_preview
from assistants.tools.tool import Tool, ToolCall, ToolRefused, ToolResult
from crm.api.v2.operations import build_operation_json
from crm.api.v2.refusal_counts import count_by_reason, count_refused_by_operation
from crm.models import Operation
from crm.platform.web.request_cache import cache_reads_once
from crm.records.history.undo.field_reversal import preview_undo
from crm.records.history.undo.undo_permission import get_undo_obstacle, get_undoing_operations

NAME = "undo_change"
# Of an operation, what an assistant needs.
SHOWN = ("id", "kind", "words", "at", "changed", "refused", "undoes", "undone", "partly_undone")


def list_own_changes(call: ToolCall, arguments: dict[str, Any]) -> ToolResult:
    rows = Operation.objects.through(call.token).whole().newest_first().select_related("by", "undoes")
    if arguments.get("before"):
        rows = rows.before(arguments["before"])
    size = arguments.get("limit", AT_FIRST)
    found = list(rows[: size + 1])
    page = found[:size]
    undoing, refused = get_undoing_operations(page), count_refused_by_operation(page)
    lines = [build_operation_json(row, call.token.user, undoing, refused[row.pk]) for row in page]
    return ToolResult(
        {
            "changes": [{name: line[name] for name in SHOWN} for line in lines],
            "next": page[-1].pk if len(found) > size else None,
        }
    )


def undo_change(call: ToolCall, arguments: dict[str, Any]) -> ToolResult:
    record = Operation.objects.through(call.token).filter(pk=arguments["change"]).first()
    if record is None:
        raise ToolRefused("This assistant has made no such change. list_own_changes has those it can undo.")
    applied = get_applied_preview(call, NAME, arguments)
    if reason := get_undo_obstacle(record, call.token.user):
        raise ToolRefused(str(reason))
    if must_preview(call, record.changed, previewed=applied is not None):
        return build_preview(call, NAME, arguments, predict_undo(call, record), kind=None, ids=[])
    answer = call.api("POST", f"operations/{record.pk}/undo", body={})
    return ToolResult({}, {"outcome": {"back": answer["back"], "kept": answer["kept"]}})


def predict_undo(call: ToolCall, record: Operation) -> dict[str, Any]:
    """What the undo would do now: an undo compares only what changed later (docs/decisions/undo_preview.md)."""
    with cache_reads_once():
        told = preview_undo(record, call.token.user)
    return {
        "records": record.changed,
        "would_go_back": told.back_count,
        "would_keep_something": told.kept_count,
        "kept_by_reason": count_by_reason(told.count_kept_by_reason()),
    }


CHANGE = {"type": "integer", "minimum": 1}

TOOLS = [
    Tool(
        "list_own_changes",
        "List my changes",
        "List what this assistant has changed, the newest first, each with whether it has been undone.",
        list_own_changes,
        "operations.get",
        {"limit": LIMIT, "before": {**CHANGE, "description": "The next of the page before."}},
        (),
        {
            "type": "object",
            "properties": {
                "changes": {"type": "array", "items": {"type": "object"}},
                "next": {"type": ["integer", "null"]},
            },
            "required": ["changes", "next"],
        },
    ),
    Tool(
        NAME,
        "Undo a change",
        "Undo one change that this assistant has made. Values that someone changed again since stay as they are. Above the limit "
        "of this assistant, the first call changes nothing and returns a preview.",
        undo_change,
        "operations.post",
        {
            "change": {**CHANGE, "description": "Its id, from changes or list_own_changes."},
            "preview": PREVIEW,
        },
        ["change"],
        own={
            "outcome": {
                "type": "object",
                "properties": {"back": {"type": "integer"}, "kept": {"type": "integer"}},
            },
        },
        writes=True,
        destructive=True,
    ),
]
