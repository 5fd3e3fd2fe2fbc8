"""What the schema of a Leadwell says of its fields and bulk actions: names, labels and types."""

import re
from dataclasses import dataclass
from typing import Any

from leadwell.connection.calls import Connection
from leadwell.kinds import Kind

SCHEMA = "/api/schema"
REASON = re.compile(r"(\w+): ([^:]+?\.)(?= \w+: |$)")


@dataclass(frozen=True)
class FieldDescription:
    name: str
    label: str
    type: str
    note: str = ""


class ApiSchema:
    """The OpenAPI document of a Leadwell."""

    def __init__(self, connection: Connection) -> None:
        self.document = connection.get(SCHEMA, {"format": "json"})

    def resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            schema = self.document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        if "allOf" in schema and len(schema["allOf"]) == 1:
            return {**self.resolve(schema["allOf"][0]), **{k: v for k, v in schema.items() if k != "allOf"}}
        return schema

    def get_body(self, path: str, method: str = "post") -> dict[str, Any]:
        content = self.document["paths"][f"/api/v2/{path}"][method]["requestBody"]["content"]
        return self.resolve(content["application/json"]["schema"])

    def get_written_fields(self, kind: Kind) -> list[FieldDescription]:
        """The fields that a record of this kind is written with, without custom fields."""
        properties = self.get_body(kind.many).get("properties", {})
        return [self.describe(name, schema) for name, schema in properties.items() if name != "custom_fields"]

    def get_read_names(self, kind: Kind) -> list[str]:
        """The fields that an answer always has, without the custom ones."""
        answer = self.document["paths"][f"/api/v2/{kind.many}"]["get"]["responses"]["200"]
        many = self.resolve(answer["content"]["application/json"]["schema"])
        names = self.resolve(many["properties"][kind.many]["items"])["properties"]
        return [name for name in names if name not in ("custom_fields", "expanded")]

    def get_actions(self, kind: Kind) -> dict[str, list[FieldDescription]]:
        """The bulk actions, each with its values."""
        body = self.get_body(f"{kind.many}/bulk")
        actions = {}
        for name, reference in body["discriminator"]["mapping"].items():
            values = self.resolve(self.resolve({"$ref": reference})["properties"].get("values", {}))
            fields = values.get("properties", {})
            actions[name] = [self.describe(field, schema) for field, schema in fields.items()]
        return actions

    def get_reasons(self, kind: Kind) -> dict[str, str]:
        """Sentences for the codes that say why a record can't be changed."""
        answer = self.document["paths"][f"/api/v2/{kind.many}/bulk"]["post"]["responses"]["200"]
        outcome = self.resolve(answer["content"]["application/json"]["schema"])
        return dict(REASON.findall(outcome["properties"]["refused"]["description"]))

    def describe(self, name: str, schema: dict[str, Any]) -> FieldDescription:
        schema = self.resolve(schema)
        kind = schema.get("type", "")
        kinds = [one for one in (kind if isinstance(kind, list) else [kind]) if one and one != "null"]
        choices = schema.get("enum") or []
        label, _dot, note = str(schema.get("description", "")).partition(". ")
        if choices:
            # The description has them a second time, as a list.
            label = name.replace("_", " ").capitalize()
            note = ", ".join(str(choice) for choice in choices if choice not in (None, ""))
        return FieldDescription(name, label.rstrip(".:"), " or ".join(kinds) or "text", note)
