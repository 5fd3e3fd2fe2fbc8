"""Carrying out a tool: its arguments are checked, what it does is marked as the assistant's and counted."""

import json
from functools import cache
from typing import Any

from django.http import HttpRequest
from jsonschema import Draft202012Validator

from assistants.api_calls import CallRefused
from assistants.limits import find_action_problem
from assistants.models import ChangePreview
from assistants.models.assistant_use import write_changed_count
from assistants.tools.tool import Tool, ToolCall, ToolRefused, ToolResult
from assistants.tools.tool_list import TOOLS
from assistants.untrusted_text import clean_json, clean_text, render_marked_json
from crm.api.problems import ApiProblem
from crm.models import Operation, Token
from crm.records.history.operation_source import OperationSource, act_through

MOST_ERRORS, LONGEST_ERROR = 5, 300


def find_tool(name: Any, token: Token) -> Tool | None:
    """The tool with this name, if the token may use it: one that it may not use is as if it didn't exist."""
    found = TOOLS.get(name) if isinstance(name, str) else None
    return found if found and found.is_offered_to(token) else None


def execute_tool(tool: Tool, arguments: dict[str, Any], request: HttpRequest, token: Token) -> dict[str, Any]:
    """The result as the protocol has it. What the tool refuses is a result too, so the model can read why."""
    if problems := find_argument_problems(tool, arguments):
        return build_refusal(" ".join(problems))
    call = ToolCall(request, token)
    if tool.sends:
        problem = find_action_problem(tool.name, right="", sends=True, may_send=call.limits.may_send)
        if problem:
            return build_refusal(problem)
    try:
        with act_through(OperationSource(token, lambda operation: count_operation(call, operation))):
            result = tool.run(call, arguments)
    except ToolRefused as refused:
        return build_refusal(str(refused))
    except CallRefused as refused:
        return build_refusal(describe_problem(refused.problem))
    return build_result(tool, call, result)


def count_operation(call: ToolCall, operation: Operation) -> None:
    """Within the transaction of each operation: a change beyond a limit, or by a preview that was applied already, is rolled
    back. Raises Problem."""
    earlier = get_kept_operations(call)
    call.operations = [*earlier, operation]
    limits = call.limits
    if call.changed > limits.records_per_call:
        raise ApiProblem(
            422, "too_many", f"This assistant may change {limits.records_per_call:,} records with one call."
        )
    if operation.changed and write_changed_count(call.token, operation.changed) > limits.records_per_hour:
        sentence = (
            f"This assistant may change {limits.records_per_hour:,} records per hour. Wait for the next hour."
        )
        raise ApiProblem(429, "limit", sentence)
    if call.preview and not earlier and not ChangePreview.objects.filter(pk=call.preview.pk).use():
        raise ApiProblem(409, "not_found", "This preview has already been applied.")


def get_kept_operations(call: ToolCall) -> list[Operation]:
    """Those of the call so far, without what was rolled back, such as before a second try."""
    known = [operation.pk for operation in call.operations]
    kept = set(Operation.objects.filter(pk__in=known).values_list("pk", flat=True)) if known else set()
    return [operation for operation in call.operations if operation.pk in kept]


@cache
def _get_validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(TOOLS[name].build_input_schema())


def find_argument_problems(tool: Tool, arguments: Any) -> list[str]:
    """A sentence for each of the first errors by the schema of the tool, or for half a character, which no text can have."""
    try:
        json.dumps(arguments, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return ["The arguments have a character that can't be stored."]
    found = []
    for error in _get_validator(tool.name).iter_errors(arguments):
        where = ".".join(map(str, error.absolute_path)) or "arguments"
        found.append(f"{where}: {error.message}"[:LONGEST_ERROR])
    more = [f"{len(found) - MOST_ERRORS} more errors."] if len(found) > MOST_ERRORS else []
    return [clean_text(sentence) for sentence in found[:MOST_ERRORS]] + more


def describe_problem(problem: dict[str, Any]) -> str:
    """Problem details of API v2 as sentences for a model."""
    parts = [problem.get("detail") or problem.get("title", "")]
    for error in problem.get("errors", []):
        parts.append(f"{error['parameter']}: {error['detail']}" if error["parameter"] else error["detail"])
    if problem.get("duplicate_of"):
        parts.append(f"The existing record has the id {problem['duplicate_of']}.")
    return " ".join(dict.fromkeys(parts))


def build_result(tool: Tool, call: ToolCall, result: ToolResult) -> dict[str, Any]:
    """Structured for programs that read structure, and as text for the others; what people wrote is marked in both."""
    own = dict(result.own)
    if tool.writes:
        own |= {"changes": [operation.pk for operation in call.operations], "records_changed": call.changed}
    data = clean_json(result.data)
    lines = [{"type": "text", "text": render_own_text(own)}] if own else []
    return {
        "content": [*lines, {"type": "text", "text": render_marked_json(data)}] if data or not own else lines,
        "structuredContent": {"data": data, **own},
        "isError": False,
    }


def render_own_text(own: dict[str, Any]) -> str:
    """What Leadwell says about a result, line by line. It has no text that a customer wrote."""
    return "\n".join(f"{name}: {value}" for name, value in own.items())


def build_refusal(sentence: str) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": clean_text(sentence)}], "isError": True}
