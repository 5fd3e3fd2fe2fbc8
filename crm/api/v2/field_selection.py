"""The fields of a record that a call asks for, so that a program reads no more than it uses."""

from crm.api.json_rows import JsonShape
from crm.api.problems import LONGEST_NAME, build_invalid_problem


def select_asked_fields(shape: JsonShape, text: str) -> JsonShape:
    """The shape with only these fields, separated by commas; with all for ''. Raises Problem 422 for an unknown one."""
    if not text:
        return shape
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in shape.names:
            known = ", ".join(shape.names)
            raise build_invalid_problem(
                fields=f"Unknown field {name[:LONGEST_NAME]!r}. Send some of these, separated by commas: {known}."
            )
    return shape.select_columns(names)
