"""What an assistant may do now: how many records at once and in an hour, and whether it has to preview first."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from assistants.models.change_preview import LIFETIME


class Decision(StrEnum):
    CARRY_OUT = "carry_out"
    PREVIEW = "preview"
    TOO_MANY_AT_ONCE = "too_many_at_once"
    TOO_MANY_IN_THIS_HOUR = "too_many_in_this_hour"


class Limits(Protocol):
    preview_above: int
    records_per_call: int
    records_per_hour: int


def decide_change(limits: Limits, records: int, *, changed_in_this_hour: int, previewed: bool) -> Decision:
    """What becomes of a call that is about so many records. A set that is too large is refused before it is previewed, so no
    assistant shows people a preview that can't be applied."""
    if records > limits.records_per_call:
        return Decision.TOO_MANY_AT_ONCE
    if changed_in_this_hour + records > limits.records_per_hour:
        return Decision.TOO_MANY_IN_THIS_HOUR
    if records > limits.preview_above and not previewed:
        return Decision.PREVIEW
    return Decision.CARRY_OUT


PURGES = "Assistants can't delete anything permanently. Ask a person to do it in Leadwell."
SENDS = "This assistant may not send anything, and {action} does. Ask a person to do it in Leadwell."


def find_action_problem(action: str, *, right: str, sends: bool, may_send: bool) -> str:
    """Why an assistant may not run a bulk action that its user may run, or ''. Whether it may delete is up to its token."""
    if right == "purge":
        return PURGES
    return SENDS.format(action=action) if sends and not may_send else ""


@dataclass(frozen=True)
class ShownPreview:
    """What a preview was shown for."""

    token: int
    tool: str
    arguments: dict[str, Any]
    at: datetime
    used: bool = False


NOT_FOUND = "There is no such preview. Call the tool without preview to get one."
USED = "This preview has already been applied. Call the tool without preview to get a new one."
EXPIRED = (
    "This preview has expired: it is valid for 10 minutes. Call the tool without preview to get a new one."
)
OTHER_TOOL = "This preview belongs to the tool {tool}. Call that tool, or this one without preview."
OTHER_ARGUMENTS = (
    "This preview was shown for other arguments: {names} differs. Send exactly the same arguments, or leave out preview to get "
    "a new one."
)


def find_preview_problem(
    shown: ShownPreview | None, *, token: int, tool: str, arguments: dict[str, Any], now: datetime
) -> str:
    """Why a call may not apply this preview, or ''. That of another token is as if it didn't exist."""
    if shown is None or shown.token != token:
        return NOT_FOUND
    if shown.tool != tool:
        return OTHER_TOOL.format(tool=shown.tool)
    if shown.used:
        return USED
    if now >= shown.at + LIFETIME:
        return EXPIRED
    names = [
        name for name in {**shown.arguments, **arguments} if not _is_same(name, shown.arguments, arguments)
    ]
    return OTHER_ARGUMENTS.format(names=", ".join(names)) if names else ""


def _is_same(name: str, before: dict[str, Any], now: dict[str, Any]) -> bool:
    """1, 1.0 and true are equal in Python, and different values in JSON."""
    return name in before and name in now and _describe(before[name]) == _describe(now[name])


def _describe(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _describe(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_describe(part) for part in value]
    return type(value), value
