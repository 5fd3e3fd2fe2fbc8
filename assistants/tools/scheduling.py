"""The tools for calendars and booking pages: when users are busy, free times of pages, and booking, moving and canceling meetings."""

from datetime import datetime
from typing import Any

from assistants.tools.arguments import AT_FIRST, LIMIT, PERSON, PREVIEW, RECORD_ID, RECORD_TYPE
from assistants.tools.names import resolve_names
from assistants.tools.previews import build_preview, get_applied_preview, must_preview
from assistants.tools.tool import Tool, ToolCall, ToolRefused, ToolResult, get_kind_named

BOOK, MOVE, CANCEL = "book_meeting", "move_booking", "cancel_booking"
# Of a booking page, what an assistant needs.
SHOWN = ("id", "name", "open", "minutes", "people", "place", "url", "questions")
NOT_FREE = "This time isn't free. find_booking_times lists the free ones."
CHANGED_SINCE = "The meeting or the lead has changed since the preview. Call the tool without preview to see what would happen."
Arguments = dict[str, Any]


def list_busy_times(call: ToolCall, arguments: Arguments) -> ToolResult:
    query: Arguments = {name: arguments[name] for name in ("from", "to", "zone") if name in arguments}
    if arguments.get("users"):
        found = resolve_names(call, "", {"user": arguments["users"]})["user"]
        query["users"] = ",".join(map(str, found))
    if "department" in arguments:
        query |= resolve_names(call, "", {"department": arguments["department"]})
    return ToolResult(
        call.api("GET", "busy-times", query | {"free": "yes" if arguments.get("free") else "no"})
    )


def list_booking_pages(call: ToolCall, arguments: Arguments) -> ToolResult:
    rows = call.api("GET", "booking-pages")["booking_pages"]
    return ToolResult({"booking_pages": [{name: row[name] for name in SHOWN} for row in rows]})


def find_booking_times(call: ToolCall, arguments: Arguments) -> ToolResult:
    """The next of a page is the first time of the page behind it."""
    page, begins = _get_page_id(call, arguments), arguments.get("from", "")
    query = {"from": begins[: len("2026-05-31")]} if begins else {}
    answer = call.api("GET", f"booking-pages/{page}/times", query)
    times = [time for time in answer["times"] if time >= begins]
    size = arguments.get("limit", AT_FIRST)
    following = times[size] if len(times) > size else answer["next"]
    return ToolResult({"times": times[:size], "next": following, "minutes": answer["minutes"]})


def _get_page_id(call: ToolCall, arguments: Arguments) -> Any:
    return resolve_names(call, "", {"booking_page": arguments["booking_page"]})["booking_page"]


def list_bookings(call: ToolCall, arguments: Arguments) -> ToolResult:
    query = {"limit": arguments.get("limit", AT_FIRST)}
    if "booking_page" in arguments:
        query["page"] = _get_page_id(call, arguments)
    names = {"before": "before", "record_type": "of", "id": "record"}
    query |= {sent: arguments[name] for name, sent in names.items() if name in arguments}
    return ToolResult(call.api("GET", "bookings", query))


def book_meeting(call: ToolCall, arguments: Arguments) -> ToolResult:
    applied = get_applied_preview(call, BOOK, arguments)
    page = call.api("GET", f"booking-pages/{_get_page_id(call, arguments)}")
    lead = call.api("GET", f"leads/{arguments['lead']}") if "lead" in arguments else {}
    answers = _get_known_answers(page, lead) | arguments.get("answers", {})
    meant = {"lead": lead.get("version", 0)}
    if applied and applied.versions != meant:
        raise ToolRefused(CHANGED_SINCE)
    if must_preview(call, 1, previewed=applied is not None):
        day = {"from": arguments["at"][: len("2026-05-31")]}
        if arguments["at"] not in call.api("GET", f"booking-pages/{page['id']}/times", day)["times"]:
            raise ToolRefused(NOT_FREE)
        shown = {"booking": {"page": page["name"], "at": arguments["at"], "answers": answers}}
        told = {"records": 1}
        return build_preview(call, BOOK, arguments, told, kind=None, ids=[], shown=shown, versions=meant)
    sent = {"page": page["id"], "at": arguments["at"], "answers": answers}
    sent |= {name: arguments[name] for name in ("lead", "zone") if name in arguments}
    return ToolResult({"booking": call.api("POST", "bookings", body=sent)})


def _get_known_answers(page: Arguments, lead: Arguments) -> dict[str, str]:
    """What the lead says already of what the page asks."""
    known = lead | lead.get("custom_fields", {})
    found = {question["name"]: known.get(question["name"]) for question in page["questions"]}
    return {
        name: str(value) for name, value in found.items() if isinstance(value, str | int | float) and value
    }


def move_booking(call: ToolCall, arguments: Arguments) -> ToolResult:
    return _change_booking(call, MOVE, arguments, "PATCH", {"at": arguments["at"]})


def cancel_booking(call: ToolCall, arguments: Arguments) -> ToolResult:
    return _change_booking(call, CANCEL, arguments, "DELETE")


