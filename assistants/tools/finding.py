"""The tools that find and read."""

from typing import Any

from assistants.models.assistant_use import get_changed_count
from assistants.tools.arguments import (
    AFTER,
    AT_FIRST,
    CONDITIONS,
    DAY,
    FIELDS,
    LIMIT,
    PERSON,
    RECORD,
    RECORD_ID,
    RECORD_TYPE,
    build_page_query,
    build_page_schema,
)
from assistants.tools.descriptions import describe_type
from assistants.tools.names import get_list_call, read_rows, resolve_names
from assistants.tools.tool import Tool, ToolCall, ToolRefused, ToolResult, get_kind_named
from crm.api.token_scopes import has_token_right
from crm.api.v2.records import PAGING, SHAPING
from crm.records.kinds.kind_registry import KINDS

# A search shows so many of each record type.
OF_EACH = 10


def search_records(call: ToolCall, arguments: dict[str, Any]) -> ToolResult:
    named = arguments.get("types") or [kind.name for kind in KINDS.values()]
    kinds = [get_kind_named(name) for name in named]
    kinds = [
        kind
        for kind in kinds
        if all(has_token_right(call.token, f"{kind.urls}.{action}") for action in ("get", "search"))
    ]
    if not kinds:
        raise ToolRefused("This assistant may not search these record types.")
    query = {"q": arguments["query"], "limit": arguments.get("limit", OF_EACH)}
    return ToolResult({kind.urls: call.api("GET", kind.urls, query)[kind.urls] for kind in kinds})


def list_records(call: ToolCall, arguments: dict[str, Any]) -> ToolResult:
    kind = get_kind_named(arguments["type"])
    query = build_page_query(arguments) | build_condition_query(
        call, kind.name, arguments.get("conditions", {})
    )
    query |= {name: arguments[name] for name in ("sort",) if arguments.get(name)}
    if arguments.get("fields"):
        query["fields"] = ",".join(arguments["fields"])
    answer = call.api("GET", kind.urls, query)
    return ToolResult({"records": answer[kind.urls], "next": answer["next"]})


def build_condition_query(call: ToolCall, type: str, conditions: dict[str, Any]) -> dict[str, Any]:
    """Conditions as the query of a list. Raises ToolRefused for one without a value, which would be left out."""
    found = {name: _as_text(value) for name, value in resolve_names(call, type, conditions).items()}
    for name, value in found.items():
        if value in ("", []):
            raise ToolRefused(f"The condition {name} has no value.")
        if name in (*PAGING, *SHAPING, "sort"):
            raise ToolRefused(f"{name} is no condition.")
    return found


