"""The tools that change one record, or add to it."""

from typing import Any

from assistants.tools.arguments import DAY, PERSON, RECORD, RECORD_ID, RECORD_TYPE, VALUES
from assistants.tools.names import resolve_names
from assistants.tools.tool import Tool, ToolCall, ToolRefused, ToolResult, get_kind_named

Arguments = dict[str, Any]


def add_record(call: ToolCall, arguments: Arguments) -> ToolResult:
    kind = get_kind_named(arguments["type"])
    values = resolve_names(call, kind.name, arguments["values"])
    return ToolResult(call.api("POST", kind.urls, body=values))


def edit_record(call: ToolCall, arguments: Arguments) -> ToolResult:
    return _edit(call, arguments, arguments["values"])


def _edit(call: ToolCall, arguments: Arguments, values: Arguments) -> ToolResult:
    kind = get_kind_named(arguments["type"])
    found = resolve_names(call, kind.name, values)
    if found.get("owner") == "me":
        found["owner"] = call.token.user_id
    return ToolResult(call.api("PATCH", f"{kind.urls}/{arguments['id']}", body=found))


def move_record(call: ToolCall, arguments: Arguments) -> ToolResult:
    names = ("status", "lost_reason", "lost_remark")
    return _edit(call, arguments, {name: arguments[name] for name in names if name in arguments})


def assign_record(call: ToolCall, arguments: Arguments) -> ToolResult:
    owner = arguments["owner"]
    return _edit(call, arguments, {"owner": None if owner == "none" else owner})


def tag_record(call: ToolCall, arguments: Arguments) -> ToolResult:
    kind = get_kind_named(arguments["type"])
    found = resolve_names(
        call, kind.name, {"tags": [*arguments.get("add", []), "none", *arguments.get("remove", [])]}
    )["tags"]
    place = found.index("none")
    add, remove = found[:place], found[place + 1 :]
    if not add and not remove:
        raise ToolRefused("Name at least one tag to add or to remove.")
    before = call.api("GET", f"{kind.urls}/{arguments['id']}", {"fields": "tags"})["tags"]
    tags = [tag for tag in [*before, *(tag for tag in add if tag not in before)] if tag not in remove]
    return _edit(call, arguments, {"tags": tags})


def delete_record(call: ToolCall, arguments: Arguments) -> ToolResult:
    kind = get_kind_named(arguments["type"])
    return ToolResult(call.api("DELETE", f"{kind.urls}/{arguments['id']}"))


def log_activity(call: ToolCall, arguments: Arguments) -> ToolResult:
    sent = {name: value for name, value in arguments.items() if name not in ("record_type", "id")}
    sent |= {"of": arguments["record_type"], "record": arguments["id"]}
    return ToolResult(call.api("POST", "activities", body=sent))


def plan_task(call: ToolCall, arguments: Arguments) -> ToolResult:
    sent = {name: value for name, value in arguments.items() if name not in ("record_type", "id")}
    sent |= {"of": arguments["record_type"], "record": arguments["id"]}
    return ToolResult(call.api("POST", "tasks", body=_with_user(call, sent)))


def change_task(call: ToolCall, arguments: Arguments) -> ToolResult:
    sent = {name: value for name, value in arguments.items() if name != "task"}
    if not sent:
        raise ToolRefused("Name what to change of the task, such as done.")
    return ToolResult(call.api("PATCH", f"tasks/{arguments['task']}", body=_with_user(call, sent)))


def _with_user(call: ToolCall, sent: Arguments) -> Arguments:
    if "user" not in sent:
        return sent
    found = resolve_names(call, "", {"user": sent["user"]})
    return sent | {"user": call.token.user_id if found["user"] == "me" else found["user"]}


MADE = {
    "type": "object",
    "properties": {"id": {"type": "integer"}, "version": {"type": "integer"}},
    "required": ["id"],
}
OF_RECORD = {"record_type": RECORD_TYPE, "id": RECORD_ID}
OF_TASK = {
    "title": {"type": "string", "maxLength": 200, "description": "What is to be done."},
    "type": {"type": "string", "description": "Such as call, email, meeting or other."},
    "priority": {"type": "string", "description": "Such as low, normal or high."},
    "description": {"type": "string"},
    "due_on": DAY,
    "due_time": {
        "type": "string",
        "description": "Such as 14:30, in the time zone of the user; needs due_on.",
    },
    "user": PERSON,
}

