"""JSON-RPC messages: what a program sent, and what it gets back."""

from dataclasses import dataclass
from typing import Any

# The codes of JSON-RPC, and those that the Model Context Protocol adds.
PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602
HEADER_MISMATCH, UNSUPPORTED_VERSION = -32020, -32022
# An error of the message itself, and not of what a tool did.
STATUS_BY_CODE = {METHOD_NOT_FOUND: 404}


class MessageError(Exception):
    """The message can't be answered as it is; the sentence says why."""

    def __init__(self, code: int, sentence: str, data: Any = None) -> None:
        super().__init__(sentence)
        self.code, self.sentence, self.data = code, sentence, data

    @property
    def status(self) -> int:
        return STATUS_BY_CODE.get(self.code, 400)


@dataclass(frozen=True)
class Message:
    """A request, or a notification, which has no `id` and gets no answer."""

    method: str
    params: dict[str, Any]
    id: str | int | None = None
    is_notification: bool = False


def read_message(body: Any) -> Message:
    """Raises MessageError for anything but one request or notification, such as a batch."""
    if not isinstance(body, dict) or body.get("jsonrpc") != "2.0" or not isinstance(body.get("method"), str):
        raise MessageError(INVALID_REQUEST, "Send one JSON-RPC 2.0 request or notification as an object.")
    params = body.get("params")
    if params is not None and not isinstance(params, dict):
        raise MessageError(INVALID_PARAMS, "params has to be an object.")
    # A request whose id is malformed is owed an error, so the key decides.
    if "id" not in body:
        return Message(body["method"], params or {}, is_notification=True)
    own = body["id"]
    if not isinstance(own, str | int) or isinstance(own, bool):
        raise MessageError(INVALID_REQUEST, "id has to be a text or a whole number.")
    return Message(body["method"], params or {}, own)


def build_answer(message: Message, result: dict[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": message.id, "result": result}


def build_error(id: str | int | None, error: MessageError) -> dict[str, Any]:
    found: dict[str, Any] = {"code": error.code, "message": error.sentence}
    if error.data is not None:
        found["data"] = error.data
    return {"jsonrpc": "2.0", "id": id, "error": found}
