"""field=value and field:=json as the values of a record."""

import json
import re
from typing import Any

from leadwell.failures import Exit, Failure, ValueRefused
from leadwell.kinds import Kind
from leadwell.reference_names import WORDS, ReferenceNames, is_id

CUSTOM_KEY = re.compile(r"c\d+")
ASSIGNMENT = re.compile(r"(?P<name>[\w.]+)(?P<sign>:?=)(?P<value>.*)", re.DOTALL)
TRUE, FALSE = frozenset({"yes", "true", "1", "on"}), frozenset({"no", "false", "0", "off"})
# Custom fields whose values are a number, and those whose values are an id.
NUMBERS = frozenset({"number", "money", "rating"})


class FieldValues:
    """Converts texts to the values that API v2 takes for records of a kind."""

    def __init__(self, kind: Kind, names: ReferenceNames) -> None:
        self.kind, self.names = kind, names

    def parse(self, words: list[str]) -> dict[str, Any]:
        """The values of field=value and field:=json, with custom fields by key (c12=…). Raises Failure."""
        found: dict[str, Any] = {}
        for word in words:
            match = ASSIGNMENT.fullmatch(word)
            if match is None:
                raise Failure(Exit.USAGE, f"{word!r} isn't a value. Write it like city=Vienna.")
            name, text = match["name"], match["value"]
            value = parse_json(name, text) if match["sign"] == ":=" else self.convert(name, text)
            set_value(found, name, value)
        return found

    def convert(self, name: str, text: str) -> Any:
        """The value for a text, None for an empty one. Raises Failure for a name or a word that isn't known."""
        key = name.removeprefix("custom_fields.")
        if CUSTOM_KEY.fullmatch(key):
            return self.convert_custom(self.get_custom_field(key), text)
        if name == "tags":
            parts = [part.strip() for part in text.split(",") if part.strip()]
            return [self.convert_reference("tags", part) for part in parts]
        if not text.strip():
            return None
        if name in self.kind.booleans:
            return parse_yes_no(name, text)
        if table := self.kind.tables.get(name):
            return self.convert_reference(table, text)
        if (name in self.kind.links or name in ("id", "version", "record")) and is_id(text):
            return int(text)
        return text

    def convert_reference(self, table: str, text: str) -> Any:
        if is_id(text):
            return int(text)
        if text.strip().lower() == "none":
            return None
        if text.strip().lower() in WORDS and table == "users":
            return self.names.connection.get("me")["id"]
        return self.names.get_id(table, text)

    def get_custom_fields(self) -> list[dict[str, Any]]:
        return [] if self.kind.belonging else self.names.get_rows(self.kind.custom_fields)

    def get_custom_field(self, key: str) -> dict[str, Any]:
        found = next((field for field in self.get_custom_fields() if field["key"] == key), None)
        if found is None:
            raise Failure(Exit.REFUSED, f"There is no custom field {key} of {self.kind.many}.")
        return found

    def convert_custom(self, field: dict[str, Any], text: str) -> Any:
        """A choice by its key or its label, several separated by commas."""
        text, type_ = text.strip(), field["type"]
        if not text:
            return None
        if type_ == "choices":
            return [get_choice_key(field, part.strip()) for part in text.split(",") if part.strip()]
        if type_ == "choice":
            return get_choice_key(field, text)
        if type_ == "yes_no":
            return parse_yes_no(field["label"], text)
        if type_ == "user":
            return self.convert_reference("users", text)
        if type_ == "link":
            return parse_whole_number(field["label"], text)
        return parse_number(field["label"], text) if type_ in NUMBERS else text


def set_value(values: dict[str, Any], name: str, value: Any) -> None:
    """Custom fields go into an object of their own."""
    key = name.removeprefix("custom_fields.")
    if CUSTOM_KEY.fullmatch(key):
        values.setdefault("custom_fields", {})[key] = value
    else:
        values[name] = value


def parse_json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise Failure(Exit.USAGE, f"The value of {name} isn't JSON: {text}") from error


def parse_yes_no(name: str, text: str) -> bool:
    word = text.strip().lower()
    if word not in TRUE | FALSE:
        raise ValueRefused(f"{name} is yes or no, not {text!r}.")
    return word in TRUE


def parse_number(name: str, text: str) -> float | int:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueRefused(f"{name} is a number such as 1250.5, not {text!r}.")
    return int(number) if number.is_integer() else number


def parse_whole_number(name: str, text: str) -> int:
    if not is_id(text.removeprefix("#")):
        raise ValueRefused(f"{name} takes the ID of a record, not {text!r}.")
    return int(text.removeprefix("#"))


def get_choice_key(field: dict[str, Any], text: str) -> str:
    for choice in field["choices"]:
        if text == choice["key"] or text.casefold() == str(choice["label"]).casefold():
            return choice["key"]
    labels = ", ".join(str(choice["label"]) for choice in field["choices"])
    raise ValueRefused(f"{text!r} isn't a choice of {field['label']}: {labels}.")
