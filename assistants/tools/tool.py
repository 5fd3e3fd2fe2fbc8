"""A tool, a call of one, and its result."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import HttpRequest

from assistants.api_calls import call_api
from assistants.models import AssistantLimits
from crm.api.token_scopes import has_token_right
from crm.models import Operation, Token
from crm.records.kinds.kind_registry import KINDS, Kind

# The rights that a tool for records of any type needs for one of them, such as "leads.put".
OF_RECORDS = "*"


class ToolRefused(Exception):
    """The tool did nothing; the sentence says why and what to do."""


@dataclass
class ToolResult:
    """`data` has what people wrote, `own` what Leadwell says about it."""

    data: Any
    own: dict[str, Any] = field(default_factory=dict)


@dataclass
class ToolCall:
    """One call of a tool: whose it is, the calls of API v2 that it makes, and the operations that it opened."""

    request: HttpRequest
    token: Token
    operations: list[Operation] = field(default_factory=list)
    # The preview that it applies.
    preview: Any = None

    @cached_property
    def limits(self) -> AssistantLimits:
        """Those of a token without any are the strictest ones there can be, by their defaults."""
        return AssistantLimits.objects.filter(token=self.token).first() or AssistantLimits(token=self.token)

    def api(self, method: str, path: str, query: dict[str, Any] | None = None, body: Any = None) -> Any:
        """The JSON of a call of API v2. Raises CallRefused."""
        return call_api(self.request, self.token, method, path, query=query, body=body)

    @property
    def changed(self) -> int:
        return sum(operation.changed for operation in self.operations)


Schema = dict[str, Any]
Run = Callable[[ToolCall, dict[str, Any]], ToolResult]


@dataclass(frozen=True)
class Tool:
    """`needs` is a right of the token, such as "tasks.post", or "*.put" for that of any record type; '' for none. `properties`
    are its arguments as JSON Schema; `data` is the schema of what it returns."""

    name: str
    title: str
    description: str
    run: Run
    needs: str = ""
    properties: Schema = field(default_factory=dict)
    required: Sequence[str] = ()
    data: Schema = field(default_factory=lambda: {"type": "object"})
    own: Schema = field(default_factory=dict)
    writes: bool = False
    # Whether it may overwrite or remove what is there.
    destructive: bool = False
    idempotent: bool = False
    # Whether it sends an email to a customer, which no undo takes back.
    sends: bool = False

    def is_offered_to(self, token: Token) -> bool:
        """Whether the token and its user have the right that it needs."""
        return not self.needs or any(has_token_right(token, right) for right in self._get_rights())

    def _get_rights(self) -> list[str]:
        resource, _dot, action = self.needs.partition(".")
        if resource != OF_RECORDS:
            return [self.needs]
        return [f"{kind.urls}.{action}" for kind in KINDS.values()]

    def build_input_schema(self, token: Token | None = None) -> Schema:
        """For a token, the record types that it may not use are missing."""
        properties = dict(self.properties)
        action = self.needs.partition(".")[2]
        if "type" in properties and self.needs.startswith(OF_RECORDS) and token:
            allowed = {
                kind.name for kind in KINDS.values() if has_token_right(token, f"{kind.urls}.{action}")
            }
            types = [name for name in properties["type"]["enum"] if name in allowed]
            properties["type"] = {**properties["type"], "enum": types}
        schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        return schema | ({"required": list(self.required)} if self.required else {})

    def build_output_schema(self) -> Schema:
        own = OF_WRITES | (OF_PREVIEWS if "preview" in self.properties else {}) if self.writes else {}
        own = own | self.own
        return {"type": "object", "properties": {"data": self.data, **own}, "required": ["data"]}

    def describe(self, token: Token) -> dict[str, Any]:
        """The tool as programs list it."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": self.build_input_schema(token),
            "outputSchema": self.build_output_schema(),
            "annotations": {
                "title": self.title,
                "readOnlyHint": not self.writes,
                "destructiveHint": self.destructive,
                "idempotentHint": self.idempotent or not self.writes,
                # What it returns was written by people outside too.
                "openWorldHint": True,
            },
        }


# As short as can be, because a model reads them with each tool: undo_change says what changes are for, and next_step what a preview
# is for.
OF_WRITES: Schema = {
    "changes": {"type": "array", "items": {"type": "integer"}},
    "records_changed": {"type": "integer"},
}
OF_PREVIEWS: Schema = {"preview": {"type": "object"}, "next_step": {"type": "string"}}


def get_kind_named(name: str) -> Kind:
    return KINDS[name]