TOOLS = [
    Tool(
        "add_record",
        "Add a record",
        "Add one lead, company, contact, deal or request. Search for it first: a record that exists may be refused or updated, "
        "by the company's rules for duplicates.",
        add_record,
        "*.post",
        {"type": RECORD_TYPE, "values": VALUES},
        ["type", "values"],
        MADE,
        writes=True,
    ),
    Tool(
        "edit_record",
        "Edit a record",
        "Change fields of one record. Only the fields you send change.",
        edit_record,
        "*.put",
        {**RECORD, "values": VALUES},
        ["type", "id", "values"],
        MADE,
        writes=True,
        destructive=True,
        idempotent=True,
    ),
    Tool(
        "move_record",
        "Move a record to another status",
        "Give a lead another status, a deal another stage, or a request another state. A lost status may require a reason, and "
        "a status may require fields.",
        move_record,
        "*.put",
        {
            **RECORD,
            "status": {"type": ["string", "integer"], "description": "By name or id."},
            "lost_reason": {
                "type": ["string", "integer"],
                "description": "By name or id, for a lost status.",
            },
            "lost_remark": {"type": "string", "maxLength": 500},
        },
        ["type", "id", "status"],
        MADE,
        writes=True,
        destructive=True,
        idempotent=True,
    ),
    Tool(
        "assign_record",
        "Assign a record",
        "Give one record another owner, or none.",
        assign_record,
        "*.put",
        {**RECORD, "owner": {**PERSON, "description": "A user by name, email or id; me; or none."}},
        ["type", "id", "owner"],
        MADE,
        writes=True,
        destructive=True,
        idempotent=True,
    ),
    Tool(
        "tag_record",
        "Tag a record",
        "Add tags to one record or remove them. The other tags stay.",
        tag_record,
        "*.put",
        {
            **RECORD,
            "add": {
                "type": "array",
                "items": {"type": ["string", "integer"]},
                "description": "Tags by name or id.",
            },
            "remove": {"type": "array", "items": {"type": ["string", "integer"]}},
        },
        ["type", "id"],
        MADE,
        writes=True,
        idempotent=True,
    ),
    Tool(
        "log_activity",
        "Log an activity",
        "Add a note, a call or a meeting to a record. The text is Markdown. This sends nothing to anyone.",
        log_activity,
        "activities.post",
        {
            **OF_RECORD,
            "type": {"type": "string", "enum": ["note", "call", "meeting"]},
            "text": {"type": "string"},
            "outcome": {
                "type": "string",
                "description": "Of a call: reached, no_answer, message or wrong_number.",
            },
            "at": {
                "type": "string",
                "description": "When it happened, such as 2026-05-31T08:38:04Z; now without it.",
            },
            "minutes": {"type": "integer", "minimum": 0},
        },
        ["record_type", "id", "type"],
        MADE,
        writes=True,
    ),
    Tool(
        "plan_task",
        "Plan a task",
        "Add a task to a record, for the user you act for unless you name another one.",
        plan_task,
        "tasks.post",
        {**OF_RECORD, **OF_TASK},
        ["record_type", "id", "title"],
        MADE,
        writes=True,
    ),
    Tool(
        "change_task",
        "Complete or change a task",
        "Complete a task with done true, reopen it with false, or change what it says, when it is due and whom it is for.",
        change_task,
        "tasks.put",
        {
            "task": {"type": "integer", "minimum": 1, "description": "The id of the task."},
            "done": {"type": "boolean"},
            **OF_TASK,
        },
        ["task"],
        MADE,
        writes=True,
        destructive=True,
        idempotent=True,
    ),
    Tool(
        "delete_record",
        "Delete a record",
        "Move one record to Trash. People can restore it, and undo_change too.",
        delete_record,
        "*.delete",
        RECORD,
        ["type", "id"],
        {"type": "object", "properties": {"deleted": {"type": "boolean"}}},
        writes=True,
        destructive=True,
        idempotent=True,
    ),
]
