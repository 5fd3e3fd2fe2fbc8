"""The tools for reports: the numbers, each with the conditions of the records behind it."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from assistants.tools.arguments import CONDITIONS, DAY
from assistants.tools.finding import build_condition_query
from assistants.tools.tool import Tool, ToolCall, ToolResult
from crm.api.v2.v2_view import OWN_PREFIX
from crm.records.kinds.kind_registry import KINDS

ASKED = ("measure", "by", "period", "from", "to", "compare", "sort")


def list_reports(call: ToolCall, arguments: dict[str, Any]) -> ToolResult:
    return ToolResult(call.api("GET", "reports"))


def get_report(call: ToolCall, arguments: dict[str, Any]) -> ToolResult:
    query = {name: arguments[name] for name in ASKED if arguments.get(name)}
    if arguments.get("conditions"):
        conditions = build_condition_query(call, "lead", arguments["conditions"])
        query["filter"] = urlencode(conditions, doseq=True)
    return ToolResult(name_records(call.api("GET", f"reports/{arguments['report']}", query)))


def name_records(value: Any) -> Any:
    """The answer with the arguments of list_records in place of the addresses of records, which a model can't open."""
    if isinstance(value, list):
        return [name_records(part) for part in value]
    if not isinstance(value, dict):
        return value
    found = {name: name_records(part) for name, part in value.items()}
    if isinstance(address := value.get("records"), str):
        found["records"] = build_list_arguments(address)
    return found


def build_list_arguments(address: str) -> dict[str, Any]:
    """What list_records takes for an address of API v2, such as /api/v2/leads?source=3."""
    parts = urlsplit(address)
    urls = parts.path.removeprefix(OWN_PREFIX)
    conditions = {
        name: values[0] if len(values) == 1 else values for name, values in parse_qs(parts.query).items()
    }
    type = next(kind.name for kind in KINDS.values() if kind.urls == urls)
    return {"type": type, "conditions": conditions}


TEXTS = {"type": "array", "items": {"type": "string"}}

TOOLS = [
    Tool(
        "list_reports",
        "List reports",
        "List the reports that there are, each with its id and what it says in a sentence.",
        list_reports,
        "reports.get",
        {},
        (),
        {
            "type": "object",
            "properties": {"reports": {"type": "array", "items": {"type": "object"}}},
            "required": ["reports"],
        },
    ),
    Tool(
        "get_report",
        "Get a report",
        "The numbers of one report, such as won leads by source. records beside a number are the arguments with which list_records "
        "returns the records behind it. The report new is one of your choice: send measure and by.",
        get_report,
        "reports.get",
        {
            "report": {
                "type": "string",
                "pattern": "^[a-z0-9_-]+$",
                "description": "An id of list_reports, or new.",
            },
            "period": {
                "type": "string",
                "description": "Such as this_month, last_month, this_year or between.",
            },
            "from": {**DAY, "description": "The first day; needs the period between."},
            "to": {**DAY, "description": "The last day; needs the period between."},
            "compare": {"type": "string", "description": "What to compare with, such as before."},
            "by": {**TEXTS, "maxItems": 2, "description": "Fields to group by, such as source or owner."},
            "measure": {**TEXTS, "description": "The numbers of a saved report or of new, such as leads."},
            "sort": {"type": "string"},
            "conditions": {
                **CONDITIONS,
                "description": "Only leads that meet these conditions of list_records.",
            },
        },
        ["report"],
    ),
]