def _change_booking(
    call: ToolCall, name: str, arguments: Arguments, method: str, body: Arguments | None = None
) -> ToolResult:
    applied = get_applied_preview(call, name, arguments)
    path = f"bookings/{arguments['booking']}"
    before = call.api("GET", path)
    meant = {"begins": int(datetime.fromisoformat(before["at"]).timestamp())}
    if applied and applied.versions != meant:
        raise ToolRefused(CHANGED_SINCE)
    if must_preview(call, 1, previewed=applied is not None):
        kind, ids = get_kind_named(before["of"]), [before["record"]]
        told, shown = {"records": 1}, {"booking": before}
        return build_preview(call, name, arguments, told, kind=kind, ids=ids, shown=shown, versions=meant)
    call.api(method, path, body=body)
    return ToolResult({"booking": call.api("GET", path)})


PAGE = {"type": ["string", "integer"], "description": "A booking page by name or id."}
BOOKING = {"type": "integer", "minimum": 1}
AT = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$",
    "description": "One of find_booking_times.",
}
ROWS = {"type": "array", "items": {"type": "object"}}
OF_BOOKING = {"type": "object", "properties": {"booking": {"type": "object"}}}

TOOLS = [
    Tool(
        "list_busy_times",
        "List busy times",
        "When users are busy, not why; with free, also when they are free within their working hours, and when all of them are "
        "(all_free). In UTC, at most 31 days.",
        list_busy_times,
        "busy_times.get",
        {
            "users": {"type": "array", "items": PERSON, "maxItems": 50, "description": "me without it."},
            "department": {"type": ["string", "integer"]},
            "from": {"type": "string", "description": "A day, or a time such as 2026-05-31T08:30."},
            "to": {"type": "string", "description": "The last day, or a time."},
            "zone": {"type": "string", "description": "Whose clock these are on, such as Europe/Bucharest."},
            "free": {"type": "boolean"},
        },
        (),
        {"type": "object", "properties": {"users": ROWS}, "required": ["users"]},
    ),
    Tool(
        "list_booking_pages",
        "List booking pages",
        "The pages on which visitors book meetings, with their people, length and questions.",
        list_booking_pages,
        "booking_pages.get",
        data={"type": "object", "properties": {"booking_pages": ROWS}, "required": ["booking_pages"]},
    ),
    Tool(
        "find_booking_times",
        "Find free times of a booking page",
        "When a meeting of a booking page can begin, in UTC, in order.",
        find_booking_times,
        "booking_pages.get",
        {
            "booking_page": PAGE,
            "from": {
                "type": "string",
                "pattern": r"^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?$",
                "description": "A day, or the next of the page before.",
            },
            "limit": LIMIT,
        },
        ["booking_page"],
        {
            "type": "object",
            "properties": {
                "times": {"type": "array", "items": {"type": "string"}},
                "next": {"type": ["string", "null"]},
            },
            "required": ["times", "next"],
        },
    ),
    Tool(
        "list_bookings",
        "List bookings",
        "Meetings that were booked through booking pages, the newest first, of all records or of one.",
        list_bookings,
        "bookings.get",
        {
            "booking_page": PAGE,
            "record_type": RECORD_TYPE,
            "id": {"type": "integer", "minimum": 1},
            "limit": LIMIT,
            "before": {"type": "integer", "minimum": 1, "description": "The next of the page before."},
        },
        (),
        {
            "type": "object",
            "properties": {"bookings": ROWS, "next": {"type": ["integer", "null"]}},
            "required": ["bookings", "next"],
        },
    ),
    Tool(
        BOOK,
        "Book a meeting",
        "Book a free time of a booking page for a lead, or for a new person with answers. The visitor gets an invitation by email. "
        "undo_change cancels the meeting with another email; what was sent stays sent.",
        book_meeting,
        "bookings.post",
        {
            "booking_page": PAGE,
            "at": AT,
            "lead": {**RECORD_ID, "description": "An open lead. Its values answer the questions."},
            "answers": {
                "type": "object",
                "additionalProperties": {"type": "string"},
                "description": "By the names of the questions.",
            },
            "zone": {"type": "string", "description": "The time zone of the visitor."},
            "preview": PREVIEW,
        },
        ["booking_page", "at"],
        OF_BOOKING,
        writes=True,
        sends=True,
    ),
    Tool(
        MOVE,
        "Move a booked meeting",
        "Move a booked meeting to another free time. The visitor gets an email, and another one if you undo it; what was sent stays "
        "sent.",
        move_booking,
        "bookings.put",
        {"booking": BOOKING, "at": AT, "preview": PREVIEW},
        ["booking", "at"],
        OF_BOOKING,
        writes=True,
        destructive=True,
        sends=True,
    ),
    Tool(
        CANCEL,
        "Cancel a booked meeting",
        "Cancel a booked meeting; the lead stays. The visitor gets an email, and another one if you undo it; what was sent stays sent.",
        cancel_booking,
        "bookings.delete",
        {"booking": BOOKING, "preview": PREVIEW},
        ["booking"],
        OF_BOOKING,
        writes=True,
        destructive=True,
        sends=True,
    ),
]