def _as_text(value: Any) -> Any:
    """Truth values as lists take them."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return [_as_text(part) for part in value] if isinstance(value, list) else value


def get_record(call: ToolCall, arguments: dict[str, Any]) -> ToolResult:
    kind = get_kind_named(arguments["type"])
    return ToolResult({"record": call.api("GET", f"{kind.urls}/{arguments['id']}")})


def get_story(call: ToolCall, arguments: dict[str, Any]) -> ToolResult:
    """The record first: without it, there is nothing to tell."""
    record = get_record(call, arguments).data["record"]
    of = {"of": arguments["type"], "record": record["id"], "limit": arguments.get("limit", AT_FIRST)}
    found = {"record": record}
    for name in ("activities", "tasks"):
        if has_token_right(call.token, f"{name}.get"):
            found[name] = call.api("GET", name, of)[name]
    return ToolResult(found)


def get_history(call: ToolCall, arguments: dict[str, Any]) -> ToolResult:
    kind = get_kind_named(arguments["type"])
    query = {name: arguments[name] for name in ("limit", "before") if name in arguments}
    return ToolResult(call.api("GET", f"{kind.urls}/{arguments['id']}/history", {"limit": AT_FIRST} | query))


def find_duplicates(call: ToolCall, arguments: dict[str, Any]) -> ToolResult:
    kind = get_kind_named(arguments["type"])
    return ToolResult(call.api("GET", f"{kind.urls}/{arguments['id']}/duplicates"))


def list_activities(call: ToolCall, arguments: dict[str, Any]) -> ToolResult:
    known = ("record_type", "id", "type", "user", "since", "from", "to", "query")
    return _list_items(call, "activities", arguments, known)


def list_tasks(call: ToolCall, arguments: dict[str, Any]) -> ToolResult:
    return _list_items(call, "tasks", arguments, ("record_type", "id", "type", "user", "since", "done"))


# The arguments of these tools, and the parameters of API v2.
PARAMETERS = {"record_type": "of", "id": "record", "query": "q", "from": "at_from", "to": "at_to"}
# Those that a day is sent for, which begins then.
MOMENTS = ("since", "at_from", "at_to")


def _list_items(call: ToolCall, name: str, arguments: dict[str, Any], known: tuple[str, ...]) -> ToolResult:
    sent = {PARAMETERS.get(key, key): arguments[key] for key in known if key in arguments}
    query = build_page_query(arguments) | resolve_names(call, "", sent)
    if "done" in query:
        query["done"] = "yes" if query["done"] else "no"
    for sent_name in MOMENTS:
        if len(str(query.get(sent_name, ""))) == len("2026-05-31"):
            query[sent_name] = f"{query[sent_name]}T00:00:00Z"
    return ToolResult(call.api("GET", name, query))


def describe_record_type(call: ToolCall, arguments: dict[str, Any]) -> ToolResult:
    kind = get_kind_named(arguments["type"])
    if not has_token_right(call.token, f"{kind.urls}.get"):
        raise ToolRefused(f"This assistant may not read {kind.urls}.")
    custom = call.api("GET", f"{kind.model.table}-custom-fields")
    return ToolResult(describe_type(kind, call.token.user, next(iter(custom.values()))))


def list_choices(call: ToolCall, arguments: dict[str, Any]) -> ToolResult:
    listed = get_list_call(arguments["type"], arguments["field"])
    if listed is None:
        raise ToolRefused(
            f"{arguments['field']} of a {arguments['type']} has no list: describe_record_type has its values."
        )
    return ToolResult({"choices": read_rows(call, listed)})


def get_own_limits(call: ToolCall, arguments: dict[str, Any]) -> ToolResult:
    user, limits = call.token.user, call.limits
    changed = get_changed_count(call.token)
    return ToolResult(
        {
            "user": {"id": user.pk, "name": user.name, "email": user.email},
            "assistant": call.token.name,
            "rights": sorted(right for right in call.token.rights if has_token_right(call.token, right)),
            "records_without_preview": limits.preview_above,
            "records_per_call": limits.records_per_call,
            "records_per_hour": limits.records_per_hour,
            "records_left_in_this_hour": max(0, limits.records_per_hour - changed),
        }
    )


OF_ITEMS = {
    "record_type": RECORD_TYPE,
    "id": {**RECORD_ID, "description": "The id of the record; needs record_type."},
    "user": PERSON,
    "since": {**DAY, "description": "Only what was added or changed since this day."},
    "limit": LIMIT,
    "after": AFTER,
}

TOOLS = [
    Tool(
        "search_records",
        "Search records",
        "Find records by words in their names, companies, emails, phone numbers and so on. Returns a few of each type, with "
        "their ids. Start here if you have a name; use list_records for conditions.",
        search_records,
        "*.get",
        {
            "query": {"type": "string", "minLength": 1, "maxLength": 200},
            "types": {"type": "array", "items": RECORD_TYPE, "minItems": 1},
            "limit": {**LIMIT, "description": "How many of each type; 10 without it."},
        },
        ["query"],
    ),
    Tool(
        "list_records",
        "List records",
        "List the records of one type that meet conditions, page by page, such as my open leads in Germany.",
        list_records,
        "*.get",
        {
            "type": RECORD_TYPE,
            "conditions": CONDITIONS,
            "sort": {
                "type": "string",
                "description": "A sort of describe_record_type; -created_at for the newest first.",
            },
            "fields": FIELDS,
            "limit": LIMIT,
            "after": AFTER,
        },
        ["type"],
        build_page_schema("records"),
    ),
    Tool(
        "get_record",
        "Get a record",
        "Read all fields of one record.",
        get_record,
        "*.get",
        RECORD,
        ["type", "id"],
        {"type": "object", "properties": {"record": {"type": "object"}}, "required": ["record"]},
    ),
    Tool(
        "get_story",
        "Get a record with its story",
        "Read one record with its latest notes, calls, meetings, emails and tasks, the newest first. Use it before you answer a "
        "question about a customer.",
        get_story,
        "*.get",
        {**RECORD, "limit": {**LIMIT, "description": "How many activities and tasks; 20 without it."}},
        ["type", "id"],
        {"type": "object", "properties": {"record": {"type": "object"}}, "required": ["record"]},
    ),
    Tool(
        "get_history",
        "Get the history of a record",
        "Read which fields of one record were changed, by whom, when, and from what to what, the newest first.",
        get_history,
        "*.get",
        {
            **RECORD,
            "limit": LIMIT,
            "before": {"type": "integer", "minimum": 1, "description": "The next of the page before."},
        },
        ["type", "id"],
        {
            "type": "object",
            "properties": {
                "history": {"type": "array", "items": {"type": "object"}},
                "next": {"type": ["integer", "null"]},
            },
            "required": ["history", "next"],
        },
    ),
    Tool(
        "find_duplicates",
        "Find duplicates of a record",
        "The leads, contacts and companies that may be the same as this one, each with the reasons.",
        find_duplicates,
        "*.get",
        {**RECORD, "type": {**RECORD_TYPE, "enum": ["lead", "contact", "company"]}},
        ["type", "id"],
        {
            "type": "object",
            "properties": {"duplicates": {"type": "array", "items": {"type": "object"}}},
            "required": ["duplicates"],
        },
    ),
    Tool(
        "list_activities",
        "List activities",
        "List notes, calls, meetings and emails, the newest first, of all records or of one; with from or to, those of a period in its "
        "order, such as the meetings of next week.",
        list_activities,
        "activities.get",
        {
            **OF_ITEMS,
            "type": {"type": "string", "enum": ["note", "call", "meeting", "email"]},
            "from": {**DAY, "description": "Only what takes place from this day on."},
            "to": {**DAY, "description": "Only what takes place before this day."},
            "query": {"type": "string", "maxLength": 200, "description": "Beginnings of words in the text."},
        },
        (),
        build_page_schema("activities"),
    ),
    Tool(
        "list_tasks",
        "List tasks",
        "List tasks of all records or of one, such as my open tasks: user me, done false.",
        list_tasks,
        "tasks.get",
        {
            **OF_ITEMS,
            "type": {"type": "string", "description": "The type of the task, such as call or email."},
            "done": {"type": "boolean"},
        },
        (),
        build_page_schema("tasks"),
    ),
    Tool(
        "describe_record_type",
        "Describe a record type",
        "The fields that a record type has and which of them can be written, its custom fields, the conditions and sorts of "
        "list_records, and the actions of change_records. Call it once before you write conditions or values.",
        describe_record_type,
        "*.get",
        {"type": RECORD_TYPE},
        ["type"],
    ),
    Tool(
        "list_choices",
        "List choices",
        "The statuses, stages, sources, lost reasons, tags, users or departments that a field can have, by name and id.",
        list_choices,
        "*.get",
        {
            "type": RECORD_TYPE,
            "field": {
                "type": "string",
                "enum": ["status", "pipeline", "source", "lost_reason", "tags", "owner", "department"],
            },
        },
        ["type", "field"],
        {
            "type": "object",
            "properties": {"choices": {"type": "array", "items": {"type": "object"}}},
            "required": ["choices"],
        },
    ),
    Tool(
        "get_own_limits",
        "Get my limits",
        "Whom you act for, what you may do, and how many records you may still change in this hour.",
        get_own_limits,
    ),
]
