"""The values that someone typed or has in a file of JSON, for a record that is added or changed."""

import json
import sys
from pathlib import Path
from typing import Any

from leadwell.failures import Exit, Failure
from leadwell.field_values import FieldValues
from leadwell.kinds import Kind
from leadwell.reference_names import ReferenceNames


def read_values(kind: Kind, names: ReferenceNames, words: list[str], from_json: str) -> dict[str, Any]:
    """What is typed takes the place of the same field in the file. Raises Failure if there is nothing."""
    found = read_object(from_json) if from_json else {}
    typed = FieldValues(kind, names).parse(words)
    custom = {**(found.get("custom_fields") or {}), **typed.pop("custom_fields", {})}
    found |= typed
    if custom:
        found["custom_fields"] = custom
    if not found:
        raise Failure(Exit.USAGE, "There is nothing to write. Add values such as city=Vienna.")
    return found


def read_object(place: str) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if place == "-" else Path(place).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(Exit.USAGE, f"{place} can't be read: {error}") from error
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Failure(Exit.USAGE, f"The values aren't JSON: {error}") from error
    if not isinstance(found, dict):
        raise Failure(Exit.USAGE, 'The JSON has to be one object, such as {"city": "Vienna"}.')
    return found
